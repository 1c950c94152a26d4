//! A pull's private key as a file, in a format that its custody serves.

use uuid::Uuid;

use super::PullRefusal;
use crate::{
    app::App,
    flow::{
        Actor, Failure,
        key_files::{self, KeyDownload, Stored},
    },
    store::pulls,
};

/// The key of a pull of the user in a format; none names the default of its custody.
///
/// # Errors
/// [`PullRefusal::NotFound`], [`PullRefusal::Erased`], [`PullRefusal::FormatNotAvailable`], or the store's.
pub async fn key(
    app: &App,
    actor: &Actor,
    id: Uuid,
    format: Option<&str>,
) -> Result<KeyDownload, Failure<PullRefusal>> {
    let mut conn = app.db.read().await?;
    let pull = pulls::find(&mut conn, id, actor.user).await?.ok_or(Failure::Refused(PullRefusal::NotFound))?;
    let file = pulls::key_file(&mut conn, id, actor.user, app.clock.now())
        .await?
        .ok_or(Failure::Refused(PullRefusal::Erased))?;
    drop(conn);
    let stored = Stored { custody: pull.custody, text: &pull.text, public_key: pull.public_key, file };
    key_files::download(app, stored, format).await.map_err(|failure| {
        failure.map(|refused| PullRefusal::FormatNotAvailable {
            format: refused.format,
            reason: refused.reason,
            available: refused.available,
        })
    })
}
