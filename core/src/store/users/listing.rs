//! Many users at once: lists for admins, counts for judging a signup.

use super::{User, select};
use crate::{
    domain::time::Timestamp,
    store::{Sql, StoreResult, sql},
};

/// Signups from that network since a time.
///
/// # Errors
/// The database's.
pub async fn signups_from(on: &mut impl Sql, network: &str, since: Timestamp) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE signup_network = $1 AND created_at > $2")
        .bind(network).bind(since.micros()).fetch_one(c).await)
}

/// Accounts whose address is an alias of the same mailbox.
///
/// # Errors
/// The database's.
pub async fn of_person(on: &mut impl Sql, person_key: &str) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE person_key = $1")
        .bind(person_key).fetch_one(c).await)
}

/// Which users a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Part of the name or address, in small letters.
    pub text: Option<&'a str>,
    /// Only flagged ones.
    pub flagged: bool,
}

/// A page of active users, newest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, filter: Filter<'_>, limit: i64, offset: i64) -> StoreResult<(Vec<User>, i64)> {
    let like = filter.text.map(|text| format!("%{}%", escape_like(text)));
    let flagged = i64::from(filter.flagged);
    let text = select(
        "WHERE status = 'active' AND ($1 IS NULL OR email_key LIKE $1 ESCAPE '!' OR username_key LIKE $1 ESCAPE '!') \
         AND ($2 = 0 OR flagged_at IS NOT NULL) ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4",
    );
    let users = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(like.as_deref()).bind(flagged).bind(limit).bind(offset).fetch_all(c).await)?;
    let total = sql!(on, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM users \
         WHERE status = 'active' AND ($1 IS NULL OR email_key LIKE $1 ESCAPE '!' OR username_key LIKE $1 ESCAPE '!') \
         AND ($2 = 0 OR flagged_at IS NOT NULL)")
        .bind(like.as_deref()).bind(flagged).fetch_one(c).await)?;
    Ok((users, total))
}

fn escape_like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
