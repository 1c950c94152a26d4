//! `/admin/heists`: the game in numbers, what points are given for, and the switch.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vanikeys_core::{
    domain::heist::Status,
    flow::{
        Failure,
        admin::switches,
        heist::{self, Named, Numbers, Overview},
        points::{self, KindChange, KindView},
    },
};

use super::pages::frame;
use crate::{
    Web,
    error::{Problem, Refuse},
    extract::{Admin, Form, Slug},
    pages::{Frame, chart::Chart, failed, page, words},
};

/// Days that a chart shows.
const DAYS: i64 = 30;

#[derive(Template)]
#[template(path = "admin/heists.html")]
struct Heists {
    frame: Frame,
    game: Numbers,
    /// Whether heists are on.
    on: bool,
    /// Whether the environment allows the switch to matter.
    forced_off: bool,
    charts: Vec<Chart>,
    kinds: Vec<KindView>,
    error: Option<Problem>,
}

impl Heists {
    /// Points of an average heist.
    fn average(&self) -> i64 {
        if self.game.successes > 0 { self.game.stolen / self.game.successes } else { 0 }
    }

    /// Those who took and those who lost the most.
    fn most(&self) -> [(&'static str, &[Named]); 2] {
        [("Took the most", &self.game.robbers), ("Lost the most", &self.game.robbed)]
    }

    /// How unequally points are spread, from 0 to 1.
    fn gini(&self) -> String {
        format!("{:.2}", self.game.fortune.gini())
    }

    /// Of the heists of the last hour that were admitted, how many succeeded.
    fn admitted(&self) -> String {
        format!("{} of {}", words::count(self.game.alarms.succeeded), words::count(self.game.alarms.admitted))
    }

    /// Points that heists moved, of those awarded.
    fn redistributed(&self) -> String {
        let (moved, awarded) = (self.game.redistribution.moved, self.game.redistribution.awarded);
        #[expect(clippy::cast_precision_loss, reason = "shown with a digit")]
        let share = if awarded > 0 { moved as f64 / awarded as f64 * 100.0 } else { 0.0 };
        format!("{} of {} ({share:.1} %)", words::count(moved), words::count(awarded))
    }
}

/// The page.
pub(crate) async fn show(State(web): State<Web>, admin: Admin) -> Result<Response, Problem> {
    page(&heists(&web, &admin, None).await?)
}

async fn heists(web: &Web, admin: &Admin, error: Option<Problem>) -> Result<Heists, Problem> {
    let Overview { on, numbers: game } = heist::overview(&web.app).await?;
    let now = web.app.clock.now();
    let mut by_status: HashMap<Status, BTreeMap<i64, i64>> = HashMap::new();
    for day in &game.days {
        *by_status.entry(day.status).or_default().entry(day.day).or_default() += day.count;
    }
    let chart = |name: &'static str, status: Status| {
        let counts = by_status.get(&status);
        let count = |day: i64| counts.and_then(|counts| counts.get(&day)).copied().unwrap_or(0);
        Chart::new(name, now, (now.day() - DAYS + 1..=now.day()).map(count).collect())
    };
    let charts = vec![
        chart("Successful heists", Status::Success),
        chart("Blocked by a shield", Status::FailedShield),
        chart("Target protected", Status::FailedTargetProtected),
        chart("Cooldown or daily limit", Status::FailedCooldown),
        chart("Too few points", Status::FailedInsufficientPoints),
        chart("No token", Status::FailedInsufficientTokens),
        chart("Nobody to rob, or oneself", Status::FailedInvalidTarget),
        chart("Still queued", Status::Pending),
    ];
    Ok(Heists {
        frame: frame(web, admin, "Heists").await?,
        forced_off: !web.app.config.heist.enabled,
        charts,
        kinds: points::kinds(&web.app).await?,
        error,
        game,
        on,
    })
}

/// On or off.
#[derive(Debug, Deserialize)]
pub(crate) struct SwitchForm {
    on: bool,
}

/// Turns the switch.
pub(crate) async fn switch(
    State(web): State<Web>,
    admin: Admin,
    Form(form): Form<SwitchForm>,
) -> Result<Response, Problem> {
    switches::set(&web.app, &admin.by, "heist.enabled", if form.on { "true" } else { "false" }).await?;
    Ok(Redirect::to("/admin/heists").into_response())
}

/// What an event is worth.
#[derive(Debug, Deserialize)]
pub(crate) struct KindForm {
    points: i64,
    #[serde(default)]
    active: bool,
}

/// Changes what an event is worth.
pub(crate) async fn change_kind(
    State(web): State<Web>,
    admin: Admin,
    Slug(kind): Slug,
    Form(form): Form<KindForm>,
) -> Result<Response, Problem> {
    let change = KindChange { points: Some(form.points), active: Some(form.active), ..KindChange::default() };
    match points::change_kind(&web.app, &admin.by, &kind, &change).await {
        Ok(_) => Ok(Redirect::to("/admin/heists").into_response()),
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            failed(&problem, &heists(&web, &admin, Some(problem.clone())).await?)
        }
        Err(failure) => Err(failure.into()),
    }
}
