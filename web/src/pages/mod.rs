//! Pages: each file is one page or one group of them, its template has the same name. Every page works without
//! JavaScript; scripts only make it quicker.

pub(crate) mod about;
pub(crate) mod account;
pub(crate) mod asked;
pub(crate) mod bell;
mod board;
pub(crate) mod card;
pub(crate) mod chart;
pub(crate) mod curve;
pub(crate) mod design;
mod example;
mod frame;
pub(crate) mod heists;
pub(crate) mod history;
pub(crate) mod home;
pub(crate) mod jobs;
pub(crate) mod leaderboard;
pub(crate) mod notifications;
pub(crate) mod offline;
pub(crate) mod pattern_form;
pub(crate) mod paying;
pub(crate) mod plan;
pub(crate) mod pricing;
pub(crate) mod pulls;
pub(crate) mod purchases;
pub(crate) mod reference;
pub(crate) mod referrals;
pub(crate) mod share;
pub(crate) mod sign;
pub(crate) mod split;
mod steps;
pub(crate) mod unsubscribe;
pub(crate) mod verify;
pub(crate) mod wallet;
pub(crate) mod words;

pub(crate) use frame::Frame;
pub(crate) use steps::Steps;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use vanikeys_grind::Difficulty;

use super::error::Problem;

/// An empty list of texts, for templates.
pub(crate) const NOTHING: &[String] = &[];

/// A difficulty in words.
pub(crate) fn difficulty(difficulty: &Difficulty) -> &'static str {
    match difficulty {
        Difficulty::Easy => "easy",
        Difficulty::Medium => "medium",
        Difficulty::Hard => "hard",
        Difficulty::Insane => "insane",
    }
}

/// JSON on several lines.
pub(crate) fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// A template as a page.
pub(crate) fn page(template: &impl Template) -> Result<Response, Problem> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(error = %error, "a page could not be written");
            Err(Problem::internal())
        }
    }
}

/// A page that shows its form again, with what went wrong; the status says so too.
pub(crate) fn failed(problem: &Problem, template: &impl Template) -> Result<Response, Problem> {
    let mut response = page(template)?;
    *response.status_mut() = problem.status;
    Ok(response)
}

/// A text as a value in a query string.
pub(crate) fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
