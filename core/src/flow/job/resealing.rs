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

/// How many files of each kind one run takes.
const AT_ONCE: i64 = 100;

/// Seals up to a few hundred files again; answers how many were.
///
/// # Errors
/// The store's, or a file that no key of the service opens.
pub async fn reseal_old_keys(app: &App) -> Result<u64, Failure<JobRefusal>> {
    let current = app.keyring.recipient().as_str().to_owned();
    let mut conn = app.db.read().await?;
    let of_jobs = jobs::sealed_to_old(&mut conn, &current, AT_ONCE).await?;
    let of_pulls = pulls::sealed_to_old(&mut conn, &current, AT_ONCE).await?;
    drop(conn);
    let mut done = 0;
    for (id, old) in of_jobs {
        done += u64::from(reseal(app, Owner::Job(id), old, &current).await?);
    }
    for (id, old) in of_pulls {
        done += u64::from(reseal(app, Owner::Pull(id), old, &current).await?);
    }
    Ok(done)
}

#[derive(Clone, Copy)]
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
