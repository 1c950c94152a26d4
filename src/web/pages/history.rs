//! `/app/history`: one's pulls, by score.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::flow::pull::{self, PullView};

use super::{Frame, Steps, page, words};
use crate::web::{
    Web,
    api::pulls::PullFilter,
    error::Problem,
    extract::{ApiQuery, Signed},
};

#[derive(Template)]
#[template(path = "pages/history.html")]
struct History {
    frame: Frame,
    pulls: Vec<PullView>,
    steps: Steps,
    min_score: u8,
    kept: bool,
}

pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(filter): ApiQuery<PullFilter>,
) -> Result<Response, Problem> {
    let (min_score, kept) = (filter.min_score.unwrap_or(0), filter.kept == Some(true));
    let base = format!("/app/history?minScore={min_score}{}&", if kept { "&kept=true" } else { "" });
    let (wanted, filter) = filter.checked()?;
    let found = pull::history(&web.app, &signed.actor, &filter, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new(&base, wanted, found.total);
    let frame = Frame::signed(&web, &signed, "History").await?.section("history");
    page(&History { frame, pulls: found.items, steps, min_score, kept })
}
