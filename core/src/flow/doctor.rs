//! The service looks itself over: the books add up, the schema is the program's, tasks move, somebody works, and key
//! files open. Nothing is changed, and nobody is held up: the books are read in one snapshot.

use std::fmt::Display;

use serde::Serialize;

use super::{
    Failure,
    billing::{self, BillingRefusal, Proof},
    tasks,
};
use crate::{
    app::App,
    custody::{PublicKeyBytes, delivery::open_delivered},
    domain::billing::{CURRENCY, money},
    store::{
        StoreError, StoreResult, Tx,
        billing::proof::{self, Sold},
        books, copy, leaders, migrate, searchers,
    },
};

/// A task that waits longer for a worker is worth a word.
const OLD: f64 = 600.0;

/// Key files that are opened, the newest ones.
const SAMPLE: i64 = 20;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// As it should be.
    Good,
    /// Worth a look: somebody may want it so.
    Notice,
    /// Something that must hold does not.
    Broken,
}

/// What came of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What was checked.
    pub check: &'static str,
    /// How bad it is.
    pub grade: Grade,
    /// What was found, and what to do about it.
    pub found: String,
}

impl Finding {
    /// All is well.
    pub fn good(check: &'static str, found: impl Display) -> Self {
        Self { check, grade: Grade::Good, found: found.to_string() }
    }

    /// Worth a look.
    pub fn notice(check: &'static str, found: impl Display) -> Self {
        Self { check, grade: Grade::Notice, found: found.to_string() }
    }

    /// Something that must hold does not.
    pub fn broken(check: &'static str, found: impl Display) -> Self {
        Self { check, grade: Grade::Broken, found: found.to_string() }
    }

    /// Good if nothing is listed, else broken with the list.
    fn none<T: Display>(check: &'static str, good: &str, wrong: &str, list: impl IntoIterator<Item = T>) -> Self {
        let list: Vec<String> = list.into_iter().map(|one| one.to_string()).collect();
        if list.is_empty() {
            Self::good(check, good)
        } else {
            Self::broken(check, format!("{wrong}: {}", list.join(", ")))
        }
    }
}

/// Looks everything over.
///
/// # Errors
/// The store's, if the database does not answer.
pub async fn examine(app: &App) -> Result<Vec<Finding>, StoreError> {
    let mut tx = app.db.snapshot().await?;
    let mut findings = vec![file(&mut tx).await?];
    if findings.iter().any(|finding| finding.grade == Grade::Broken) {
        return Ok(findings);
    }
    findings.push(schema(&mut tx).await?);
    if findings.iter().any(|finding| finding.grade == Grade::Broken) {
        return Ok(findings);
    }
    findings.extend(ledger(&mut tx).await?);
    findings.push(purchases(&mut tx).await?);
    findings.push(key_files(app, &mut tx).await?);
    let roles = leaders::list(&mut tx).await?;
    let known = searchers::list(&mut tx).await?;
    // Only reading: there is nothing to lose.
    tx.rollback().await?;
    findings.extend(app.config.billing_warnings().into_iter().map(|warning| Finding::notice("billing", warning)));
    findings.extend(stripe(app).await?);
    findings.extend(queues(app).await?);
    findings.push(people_at_work(app, roles.into_iter().map(|(role, _)| role).collect()).await?);
    let suspended: Vec<&str> =
        known.iter().filter(|one| one.suspended_at.is_some()).map(|one| one.name.as_str()).collect();
    findings.push(match suspended.as_slice() {
        [] => Finding::good("searchers", format!("{} enrolled, none suspended", known.len())),
        names => Finding::notice(
            "searchers",
            format!(
                "{} enrolled; suspended: {}. Look into their logs before they are let back in",
                known.len(),
                names.join(", ")
            ),
        ),
    });
    Ok(findings)
}

async fn file(tx: &mut Tx) -> StoreResult<Finding> {
    Ok(whole(copy::faults(tx).await?))
}

/// What is said of the database with these faults.
pub fn whole(faults: Vec<String>) -> Finding {
    Finding::none(
        "database",
        "sound: every page can be read and every row refers to rows that are there",
        "damaged, so nothing else was looked at; restore the last backup that `vanikeys restore` takes",
        faults,
    )
}

