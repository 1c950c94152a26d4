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
        Sql, StoreResult,
        notices::{self, Notice},
        players, transact,
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
    list_among(app, actor, &[], filter, limit, offset).await
}

/// A page of the user's notices of these kinds (of every kind if none is named); the unread ones are counted among them.
pub(crate) async fn list_among(
    app: &App,
    actor: &Actor,
    kinds: &[&'static str],
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<NoticePage, Failure<Infallible>> {
    let chosen = (filter.unread_only, filter.kind.as_deref());
    let mut conn = app.db.read().await?;
    let (page, total, unread_count) = notices::list_among(&mut conn, actor.user, kinds, chosen, limit, offset).await?;
    let items = named(&mut conn, page).await?;
    Ok(NoticePage { items, total, unread_count })
}

/// Fields that name a user by id, and what the name is put under.
const PEOPLE: [(&str, &str); 3] =
    [("attackerId", "attackerName"), ("victimId", "victimName"), ("referredId", "referredName")];

/// Notices with the names of those they are about, as they are called now.
async fn named(on: &mut impl Sql, page: Vec<Notice>) -> StoreResult<Vec<NoticeView>> {
    let about = |stored: &Notice| serde_json::from_str(&stored.metadata).unwrap_or(Value::Null);
    let mut page: Vec<(Notice, Value)> = page
        .into_iter()
        .map(|stored| {
            let about = about(&stored);
            (stored, about)
        })
        .collect();
    let ids = |about: &Value| {
        PEOPLE.iter().filter_map(|(field, _)| about[*field].as_str()?.parse().ok()).collect::<Vec<Uuid>>()
    };
    let names = players::names(on, page.iter().flat_map(|(_, about)| ids(about))).await?;
    for (_, about) in &mut page {
        for (field, shown) in PEOPLE {
            let id = about[field].as_str().and_then(|text| text.parse::<Uuid>().ok());
            if let (Some(name), Some(about)) = (id.and_then(|id| names.get(&id)), about.as_object_mut()) {
                about.insert(shown.to_owned(), Value::from(name.as_str()));
            }
        }
    }
    Ok(page.into_iter().map(|(stored, about)| NoticeView::new(stored, about)).collect())
}

/// One notice of the user, in words.
pub(crate) async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<(Uuid, NoticeView)>> {
    let Some(stored) = notices::find(on, id).await? else { return Ok(None) };
    let user = stored.user_id;
    Ok(named(on, vec![stored]).await?.pop().map(|view| (user, view)))
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
    kinds: &[&'static str],
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
    fn new(stored: Notice, metadata: Value) -> Self {
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
