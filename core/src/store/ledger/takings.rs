//! Tokens that events take back, a row each, and what pays the debt that they leave. The account is locked by whoever
//! reads or writes its rows here.

use uuid::Uuid;

use super::{
    Account, MovementError,
    accounts::{lock_account, save},
    exists,
    transfers::{Way, content, repeats, write, write_repayment},
};
use crate::{
    domain::{
        ledger::{Asset, Balance, Cause, Claim, Content, Credited, Difference, Movement, Refusal, Standing, Taking},
        time::Timestamp,
    },
    store::{Sql, StoreResult, Tx, execute, row, sql},
};

/// What a taking is, and the account now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The taking.
    pub taking: Taking,
    /// The account.
    pub balance: Balance,
    /// Nothing was done: the key was used for the same before.
    pub again: bool,
}

struct Row {
    id: Uuid,
    account: Uuid,
    cause: Cause,
    subject: Option<Uuid>,
    gave: i64,
    cents: Option<i64>,
    asked: i64,
    covered: i64,
    taken: i64,
    repaid: i64,
    open: i64,
    forgiven: i64,
    undo_key: Option<String>,
}

row! {
    Row from takings: id, account, cause, subject, gave, cents, asked, covered, taken, repaid, open, forgiven, undo_key
}

impl Row {
    fn taking(&self) -> Taking {
        let Self { asked, covered, taken, repaid, open, forgiven, .. } = *self;
        Taking { asked, covered, taken, repaid, open, forgiven }
    }

    /// It was undone before it was made.
    const fn is_marker(&self) -> bool {
        self.gave == 0
    }

    fn belongs_to(&self, account: Uuid, cause: Cause, movement: &Movement<'_>) -> Result<(), Difference> {
        if self.account != account {
            Err(Difference::Account)
        } else if self.cause != cause {
            Err(Difference::Cause)
        } else if self.subject != movement.subject {
            Err(Difference::Subject)
        } else if !self.is_marker() && self.gave != movement.amount {
            Err(Difference::Amount)
        } else {
            Ok(())
        }
    }
}

/// Takes back what an event claims of the movement's amount, which is what the purchase or grant (the subject) gave.
/// What is available goes at once, the rest becomes debt. Events of one subject together never take more than it gave.
/// What was given back before it was taken is not taken.
///
/// # Errors
/// See [`MovementError`].
pub async fn claw_back(
    tx: &mut Tx,
    movement: &Movement<'_>,
    cause: Cause,
    claim: Claim,
) -> Result<Taken, MovementError> {
    if movement.amount <= 0 {
        return Err(Refusal::NotPositive.into());
    }
    let account = lock_account(tx, movement.user, &movement.asset, movement.at).await?;
    let content = content(movement, account.id, Way::Out)?;
    let known = by_key(tx, &movement.key).await?;
    if let Some(known) = &known {
        known.belongs_to(account.id, cause, movement).map_err(exists(&movement.key))?;
        if known.is_marker() {
            let asked = Taking::claim(movement.amount, cause, claim, &[]).asked;
            let taking = Taking { asked, forgiven: asked, ..Taking::default() };
            fill_marker(tx, known.id, movement.amount, claim, &taking).await?;
            return Ok(Taken { taking, balance: account.state(), again: false });
        }
        if known.cents != claim.cents() {
            return Err(exists(&movement.key)(Difference::Share));
        }
        return Ok(Taken { taking: known.taking(), balance: account.state(), again: true });
    }
    let before = standing(tx, account.id, movement.subject).await?;
    let before = before.iter().map(|row| Standing { cause: row.cause, cents: row.cents, taking: row.taking() });
    let before: Vec<_> = before.collect();
    let claimed = Taking::claim(movement.amount, cause, claim, &before);
    let (after, taken) = match claimed.effective() {
        0 => (account.state(), 0),
        amount => account.state().claw_back(amount)?,
    };
    let content = Content { amount: taken, ..content };
    if repeats(tx, &movement.key, &content).await? {
        return Err(exists(&movement.key)(Difference::Cause));
    }
    let taking = claimed.made(taken);
    insert(tx, account.id, movement, (cause, claim.cents()), &taking).await?;
    if claimed.effective() > 0 {
        write(tx, movement, &content, &account, (account.state(), after)).await?;
        save(tx, account.id, after).await?;
    }
    Ok(Taken { taking, balance: after, again: false })
}

