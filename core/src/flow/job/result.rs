//! A completed job's private key: handed out in a format that its custody serves, or shredded.

use uuid::Uuid;

use super::JobRefusal;
use crate::{
    app::App,
    domain::audit::Action,
    flow::{
        Actor, Failure,
        key_files::{self, KeyDownload, Stored},
    },
    store::{
        audit::{self, Entry},
        jobs, transact,
    },
};

/// The key of a job of the user in a format; none names the default of its custody.
///
/// # Errors
/// [`JobRefusal::NotFound`], [`JobRefusal::NotCompleted`], [`JobRefusal::Erased`],
/// [`JobRefusal::FormatNotAvailable`], or the store's.
pub async fn result(
    app: &App,
    actor: &Actor,
    id: Uuid,
    format: Option<&str>,
) -> Result<KeyDownload, Failure<JobRefusal>> {
    let mut conn = app.db.read().await?;
    let job = jobs::find(&mut conn, id, actor.user).await?.ok_or(Failure::Refused(JobRefusal::NotFound))?;
    let status = job.state.status();
    let found = job.state.found().ok_or(Failure::Refused(JobRefusal::NotCompleted { status }))?;
    let file = jobs::key_file(&mut conn, id, actor.user).await?.ok_or(Failure::Refused(JobRefusal::Erased))?;
    drop(conn);
    let stored = Stored { custody: job.custody, text: &found.text, public_key: found.public_key, file };
    key_files::download(app, stored, format).await.map_err(|failure| {
        failure.map(|refused| JobRefusal::FormatNotAvailable {
            format: refused.format,
            reason: refused.reason,
            available: refused.available,
        })
    })
}

/// Erases a job's private key at once. Shredding it twice is fine.
///
/// # Errors
/// [`JobRefusal::NotFound`], [`JobRefusal::NotCompleted`], or the store's.
pub async fn shred(app: &App, actor: &Actor, id: Uuid) -> Result<(), Failure<JobRefusal>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        let job = jobs::find(tx, id, actor.user).await?.ok_or(Failure::Refused(JobRefusal::NotFound))?;
        if job.state.found().is_none() {
            return Err(Failure::Refused(JobRefusal::NotCompleted { status: job.state.status() }));
        }
        if jobs::erase(tx, id, actor.user, at).await? {
            let entry = Entry::new(Some(actor.user), Action::JobShred, Some(id), serde_json::json!({}));
            audit::record(tx, &entry, &actor.origin, at).await?;
        }
        Ok(())
    })
}
