//! An attempt as its robber sees it: how it stands, and what came of it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        heist::{Loot, Outcome, Status},
        time::Timestamp,
    },
    flow::{Actor, Failure},
    store::{
        heists::{self, Heist},
        players,
    },
};

/// A heist that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HeistDone {
    /// Always true.
    pub success: bool,
    /// The heist.
    pub heist_id: Uuid,
    /// Points taken.
    pub points_stolen: i64,
    /// Whose.
    pub victim_name: String,
    /// One's own points of the season afterwards.
    pub new_total_points: i64,
    /// Heist Tokens left.
    pub tokens_remaining: i64,
    /// When the next heist is possible.
    pub cooldown_ends_at: Timestamp,
    /// All of that in words.
    pub message: String,
}

/// An attempt as its robber sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AttemptView {
    /// Its id.
    pub id: Uuid,
    /// `PENDING` while queued, then how it ended.
    pub status: Status,
    /// The target.
    pub target_user_id: Uuid,
    /// The code of the refusal, if it was refused.
    pub failure_reason: Option<String>,
    /// What happened, in words; none while queued.
    pub message: Option<String>,
    /// Whether it cost the token.
    pub token_spent: bool,
    /// What came of it, if it succeeded.
    pub outcome: Option<HeistDone>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was settled.
    pub applied_at: Option<Timestamp>,
}

/// What a user reads of nobody: an attempt that is somebody else's is as unknown as one that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("there is no such attempt of yours")]
pub struct UnknownAttempt;

/// An own attempt.
///
/// # Errors
/// [`UnknownAttempt`], or the store's.
pub async fn attempt(app: &App, actor: &Actor, id: Uuid) -> Result<AttemptView, Failure<UnknownAttempt>> {
    let mut conn = app.db.read().await?;
    let stored = heists::find(&mut conn, id, actor.user).await?.ok_or(Failure::Refused(UnknownAttempt))?;
    let name = players::names(&mut conn, [stored.victim_id]).await?.remove(&stored.victim_id);
    let (message, outcome) = match &stored.outcome {
        Outcome::Pending => (None, None),
        Outcome::Refused(refusal) => (Some(refusal.to_string()), None),
        Outcome::Success(loot) => {
            let done = done(&stored, loot, name);
            (Some(done.message.clone()), Some(done))
        }
    };
    Ok(AttemptView {
        id,
        status: stored.outcome.status(),
        target_user_id: stored.victim_id,
        failure_reason: stored.outcome.refusal().map(|refusal| refusal.code().to_owned()),
        message,
        token_spent: stored.token_spent,
        outcome,
        created_at: stored.created_at,
        applied_at: stored.applied_at,
    })
}

/// The answer to a heist that succeeded.
pub(super) fn done(stored: &Heist, loot: &Loot, victim: Option<String>) -> HeistDone {
    let victim_name = victim.unwrap_or_else(|| String::from("a deleted user"));
    let points = if loot.points == 1 { String::from("1 point") } else { format!("{} points", loot.points) };
    HeistDone {
        success: true,
        heist_id: stored.id,
        points_stolen: loot.points,
        message: format!("You took {points} from {victim_name}."),
        victim_name,
        new_total_points: loot.robber.after,
        tokens_remaining: stored.tokens_after.unwrap_or_default(),
        cooldown_ends_at: loot.cooldown_ends_at,
    }
}
