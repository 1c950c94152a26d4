//! Pulls: one key each, with its public result, its receipt and, until it is erased, its sealed key file.

use uuid::Uuid;
use vanikeys_grind::{PatternSpec, Target};

use super::{
    Sql, StoreResult, Tx, execute, row, sql,
    stored::{Erasable, json},
};
use crate::{
    custody::Recipient,
    domain::{custody::Custody, time::Timestamp},
};

/// A pull as stored, without its key file.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Its id.
    pub id: Uuid,
    /// Who pulled.
    pub user_id: Uuid,
    /// Which of the user's pulls this is, from 1.
    pub number: i64,
    /// What was asked for.
    pub pattern: PatternSpec,
    /// The pattern's canonical key.
    pub pattern_key: String,
    /// What kind of key was made.
    pub target: Target,
    /// Exact odds of a full match as a decimal.
    pub one_in: String,
    /// The public key.
    pub public_key: [u8; 32],
    /// The matched text of the key.
    pub text: String,
    /// Substrings matched.
    pub matched: i64,
    /// Substrings asked for.
    pub parts: i64,
    /// What the flow answered, as JSON.
    pub result: String,
    /// Whether it is a full match.
    pub is_win: bool,
    /// Whether it was a free pull.
    pub free: bool,
    /// What it cost.
    pub tokens_spent: i64,
    /// Who can read the key.
    pub custody: Custody,
    /// Who the key file is sealed to.
    pub recipient: Erasable<Recipient>,
    /// The signed receipt as JSON.
    pub receipt: String,
    /// When the key file will be erased, unless the pull is kept.
    pub key_expires_at: Option<Timestamp>,
    /// When it was kept.
    pub kept_at: Option<Timestamp>,
    /// When its key file was erased.
    pub erased_at: Option<Timestamp>,
    /// The id of its public page.
    pub share_id: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

row! { Pull from pulls:
    id, user_id, number, pattern, pattern_key, target, one_in, public_key, text, matched, parts, result, is_win, free,
    tokens_spent, custody, recipient, receipt, key_expires_at, kept_at, erased_at, share_id, created_at
}

/// A new pull.
#[derive(Clone, Debug)]
pub struct NewPull<'a> {
    /// The row.
    pub pull: &'a Pull,
    /// The sealed key file.
    pub key_file: &'a [u8],
}

/// What a history is filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Least number of matched substrings.
    pub min_matched: Option<i64>,
    /// Full matches only.
    pub wins: Option<bool>,
    /// Kept pulls only.
    pub kept: Option<bool>,
    /// Of this pattern only (canonical key).
    pub pattern_key: Option<String>,
    /// Of patterns with this text in them, in any case.
    pub text: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// The number that the user's next pull gets. The caller holds the user's account locked.
///
/// # Errors
/// The database's.
pub async fn next_number(tx: &mut Tx, user: Uuid) -> StoreResult<i64> {
    sql!(tx, c => sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) + 1 FROM pulls WHERE user_id = $1")
        .bind(user).fetch_one(c).await)
}

/// Counts one free pull of the day if fewer than `most` were used; answers how many are used then.
///
/// # Errors
/// The database's.
pub async fn use_free(tx: &mut Tx, user: Uuid, day: i64, most: i64) -> StoreResult<Option<i64>> {
    if most <= 0 {
        return Ok(None);
    }
    sql!(tx, c => sqlx::query_scalar(
        "INSERT INTO free_pulls (user_id, day, used) VALUES ($1, $2, 1) \
         ON CONFLICT (user_id, day) DO UPDATE SET used = free_pulls.used + 1 WHERE free_pulls.used < $3 RETURNING used")
        .bind(user).bind(day).bind(most).fetch_optional(c).await)
}

/// Free pulls that the user used on a day.
///
/// # Errors
/// The database's.
pub async fn free_used(on: &mut impl Sql, user: Uuid, day: i64) -> StoreResult<i64> {
    let used: Option<i64> = sql!(on, c => sqlx::query_scalar(
        "SELECT used FROM free_pulls WHERE user_id = $1 AND day = $2")
        .bind(user).bind(day).fetch_optional(c).await)?;
    Ok(used.unwrap_or(0))
}

/// Stores a pull.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &NewPull<'_>) -> StoreResult<()> {
    let p = new.pull;
    let pattern = json(&p.pattern)?;
    execute!(
        tx,
        "INSERT INTO pulls (id, user_id, number, pattern, pattern_key, target, one_in, public_key, text, matched, \
         parts, result, is_win, free, tokens_spent, custody, recipient, receipt, key_expires_at, created_at, key_file) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        p.id,
        p.user_id,
        p.number,
        &pattern,
        &p.pattern_key,
        p.target.name(),
        &p.one_in,
        p.public_key.as_slice(),
        &p.text,
        p.matched,
        p.parts,
        &p.result,
        p.is_win,
        p.free,
        p.tokens_spent,
        p.custody,
        p.recipient.to_string(),
        &p.receipt,
        p.key_expires_at,
        p.created_at,
        new.key_file
    )?;
    Ok(())
}

/// Finds a pull of the user.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid, user: Uuid) -> StoreResult<Option<Pull>> {
    let text = format!("SELECT {} FROM pulls WHERE id = $1 AND user_id = $2", Pull::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).bind(user).fetch_optional(c).await)
}

/// Finds a shared pull by the id of its public page.
///
/// # Errors
/// The database's.
pub async fn find_shared(on: &mut impl Sql, share_id: &str) -> StoreResult<Option<Pull>> {
    let text = format!("SELECT {} FROM pulls WHERE share_id = $1", Pull::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(share_id).fetch_optional(c).await)
}

