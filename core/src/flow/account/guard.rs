//! Slows down whoever guesses passwords. A try is announced before the password is looked at and settled afterwards,
//! and only so many may be pending, so that many tries at once cannot slip past the count.

use uuid::Uuid;

use super::{AccountRefusal, Outcome};
use crate::{
    app::App,
    custody::keyring::HashPurpose,
    domain::{
        account::backoff::{LOST, Subject, still_counted, subscriber},
        time::Timestamp,
    },
    flow::Failure,
    store::{
        Tx,
        audit::Origin,
        sign_in_failures::{self as failures, Count, KNOWN},
        transact,
    },
};

/// An announced try.
#[derive(Debug)]
pub(super) struct Try {
    /// What it counts for, in an order in which two tries cannot wait for each other.
    subjects: Vec<(Subject, String)>,
    /// The account at the network it comes from: marked when the password was right.
    known: Option<String>,
}

/// Announces a try at the account of `email_key` (which need not exist).
///
/// # Errors
/// [`AccountRefusal::TooManyAttempts`] while the account or the network has to wait.
pub(super) async fn announce(app: &App, email_key: &str, origin: &Origin) -> Outcome<Try> {
    let network = origin.ip.as_deref().and_then(|ip| ip.parse().ok()).map(subscriber);
    let account = pseudonym(app, "account", email_key);
    let known = network.as_deref().map(|network| pseudonym(app, KNOWN, &format!("{network} {email_key}")));
    let network = network.map(|network| (Subject::Network, pseudonym(app, "network", &network)));
    let now = app.clock.now();
    transact!(app.db, tx => {
        // Where the owner signed in lately, strangers elsewhere close nothing: tries from there count by themselves.
        let own = match &known {
            Some(known) => failures::exists(tx, known).await?.then(|| known.clone()),
            None => None,
        };
        let first = (Subject::Account, own.unwrap_or_else(|| account.clone()));
        let tried = Try { subjects: std::iter::once(first).chain(network.clone()).collect(), known: known.clone() };
        pend(tx, &tried, now).await?;
        Ok(tried)
    })
}

/// Announces that a signed-in user is to prove to be it.
///
/// # Errors
/// [`AccountRefusal::TooManyAttempts`] while that has to wait.
pub(super) async fn announce_proof(app: &App, user: Uuid) -> Outcome<Try> {
    let subject = pseudonym(app, "proof", &user.to_string());
    let now = app.clock.now();
    transact!(app.db, tx => {
        let tried = Try { subjects: vec![(Subject::Account, subject.clone())], known: None };
        pend(tx, &tried, now).await?;
        Ok(tried)
    })
}

async fn pend(tx: &mut Tx, tried: &Try, now: Timestamp) -> Outcome<()> {
    for (kind, subject) in &tried.subjects {
        let count = current(tx, subject, now).await?;
        let wait = count.blocked_until.since(now);
        if !wait.is_zero() || count.pending >= kind.most_pending() {
            let retry_after_seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
            return Err(Failure::Refused(AccountRefusal::TooManyAttempts { retry_after_seconds }));
        }
        failures::save(tx, &Count { pending: count.pending + 1, ..count }).await?;
    }
    Ok(())
}

/// Settles a try whose password was wrong.
pub(super) async fn wrong(app: &App, tried: &Try) -> Outcome<()> {
    let now = app.clock.now();
    transact!(app.db, tx => {
        for (kind, subject) in &tried.subjects {
            let count = current(tx, subject, now).await?;
            let failures = count.failures.saturating_add(1);
            let blocked_until = count.blocked_until.max(now + kind.wait(failures));
            let pending = (count.pending - 1).max(0);
            failures::save(tx, &Count { failures, pending, blocked_until, ..count }).await?;
        }
        Ok(())
    })
}

/// Settles a try whose password was right: the account starts afresh, the network keeps its failures.
pub(super) async fn right(tx: &mut Tx, app: &App, tried: &Try) -> Outcome<()> {
    let now = app.clock.now();
    for (kind, subject) in &tried.subjects {
        if let Some(known) = tried.known.as_ref().filter(|_| *kind == Subject::Network) {
            let count = current(tx, known, now).await?;
            failures::save(tx, &count).await?;
        }
        let count = current(tx, subject, now).await?;
        let pending = (count.pending - 1).max(0);
        let failures = if *kind == Subject::Account { 0 } else { count.failures };
        failures::save(tx, &Count { failures, pending, ..count }).await?;
    }
    Ok(())
}

/// Takes back a try whose password could not be looked at.
pub(super) async fn withdraw(app: &App, tried: &Try) -> Outcome<()> {
    let now = app.clock.now();
    transact!(app.db, tx => {
        for (_, subject) in &tried.subjects {
            let count = current(tx, subject, now).await?;
            failures::save(tx, &Count { pending: (count.pending - 1).max(0), ..count }).await?;
        }
        Ok(())
    })
}

/// Forgets the failures of an account, whoever caused them.
pub(super) async fn forget(tx: &mut Tx, app: &App, email_key: &str) -> Outcome<()> {
    Ok(failures::forget(tx, &pseudonym(app, "account", email_key)).await?)
}

/// The count of a subject as it stands at `now`, locked.
async fn current(tx: &mut Tx, subject: &str, now: Timestamp) -> Outcome<Count> {
    let count = failures::lock(tx, subject, now).await?;
    let last = count.updated_at;
    Ok(Count {
        failures: still_counted(count.failures, last, now),
        pending: if now.since(last) >= LOST { 0 } else { count.pending },
        updated_at: now,
        ..count
    })
}

/// Neither addresses nor networks are stored, only a keyed hash of them.
fn pseudonym(app: &App, kind: &str, of: &str) -> String {
    let hash = app.keyring.credential_hash(HashPurpose::SignIn, format!("{kind}:{of}").as_bytes());
    format!("{kind}:{}", hex::encode(hash))
}
