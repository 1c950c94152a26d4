//! A user's notices: reading them, counting and marking them. Their words are made here, when they are read.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Actor, Failure, nudge};
use crate::{
    app::App,
    domain::{
        happening::{Action, NoticeKind, Person, Words},
        time::Timestamp,
    },
    store::{
        Sql, StoreResult,
        notices::{self, Notice},
        players, transact,
    },
};

pub use crate::store::notices::Filter;

/// A notice as its user reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: NoticeKind,
    /// A few words.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// Whether it was read.
    pub read: bool,
    /// Whether an e-mail about it went out.
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
    list_among(app, actor, &[], filter, limit, offset).await
}

/// A page of the user's notices of these kinds (of every kind if none is named); the unread ones are counted among them.
pub(crate) async fn list_among(
    app: &App,
    actor: &Actor,
    kinds: &[NoticeKind],
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<NoticePage, Failure<Infallible>> {
    let mut conn = app.db.read().await?;
    let (page, total, unread_count) = notices::list(&mut conn, actor.user, kinds, filter, limit, offset).await?;
    let items = named(&mut conn, &page).await?;
    Ok(NoticePage { items, total, unread_count })
}

/// Notices with the names of those they are about, as they are called now.
async fn named(on: &mut impl Sql, page: &[Notice]) -> StoreResult<Vec<NoticeView>> {
    let people = page.iter().filter_map(|notice| notice.what.person());
    let names = players::names(on, people.map(|person| person.id)).await?;
    let name = |person: Person| names.get(&person.id).map(String::as_str);
    Ok(page.iter().map(|notice| NoticeView::new(notice, notice.what.person().and_then(name))).collect())
}

/// One notice in words, whoever it is for.
pub(crate) async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<(Notice, NoticeView)>> {
    let Some(notice) = notices::find(on, id).await? else { return Ok(None) };
    let view = named(on, std::slice::from_ref(&notice)).await?.pop();
    Ok(view.map(|view| (notice, view)))
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
    mark_among(app, actor, &[], which).await
}

/// Marks notices of these kinds (of every kind if none is named) as read.
pub(crate) async fn mark_among(
    app: &App,
    actor: &Actor,
    kinds: &[NoticeKind],
    which: &Which,
) -> Result<u64, Failure<Infallible>> {
    let at = app.clock.now();
    let marked = transact!(app.db, tx => match which {
        Which::All => Ok::<_, Failure<_>>(notices::mark_read(tx, actor.user, None, kinds, at).await?),
        Which::These(ids) => {
            let mut marked = 0;
            for id in ids {
                marked += notices::mark_read(tx, actor.user, Some(*id), kinds, at).await?;
            }
            Ok(marked)
        }
    })?;
    if marked > 0 {
        nudge::user_changed(app, actor.user);
    }
    Ok(marked)
}

impl NoticeView {
    fn new(stored: &Notice, name: Option<&str>) -> Self {
        let Words { title, message, action } = stored.what.words(name);
        let mut metadata = stored.data.clone();
        if let (Some(person), Some(name)) = (stored.what.person(), name) {
            metadata[person.field] = Value::from(name);
        }
        Self {
            id: stored.id,
            kind: stored.what.kind(),
            title: title.to_owned(),
            message,
            read: stored.read_at.is_some(),
            email_sent: stored.email_sent_at.is_some(),
            email_sent_at: stored.email_sent_at,
            metadata,
            actions: vec![action],
            created_at: stored.created_at,
        }
    }
}
