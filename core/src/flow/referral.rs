//! Referrals: a Heist Token and points for whoever brought somebody along, once for each of them, in the transaction
//! of the signup or of the confirmation.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Actor, Failure,
    notify::{Notification, notify},
    nudge, points,
};
use crate::{
    app::App,
    config::ReferralAward,
    domain::{
        happening::Happening,
        ledger::{Asset, Kind, Movement},
        points::PointKind,
        season::Season,
        time::Timestamp,
    },
    store::{
        StoreError, StoreResult, Tx,
        ledger::{self, MovementError},
        players, referrals,
        users::{self, User},
    },
};

/// Rewards whoever referred a user, if that is due; a second time changes nothing. The referred user's row may be locked
/// by the caller only if [`lock`] did it.
pub(crate) async fn give_if_due(tx: &mut Tx, app: &App, user: &User) -> StoreResult<()> {
    let Some(referrer) = user.referred_by else { return Ok(()) };
    let early = app.config.heist.referral_award == ReferralAward::Signup;
    if user.flagged_at.is_some() || !user.is_active() || !(early || user.email_confirmed_at.is_some()) {
        return Ok(());
    }
    players::lock(tx, [referrer]).await?;
    let now = app.clock.now();
    let Some(standing) = players::standing(tx, referrer, Season::of(now)).await? else { return Ok(()) };
    if !standing.is_active() {
        return Ok(());
    }
    let config = &app.config.heist;
    let room = config.token_cap.map_or(i64::MAX, |cap| (cap - standing.tokens).max(0));
    let tokens = config.tokens_per_referral.min(room);
    if !referrals::reward(tx, (referrer, user.id), (tokens, 0), now).await? {
        return Ok(());
    }
    let mut player = standing.player;
    let key = format!("referral-bonus:{}", user.id);
    let points = points::award(tx, app, &mut player, PointKind::ReferralBonus, key, Some(user.id)).await?;
    referrals::set_points(tx, user.id, points).await?;
    if tokens > 0 {
        let movement = Movement {
            user: referrer,
            asset: Asset::HeistToken,
            amount: tokens,
            kind: Kind::Referral,
            key: format!("referral:{}", user.id),
            subject: Some(user.id),
            note: None,
            at: now,
        };
        ledger::credit(tx, &movement).await.map_err(unexpected)?;
        player.tokens_earned += tokens;
        player.last_earned_at = Some(now);
    }
    players::save(tx, &[player]).await?;
    let what = Happening::TokenEarned { referred_id: user.id, tokens, points, new_total: standing.tokens + tokens };
    notify(tx, app, &[Notification::new(referrer, what)]).await
}

/// Locks a user who is about to be confirmed or cleared together with whoever referred them, in the order that nobody
/// waits for in a circle.
pub(crate) async fn lock(tx: &mut Tx, user: Uuid) -> StoreResult<Option<User>> {
    let referrer = users::find(tx, user).await?.and_then(|user| user.referred_by);
    players::lock(tx, referrer.into_iter().chain([user])).await?;
    users::lock(tx, user).await
}

/// After the commit: the one who is rewarded looks again.
pub(crate) fn rewarded(app: &App, user: &User) {
    if let Some(referrer) = user.referred_by {
        nudge::told(app, referrer);
    }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "passed on as it is")]
fn unexpected(error: MovementError) -> StoreError {
    match error {
        MovementError::Store(error) => error,
        error => StoreError::Corrupt(format!("the token of a referral: {error}")),
    }
}

/// Somebody who signed up with one's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReferredView {
    /// The name; none if the account was deleted.
    pub name: Option<String>,
    /// When they signed up.
    pub joined_at: Timestamp,
    /// Whether it was rewarded. If not, the address is not confirmed yet, or the signup is being looked at.
    pub rewarded: bool,
    /// Heist Tokens for it.
    pub tokens: i64,
    /// Points for it.
    pub points: i64,
}

/// One's code and the people it brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrals {
    /// The code.
    pub code: String,
    /// The address to pass on.
    pub link: String,
    /// Newest first.
    pub items: Vec<ReferredView>,
    /// How many there are in all.
    pub total: i64,
}

/// One's code and a page of the people it brought.
///
/// # Errors
/// The store's.
pub async fn referrals(app: &App, actor: &Actor, limit: i64, offset: i64) -> Result<Referrals, Failure<Infallible>> {
    let mut conn = app.db.read().await?;
    let code = users::find(&mut conn, actor.user).await?.map(|user| user.referral_code).unwrap_or_default();
    let (page, total) = referrals::of(&mut conn, actor.user, limit, offset).await?;
    let items = page
        .into_iter()
        .map(|referred| ReferredView {
            name: referred.username,
            joined_at: referred.created_at,
            rewarded: referred.awarded_at.is_some(),
            tokens: referred.tokens,
            points: referred.points,
        })
        .collect();
    let link = format!("{}/sign-up?ref={code}", app.config.public_url.origin);
    Ok(Referrals { code, link, items, total })
}
