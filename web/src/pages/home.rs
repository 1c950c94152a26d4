//! `/` and `/odds`: the product without an account, down to the exact odds.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, asked::Asked, page, pattern_form::PatternForm, words};
use crate::{
    Web,
    error::Problem,
    extract::{ApiQuery, Viewer},
};

#[derive(Template)]
#[template(path = "pages/home.html")]
struct Home {
    frame: Frame,
    asked: Asked,
    free_pulls: u32,
}

#[derive(Template)]
#[template(path = "pages/odds.html")]
struct Odds {
    frame: Frame,
    asked: Asked,
}

/// The answer below a form, alone: what scripts fetch while one types.
#[derive(Template)]
#[template(path = "parts/answer.html")]
pub(crate) struct Answer {
    pub(crate) frame: Frame,
    pub(crate) asked: Asked,
}

pub(crate) async fn show(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(form): ApiQuery<PatternForm>,
) -> Result<Response, Problem> {
    let asked = Asked { compact: true, ..Asked::answer(&web, viewer.id(), &form, "/odds").await? };
    let frame = Frame::load(&web, viewer, "Keys that read the way you want").await?;
    page(&Home { frame, asked, free_pulls: web.app.config.free_pulls_per_day })
}

pub(crate) async fn odds(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(form): ApiQuery<PatternForm>,
) -> Result<Response, Problem> {
    let asked = Asked::answer(&web, viewer.id(), &form, "/odds").await?;
    page(&Odds { frame: Frame::load(&web, viewer, "Exact odds").await?.section("odds"), asked })
}

pub(crate) async fn odds_part(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(form): ApiQuery<PatternForm>,
) -> Result<Response, Problem> {
    let asked = Asked::answer(&web, viewer.id(), &form, "/odds").await?;
    page(&Answer { frame: Frame::bare(viewer, ""), asked })
}
