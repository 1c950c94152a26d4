//! One's own Heist Tokens.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    domain::{season::Season, time::Timestamp},
    flow::{Actor, Failure},
    store::players,
};

/// One's own Heist Tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// How many there are.
    pub balance: i64,
    /// How many were ever earned.
    pub total_earned: i64,
    /// How many were ever spent.
    pub total_spent: i64,
    /// When the last was earned.
    pub last_earned_at: Option<Timestamp>,
    /// When the last was spent.
    pub last_spent_at: Option<Timestamp>,
}

/// When one's own last heist succeeded.
///
/// # Errors
/// The store's.
pub async fn last_success(app: &App, actor: &Actor) -> Result<Option<Timestamp>, Failure<Infallible>> {
    let mut conn = app.db.read().await?;
    let standing = players::standing(&mut conn, actor.user, Season::of(app.clock.now())).await?;
    Ok(standing.and_then(|standing| standing.player.last_heist_at))
}

/// One's own Heist Tokens.
///
/// # Errors
/// The store's.
pub async fn tokens(app: &App, actor: &Actor) -> Result<TokenView, Failure<Infallible>> {
    let mut conn = app.db.read().await?;
    let standing = players::standing(&mut conn, actor.user, Season::of(app.clock.now())).await?;
    Ok(standing.map_or_else(TokenView::default, |standing| TokenView {
        balance: standing.tokens,
        total_earned: standing.player.tokens_earned,
        total_spent: standing.player.tokens_spent,
        last_earned_at: standing.player.last_earned_at,
        last_spent_at: standing.player.last_spent_at,
    }))
}
