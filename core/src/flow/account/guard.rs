//! Slows down whoever guesses passwords. A try is charged before the password is looked at and given back when it was
//! right, so that many tries at once cannot slip past the count.

use super::{AccountRefusal, Outcome};
use crate::{
    app::App,
    custody::keyring::HashPurpose,
    domain::{
        account::backoff::{Subject, still_counted, subscriber},
        time::Timestamp,
    },
    flow::Failure,
    store::{Tx, audit::Origin, sign_in_failures as failures, transact},
};

/// A charged try.
#[derive(Debug)]
pub(super) struct Try {
    account: String,
    network: Option<String>,
}

/// Charges a try at the account of `email_key` (which need not exist).
///
/// # Errors
/// [`AccountRefusal::TooManyAttempts`] while the account or the network has to wait.
pub(super) async fn charge(app: &App, email_key: &str, origin: &Origin) -> Outcome<Try> {
    let ip = origin.ip.as_deref().and_then(|ip| ip.parse().ok());
    let tried = Try {
        account: pseudonym(app, "account", email_key),
        network: ip.map(|ip| pseudonym(app, "network", &subscriber(ip))),
    };
    let now = app.clock.now();
    transact!(app.db, tx => {
        // Always the account first, so that two tries cannot wait for each other.
        let account = count(tx, &tried.account, now).await?;
        let network = match &tried.network {
            Some(network) => Some((network, count(tx, network, now).await?)),
            None => None,
        };
        let blocked = account.1.max(network.map_or(now, |(_, (_, until))| until));
        if blocked > now {
            let wait = blocked.since(now);
            let retry_after_seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            return Err(Failure::Refused(AccountRefusal::TooManyAttempts { retry_after_seconds }));
        }
        add(tx, Subject::Account, &tried.account, account.0, now).await?;
        if let Some((network, (failures, _))) = network {
            add(tx, Subject::Network, network, failures, now).await?;
        }
        Ok::<_, Failure<AccountRefusal>>(())
    })?;
    Ok(tried)
}

/// Gives a try back whose password was right: the account starts afresh, the network is as it was before.
pub(super) async fn give_back(tx: &mut Tx, app: &App, tried: &Try) -> Outcome<()> {
    let now = app.clock.now();
    failures::forget(tx, &tried.account).await?;
    if let Some(network) = &tried.network {
        let count = failures::lock(tx, network, now).await?;
        failures::save(tx, network, (count.failures - 1).max(0), now, now).await?;
    }
    Ok(())
}

/// Forgets the failures of an account, whoever caused them.
pub(super) async fn forget(tx: &mut Tx, app: &App, email_key: &str) -> Outcome<()> {
    Ok(failures::forget(tx, &pseudonym(app, "account", email_key)).await?)
}

async fn count(tx: &mut Tx, subject: &str, now: Timestamp) -> Outcome<(i64, Timestamp)> {
    let count = failures::lock(tx, subject, now).await?;
    let counted = still_counted(count.failures, Timestamp::from_micros(count.updated_at), now);
    Ok((counted, Timestamp::from_micros(count.blocked_until)))
}

async fn add(tx: &mut Tx, kind: Subject, subject: &str, before: i64, now: Timestamp) -> Outcome<()> {
    let failures = before.saturating_add(1);
    Ok(failures::save(tx, subject, failures, now + kind.wait(failures), now).await?)
}

/// Neither addresses nor networks are stored, only a keyed hash of them.
fn pseudonym(app: &App, kind: &str, of: &str) -> String {
    let hash = app.keyring.credential_hash(HashPurpose::SignIn, format!("{kind}:{of}").as_bytes());
    format!("{kind}:{}", hex::encode(hash))
}
