//! A user's notices: reading them, counting and marking them. Their words are made here, when they are read.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Actor, Failure, nudge};
use crate::{
    app::App,
    domain::{
        notice::{self, Action, Words},
        time::Timestamp,
    },
    store::{
        notices::{self, Notice},
        transact,
    },
};

/// Which notices are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those that were not read.
    pub unread_only: bool,
    /// Only those of this kind, like `JOB_COMPLETED`.
    pub kind: Option<String>,
}

/// A notice as its user reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    /// Its id.
    pub id: Uuid,
    /// Its kind, like `JOB_COMPLETED`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A few words.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// Whether it was read.
    pub read: bool,
    /// Whether a letter about it went out.
    pub email_sent: bool,
    /// When it did.
    pub email_sent_at: Option<Timestamp>,
    /// Ids and numbers.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: Value,
    /// What to do about it.
    pub actions: Vec<Action>,
    /// When it happened.
    pub created_at: Timestamp,
}

/// A page of notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticePage {
    /// Newest first.
    pub items: Vec<NoticeView>,
    /// How many there are in all.
    pub total: i64,
    /// How many are unread, whatever the filter.
    pub unread_count: i64,
}

/// Notices to mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// These.
    These(Vec<Uuid>),
}

/// A page of the user's notices.
///
/// # Errors
/// The store's.
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<NoticePage, Failure<Infallible>> {
    let chosen = (filter.unread_only, filter.kind.as_deref());
    let (page, total, unread_count) =
        notices::list(&mut app.db.read().await?, actor.user, chosen, limit, offset).await?;
    Ok(NoticePage { items: page.into_iter().map(NoticeView::from).collect(), total, unread_count })
}

/// How many notices the user has not read.
///
/// # Errors
/// The store's.
pub async fn unread(app: &App, actor: &Actor) -> Result<i64, Failure<Infallible>> {
    Ok(notices::unread(&mut app.db.read().await?, actor.user).await?)
}

/// Marks notices of the user as read; answers how many became so. Ids that are somebody else's, or nobody's, count
/// for nothing.
///
/// # Errors
/// The store's.
pub async fn mark_read(app: &App, actor: &Actor, which: &Which) -> Result<u64, Failure<Infallible>> {
    let at = app.clock.now();
    let marked = transact!(app.db, tx => match which {
        Which::All => Ok::<_, Failure<_>>(notices::mark_read(tx, actor.user, None, at).await?),
        Which::These(ids) => {
            let mut marked = 0;
            for id in ids {
                marked += notices::mark_read(tx, actor.user, Some(*id), at).await?;
            }
            Ok(marked)
        }
    })?;
    if marked > 0 {
        nudge::user_changed(app, actor.user);
    }
    Ok(marked)
}

impl From<Notice> for NoticeView {
    fn from(stored: Notice) -> Self {
        let metadata = serde_json::from_str(&stored.metadata).unwrap_or(Value::Null);
        let Words { title, message, actions } = notice::words(&stored.kind, &metadata);
        Self {
            id: stored.id,
            kind: stored.kind,
            title,
            message,
            read: stored.read_at.is_some(),
            email_sent: stored.email_sent_at.is_some(),
            email_sent_at: stored.email_sent_at.map(Timestamp::from_micros),
            metadata,
            actions,
            created_at: Timestamp::from_micros(stored.created_at),
        }
    }
}
