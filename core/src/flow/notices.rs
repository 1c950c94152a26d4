//! A user's notices: what happened while one was away, and that it was seen.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Actor, Failure};
use crate::{
    app::App,
    domain::time::Timestamp,
    store::{notices, transact},
};

/// One notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    /// Its id.
    pub id: Uuid,
    /// What happened, like `JOB_COMPLETED`.
    pub kind: String,
    /// The job or pull it is about.
    pub subject: Option<Uuid>,
    /// Particulars of the kind.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: serde_json::Value,
    /// When it happened.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// A page of notices.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticePage {
    /// Newest first.
    pub items: Vec<NoticeView>,
    /// How many there are in all.
    pub total: i64,
    /// How many are unread.
    pub unread: i64,
}

/// The user's notices, newest first.
///
/// # Errors
/// The store's.
pub async fn list(
    app: &App,
    actor: &Actor,
    unread_only: bool,
    limit: i64,
    offset: i64,
) -> Result<NoticePage, Failure<Infallible>> {
    let mut conn = app.db.read().await?;
    let (rows, total, unread) = notices::list(&mut conn, actor.user, (unread_only, None), limit, offset).await?;
    let items = rows
        .into_iter()
        .map(|row| NoticeView {
            id: row.id,
            kind: row.kind,
            subject: row.subject,
            metadata: serde_json::from_str(&row.metadata).unwrap_or_default(),
            created_at: Timestamp::from_micros(row.created_at),
            read_at: row.read_at.map(Timestamp::from_micros),
        })
        .collect();
    Ok(NoticePage { items, total, unread })
}

/// How many are unread.
///
/// # Errors
/// The store's.
pub async fn unread(app: &App, actor: &Actor) -> Result<i64, Failure<Infallible>> {
    Ok(notices::unread(&mut app.db.read().await?, actor.user).await?)
}

/// Marks one of the user's notices as read, or all of them; answers how many became read.
///
/// # Errors
/// The store's.
pub async fn mark_read(app: &App, actor: &Actor, one: Option<Uuid>) -> Result<u64, Failure<Infallible>> {
    let now = app.clock.now();
    transact!(app.db, tx => Ok(notices::mark_read(tx, actor.user, one, now).await?))
}