/// Undoes the taking of a key: what it took or was repaid since goes back to the user, and its open debt is forgiven;
/// but first other takings of the same subject get what it kept them from. If nothing was taken yet, nothing will be.
/// The movement's amount is what the subject gave.
///
/// # Errors
/// [`MovementError::AlreadyGivenBack`] under another key than the first; see [`MovementError`].
pub async fn give_back(
    tx: &mut Tx,
    movement: &Movement<'_>,
    cause: Cause,
    taking_key: &str,
) -> Result<Taken, MovementError> {
    let account = lock_account(tx, movement.user, &movement.asset, movement.at).await?;
    let content = content(movement, account.id, Way::In)?;
    let Some(known) = by_key(tx, taking_key).await? else {
        insert_marker(tx, account.id, movement, cause, taking_key).await?;
        return Ok(Taken { taking: Taking::default(), balance: account.state(), again: false });
    };
    known.belongs_to(account.id, cause, movement).map_err(exists(taking_key))?;
    let mut taking = known.taking();
    if let Some(key) = &known.undo_key {
        let known = Taken { taking, balance: account.state(), again: true };
        return if *key == movement.key { Ok(known) } else { Err(MovementError::AlreadyGivenBack) };
    }
    for row in standing(tx, account.id, movement.subject).await? {
        let mut other = row.taking();
        if row.id != known.id && taking.hand_over(&mut other) {
            update(tx, row.id, &other).await?;
        }
    }
    let forgiven = taking.undo();
    let content = Content { amount: taking.paid(), ..content };
    if repeats(tx, &movement.key, &content).await? {
        return Err(exists(&movement.key)(Difference::Cause));
    }
    update(tx, known.id, &taking).await?;
    mark_undone(tx, known.id, movement).await?;
    let done = account.state().give_back(taking.paid(), forgiven)?;
    if taking.paid() > 0 {
        write(tx, movement, &content, &account, (account.state(), done.credited)).await?;
    }
    pay_debt(tx, movement, &account, &done).await?;
    save(tx, account.id, done.after).await?;
    Ok(Taken { taking, balance: done.after, again: false })
}

/// Records what a credit or a release pays of the account's debt: a transfer, and the oldest takings first.
pub(super) async fn pay_debt(
    tx: &mut Tx,
    movement: &Movement<'_>,
    account: &Account,
    done: &Credited,
) -> StoreResult<()> {
    if done.repaid == 0 {
        return Ok(());
    }
    write_repayment(tx, movement, account, (done.credited, done.after), done.repaid).await?;
    let text = format!("SELECT {} FROM takings WHERE account = $1 AND open > 0 ORDER BY created_at, id", Row::COLUMNS);
    let rows: Vec<Row> = sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(account.id).fetch_all(c).await)?;
    let mut left = done.repaid;
    for row in rows {
        if left == 0 {
            break;
        }
        let mut taking = row.taking();
        left = taking.repay(left);
        update(tx, row.id, &taking).await?;
    }
    if left > 0 {
        // Left by a program that did not write causes yet; what pays it is written down all the same.
        tracing::error!(account.id = %account.id, tokens = left, alert = "debt_without_cause", "debt without a cause");
        let unknown =
            Movement { key: format!("unknown:{}", movement.key), subject: None, amount: left, ..movement.clone() };
        let paid = Taking { asked: left, repaid: left, ..Taking::default() };
        insert(tx, account.id, &unknown, (Cause::Unknown, None), &paid).await?;
    }
    Ok(())
}

