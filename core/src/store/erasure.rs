//! Removes what identifies a person from every table but `users`, when an account is deleted. Ledger, public results
//! and counts stay.

use uuid::Uuid;

use super::{StoreResult, Tx, execute};
use crate::domain::time::Timestamp;

/// What becomes of rows that name a deleted user.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// They go.
    Deleted,
    /// These assignments are made, where the condition holds.
    Cleared(&'static str, &'static str),
    /// They stay, or go by other means; why.
    Stays(#[allow(dead_code, reason = "for whoever reads the list")] &'static str),
}

/// Every column that names a user, each `table.column`; a test compares the list with the schema.
pub(crate) const COLUMNS: &[(&str, Fate)] = &[
    ("access_tokens.user_id", Fate::Deleted),
    ("audit.actor", Fate::Cleared("ip = NULL, user_agent = NULL", "ip IS NOT NULL OR user_agent IS NOT NULL")),
    ("audit.subject", Fate::Cleared("ip = NULL, user_agent = NULL", "ip IS NOT NULL OR user_agent IS NOT NULL")),
    ("billing_customers.user_id", Fate::Stays("an id at Stripe, where payments are kept as the law asks")),
    ("free_pulls.user_id", Fate::Stays("a count a day, without a name")),
    ("heists.attacker_id", Fate::Cleared("ip = NULL, user_agent = NULL", "ip IS NOT NULL")),
    ("heists.victim_id", Fate::Stays("the other side's history; what identifies is the attacker's")),
    ("holds.subject", Fate::Stays("a job, and the ledger stays whole")),
    ("idempotency_keys.scope", Fate::Stays("deleted below: the scope is a text")),
    (
        "jobs.user_id",
        Fate::Stays("key files go below, whom it was sealed to when its search is over; results are public"),
    ),
    ("ledger_accounts.owner", Fate::Stays("the ledger stays whole; the balance is forfeited")),
    ("mail_choices.user_id", Fate::Deleted),
    ("mail_links.user_id", Fate::Deleted),
    ("notices.subject", Fate::Stays("of others: a name is looked up when it is read")),
    ("notices.user_id", Fate::Deleted),
    ("outbox.user_id", Fate::Stays("tasks carry ids, and those that are done are forgotten")),
    ("pattern_credits.user_id", Fate::Stays("part of the ledger")),
    ("players.user_id", Fate::Stays("counts and times, without a name")),
    ("point_kinds.updated_by", Fate::Stays("an admin's id")),
    ("pull_commitments.user_id", Fate::Deleted),
    ("pulls.user_id", Fate::Cleared("share_id = NULL, recipient = '', receipt = '{}'", "receipt <> '{}'")),
    (
        "purchases.user_id",
        Fate::Cleared("checkout_url = NULL, receipt_url = NULL", "checkout_url IS NOT NULL OR receipt_url IS NOT NULL"),
    ),
    ("queues.paused_by", Fate::Stays("an admin's id")),
    ("referrals.referred_id", Fate::Stays("what was rewarded, once for each; names are looked up")),
    ("referrals.referrer_id", Fate::Stays("what was rewarded, once for each; names are looked up")),
    ("refunds.asked_by", Fate::Stays("an admin's id")),
    ("sessions.user_id", Fate::Deleted),
    ("settings.updated_by", Fate::Stays("an admin's id")),
    ("shields.user_id", Fate::Stays("a price and a time; an open one is ended")),
    ("sign_in_failures.subject", Fate::Stays("an account or a network; forgotten with the account, or after a day")),
    ("subscriptions.user_id", Fate::Cleared("checkout_url = NULL", "checkout_url IS NOT NULL")),
    ("takings.subject", Fate::Stays("a purchase or grant, and the ledger stays whole")),
    ("transfers.subject", Fate::Stays("the ledger stays whole")),
    ("users.referred_by", Fate::Stays("an id; the row itself is made anonymous by `users::anonymise`")),
    ("webhook_endpoints.user_id", Fate::Deleted),
];

/// What hangs on rows of the list.
const BEFORE: &str =
    "DELETE FROM webhook_deliveries WHERE endpoint_id IN (SELECT id FROM webhook_endpoints WHERE user_id = $1)";

/// Key files that are still there, erased as of now.
const KEY_FILES: &[&str] = &[
    "UPDATE pulls SET key_file = NULL, key_expires_at = NULL, erased_at = $2 WHERE user_id = $1 AND key_file IS NOT NULL",
    "UPDATE jobs SET key_file = NULL, erased_at = $2 WHERE user_id = $1 AND key_file IS NOT NULL",
];

/// Erases the traces of a user.
///
/// # Errors
/// The database's.
pub async fn erase(tx: &mut Tx, user: Uuid, at: Timestamp) -> StoreResult<()> {
    execute!(tx, BEFORE, user)?;
    for (column, fate) in COLUMNS {
        let (table, column) = column.split_once('.').unwrap_or_default();
        let text = match fate {
            Fate::Deleted => format!("DELETE FROM {table} WHERE {column} = $1"),
            Fate::Cleared(set, filter) => format!("UPDATE {table} SET {set} WHERE {column} = $1 AND ({filter})"),
            Fate::Stays(_) => continue,
        };
        execute!(tx, sqlx::AssertSqlSafe(text), user)?;
    }
    for statement in KEY_FILES {
        execute!(tx, *statement, user, at.micros())?;
    }
    // Answers that are kept for idempotency keys may name anything.
    execute!(tx, "DELETE FROM idempotency_keys WHERE scope = $1", user.to_string())?;
    Ok(())
}

/// Erases whom the jobs of a user were sealed to, once none of them is searched any more.
///
/// # Errors
/// The database's.
pub async fn erase_jobs(tx: &mut Tx, user: Uuid) -> StoreResult<()> {
    execute!(tx, "UPDATE jobs SET recipient = '' WHERE user_id = $1 AND recipient <> ''", user)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::{
        sql,
        testing::{catalog, commit, samples},
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn every_column_that_names_a_user_has_its_fate() {
        let listed: BTreeSet<String> = COLUMNS.iter().map(|(column, _)| (*column).to_owned()).collect();
        for fixture in samples::both_with_samples().await {
            let name = catalog::name(&fixture.db).await;
            assert_eq!(catalog::user_columns(&fixture.db).await, listed, "{name}: core/src/store/erasure.rs");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_the_list_promises_is_done() {
        for fixture in samples::both_with_samples().await {
            let (db, user) = (&fixture.db, samples::id(1));
            let done: StoreResult<()> = commit!(db, tx => erase(tx, user, Timestamp::from_micros(9)).await);
            done.unwrap();
            for (column, fate) in COLUMNS {
                let (table, column) = column.split_once('.').unwrap();
                let left = match fate {
                    Fate::Deleted => "TRUE",
                    Fate::Cleared(_, filter) => *filter,
                    Fate::Stays(_) => continue,
                };
                let text = format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1 AND ({left})");
                let mut conn = db.read().await.unwrap();
                let left: i64 = sql!(&mut conn, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
                    .bind(user).fetch_one(c).await)
                .unwrap();
                assert_eq!(left, 0, "{table}.{column}");
            }
        }
    }
}
