//! Shields: bought for VaniTokens, good for seven days or one heist.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::enabled_for;
use crate::{
    app::App,
    domain::{
        audit::Action,
        happening::Happening,
        heist::SHIELD_LASTS,
        ledger::{Asset, Kind, Movement, Refusal},
        time::Timestamp,
    },
    flow::{
        Actor, Failure,
        notify::{Notification, notify},
        nudge,
        once::once,
    },
    store::{
        StoreResult, Tx,
        audit::{self, Entry},
        idempotency::Key,
        ledger, players,
        shields::{self, Shield},
    },
};

/// Why a shield is not sold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ShieldRefusal {
    /// Heists are off, so there is nothing to be shielded from.
    #[error("heists are switched off at the moment; try again later")]
    FeatureDisabled,
    /// There is one.
    #[error("you have a shield until {}; one at a time is enough", expires_at.minute())]
    ShieldActive {
        /// Until when.
        expires_at: Timestamp,
    },
    /// Too few VaniTokens.
    #[error("a shield costs {needed} VaniTokens and {available} are available")]
    Insufficient {
        /// What it costs.
        needed: i64,
        /// What there is.
        available: i64,
    },
    /// The ledger refuses it.
    #[error(transparent)]
    Ledger(Refusal),
}

impl From<Refusal> for ShieldRefusal {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Insufficient { needed, available } => Self::Insufficient { needed, available },
            Refusal::NotPositive | Refusal::MoreThanHeld { .. } | Refusal::Overflow => Self::Ledger(refusal),
        }
    }
}

/// One's own shield.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ShieldView {
    /// Its id.
    pub id: Uuid,
    /// What it cost in VaniTokens.
    pub price: i64,
    /// When it was bought.
    pub bought_at: Timestamp,
    /// Until when it lasts, unless it blocks a heist before.
    pub expires_at: Timestamp,
}

/// Buys a shield.
///
/// # Errors
/// See [`ShieldRefusal`].
pub async fn buy_shield(app: &App, actor: &Actor, key: Option<&Key>) -> Result<ShieldView, Failure<ShieldRefusal>> {
    let price = app.config.heist.shield_price;
    let bought = once!(app, key, tx => {
        let at = app.clock.now();
        if !enabled_for(app, tx, actor.user).await? {
            return Err(Failure::Refused(ShieldRefusal::FeatureDisabled));
        }
        players::lock(tx, [actor.user]).await?;
        if let Some(old) = shields::open(tx, [actor.user]).await?.remove(&actor.user) {
            if at < old.expires_at {
                return Err(Failure::Refused(ShieldRefusal::ShieldActive { expires_at: old.expires_at }));
            }
            expire(tx, app, &old).await?;
        }
        let shield = Shield {
            id: Uuid::now_v7(),
            user_id: actor.user,
            price,
            bought_at: at,
            expires_at: at + SHIELD_LASTS,
        };
        let movement = Movement {
            user: actor.user,
            asset: Asset::VaniToken,
            amount: price,
            kind: Kind::Shield,
            key: format!("shield:{}", shield.id),
            subject: Some(shield.id),
            note: None,
            at,
        };
        ledger::debit(tx, &movement).await?;
        shields::insert(tx, &shield).await?;
        let detail = serde_json::json!({ "shield": shield.id, "price": price });
        let entry = Entry::new(Some(actor.user), Action::ShieldBuy, Some(actor.user), detail);
        audit::record(tx, &entry, &actor.origin, at).await?;
        Ok(view(&shield))
    })?;
    nudge::user_changed(app, actor.user);
    Ok(bought)
}

/// One's own shield, while it lasts.
///
/// # Errors
/// The store's.
pub async fn shield(app: &App, actor: &Actor) -> Result<Option<ShieldView>, Failure<Infallible>> {
    let open = shields::open(&mut app.db.read().await?, [actor.user]).await?;
    let now = app.clock.now();
    Ok(open.get(&actor.user).filter(|shield| now < shield.expires_at).map(view))
}

/// Ends a shield whose time is over, and tells its owner.
pub(super) async fn expire(tx: &mut Tx, app: &App, old: &Shield) -> StoreResult<bool> {
    if !shields::end(tx, old.id, None, app.clock.now()).await? {
        return Ok(false);
    }
    let what = Happening::ShieldExpired { shield_id: old.id, expired_at: old.expires_at };
    notify(tx, app, &[Notification::new(old.user_id, what)]).await?;
    Ok(true)
}

fn view(shield: &Shield) -> ShieldView {
    ShieldView { id: shield.id, price: shield.price, bought_at: shield.bought_at, expires_at: shield.expires_at }
}
