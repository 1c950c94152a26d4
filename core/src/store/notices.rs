//! Notices to users. They keep ids and numbers; names are looked up when they are read.

use serde_json::Value;
use uuid::Uuid;

use super::{Sql, StoreError, StoreResult, Tx, Unreadable, bulk::insert_many, execute, row, sql};
use crate::domain::{
    happening::{Happening, NoticeKind},
    time::Timestamp,
};

/// A notice as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: Uuid,
    /// Who it is for.
    pub user_id: Uuid,
    /// What it tells.
    pub what: Happening,
    /// The same as it is stored: ids and numbers.
    pub data: Value,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// When the e-mail about it went out.
    pub email_sent_at: Option<Timestamp>,
}

pub(super) struct Row {
    id: Uuid,
    user_id: Uuid,
    kind: NoticeKind,
    metadata: String,
    created_at: Timestamp,
    read_at: Option<Timestamp>,
    email_sent_at: Option<Timestamp>,
}

row! { Row from notices: id, user_id, kind, metadata, created_at, read_at, email_sent_at }

impl Row {
    pub(super) fn read(self) -> StoreResult<Notice> {
        let unreadable = |error: serde_json::Error| {
            let problem = format!("{:?}: {error}", self.metadata);
            StoreError::Unreadable(Unreadable::new("notices", "metadata", &self.id, problem))
        };
        let data: Value = serde_json::from_str(&self.metadata).map_err(unreadable)?;
        let what = Happening::read(self.kind, data.clone()).map_err(unreadable)?;
        Ok(Notice {
            id: self.id,
            user_id: self.user_id,
            what,
            data,
            created_at: self.created_at,
            read_at: self.read_at,
            email_sent_at: self.email_sent_at,
        })
    }
}

/// A notice to be stored.
#[derive(Clone, Debug)]
pub struct NewNotice {
    /// Its id.
    pub id: Uuid,
    /// Who it is for.
    pub user_id: Uuid,
    /// What kind it is.
    pub kind: NoticeKind,
    /// What it is about.
    pub subject: Uuid,
    /// Ids and numbers of the happening.
    pub data: Value,
}

/// Stores notices.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, new: &[NewNotice], at: Timestamp) -> StoreResult<()> {
    insert_many!(
        tx,
        "INSERT INTO notices (id, user_id, kind, subject, metadata, created_at)",
        6,
        "",
        new,
        |query, row| query
            .bind(row.id)
            .bind(row.user_id)
            .bind(row.kind.name())
            .bind(row.subject)
            .bind(row.data.to_string())
            .bind(at.micros())
    );
    Ok(())
}

/// Which notices of a user are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those that were not read.
    pub unread_only: bool,
    /// Only those of this kind.
    pub kind: Option<NoticeKind>,
}

/// A page of the user's notices among some kinds (every kind if none is named), newest first, how many there are in all,
/// and how many of those kinds are unread.
///
/// # Errors
/// The database's, or a notice that cannot be read.
pub async fn list(
    on: &mut impl Sql,
    user: Uuid,
    kinds: &[NoticeKind],
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<Notice>, i64, i64)> {
    let (unread_only, kind) = (filter.unread_only, filter.kind.map(|kind| kind.name()));
    let of = among(kinds);
    let chosen = "user_id = $1 AND (NOT $2 OR read_at IS NULL) AND ($3 IS NULL OR kind = $3)";
    let text = format!("SELECT COUNT(*) FROM notices WHERE {chosen}{of}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(unread_only).bind(kind).fetch_one(c).await)?;
    let columns = Row::COLUMNS;
    let text = format!(
        "SELECT {columns} FROM notices WHERE {chosen}{of} ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5"
    );
    let page: Vec<Row> = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(unread_only).bind(kind).bind(limit).bind(offset).fetch_all(c).await)?;
    let text = format!("SELECT COUNT(*) FROM notices WHERE user_id = $1 AND read_at IS NULL{of}");
    let unread = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(user).fetch_one(c).await)?;
    Ok((page.into_iter().map(Row::read).collect::<StoreResult<_>>()?, total, unread))
}

/// A clause for some kinds; none for all.
fn among(kinds: &[NoticeKind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    if names.is_empty() { String::new() } else { format!(" AND kind IN ('{}')", names.join("', '")) }
}

/// A notice, whoever it is for.
///
/// # Errors
/// The database's, or a notice that cannot be read.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Notice>> {
    let text = format!("SELECT {} FROM notices WHERE id = $1", Row::COLUMNS);
    let row: Option<Row> =
        sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)?;
    row.map(Row::read).transpose()
}

/// How many notices the user has not read.
///
/// # Errors
/// The database's.
pub async fn unread(on: &mut impl Sql, user: Uuid) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM notices WHERE user_id = $1 AND read_at IS NULL")
        .bind(user).fetch_one(c).await)
}

/// Marks one of the user's notices as read, or all of them, among these kinds (of every kind if none is named); answers
/// how many became read.
///
/// # Errors
/// The database's.
pub async fn mark_read(
    tx: &mut Tx,
    user: Uuid,
    one: Option<Uuid>,
    kinds: &[NoticeKind],
    at: Timestamp,
) -> StoreResult<u64> {
    let text = format!(
        "UPDATE notices SET read_at = $1 WHERE user_id = $2 AND read_at IS NULL AND ($3 IS NULL OR id = $3){}",
        among(kinds)
    );
    execute!(tx, sqlx::AssertSqlSafe(text.as_str()), at.micros(), user, one)
}

/// Notes that the e-mail about a notice went out.
///
/// # Errors
/// The database's.
pub async fn email_sent(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<()> {
    execute!(tx, "UPDATE notices SET email_sent_at = COALESCE(email_sent_at, $1) WHERE id = $2", at.micros(), id)?;
    Ok(())
}