/// A taking as its user may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// Its id.
    pub id: Uuid,
    /// Why.
    pub cause: Cause,
    /// The event's key.
    pub key: String,
    /// The purchase or grant.
    pub subject: Option<Uuid>,
    /// What was claimed.
    pub asked: i64,
    /// What went at once.
    pub taken: i64,
    /// What was paid since.
    pub repaid: i64,
    /// What is owed.
    pub open: i64,
    /// What is owed no more.
    pub forgiven: i64,
    /// When.
    pub created_at: Timestamp,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
}

row! {
    TakenBack from takings: id, cause, key, subject, asked, taken, repaid, open, forgiven, created_at, undone_at
}

/// Everything that was taken back from a user, the oldest first.
///
/// # Errors
/// The database's.
pub async fn takings_of(on: &mut impl Sql, user: Uuid, asset: &Asset) -> StoreResult<Vec<TakenBack>> {
    sql!(on, c => sqlx::query_as(
        "SELECT k.id, k.cause, k.key, k.subject, k.asked, k.taken, k.repaid, k.open, k.forgiven, k.created_at, k.undone_at \
         FROM takings k JOIN ledger_accounts a ON a.id = k.account WHERE a.owner = $1 AND a.asset = $2 \
         ORDER BY k.created_at, k.id").bind(user).bind(asset.to_string()).fetch_all(c).await)
}

async fn by_key(tx: &mut Tx, key: &str) -> StoreResult<Option<Row>> {
    let text = format!("SELECT {} FROM takings WHERE key = $1", Row::COLUMNS);
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(key).fetch_optional(c).await)
}

/// Takings of a subject that were not undone, the oldest first.
async fn standing(tx: &mut Tx, account: Uuid, subject: Option<Uuid>) -> StoreResult<Vec<Row>> {
    let Some(subject) = subject else { return Ok(Vec::new()) };
    let text = format!(
        "SELECT {} FROM takings WHERE subject = $1 AND account = $2 AND undo_key IS NULL ORDER BY created_at, id",
        Row::COLUMNS
    );
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(subject).bind(account).fetch_all(c).await)
}

async fn insert(
    tx: &mut Tx,
    account: Uuid,
    movement: &Movement<'_>,
    (cause, cents): (Cause, Option<i64>),
    taking: &Taking,
) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO takings (id, account, cause, key, subject, gave, cents, asked, covered, taken, repaid, open, \
         forgiven, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        Uuid::now_v7(),
        account,
        cause.name(),
        &movement.key,
        movement.subject,
        movement.amount,
        cents,
        taking.asked,
        taking.covered,
        taking.taken,
        taking.repaid,
        taking.open,
        taking.forgiven,
        movement.at.micros()
    )?;
    Ok(())
}

async fn insert_marker(
    tx: &mut Tx,
    account: Uuid,
    movement: &Movement<'_>,
    cause: Cause,
    key: &str,
) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO takings (id, account, cause, key, subject, gave, undo_key, created_at, undone_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $7)",
        Uuid::now_v7(),
        account,
        cause.name(),
        key,
        movement.subject,
        &movement.key,
        movement.at.micros()
    )?;
    Ok(())
}

async fn fill_marker(tx: &mut Tx, id: Uuid, gave: i64, claim: Claim, taking: &Taking) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE takings SET gave = $1, cents = $2, asked = $3, forgiven = $4 WHERE id = $5",
        gave,
        claim.cents(),
        taking.asked,
        taking.forgiven,
        id
    )?;
    Ok(())
}

async fn update(tx: &mut Tx, id: Uuid, taking: &Taking) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE takings SET covered = $1, taken = $2, repaid = $3, open = $4, forgiven = $5 WHERE id = $6",
        taking.covered,
        taking.taken,
        taking.repaid,
        taking.open,
        taking.forgiven,
        id
    )?;
    Ok(())
}

async fn mark_undone(tx: &mut Tx, id: Uuid, movement: &Movement<'_>) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE takings SET undo_key = $1, undone_at = $2 WHERE id = $3",
        &movement.key,
        movement.at.micros(),
        id
    )?;
    Ok(())
}
