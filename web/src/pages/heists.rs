//! `/heists`: tokens, cooldown, shield, check-in, history; the step that asks once more before a heist, and what came
//! of it.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;
use vanikeys_core::{
    domain::{heist::cooldown_end, time::Timestamp},
    flow::{
        Failure,
        heist::{self, AttemptView, Eligibility, Executed, HistoryItem, ShieldView, Side, StatsView, TokenView},
        points,
    },
};

use super::{Frame, Steps, failed, page, paying, words};
use crate::{
    Web,
    error::{Problem, Refuse},
    extract::{Form, Id, Idem, Page, Signed},
};

#[derive(Template)]
#[template(path = "pages/heists.html")]
struct Heists {
    frame: Frame,
    tokens: TokenView,
    /// Whether one could rob and buy shields, as far as the switch goes.
    open: bool,
    /// When the cooldown ends, and seconds until then.
    cooldown: Option<(Timestamp, f64)>,
    shield: Option<ShieldView>,
    /// In VaniTokens and in money.
    shield_price: String,
    stats: StatsView,
    points: i64,
    lifetime: i64,
    history: Vec<HistoryItem>,
    steps: Steps,
    error: Option<Problem>,
}

#[derive(Template)]
#[template(path = "pages/heist_confirm.html")]
struct Confirm {
    frame: Frame,
    target: Uuid,
    seen: Eligibility,
    tokens: i64,
    error: Option<Problem>,
}

#[derive(Template)]
#[template(path = "pages/heist_reveal.html")]
struct Reveal {
    frame: Frame,
    attempt: AttemptView,
    /// What stands on the board.
    told: String,
}

/// A form that only carries its key.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OnceForm {
    once: Option<String>,
}

/// The page.
pub(crate) async fn show(State(web): State<Web>, signed: Signed, wanted: Page) -> Result<Response, Problem> {
    page(&heists(&web, &signed, wanted, None).await?)
}

async fn heists(web: &Web, signed: &Signed, wanted: Page, error: Option<Problem>) -> Result<Heists, Problem> {
    let (app, actor) = (&web.app, &signed.actor);
    let found = heist::history(app, actor, (Side::All, None), wanted.limit.into(), wanted.offset.into()).await?;
    let now = app.clock.now();
    let events = points::events(app, actor, 1, 0).await?;
    let last = heist::last_success(app, actor).await?;
    let title = if signed.person.plays { "Heists" } else { "Points" };
    let cooldown = cooldown_end(&app.config.heist.rules, last, now);
    Ok(Heists {
        frame: Frame::signed(web, signed, title).await?.section("heists"),
        tokens: heist::tokens(app, actor).await?,
        open: heist::is_open(app, actor).await?,
        cooldown: cooldown.map(|end| (end, end.since(now).as_secs_f64())),
        shield: heist::shield(app, actor).await?,
        shield_price: words::priced(app.config.heist.shield_price, &paying::tariff(web).await?),
        stats: heist::stats(app, actor).await?,
        points: events.season_points,
        lifetime: events.lifetime_points,
        history: found.items,
        steps: Steps::new("/heists?", wanted, found.total),
        error,
    })
}

/// Asks once more, with what would be taken.
pub(crate) async fn confirm(State(web): State<Web>, signed: Signed, Id(target): Id) -> Result<Response, Problem> {
    page(&asked(&web, &signed, target, None).await?)
}

async fn asked(web: &Web, signed: &Signed, target: Uuid, error: Option<Problem>) -> Result<Confirm, Problem> {
    let seen = heist::can_rob(&web.app, &signed.actor, target).await?;
    let tokens = heist::tokens(&web.app, &signed.actor).await?.balance;
    let frame = Frame::signed(web, signed, "Rob somebody").await?.section("heists");
    Ok(Confirm { frame, target, seen, tokens, error })
}

/// Robs.
pub(crate) async fn rob(
    State(web): State<Web>,
    signed: Signed,
    Id(target): Id,
    Form(form): Form<OnceForm>,
) -> Result<Response, Problem> {
    let hash = *blake3::hash(target.as_bytes()).as_bytes();
    let key = Idem::form(form.once)?.key(signed.actor.user, "POST /api/heist/execute", hash);
    match heist::execute(&web.app, &signed.actor, key.as_ref(), target).await {
        Ok(Executed::Done(done)) => Ok(Redirect::to(&format!("/heists/attempts/{}", done.heist_id)).into_response()),
        Ok(Executed::Pending(id)) => Ok(Redirect::to(&format!("/heists/attempts/{id}")).into_response()),
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            failed(&problem, &asked(&web, &signed, target, Some(problem.clone())).await?)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What came of a heist.
pub(crate) async fn attempt(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    let attempt = heist::attempt(&web.app, &signed.actor, id).await?;
    let told = match &attempt.outcome {
        Some(done) => format!("+{}", done.points_stolen),
        None if attempt.applied_at.is_some() => String::from("FAILED"),
        None => String::from("WAIT"),
    };
    let frame = Frame::signed(&web, &signed, "Heist").await?.section("heists");
    page(&Reveal { frame, attempt, told })
}

/// Buys a shield.
pub(crate) async fn buy(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<OnceForm>,
) -> Result<Response, Problem> {
    let key = Idem::form(form.once)?.key(signed.actor.user, "POST /api/heist/shields", [0; 32]);
    done(&web, &signed, heist::buy_shield(&web.app, &signed.actor, key.as_ref()).await).await
}

/// Checks in.
pub(crate) async fn check_in(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<OnceForm>,
) -> Result<Response, Problem> {
    let key = Idem::form(form.once)?.key(signed.actor.user, "POST /api/points/checkin", [0; 32]);
    done(&web, &signed, points::check_in(&web.app, &signed.actor, key.as_ref()).await).await
}

/// Back to the page, or the page with what went wrong.
async fn done<T, R>(web: &Web, signed: &Signed, ended: Result<T, Failure<R>>) -> Result<Response, Problem>
where
    R: Refuse,
    Problem: From<Failure<R>>,
{
    match ended {
        Ok(_) => Ok(Redirect::to("/heists").into_response()),
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            let shown = heists(web, signed, Page { limit: 20, offset: 0 }, Some(problem.clone())).await?;
            failed(&problem, &shown)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// How a heist ended, in a word or two.
pub(crate) fn ended(item: &HistoryItem) -> &'static str {
    use vanikeys_core::domain::heist::Status as S;
    match (item.status, item.role == "attacker") {
        (S::Pending, _) => "are about to rob",
        (S::Success, true) => "robbed",
        (S::Success, false) => "were robbed by",
        (S::FailedShield, true) => "met the shield of",
        (S::FailedShield, false) => "had a shield against",
        (
            S::FailedCooldown
            | S::FailedTargetProtected
            | S::FailedInsufficientPoints
            | S::FailedInsufficientTokens
            | S::FailedInvalidTarget,
            _,
        ) => "could not rob",
    }
}