/// The sealed key file of a pull of the user, if it is not erased.
///
/// # Errors
/// The database's.
pub async fn key_file(on: &mut impl Sql, id: Uuid, user: Uuid, now: Timestamp) -> StoreResult<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> = sql!(on, c => sqlx::query_scalar(
        "SELECT key_file FROM pulls WHERE id = $1 AND user_id = $2 AND (key_expires_at IS NULL OR key_expires_at > $3)")
        .bind(id).bind(user).bind(now).fetch_optional(c).await)?;
    Ok(found.flatten())
}

/// A page of the user's pulls, newest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn history(
    on: &mut impl Sql,
    user: Uuid,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<Pull>, i64)> {
    const WHERE: &str = "WHERE user_id = $1 AND ($2 IS NULL OR matched >= $2) AND ($3 IS NULL OR is_win = $3) \
        AND ($4 IS NULL OR (kept_at IS NOT NULL) = $4) AND ($5 IS NULL OR pattern_key = $5) \
        AND ($6 IS NULL OR created_at >= $6) AND ($7 IS NULL OR created_at < $7) \
        AND (CAST($8 AS TEXT) IS NULL OR LOWER(pattern_key) LIKE $8 ESCAPE '\\')";
    // After target, kind and options comes the text; see the canonical key.
    let like = filter.text.as_deref().map(|text| {
        format!("%:%:__:%{}%", text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
    });
    let count = format!("SELECT COUNT(*) FROM pulls {WHERE}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(count.as_str()))
        .bind(user).bind(filter.min_matched).bind(filter.wins).bind(filter.kept)
        .bind(&filter.pattern_key).bind(filter.since).bind(filter.until).bind(&like).fetch_one(c).await)?;
    let columns = Pull::COLUMNS;
    let page = format!("SELECT {columns} FROM pulls {WHERE} ORDER BY created_at DESC, id DESC LIMIT $9 OFFSET $10");
    let rows = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(page.as_str()))
        .bind(user).bind(filter.min_matched).bind(filter.wins).bind(filter.kept)
        .bind(&filter.pattern_key).bind(filter.since).bind(filter.until).bind(&like)
        .bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((rows, total))
}

/// Keeps a pull: its key file is not erased by time any more. False if it is erased already.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, id: Uuid, user: Uuid, at: Timestamp) -> StoreResult<bool> {
    let kept = execute!(
        tx,
        "UPDATE pulls SET kept_at = COALESCE(kept_at, $1), key_expires_at = NULL \
         WHERE id = $2 AND user_id = $3 AND erased_at IS NULL AND (key_expires_at IS NULL OR key_expires_at > $1)",
        at,
        id,
        user
    )?;
    Ok(kept == 1)
}

/// Erases the key file now. False if it is erased already.
///
/// # Errors
/// The database's.
pub async fn erase(tx: &mut Tx, id: Uuid, user: Uuid, at: Timestamp) -> StoreResult<bool> {
    let erased = execute!(
        tx,
        "UPDATE pulls SET key_file = NULL, erased_at = $1, key_expires_at = NULL \
         WHERE id = $2 AND user_id = $3 AND erased_at IS NULL",
        at,
        id,
        user
    )?;
    Ok(erased == 1)
}

/// Erases the key files whose time is over, at most `most`; answers how many.
///
/// # Errors
/// The database's.
pub async fn erase_expired(tx: &mut Tx, now: Timestamp, most: i64) -> StoreResult<u64> {
    execute!(
        tx,
        "UPDATE pulls SET key_file = NULL, erased_at = $1, key_expires_at = NULL WHERE id IN \
         (SELECT id FROM pulls WHERE key_expires_at IS NOT NULL AND key_expires_at <= $1 AND erased_at IS NULL LIMIT $2)",
        now,
        most
    )
}

/// Gives a pull its public page.
///
/// # Errors
/// The database's.
pub async fn share(tx: &mut Tx, id: Uuid, user: Uuid, share_id: &str) -> StoreResult<Option<String>> {
    sql!(tx, c => sqlx::query_scalar(
        "UPDATE pulls SET share_id = COALESCE(share_id, $1) WHERE id = $2 AND user_id = $3 RETURNING share_id")
        .bind(share_id).bind(id).bind(user).fetch_optional(c).await)
}

/// Puts a re-sealed key file in the place of the one it was made from. False if that one is gone.
///
/// # Errors
/// The database's.
pub async fn reseal(tx: &mut Tx, id: Uuid, old: &[u8], new: &[u8], recipient: &str) -> StoreResult<bool> {
    let done = execute!(
        tx,
        "UPDATE pulls SET key_file = $1, recipient = $2 WHERE id = $3 AND key_file = $4",
        new,
        recipient,
        id,
        old
    )?;
    Ok(done == 1)
}

/// Pulls in `service` custody that are sealed to another recipient than the service's current one.
///
/// # Errors
/// The database's.
pub async fn sealed_to_old(
    on: &mut impl Sql,
    current: &str,
    after: Uuid,
    most: i64,
) -> StoreResult<Vec<(Uuid, Vec<u8>)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT id, key_file FROM pulls WHERE custody = 'service' AND key_file IS NOT NULL AND recipient <> $1 \
         AND id > $2 ORDER BY id LIMIT $3")
        .bind(current).bind(after).bind(most).fetch_all(c).await)
}
