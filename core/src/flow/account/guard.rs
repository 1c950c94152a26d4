//! Slows down whoever guesses passwords. A try is announced before the password is looked at and settled afterwards,
//! and only so many may be pending, so that many tries at once cannot slip past the count.

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
        sign_in_failures::{self as failures, Count},
        transact,
    },
};

/// An announced try.
#[derive(Debug)]
pub(super) struct Try {
    account: String,
    network: Option<String>,
}

impl Try {
    /// Its counts: always the account first, so that two tries cannot wait for each other.
    fn subjects(&self) -> impl Iterator<Item = (Subject, &str)> {
        let network = self.network.as_deref().map(|network| (Subject::Network, network));
        std::iter::once((Subject::Account, self.account.as_str())).chain(network)
    }
}

/// Announces a try at the account of `email_key` (which need not exist).
///
/// # Errors
/// [`AccountRefusal::TooManyAttempts`] while the account or the network has to wait.
pub(super) async fn announce(app: &App, email_key: &str, origin: &Origin) -> Outcome<Try> {
    let ip = origin.ip.as_deref().and_then(|ip| ip.parse().ok());
    let tried = Try {
        account: pseudonym(app, "account", email_key),
        network: ip.map(|ip| pseudonym(app, "network", &subscriber(ip))),
    };
    let now = app.clock.now();
    transact!(app.db, tx => {
        for (kind, subject) in tried.subjects() {
            let count = current(tx, subject, now).await?;
            let wait = Timestamp::from_micros(count.blocked_until).since(now);
            if !wait.is_zero() || count.pending >= kind.most_pending() {
                let retry_after_seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
                return Err(Failure::Refused(AccountRefusal::TooManyAttempts { retry_after_seconds }));
            }
            failures::save(tx, subject, &Count { pending: count.pending + 1, ..count }).await?;
        }
        Ok::<_, Failure<AccountRefusal>>(())
    })?;
    Ok(tried)
}

/// Settles a try whose password was wrong.
pub(super) async fn wrong(app: &App, tried: &Try) -> Outcome<()> {
    let now = app.clock.now();
    transact!(app.db, tx => {
        for (kind, subject) in tried.subjects() {
            let count = current(tx, subject, now).await?;
            let failures = count.failures.saturating_add(1);
            let blocked_until = count.blocked_until.max((now + kind.wait(failures)).micros());
            let pending = (count.pending - 1).max(0);
            failures::save(tx, subject, &Count { failures, pending, blocked_until, ..count }).await?;
        }
        Ok(())
    })
}

/// Settles a try whose password was right: the account starts afresh, the network keeps its failures.
pub(super) async fn right(tx: &mut Tx, app: &App, tried: &Try) -> Outcome<()> {
    let now = app.clock.now();
    for (kind, subject) in tried.subjects() {
        let count = current(tx, subject, now).await?;
        let pending = (count.pending - 1).max(0);
        let failures = if kind == Subject::Account { 0 } else { count.failures };
        failures::save(tx, subject, &Count { failures, pending, ..count }).await?;
    }
    Ok(())
}

/// Forgets the failures of an account, whoever caused them.
pub(super) async fn forget(tx: &mut Tx, app: &App, email_key: &str) -> Outcome<()> {
    Ok(failures::forget(tx, &pseudonym(app, "account", email_key)).await?)
}

/// The count of a subject as it stands at `now`, locked.
async fn current(tx: &mut Tx, subject: &str, now: Timestamp) -> Outcome<Count> {
    let count = failures::lock(tx, subject, now).await?;
    let last = Timestamp::from_micros(count.updated_at);
    Ok(Count {
        failures: still_counted(count.failures, last, now),
        pending: if now.since(last) >= LOST { 0 } else { count.pending },
        updated_at: now.micros(),
        ..count
    })
}

/// Neither addresses nor networks are stored, only a keyed hash of them.
fn pseudonym(app: &App, kind: &str, of: &str) -> String {
    let hash = app.keyring.credential_hash(HashPurpose::SignIn, format!("{kind}:{of}").as_bytes());
    format!("{kind}:{}", hex::encode(hash))
}
