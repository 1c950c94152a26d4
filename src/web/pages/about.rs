//! Pages that explain: how it works, prices, terms, privacy.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::domain::price::Tariff;

use super::{Frame, page, words};
use crate::web::{Web, error::Problem, extract::Viewer};

#[derive(Template)]
#[template(path = "pages/how_it_works.html")]
struct HowItWorks {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "pages/pricing.html")]
struct Pricing {
    frame: Frame,
    tariff: Tariff,
    free_pulls: u32,
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
}

pub(crate) async fn how_it_works(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    page(&HowItWorks { frame: Frame::load(&web, viewer, "How it works").await? })
}

pub(crate) async fn pricing(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    let (tariff, free_pulls) = (web.app.config.tariff.clone(), web.app.config.free_pulls_per_day);
    page(&Pricing { frame: Frame::load(&web, viewer, "Pricing").await?, tariff, free_pulls })
}

pub(crate) async fn terms(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    page(&Terms { frame: Frame::load(&web, viewer, "Terms").await? })
}

pub(crate) async fn privacy(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    page(&Privacy { frame: Frame::load(&web, viewer, "Privacy").await? })
}
