//! `/notifications`: what happened while one was away.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use vanikeys_core::flow::notices::{self, NoticeView};

use super::{Frame, Steps, page, words};
use crate::web::{
    Web,
    error::Problem,
    extract::{Page, Signed},
};

#[derive(Template)]
#[template(path = "pages/notifications.html")]
struct Notifications {
    frame: Frame,
    lines: Vec<Line>,
    unread: i64,
    steps: Steps,
}

/// A notice in words.
struct Line {
    words: String,
    link: Option<String>,
    when: String,
    unread: bool,
}

impl From<NoticeView> for Line {
    fn from(notice: NoticeView) -> Self {
        let about = |name: &str| notice.metadata[name].as_str().unwrap_or_default().to_owned();
        let path = |section: &str| notice.subject.map(|id| format!("/app/{section}/{id}"));
        let (words, link) = match notice.kind.as_str() {
            "PULL_WON" => (format!("You pulled a full match: {}", about("did")), path("pulls")),
            "JOB_COMPLETED" => (format!("Your key is found: {}", about("did")), path("jobs")),
            "JOB_FAILED" => (format!("A job failed: {}. Nothing was charged.", about("reason")), path("jobs")),
            other => (other.to_lowercase().replace('_', " "), None),
        };
        Self { words, link, when: words::when(&notice.created_at), unread: notice.read_at.is_none() }
    }
}

/// The page.
pub(crate) async fn show(State(web): State<Web>, signed: Signed, wanted: Page) -> Result<Response, Problem> {
    let found = notices::list(&web.app, &signed.actor, false, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new("/notifications?", wanted, found.total);
    let frame = Frame::signed(&web, &signed, "Notifications").await?;
    let lines = found.items.into_iter().map(Line::from).collect();
    page(&Notifications { frame, lines, unread: found.unread, steps })
}

/// Marks all as read.
pub(crate) async fn read(State(web): State<Web>, signed: Signed) -> Result<Response, Problem> {
    notices::mark_read(&web.app, &signed.actor, None).await?;
    Ok(Redirect::to("/notifications").into_response())
}