async fn schema(tx: &mut Tx) -> StoreResult<Finding> {
    const CHECK: &str = "schema";
    let newest = migrate::newest();
    Ok(match migrate::applied(tx).await {
        Ok(applied) if applied == newest => Finding::good(CHECK, format!("version {applied}, the newest")),
        Ok(applied) if applied > newest => Finding::notice(
            CHECK,
            format!("version {applied}, and this program knows {newest}: it is older than the one that migrated"),
        ),
        Ok(applied) => Finding::broken(
            CHECK,
            format!("version {applied} of {newest}; run `vanikeys migrate`, or start the service"),
        ),
        Err(error @ StoreError::Down(_)) => return Err(error),
        Err(error) => Finding::broken(CHECK, format!("the schema cannot be read ({error}); run `vanikeys migrate`")),
    })
}

async fn ledger(tx: &mut Tx) -> StoreResult<Vec<Finding>> {
    let size = books::size(tx).await?;
    let off = books::sums(tx).await?.into_iter().filter(|(_, sum)| *sum != 0);
    let mismatch = |one: books::Mismatch| format!("{} says {} and has {}", one.account, one.stated, one.found);
    let mut takings: Vec<String> = books::takings(tx).await?.into_iter().map(mismatch).collect();
    takings.extend(books::undone_takings(tx).await?.into_iter().map(|id| id.to_string()));
    takings.extend(books::taken_twice(tx).await?.into_iter().map(|id| id.to_string()));
    Ok(vec![
        Finding::none(
            "ledger sums",
            &format!("zero for every asset, over {} accounts and {} transfers", size.accounts, size.transfers),
            "not zero",
            off.map(|(asset, sum)| format!("{asset} {sum}")),
        ),
        Finding::none(
            "ledger balances",
            "each is what its transfers make",
            "accounts that are not what their transfers make",
            books::balances(tx).await?.into_iter().map(mismatch),
        ),
        Finding::none(
            "ledger holds",
            &format!("{} pending, and each account holds their sum", size.holds),
            "accounts that hold another sum than their holds",
            books::held(tx).await?.into_iter().map(mismatch),
        ),
        Finding::none(
            "ledger debts",
            "each is the sum of what is open",
            "accounts that owe something else than what is open",
            books::debts(tx).await?.into_iter().map(mismatch),
        ),
        Finding::none(
            "ledger takings",
            "what was taken back is what its transfers make, and no purchase was taken twice",
            "takings that are not what their transfers make, or take a purchase twice",
            takings,
        ),
        Finding::none(
            "ledger steps",
            "before, amount and after agree in each transfer",
            "transfers whose before and after do not differ by the amount",
            books::steps(tx).await?,
        ),
        Finding::none(
            "ledger chains",
            "each account goes from zero to its balance without a gap",
            "accounts with a gap between two transfers",
            books::chains(tx).await?,
        ),
        Finding::none(
            "ledger accounts",
            "each side of a transfer is a user's or the house's",
            "accounts that belong to nobody",
            books::strangers(tx).await?,
        ),
        Finding::none(
            "ended jobs",
            "none still holds tokens",
            "jobs that ended and still hold tokens",
            books::forgotten_holds(tx).await?,
        ),
    ])
}

/// Tokens issued by purchases are what their rows say was paid, less refunds and disputes.
async fn purchases(tx: &mut Tx) -> StoreResult<Finding> {
    let Sold { purchases, tokens, cents, refunded } = proof::sold(tx).await?;
    let (paid, back) = (money(cents, CURRENCY), money(refunded, CURRENCY));
    let mut wrong: Vec<String> = proof::not_as_paid(tx).await?.into_iter().map(|id| id.to_string()).collect();
    wrong.extend(proof::not_as_claimed(tx).await?);
    let good =
        format!("{purchases} gave {tokens} VaniTokens for {paid}, of which {back} went back, each as it was paid");
    Ok(Finding::none(
        "purchases",
        &good,
        "tokens that are not what was paid, refunded and disputed; run `vanikeys billing reconcile`",
        wrong,
    ))
}

