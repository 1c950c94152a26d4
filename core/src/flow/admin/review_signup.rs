//! An admin has looked at a flagged signup and finds nothing wrong: the flag goes, and the rewards that waited come.

use serde_json::json;
use uuid::Uuid;

use super::note;
use crate::{
    app::App,
    domain::audit::Action,
    flow::{
        By, Failure,
        account::{AccountRefusal, Outcome, welcome},
        points, referral,
    },
    store::{
        transact,
        users::{self, User},
    },
};

/// Clears the flag of a signup; clearing it again is fine.
///
/// # Errors
/// [`AccountRefusal::Gone`], or the store's.
pub async fn clear(app: &App, by: &By, user: Uuid) -> Outcome<User> {
    let cleared: Outcome<User> = async {
        transact!(app.db, tx => {
            let before = referral::lock(tx, user).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
            let after = User { flagged_at: None, flag_reason: None, ..before };
            if users::clear_flag(tx, user).await? {
                note(tx, app, by, Action::SignupClear, Some(user), json!({})).await?;
                welcome::give_if_due(tx, app, &after).await?;
                points::give_signup(tx, app, user).await?;
                referral::give_if_due(tx, app, &after).await?;
            }
            Ok(after)
        })
    }
    .await;
    let cleared = cleared?;
    referral::rewarded(app, &cleared);
    Ok(cleared)
}
