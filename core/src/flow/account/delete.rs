//! A user deletes the account: its subscriptions are ended first, its jobs are cancelled, its balance is forfeited, everything that identifies the person
//! goes. The ledger stays whole, and the row stays as an anonymous owner of its part.

use super::{AccountRefusal, Outcome, Password, change_password::prove, confirm_email::note, guard};
use uuid::Uuid;

use crate::{
    app::App,
    domain::audit::Action,
    flow::{Actor, Failure, billing, forfeit, job, nudge, points},
    store::{Tx, erasure, mail_links, transact, users},
};

/// Deletes the account of the signed-in user.
///
/// # Errors
/// [`AccountRefusal::WrongPassword`], [`AccountRefusal::TooManyAttempts`], [`Failure::Unavailable`] if a subscription cannot
/// be ended right now, or the store's.
pub async fn delete(app: &App, actor: &Actor, password: &Password) -> Outcome<()> {
    prove(app, actor, password).await?;
    // Nobody is billed for an account that is gone: if that cannot be made sure of now, the account stays.
    billing::end_all(app, actor.owner()).await.map_err(Failure::unexpected)?;
    let deleted: Outcome<Vec<String>> = async {
        transact!(app.db, tx => {
            let user = users::lock(tx, actor.user).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
            guard::forget(tx, app, &user.email.as_deref().unwrap_or_default().to_ascii_lowercase()).await?;
            let mut addresses = mail_links::addresses(tx, user.id).await?;
            addresses.extend(user.email);
            note(tx, app, Action::AccountDelete, user.id, &actor.origin).await?;
            cancel_jobs(tx, app, user.id).await?;
            billing::release_all(tx, app, user.id).await.map_err(Failure::unexpected)?;
            points::forfeit(tx, app, user.id).await?;
            erasure::erase(tx, user.id, app.clock.now()).await?;
            users::anonymise(tx, user.id, app.clock.now()).await?;
            forfeit::forfeit(tx, app, user.id, forfeit::Cause::Deletion).await?;
            Ok(addresses)
        })
    }
    .await;
    let addresses = deleted?;
    if let Err(error) = app.mailer.forget(addresses).await {
        // The account is gone all the same; upkeep removes old letters.
        tracing::error!(%error, "the e-mails of a deleted account could not be removed");
    }
    nudge::jobs_waiting(app);
    Ok(())
}

/// Cancels what the user's jobs still search. A job with slices under way settles when they have reported, and the
/// balance is forfeited then.
async fn cancel_jobs(tx: &mut Tx, app: &App, user: Uuid) -> Outcome<()> {
    job::cancel_all_of(tx, app, user).await.map_err(Failure::unexpected)
}
