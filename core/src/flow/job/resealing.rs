//! Key rotation: files in `service` custody that are sealed to an older key of the service are opened and sealed
//! again to the current one, a few at a time, in the background.

use uuid::Uuid;

use super::JobRefusal;
use crate::{
    app::App,
    custody::sealing,
    flow::Failure,
    store::{StoreResult, Tx, jobs, pulls, transact},
};

/// How many files of each kind are read at a time.
const AT_ONCE: i64 = 100;

/// Files of each kind that one run seals again; the next run goes on.
const MOST: u64 = 1_000;

/// Seals files again; answers how many were. A file that no key of the service opens is passed over and told: it must
/// not keep the others from being sealed again.
///
/// # Errors
/// The store's.
pub async fn reseal_old_keys(app: &App) -> Result<u64, Failure<JobRefusal>> {
    Ok(reseal_kind(app, Owner::Job).await? + reseal_kind(app, Owner::Pull).await?)
}

async fn reseal_kind(app: &App, owner: fn(Uuid) -> Owner) -> Result<u64, Failure<JobRefusal>> {
    let current = app.keyring.recipient().as_str().to_owned();
    let (mut done, mut after) = (0, Uuid::nil());
    while done < MOST {
        let mut conn = app.db.read().await?;
        let files = match owner(after) {
            Owner::Job(after) => jobs::sealed_to_old(&mut conn, &current, after, AT_ONCE).await?,
            Owner::Pull(after) => pulls::sealed_to_old(&mut conn, &current, after, AT_ONCE).await?,
        };
        drop(conn);
        let Some((last, _)) = files.last() else { break };
        after = *last;
        for (id, old) in files {
            match reseal(app, owner(id), old, &current).await {
                Ok(sealed) => done += u64::from(sealed),
                Err(error @ (Failure::Store(_) | Failure::Unavailable(_))) => return Err(error),
                Err(error @ (Failure::Refused(_) | Failure::KeyReused | Failure::Broken(_))) => tracing::error!(
                    owner = ?owner(id), %error, alert = "key_file_unopened",
                    "a key file cannot be opened with any key of SECRET_KEY; was an old key taken away too early?"
                ),
            }
        }
    }
    Ok(done)
}

#[derive(Clone, Copy, Debug)]
enum Owner {
    Job(Uuid),
    Pull(Uuid),
}

async fn reseal(app: &App, owner: Owner, old: Vec<u8>, current: &str) -> Result<bool, Failure<JobRefusal>> {
    let keyring = app.keyring.clone();
    let sealing = tokio::task::spawn_blocking(move || {
        let opened = sealing::open_service(&old, &keyring).map_err(Failure::broken)?;
        let new = sealing::seal_to_service(&opened.plaintext, &keyring).map_err(Failure::broken)?;
        Ok::<_, Failure<JobRefusal>>((old, new))
    });
    let (old, new) = sealing.await.map_err(Failure::broken)??;
    transact!(app.db, tx => Ok(replace(tx, owner, &old, new.as_bytes(), current).await?))
}

async fn replace(tx: &mut Tx, owner: Owner, old: &[u8], new: &[u8], current: &str) -> StoreResult<bool> {
    match owner {
        Owner::Job(id) => jobs::reseal(tx, id, old, new, current).await,
        Owner::Pull(id) => pulls::reseal(tx, id, old, new, current).await,
    }
}
