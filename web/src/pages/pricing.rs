//! `/pricing`: what pulls and jobs cost, packs of VaniTokens and plans.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::{
    domain::price::{self, Tariff},
    flow::billing::{self, Catalog, Offer},
};
use vanikeys_grind::Difficulty;

use super::{Frame, difficulty, failed, page, paying, words};
use crate::{Web, error::Problem, extract::Viewer};

#[derive(Template)]
#[template(path = "pages/pricing.html")]
pub(super) struct Pricing {
    frame: Frame,
    tariff: Tariff,
    free_pulls: u32,
    pulls: Vec<PullPrice>,
    catalog: Catalog,
    error: Option<Problem>,
}

impl Pricing {
    /// What one token of a pack costs.
    fn rate(&self, pack: &Offer) -> String {
        words::fraction(pack.cents, pack.tokens.unwrap_or(1))
    }
}

/// What a pull costs at one difficulty.
struct PullPrice {
    name: &'static str,
    odds: &'static str,
    tokens: i64,
    cents: i64,
}

impl PullPrice {
    fn all(tariff: &Tariff) -> Vec<Self> {
        let lines = [
            (Difficulty::Easy, "better than 1 in 10,000"),
            (Difficulty::Medium, "better than 1 in 10 million"),
            (Difficulty::Hard, "better than 1 in 10 billion"),
            (Difficulty::Insane, "1 in 10 billion and rarer"),
        ];
        let line = |(class, odds)| {
            let tokens = price::pull(class);
            Self { name: difficulty(&class), odds, tokens, cents: tariff.cents(tokens) }
        };
        lines.into_iter().map(line).collect()
    }
}

/// The page.
pub(crate) async fn show(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    Ok(paying::leads_to_stripe(&web, page(&pricing(&web, viewer, None).await?)?))
}

/// The page with why something on it could not be bought.
pub(super) async fn refused(web: &Web, viewer: Viewer, problem: Problem) -> Result<Response, Problem> {
    let shown = pricing(web, viewer, Some(problem.clone())).await?;
    Ok(paying::leads_to_stripe(web, failed(&problem, &shown)?))
}

async fn pricing(web: &Web, viewer: Viewer, error: Option<Problem>) -> Result<Pricing, Problem> {
    let catalog = billing::catalog(&web.app).await?;
    let (tariff, free_pulls) = (paying::sold(&web.app.config.tariff, &catalog), web.app.config.free_pulls_per_day);
    let frame = Frame::load(web, viewer, "Pricing").await?.section("pricing");
    Ok(Pricing { frame, pulls: PullPrice::all(&tariff), tariff, free_pulls, catalog, error })
}
