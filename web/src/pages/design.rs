//! `/design`: every component on one page, in development only (`vanikeys up --dev`). What is not here is not part of
//! the look.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, Steps, board::Board, chart::Chart, curve::Curve, example, page};
use crate::{
    Web,
    error::Problem,
    extract::{Page, Viewer},
};

#[derive(Template)]
#[template(path = "pages/design.html")]
struct Design {
    frame: Frame,
    board: Board,
    curve: Curve,
    chart: Chart,
    steps: Steps,
    error: Option<Problem>,
}

/// The page; not there unless this is a development service.
pub(crate) async fn show(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    if !web.development {
        return Err(Problem::not_found("page"));
    }
    page(&Design {
        frame: Frame::load(&web, viewer, "Design").await?,
        board: example::first(),
        curve: Curve::new(0.41),
        chart: Chart::new("Pulls", web.app.clock.now(), [3, 0, 8, 12, 7, 30, 22, 0, 4, 9, 16, 12, 18, 25].to_vec()),
        steps: Steps::new("/design?", Page { limit: 10, offset: 10 }, 25),
        error: Some(Problem::too_many(12)),
    })
}
