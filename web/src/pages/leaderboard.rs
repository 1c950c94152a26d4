//! `/leaderboard`: the board of a month, one's own rank always in view, and who could be robbed, or why not.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::{
    domain::{season::Season, time::Timestamp},
    flow::points::{self, Board, CanRob},
};

use super::{Frame, Steps, page, words};
use crate::{
    Web,
    api::points::BoardFilter,
    error::Problem,
    extract::{ApiQuery, Viewer},
};

#[derive(Template)]
#[template(path = "pages/leaderboard.html")]
struct Leaderboard {
    frame: Frame,
    board: Board,
    /// Whether it is this month's.
    current: bool,
    /// The month before, if there is anything to look back from.
    before: Option<Season>,
    now: Timestamp,
    steps: Steps,
}

impl Leaderboard {
    /// What stands in the column about heists; nothing for those who do not see heists.
    fn shown<'a>(&self, can: &'a Option<CanRob>) -> Option<&'a CanRob> {
        can.as_ref().filter(|_| self.frame.plays())
    }

    /// How long it is until then, in words; a script goes on counting.
    fn left(&self, until: &Timestamp) -> String {
        words::span(until.since(self.now).as_secs_f64())
    }
}

/// Why somebody cannot be robbed just now, in words that a span of time follows.
fn why(can: &CanRob) -> &'static str {
    match can.error_code.as_deref() {
        Some("TARGET_PROTECTED") => "Robbed recently, and protected for another",
        Some("DAILY_LIMIT") => "Enough heists for today; you can again in",
        Some("COOLDOWN_ACTIVE") => "You robbed somebody recently; you can again in",
        Some(_) | None => "You can try again in",
    }
}

/// The page.
pub(crate) async fn show(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(filter): ApiQuery<BoardFilter>,
) -> Result<Response, Problem> {
    let (season, wanted) = filter.checked()?;
    let found = points::board(&web.app, viewer.id(), season, wanted.limit.into(), wanted.offset.into()).await?;
    let now = web.app.clock.now();
    let steps = Steps::new(&format!("/leaderboard?season={}&", found.season), wanted, found.total);
    let frame = Frame::load(&web, viewer, "Leaderboard").await?.section("leaderboard");
    let current = found.season == Season::of(now);
    let before = (current || !found.items.is_empty()).then(|| found.season.previous());
    page(&Leaderboard { frame, board: found, current, before, now, steps })
}
