//! What happens to a pull afterwards: kept, shredded, shared, or erased when its time is over.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::PullRefusal;
use crate::{
    app::App,
    domain::audit::Action,
    flow::{Actor, Failure},
    random,
    store::{
        Tx,
        audit::{self, Entry},
        commitments, pulls, transact,
    },
};

/// Keeps a pull's key for good. Keeping it twice is fine.
///
/// # Errors
/// [`PullRefusal::NotFound`], [`PullRefusal::Erased`], or the store's.
pub async fn keep(app: &App, actor: &Actor, id: Uuid) -> Result<(), Failure<PullRefusal>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        owned(tx, actor, id).await?;
        if pulls::keep(tx, id, actor.user, at).await? { Ok(()) } else { Err(Failure::Refused(PullRefusal::Erased)) }
    })
}

/// Erases a pull's key at once. Shredding it twice is fine.
///
/// # Errors
/// [`PullRefusal::NotFound`], or the store's.
pub async fn shred(app: &App, actor: &Actor, id: Uuid) -> Result<(), Failure<PullRefusal>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        owned(tx, actor, id).await?;
        if pulls::erase(tx, id, actor.user, at).await? {
            let entry = Entry::new(Some(actor.user), Action::PullShred, Some(id), serde_json::json!({}));
            audit::record(tx, &entry, &actor.origin, at).await?;
        }
        Ok(())
    })
}

/// Gives a pull a public page and answers the page's id, the same one each time.
///
/// # Errors
/// [`PullRefusal::NotFound`], or the store's.
pub async fn share(app: &App, actor: &Actor, id: Uuid) -> Result<String, Failure<PullRefusal>> {
    let fresh = URL_SAFE_NO_PAD.encode(random::bytes::<12>().map_err(Failure::broken)?);
    transact!(app.db, tx => {
        pulls::share(tx, id, actor.user, &fresh).await?.ok_or(Failure::Refused(PullRefusal::NotFound))
    })
}

/// Forgets commitments that expired unused, with their encrypted shares; answers how many.
///
/// # Errors
/// The store's.
pub async fn forget_commitments(app: &App) -> Result<u64, Failure<std::convert::Infallible>> {
    let now = app.clock.now();
    transact!(app.db, tx => Ok(commitments::forget_expired(tx, now).await?))
}

/// Erases the keys of pulls that were not kept in time; answers how many.
///
/// # Errors
/// The store's.
pub async fn erase_expired(app: &App) -> Result<u64, Failure<std::convert::Infallible>> {
    const AT_ONCE: i64 = 500;
    let now = app.clock.now();
    let mut all = 0;
    loop {
        let erased = transact!(app.db, tx => {
            Ok::<_, Failure<std::convert::Infallible>>(pulls::erase_expired(tx, now, AT_ONCE).await?)
        })?;
        all += erased;
        if erased == 0 {
            return Ok(all);
        }
    }
}

async fn owned(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<(), Failure<PullRefusal>> {
    match pulls::find(tx, id, actor.user).await? {
        Some(_) => Ok(()),
        None => Err(Failure::Refused(PullRefusal::NotFound)),
    }
}
