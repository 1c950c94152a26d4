//! Pages that explain: how it works, terms, privacy.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, board::Board, example, page, words};
use crate::{Web, error::Problem, extract::Viewer};

#[derive(Template)]
#[template(path = "pages/how_it_works.html")]
struct HowItWorks {
    frame: Frame,
    board: Board,
}

#[derive(Template)]
#[template(path = "pages/terms.html")]
struct Terms {
    frame: Frame,
    /// How long a plan stays whose renewal is not paid.
    grace: String,
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

pub(crate) async fn terms(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    let grace = words::span(web.app.config.billing.grace.as_secs_f64());
    page(&Terms { frame: Frame::load(&web, viewer, "Terms").await?, grace })
}

pub(crate) async fn privacy(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    let address_days = web.app.config.audit_address_retention.as_secs() / (24 * 60 * 60);
    page(&Privacy { frame: Frame::load(&web, viewer, "Privacy").await?, address_days })
}
