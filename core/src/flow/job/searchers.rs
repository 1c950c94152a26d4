//! Searchers: enrolled by an admin, known by their key, heard of through what they announce and report.

use uuid::Uuid;

use super::JobRefusal;
use crate::{
    app::App,
    domain::{audit::Action, rate::TaskRate, time::Timestamp},
    flow::{By, Failure, nudge},
    store::{
        audit::{self, Entry, Origin},
        searchers::{self, Searcher},
        transact,
    },
};

/// What a searcher says about itself when it starts and from time to time. Rates are for quotes only.
#[derive(Clone, Debug, PartialEq)]
pub struct Announcement {
    /// Threads it searches with.
    pub threads: u32,
    /// Attempts a second of them all at prefixes of seed keys, measured.
    pub rate: f64,
    /// The same for every mode and kind of pattern.
    pub rates: Vec<TaskRate>,
}

/// Enrols a searcher's public key under a name; enrolling it again lets a suspended one work again.
///
/// # Errors
/// The store's.
pub async fn enrol_searcher(app: &App, name: &str, public_key: &[u8; 32]) -> Result<Uuid, Failure<JobRefusal>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        let id = searchers::enrol(tx, name, public_key, at).await?;
        let detail = serde_json::json!({ "name": name, "publicKey": hex::encode(public_key) });
        let entry = Entry::new(None, Action::SearcherEnrol, Some(id), detail);
        audit::record(tx, &entry, &Origin::default(), at).await?;
        Ok(id)
    })
}

/// Suspends a searcher or lets it work again. False if there is none of that id.
///
/// # Errors
/// The store's.
pub async fn suspend_searcher(app: &App, by: &By, id: Uuid, suspend: bool) -> Result<bool, Failure<JobRefusal>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        let done = searchers::suspend(tx, id, suspend.then_some(at)).await?;
        let action = if suspend { Action::SearcherSuspend } else { Action::SearcherResume };
        let entry = Entry::new(by.id(), action, Some(id), serde_json::json!({ "by": "admin" }));
        audit::record(tx, &entry, &by.origin, at).await?;
        Ok(done)
    })
}

/// Notes a searcher's announcement; its signature was checked. Unknown and suspended ones are passed over.
///
/// # Errors
/// The store's.
pub async fn searcher_announced(app: &App, public_key: &[u8], about: Announcement) -> Result<(), Failure<JobRefusal>> {
    let at: Timestamp = app.clock.now();
    let sound = about.rate.is_finite() && about.rate >= 0.0 && about.threads > 0;
    let rates = if sound { about.rates } else { Vec::new() };
    let about = sound.then_some((i64::from(about.threads), about.rate));
    transact!(app.db, tx => {
        if let Some(searcher) = searchers::find(tx, public_key).await?
            && searcher.suspended_at.is_none()
        {
            searchers::seen(tx, searcher.id, about, at).await?;
            searchers::announce_rates(tx, searcher.id, &rates).await?;
        }
        Ok::<_, Failure<JobRefusal>>(())
    })?;
    nudge::jobs_waiting(app);
    Ok(())
}

/// All searchers, the oldest first.
///
/// # Errors
/// The store's.
pub async fn searchers(app: &App) -> Result<Vec<Searcher>, Failure<JobRefusal>> {
    let mut conn = app.db.read().await?;
    Ok(searchers::list(&mut conn).await?)
}
