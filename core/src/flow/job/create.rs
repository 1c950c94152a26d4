//! Orders a job: price less credit is held, and the coordinator finds the job in the store.

use uuid::Uuid;
use vanikeys_grind::{Pattern, PatternSpec};

use super::{JobRefusal, JobView, view};
use crate::{
    app::App,
    custody::Holder,
    domain::{
        audit::Action,
        job::State,
        ledger::{Asset, Kind, Movement},
    },
    flow::{
        Actor, Failure,
        custody::{self, Custody, CustodyRefusal},
        nudge,
        once::{self, once},
    },
    store::{
        Erasable,
        audit::{self, Entry},
        credits,
        idempotency::Key,
        jobs::{self, Job},
        ledger, split_points,
    },
};

/// What is ordered.
#[derive(Clone, Debug, Default)]
pub struct JobOrder {
    /// What the key should look like.
    pub pattern: PatternSpec,
    /// Who will be able to read the key.
    pub custody: Option<Custody>,
    /// Who it is sealed to, or the split point.
    pub recipient: Option<String>,
    /// The split point's proof.
    pub proof: Option<String>,
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
    let (pattern, custody, holder) = match checked(app, order).await {
        Ok(checked) => checked,
        Err(refusal) => return once::invalid(app, key, Failure::Refused(refusal)).await,
    };
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
        let movement = Movement {
            user: actor.user,
            asset: Asset::VaniToken,
            amount: price.tokens,
            kind: Kind::Job,
            key: format!("job:{id}:hold"),
            subject: Some(id),
            note: None,
            at,
        };
        let (hold, _) = ledger::hold(tx, &movement).await?;
        let job = Job {
            id,
            user_id: actor.user,
            pattern: pattern.spec().clone(),
            pattern_key: pattern.key(),
            target: pattern.target(),
            one_in: pattern.odds().one_in_text(),
            expected_attempts: pattern.odds().one_in(),
            custody,
            recipient: Erasable(Some(holder.clone())),
            state: State::Queued,
            price: price.price,
            credit: price.credit,
            hold_id: hold,
            posted: None,
            released: None,
            attempts: 0,
            turn: jobs::first_turn(tx).await?,
            stalled_since: None,
            cancel_requested_at: None,
            erased_at: None,
            request_id: actor.origin.request_id.clone(),
            created_at: at,
            started_at: None,
            finished_at: None,
        };
        jobs::insert(tx, &job).await?;
        if matches!(holder, Holder::SplitPoint(_)) && !split_points::take(tx, holder.hash().as_bytes(), id).await? {
            return Err(Failure::Refused(CustodyRefusal::SplitPointUsed.into()));
        }
        credits::take(tx, actor.user, &job.pattern_key, id, price.credit).await?;
        let detail = serde_json::json!({ "tokens": price.tokens, "custody": custody });
        let entry = Entry::new(Some(actor.user), Action::JobCreate, Some(id), detail);
        audit::record(tx, &entry, &actor.origin, at).await?;
        view::view(app, tx, &job).await
    })?;
    nudge::jobs_waiting(app);
    Ok(created)
}

async fn checked(app: &App, order: &JobOrder) -> Result<(Pattern, Custody, Holder), JobRefusal> {
    let pattern = app.patterns.compile(&order.pattern).await.map_err(JobRefusal::Pattern)?;
    let (custody, holder) = custody::of_job(app, order.custody, order.recipient.as_deref(), order.proof.as_deref())?;
    Ok((pattern, custody, holder))
}
