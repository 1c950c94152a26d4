//! Heists: asked for, queued, applied in batches, looked at. The rules are in `domain::heist`.

mod admin;
mod apply;
mod attempt;
mod batch;
mod can_rob;
mod execute;
mod history;
mod notices;
mod shield;
mod tokens;
mod upkeep;

pub use admin::{Overview, overview};
pub use apply::{BATCH, apply};
pub use attempt::{AttemptView, HeistDone, UnknownAttempt, attempt};
pub use can_rob::{CooldownStatus, Eligibility, TargetStatus, can_rob};
pub use execute::{Asked, Executed, ask, execute};
pub use history::{HistoryItem, HistoryPage, Net, StatsView, history, stats};
pub use notices::{list_notices, mark_notices};
pub use shield::{ShieldRefusal, ShieldView, buy_shield, shield};
pub use tokens::{TokenView, last_success, tokens};
pub use upkeep::{expire_shields, expire_tokens, prune};

use std::convert::Infallible;

use uuid::Uuid;

use crate::{
    app::App,
    domain::heist,
    store::{Sql, StoreResult},
};

/// What these use cases are given and give, as the store keeps it.
pub use crate::store::heists::{Alarms, Day, Fortune, Named, Numbers, Redistribution, Side};

use super::{Actor, Failure, switch::Switch};

/// Whether heists are on for anybody.
pub(crate) async fn is_on(app: &App, on: &mut impl Sql) -> StoreResult<bool> {
    Ok(app.config.heist.enabled && Switch::Heists.is_on(on).await?)
}

/// Whether somebody takes part in heists while they are on; whoever does not, sees nothing of them.
#[must_use]
pub fn takes_part(app: &App, user: Uuid) -> bool {
    heist::in_rollout(user, app.config.heist.rollout_percent)
}

/// Whether a player could rob and buy shields just now.
///
/// # Errors
/// The store's.
pub async fn is_open(app: &App, actor: &Actor) -> Result<bool, Failure<Infallible>> {
    Ok(enabled_for(app, &mut app.db.read().await?, actor.user).await?)
}

/// Whether heists are on for a user.
pub(crate) async fn enabled_for(app: &App, on: &mut impl Sql, user: Uuid) -> StoreResult<bool> {
    Ok(takes_part(app, user) && is_on(app, on).await?)
}
