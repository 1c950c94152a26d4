//! Many movements of points and Heist Tokens at once: accounts are locked once, balances change in memory, and
//! transfers and balances are written together. Accounts of these assets have neither holds nor debt.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{Account, MovementError};
use crate::{
    domain::{
        ledger::{Asset, Movement, Refusal},
        time::Timestamp,
    },
    store::{StoreResult, Tx, bulk, bulk::insert_many, dialect},
};

/// A user's balance before and after a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Before.
    pub before: i64,
    /// After.
    pub after: i64,
}

/// Accounts of two assets at most, locked until the transaction ends. Nothing is written before [`Batch::write`].
#[derive(Debug)]
pub struct Batch {
    accounts: HashMap<(Uuid, String), Held>,
    transfers: Vec<Row>,
    at: Timestamp,
}

#[derive(Debug)]
struct Held {
    id: Uuid,
    balance: i64,
    changed: bool,
}

#[derive(Debug)]
struct Row {
    debit: (Uuid, Option<Change>),
    credit: (Uuid, Option<Change>),
    asset: String,
    amount: i64,
    kind: &'static str,
    subject: Option<Uuid>,
    key: String,
}

impl Batch {
    /// Locks the accounts of users, in the order of their ids. The users' rows must be locked already, since an account
    /// that does not exist yet cannot be.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock(
        tx: &mut Tx,
        users: impl IntoIterator<Item = Uuid>,
        (one, other): (&Asset, &Asset),
        at: Timestamp,
    ) -> StoreResult<Self> {
        let (one, other) = (one.to_string(), other.to_string());
        let text = format!(
            "SELECT id, balance, held, debt, owner, asset FROM ledger_accounts \
             WHERE asset IN ($1, $2) AND owner IN ({}) ORDER BY id{}",
            bulk::id_list(3),
            dialect::lock_rows(tx)
        );
        let found: Vec<Owned> = bulk::by_ids(tx, &text, &[&one, &other], users).await?;
        let held = |account: Account| Held { id: account.id, balance: account.balance, changed: false };
        let accounts =
            found.into_iter().map(|Owned { account, owner, asset }| ((owner, asset), held(account))).collect();
        Ok(Self { accounts, transfers: Vec::new(), at })
    }

    /// A user's balance, with what was moved so far.
    #[must_use]
    pub fn balance(&self, user: Uuid, asset: &Asset) -> i64 {
        self.accounts.get(&(user, asset.to_string())).map_or(0, |held| held.balance)
    }

    /// Moves an amount above zero from the movement's user to the house, in memory.
    ///
    /// # Errors
    /// [`MovementError::Refused`], [`MovementError::BetweenUsers`]; nothing is changed then.
    pub fn debit(&mut self, movement: &Movement<'_>) -> Result<Change, MovementError> {
        let house = movement.kind.house().ok_or(MovementError::BetweenUsers(movement.kind))?;
        self.may_pay(movement)?;
        let (account, change) = self.side(movement.user, movement, -movement.amount);
        self.push(movement, (account, Some(change)), (house.account(&movement.asset), None));
        Ok(change)
    }

    /// Moves an amount above zero from the movement's user to another, in memory. Answers the paying and the receiving
    /// user's balances.
    ///
    /// # Errors
    /// [`MovementError::Refused`]; nothing is changed then.
    pub fn pass(&mut self, movement: &Movement<'_>, to: Uuid) -> Result<(Change, Change), MovementError> {
        self.may_pay(movement)?;
        self.balance(to, &movement.asset).checked_add(movement.amount).ok_or(Refusal::Overflow)?;
        let (from_account, paid) = self.side(movement.user, movement, -movement.amount);
        let (to_account, received) = self.side(to, movement, movement.amount);
        self.push(movement, (from_account, Some(paid)), (to_account, Some(received)));
        Ok((paid, received))
    }

    fn may_pay(&self, movement: &Movement<'_>) -> Result<(), Refusal> {
        let available = self.balance(movement.user, &movement.asset);
        match movement.amount {
            ..=0 => Err(Refusal::NotPositive),
            needed if needed > available => Err(Refusal::Insufficient { needed, available }),
            _ => Ok(()),
        }
    }

    fn side(&mut self, user: Uuid, movement: &Movement<'_>, amount: i64) -> (Uuid, Change) {
        let new = || Held { id: Uuid::now_v7(), balance: 0, changed: false };
        let held = self.accounts.entry((user, movement.asset.to_string())).or_insert_with(new);
        let before = held.balance;
        held.balance += amount;
        held.changed = true;
        (held.id, Change { before, after: held.balance })
    }

    fn push(&mut self, movement: &Movement<'_>, debit: (Uuid, Option<Change>), credit: (Uuid, Option<Change>)) {
        self.transfers.push(Row {
            debit,
            credit,
            asset: movement.asset.to_string(),
            amount: movement.amount,
            kind: movement.kind.name(),
            subject: movement.subject,
            key: movement.key.clone(),
        });
    }

    /// Writes what was moved.
    ///
    /// # Errors
    /// The database's; a key that was used before among them.
    pub async fn write(self, tx: &mut Tx) -> StoreResult<()> {
        let at = self.at.micros();
        let changed: BTreeMap<Uuid, (Uuid, String, i64)> = self
            .accounts
            .into_iter()
            .filter(|(_, held)| held.changed)
            .map(|((owner, asset), held)| (held.id, (owner, asset, held.balance)))
            .collect();
        let changed: Vec<_> = changed.into_iter().collect();
        insert_many!(
            tx,
            "INSERT INTO ledger_accounts (id, owner, asset, balance, created_at)",
            5,
            "ON CONFLICT (id) DO UPDATE SET balance = EXCLUDED.balance",
            &changed,
            |query, row| query.bind(row.0).bind(row.1.0).bind(&row.1.1).bind(row.1.2).bind(at)
        );
        insert_many!(
            tx,
            "INSERT INTO transfers (id, debit_account, credit_account, asset, amount, kind, subject, key, \
             debit_before, debit_after, credit_before, credit_after, created_at)",
            13,
            "",
            &self.transfers,
            |query, row| query
                .bind(Uuid::now_v7())
                .bind(row.debit.0)
                .bind(row.credit.0)
                .bind(&row.asset)
                .bind(row.amount)
                .bind(row.kind)
                .bind(row.subject)
                .bind(&row.key)
                .bind(row.debit.1.map(|change| change.before))
                .bind(row.debit.1.map(|change| change.after))
                .bind(row.credit.1.map(|change| change.before))
                .bind(row.credit.1.map(|change| change.after))
                .bind(at)
        );
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct Owned {
    #[sqlx(flatten)]
    account: Account,
    owner: Uuid,
    asset: String,
}