/// What the rows of purchases say is what Stripe says. Without an account there is nobody to ask.
async fn stripe(app: &App) -> StoreResult<Option<Finding>> {
    const CHECK: &str = "payments";
    let proof = match billing::prove(app).await {
        Ok(proof) => proof,
        Err(Failure::Refused(BillingRefusal::NotSoldHere)) => return Ok(None),
        Err(Failure::Store(error)) => return Err(error),
        Err(failure) => return Ok(Some(Finding::notice(CHECK, format!("not compared with Stripe: {failure}")))),
    };
    let Proof { payments, received, refunded, disputed, wrong } = proof;
    let [received, refunded, disputed] = [received, refunded, disputed].map(|cents| money(cents, CURRENCY));
    let good = format!(
        "{payments} at Stripe and here, {received} received, {refunded} refunded, {disputed} claimed by disputes"
    );
    Ok(Some(Finding::none(CHECK, &good, "not as Stripe says; run `vanikeys billing reconcile`", wrong)))
}

/// Opens a sample of the key files that the service keeps for its users.
async fn key_files(app: &App, tx: &mut Tx) -> StoreResult<Finding> {
    let sample = books::key_files(tx, SAMPLE).await?;
    let (mut opened, mut faults) = (0, Vec::new());
    for (public_key, file) in &sample {
        let Ok(public_key) = <[u8; 32]>::try_from(public_key.as_slice()) else {
            faults.push("a public key that is not 32 bytes".to_owned());
            continue;
        };
        match open_delivered(file, &PublicKeyBytes::from(public_key), &app.keyring) {
            Ok(_) => opened += 1,
            Err(error) => faults.push(format!("{}: {error}", hex::encode(public_key))),
        }
    }
    let good = format!("the newest {opened} under the service's custody open and hold their keys");
    let wrong = "files that do not open; is the SECRET_KEY they were sealed under still in the setting?";
    Ok(Finding::none("key files", &good, wrong, faults))
}

async fn queues(app: &App) -> StoreResult<Vec<Finding>> {
    const CHECK: &str = "queues";
    let mut findings = Vec::new();
    let queues = tasks::queues(app).await?;
    for queue in &queues {
        if queue.dead > 0 {
            let fix = format!("see `vanikeys admin dead --queue {}` and `vanikeys admin run-again`", queue.name);
            findings.push(Finding::notice(CHECK, format!("{}: {} dead tasks; {fix}", queue.name, queue.dead)));
        }
        if let Some(count) = queue.unreadable.filter(|count| *count > 0) {
            let found = format!(
                "{}: {count} items that nobody can read were set aside; somebody else writes to the queue, or a newer \
                 program did. `vanikeys admin forget-unreadable {}` forgets them",
                queue.name, queue.name
            );
            findings.push(Finding::notice(CHECK, found));
        }
        if queue.paused_at.is_some() {
            findings.push(Finding::notice(
                CHECK,
                format!("{} is paused; `vanikeys admin resume` lets it go on", queue.name),
            ));
        } else if let Some(oldest) = queue.oldest_seconds.filter(|oldest| *oldest > OLD) {
            let found =
                format!("{}: {} wait, the oldest for {oldest:.0} s; is a worker there?", queue.name, queue.waiting);
            findings.push(Finding::notice(CHECK, found));
        }
    }
    let silent: Vec<&str> =
        queues.iter().filter(|queue| queue.backlog.is_none()).map(|queue| queue.name.name()).collect();
    if !silent.is_empty() {
        let fix = "is Redis there, or is queue.db in the data folder broken?";
        findings.push(Finding::broken(CHECK, format!("{} do not answer; {fix}", silent.join(", "))));
    }
    if findings.is_empty() {
        let waiting: i64 = queues.iter().map(|queue| queue.waiting + queue.later).sum();
        findings.push(Finding::good(CHECK, format!("{waiting} tasks wait, none for long, none is dead")));
    }
    Ok(findings)
}

async fn people_at_work(app: &App, roles: Vec<String>) -> StoreResult<Finding> {
    const CHECK: &str = "workers";
    let workers = tasks::workers(app).await?;
    let hosts: Vec<String> = workers.iter().map(|worker| format!("{} ({})", worker.host, worker.queues)).collect();
    Ok(match (workers.is_empty(), roles.is_empty()) {
        (true, _) => Finding::notice(CHECK, "none is running; tasks wait until one is"),
        (false, true) => Finding::notice(CHECK, format!("{}, but none leads yet", hosts.join(", "))),
        (false, false) => Finding::good(CHECK, format!("{}; led: {}", hosts.join(", "), roles.join(", "))),
    })
}
