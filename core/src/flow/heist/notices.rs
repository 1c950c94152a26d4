//! The game's own notices: those of `flow::notices` that belong to it.

use std::convert::Infallible;

use crate::{
    app::App,
    domain::happening::NoticeKind,
    flow::{
        Actor, Failure,
        notices::{self, Filter, NoticePage, Which},
    },
};

/// A page of the game's notices to the user; the unread ones are counted among them alone.
///
/// # Errors
/// The store's.
pub async fn list_notices(
    app: &App,
    actor: &Actor,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<NoticePage, Failure<Infallible>> {
    notices::list_among(app, actor, &NoticeKind::of_game(), filter, limit, offset).await
}

/// Marks notices of the game as read; answers how many became so.
///
/// # Errors
/// The store's.
pub async fn mark_notices(app: &App, actor: &Actor, which: &Which) -> Result<u64, Failure<Infallible>> {
    notices::mark_among(app, actor, &NoticeKind::of_game(), which).await
}
