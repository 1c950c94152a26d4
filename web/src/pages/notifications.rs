//! `/notifications`: what happened while one was away.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use vanikeys_core::{
    domain::happening::Action,
    flow::notices::{self, Filter, NoticeView, Which},
};

use super::{Frame, Steps, page, words};
use crate::{
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

/// A notice as the page shows it.
struct Line {
    title: String,
    message: String,
    actions: Vec<Action>,
    when: String,
    unread: bool,
}

impl From<NoticeView> for Line {
    fn from(notice: NoticeView) -> Self {
        Self {
            title: notice.title,
            message: notice.message,
            actions: notice.actions,
            when: words::when(notice.created_at),
            unread: !notice.read,
        }
    }
}

/// The page.
pub(crate) async fn show(State(web): State<Web>, signed: Signed, wanted: Page) -> Result<Response, Problem> {
    let found =
        notices::list(&web.app, &signed.actor, &Filter::default(), wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new("/notifications?", wanted, found.total);
    let frame = Frame::signed(&web, &signed, "Notices").await?.section("notifications");
    let lines = found.items.into_iter().map(Line::from).collect();
    page(&Notifications { frame, lines, unread: found.unread_count, steps })
}

/// Marks all as read.
pub(crate) async fn read(State(web): State<Web>, signed: Signed) -> Result<Response, Problem> {
    notices::mark_read(&web.app, &signed.actor, &Which::All).await?;
    Ok(Redirect::to("/notifications").into_response())
}
