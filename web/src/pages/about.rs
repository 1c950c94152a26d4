//! Pages that explain: how it works, prices, terms, privacy.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::domain::price::{self, Tariff};
use vanikeys_grind::Difficulty;

use super::{Frame, board::Board, difficulty, example, page, words};
use crate::{Web, error::Problem, extract::Viewer};

#[derive(Template)]
#[template(path = "pages/how_it_works.html")]
struct HowItWorks {
    frame: Frame,
    board: Board,
}

#[derive(Template)]
#[template(path = "pages/pricing.html")]
struct Pricing {
    frame: Frame,
    tariff: Tariff,
    free_pulls: u32,
    pulls: Vec<PullPrice>,
    /// Whether packs are on sale here.
    buying: bool,
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

#[derive(Template)]
#[template(path = "pages/terms.html")]
struct Terms {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "pages/privacy.html")]
struct Privacy {
    frame: Frame,
    /// Days for which the audit knows addresses.
    address_days: u64,
}

pub(crate) async fn how_it_works(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    let frame = Frame::load(&web, viewer, "How it works").await?.section("how");
    page(&HowItWorks { frame, board: example::first() })
}

pub(crate) async fn pricing(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    let (tariff, free_pulls) = (web.app.config.tariff.clone(), web.app.config.free_pulls_per_day);
    let frame = Frame::load(&web, viewer, "Pricing").await?.section("pricing");
    page(&Pricing { frame, pulls: PullPrice::all(&tariff), tariff, free_pulls, buying: false })
}

pub(crate) async fn terms(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    page(&Terms { frame: Frame::load(&web, viewer, "Terms").await? })
}

pub(crate) async fn privacy(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    let address_days = web.app.config.audit_address_retention.as_secs() / (24 * 60 * 60);
    page(&Privacy { frame: Frame::load(&web, viewer, "Privacy").await?, address_days })
}
