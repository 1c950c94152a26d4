//! `/p/{share}`: what anyone may see of a pull that its owner shared; never a secret.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, header};
use vanikeys_core::flow::pull::{self, SharedPull};

use super::{Frame, board::Board, card, page, pattern_form, words};
use crate::{
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
    address: String,
}

pub(crate) async fn show(State(web): State<Web>, viewer: Viewer, Slug(id): Slug) -> Result<Response, Problem> {
    let pull = pull::shared(&web.app, &id).await?;
    let board = Board::new(&pull.text, &pull.matches);
    let query = pattern_form::query(&pull.pattern);
    let receipt = serde_json::to_string_pretty(&pull.receipt).unwrap_or_default();
    let frame = Frame::load(&web, viewer, format!("{} of {} for {}", pull.matched, pull.of, pull.pattern.text)).await?;
    let address = format!("{}/p/{id}", web.public_origin());
    page(&Share { frame, board, query, receipt, pull, address })
}

/// The picture of it that other sites show.
pub(crate) async fn card(State(web): State<Web>, Slug(id): Slug) -> Result<Response, Problem> {
    let pull = pull::shared(&web.app, &id).await?;
    let made = tokio::task::spawn_blocking(move || card::png(&pull)).await.ok().flatten();
    let png = made.ok_or_else(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
        // Other sites show it; that is what it is for.
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    Ok((headers, png).into_response())
}
