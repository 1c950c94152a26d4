//! Pulls as they are read: one, a page of them, or a shared one by anyone.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vanikeys_grind::PatternSpec;

use super::{PullDone, PullRefusal, execute::answer};
use crate::{
    app::App,
    domain::{custody::Custody, time::Timestamp},
    flow::{Actor, Failure},
    store::pulls::{self, Filter, Pull},
};

/// A pull with what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PullView {
    /// What was answered when it was made.
    #[serde(flatten)]
    pub done: PullDone,
    /// When it was kept.
    pub kept_at: Option<Timestamp>,
    /// When its private key was erased.
    pub erased_at: Option<Timestamp>,
    /// The id of its public page.
    pub share_id: Option<String>,
    /// Who the key is sealed to, in `sealed` custody.
    pub recipient: Option<String>,
}

/// A page of pulls.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PullPage {
    /// Newest first.
    pub items: Vec<PullView>,
    /// How many there are in all.
    pub total: i64,
}

/// What a history shows.
#[derive(Clone, Debug, Default)]
pub struct HistoryFilter {
    /// Least number of matched substrings.
    pub min_matched: Option<i64>,
    /// Full matches only, or all others.
    pub wins: Option<bool>,
    /// Kept pulls only, or all others.
    pub kept: Option<bool>,
    /// Of this pattern only.
    pub pattern: Option<PatternSpec>,
    /// Of patterns with this text in them, in any case.
    pub text: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// What anyone may see of a shared pull.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SharedPull {
    /// What was answered when it was made, without its owner's numbers.
    pub text: String,
    /// The key as its target shows it.
    pub display: String,
    /// The pattern.
    pub pattern: PatternSpec,
    /// Substrings matched.
    pub matched: u8,
    /// Substrings asked for.
    pub of: u8,
    /// The substrings that matched.
    pub matches: Vec<vanikeys_grind::pattern::SubMatch>,
    /// Exact odds, as a decimal.
    pub one_in: String,
    /// Whether everything matched.
    pub is_win: bool,
    /// When.
    pub created_at: Timestamp,
    /// The signed receipt.
    pub receipt: serde_json::Value,
}

/// One pull of the user.
///
/// # Errors
/// [`PullRefusal::NotFound`], or the store's.
pub async fn show(app: &App, actor: &Actor, id: Uuid) -> Result<PullView, Failure<PullRefusal>> {
    let mut conn = app.db.read().await?;
    view(pulls::find(&mut conn, id, actor.user).await?.ok_or(Failure::Refused(PullRefusal::NotFound))?)
}

/// A page of the user's pulls.
///
/// # Errors
/// The pattern's refusal if it is filtered by a bad one, or the store's.
pub async fn history(
    app: &App,
    actor: &Actor,
    filter: &HistoryFilter,
    limit: i64,
    offset: i64,
) -> Result<PullPage, Failure<PullRefusal>> {
    let pattern_key = match &filter.pattern {
        Some(spec) => {
            let compiled = app.patterns.compile(spec).await;
            Some(compiled.map_err(|error| Failure::Refused(PullRefusal::Pattern(error)))?.key())
        }
        None => None,
    };
    let filter = Filter {
        min_matched: filter.min_matched,
        wins: filter.wins,
        kept: filter.kept,
        pattern_key,
        text: filter.text.clone(),
        since: filter.since,
        until: filter.until,
    };
    let mut conn = app.db.read().await?;
    let (rows, total) = pulls::history(&mut conn, actor.user, &filter, limit, offset).await?;
    Ok(PullPage { items: rows.into_iter().map(view).collect::<Result<_, _>>()?, total })
}

/// The public page of a shared pull.
///
/// # Errors
/// [`PullRefusal::NotFound`], or the store's.
pub async fn shared(app: &App, share_id: &str) -> Result<SharedPull, Failure<PullRefusal>> {
    let mut conn = app.db.read().await?;
    let pull = pulls::find_shared(&mut conn, share_id).await?.ok_or(Failure::Refused(PullRefusal::NotFound))?;
    let done = answer(&pull)?;
    Ok(SharedPull {
        text: done.text,
        display: done.display,
        pattern: done.pattern,
        matched: done.score.matched,
        of: done.score.of,
        matches: done.matches,
        one_in: done.one_in,
        is_win: done.is_win,
        created_at: done.created_at,
        receipt: done.receipt,
    })
}

fn view(pull: Pull) -> Result<PullView, Failure<PullRefusal>> {
    Ok(PullView {
        done: answer(&pull)?,
        kept_at: pull.kept_at,
        erased_at: pull.erased_at,
        share_id: pull.share_id,
        recipient: (pull.custody == Custody::Sealed).then(|| pull.recipient.to_string()),
    })
}
