//! `/p/{share}`: what anyone may see of a pull that its owner shared; never a secret.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::flow::pull::{self, SharedPull};

use super::{Frame, board::Board, page, pattern_form, words};
use crate::web::{
    Web,
    error::Problem,
    extract::{Slug, Viewer},
};

#[derive(Template)]
#[template(path = "pages/share.html")]
struct Share {
    frame: Frame,
    pull: SharedPull,
    board: Board,
    query: String,
    receipt: String,
}

pub(crate) async fn show(State(web): State<Web>, viewer: Viewer, Slug(id): Slug) -> Result<Response, Problem> {
    let pull = pull::shared(&web.app, &id).await?;
    let board = Board::new(&pull.text, &pull.matches);
    let query = pattern_form::query(&pull.pattern);
    let receipt = serde_json::to_string_pretty(&pull.receipt).unwrap_or_default();
    let frame = Frame::load(&web, viewer, format!("{} of {} for {}", pull.matched, pull.of, pull.pattern.text)).await?;
    page(&Share { frame, board, query, receipt, pull })
}
