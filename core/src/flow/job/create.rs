//! Orders a job: price less credit is held, and the coordinator finds the job in the store.

use uuid::Uuid;
use vanikeys_grind::PatternSpec;

use super::{JobRefusal, JobView, view};
use crate::{
    app::App,
    domain::{job::Status, ledger::Asset},
    flow::{
        Actor, Failure,
        custody::{self, Custody},
        nudge,
        once::once,
    },
    store::{
        audit::{self, Deed},
        credits,
        idempotency::Key,
        jobs::{self, Job},
        ledger,
    },
};

/// What is ordered.
#[derive(Clone, Debug)]
pub struct JobOrder {
    /// What the key should look like.
    pub pattern: PatternSpec,
    /// Who will be able to read the key.
    pub custody: Option<Custody>,
    /// Who it is sealed to.
    pub recipient: Option<String>,
    /// The most that may be held for it.
    pub max_tokens: Option<i64>,
}

/// Orders a job.
///
/// # Errors
/// See [`JobRefusal`].
pub async fn create(
    app: &App,
    actor: &Actor,
    key: Option<&Key>,
    order: &JobOrder,
) -> Result<JobView, Failure<JobRefusal>> {
    let pattern = app.patterns.compile(&order.pattern).await.map_err(|e| Failure::Refused(JobRefusal::Pattern(e)))?;
    let (custody, recipient) = custody::choose(app, order.custody, order.recipient.as_deref(), "a job")
        .map_err(|refusal| Failure::Refused(refusal.into()))?;
    let at = app.clock.now();
    let id = Uuid::now_v7();
    let created = once!(app, key, tx => {
        // The account first: it serialises this user's spending, so the credit read here stays as it is.
        ledger::lock_account(tx, actor.user, &Asset::VaniToken, at).await?;
        let credit = credits::unused(tx, actor.user, &pattern.key()).await?;
        let price = app.config.tariff.job(pattern.odds().one_in(), credit).map_err(|e| Failure::Refused(e.into()))?;
        if let Some(max_tokens) = order.max_tokens
            && price.tokens > max_tokens
        {
            return Err(Failure::Refused(JobRefusal::AboveMaximum { tokens: price.tokens, max_tokens }));
        }
        let hold_key = format!("job:{id}:hold");
        let (hold, _) =
            ledger::hold(tx, actor.user, &Asset::VaniToken, price.tokens, id, &hold_key, at).await?;
        let job = Job {
            id,
            user_id: actor.user,
            pattern: serde_json::to_string(pattern.spec()).map_err(Failure::broken)?,
            pattern_key: pattern.key(),
            target: pattern.target().to_string(),
            one_in: pattern.odds().one_in_text(),
            expected_attempts: pattern.odds().one_in(),
            custody: custody.name().to_owned(),
            recipient: recipient.as_str().to_owned(),
            status: Status::Queued.name().to_owned(),
            price: price.price,
            credit: price.credit,
            hold_id: hold,
            posted: None,
            released: None,
            attempts: 0,
            turn: jobs::first_turn(tx).await?,
            stalled_since: None,
            cancel_requested_at: None,
            failure: None,
            public_key: None,
            text: None,
            result: None,
            erased_at: None,
            request_id: actor.origin.request_id.clone(),
            created_at: at.micros(),
            started_at: None,
            finished_at: None,
        };
        jobs::insert(tx, &job).await?;
        credits::take(tx, actor.user, &job.pattern_key, id, price.credit).await?;
        let deed = Deed {
            actor: Some(actor.user),
            action: "job.create",
            subject: Some(id),
            detail: serde_json::json!({ "tokens": price.tokens, "custody": custody }),
        };
        audit::record(tx, &deed, &actor.origin, at).await?;
        view::view(app, tx, &job).await
    })?;
    nudge::jobs_waiting(app);
    Ok(created)
}
