//! `/app/history`: one's pulls, by pattern, score and date; and all kept keys as one file.

use std::time::Duration;

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;
use vanikeys_core::{
    domain::time::Timestamp,
    flow::pull::{self, HistoryFilter, PullView},
};

use super::{Frame, Steps, encode, failed, page, words};
use crate::{
    Web,
    api::downloads::file,
    error::{FieldError, Problem},
    extract::{ApiQuery, Page, Signed},
};

#[derive(Template)]
#[template(path = "pages/history.html")]
struct History {
    frame: Frame,
    pulls: Vec<PullView>,
    steps: Steps,
    asked: Asked,
    kept: i64,
    error: Option<Problem>,
}

/// The filter as its form sends it: empty fields ask for nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Query {
    text: String,
    min_score: Option<u8>,
    from: String,
    to: String,
    wins: Option<bool>,
    kept: Option<bool>,
    limit: Option<u32>,
    offset: Option<u32>,
}

/// What the form shows again.
struct Asked {
    text: String,
    min_score: u8,
    from: String,
    to: String,
    wins: bool,
    kept: bool,
}

impl Asked {
    /// Whether anything is left out.
    fn filters(&self) -> bool {
        let texts = [&self.text, &self.from, &self.to];
        self.min_score > 0 || self.wins || self.kept || texts.iter().any(|text| !text.is_empty())
    }

    /// The address of this list, up to where its part is named.
    fn base(&self) -> String {
        let tick = |name: &str, on: bool| if on { format!("&{name}=true") } else { String::new() };
        format!(
            "/app/history?text={}&minScore={}&from={}&to={}{}{}&",
            encode(&self.text),
            self.min_score,
            encode(&self.from),
            encode(&self.to),
            tick("wins", self.wins),
            tick("kept", self.kept)
        )
    }
}

/// Midnight UTC at the start of a day like `2026-11-21`, as a date field sends it.
fn midnight(field: &'static str, text: &str) -> Result<Option<Timestamp>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = Timestamp::parse(&format!("{text}T00:00:00Z"));
    day.map(Some).map_err(|_| Problem::invalid(&[FieldError::new(field, "must be a day like 2026-11-21")]))
}

impl Query {
    fn filter(&self) -> Result<HistoryFilter, Problem> {
        let text = self.text.trim();
        let until = midnight("to", &self.to)?.map(|day| day + Duration::from_secs(24 * 60 * 60));
        Ok(HistoryFilter {
            min_matched: self.min_score.filter(|score| *score > 0).map(i64::from),
            wins: self.wins.filter(|wins| *wins),
            kept: self.kept.filter(|kept| *kept),
            pattern: None,
            text: (!text.is_empty()).then(|| text.to_owned()),
            since: midnight("from", &self.from)?,
            until,
        })
    }
}

/// The page.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Response, Problem> {
    let wanted = Page { limit: query.limit.unwrap_or(50), offset: query.offset.unwrap_or(0) }.checked()?;
    let asked = Asked {
        text: query.text.trim().to_owned(),
        min_score: query.min_score.unwrap_or(0),
        from: query.from.clone(),
        to: query.to.clone(),
        wins: query.wins == Some(true),
        kept: query.kept == Some(true),
    };
    let frame = Frame::signed(&web, &signed, "History").await?.section("history");
    let only_kept = HistoryFilter { kept: Some(true), ..HistoryFilter::default() };
    let kept = pull::history(&web.app, &signed.actor, &only_kept, 1, 0).await?.total;
    let filter = match query.filter() {
        Ok(filter) => filter,
        Err(problem) => {
            let (error, steps) = (Some(problem.clone()), Steps::new(&asked.base(), wanted, 0));
            return failed(&problem, &History { frame, pulls: Vec::new(), steps, asked, kept, error });
        }
    };
    let found = pull::history(&web.app, &signed.actor, &filter, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new(&asked.base(), wanted, found.total);
    page(&History { frame, pulls: found.items, steps, asked, kept, error: None })
}

/// Every kept key with its private part.
pub(crate) async fn kept(State(web): State<Web>, signed: Signed) -> Result<Response, Problem> {
    Ok(file(&pull::kept_keys(&web.app, &signed.actor).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_to_its_end() {
        let query = Query { from: "2026-11-20".into(), to: "2026-11-20".into(), ..Query::default() };
        let filter = query.filter().unwrap();
        assert_eq!(filter.until.unwrap().since(filter.since.unwrap()), Duration::from_secs(86_400));
        assert!(Query { from: "tomorrow".into(), ..Query::default() }.filter().is_err());
        assert!(Query::default().filter().unwrap().text.is_none());
    }
}
