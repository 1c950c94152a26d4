//! What a job would cost, before it is ordered.

use serde::{Deserialize, Serialize};

use super::{JobOrder, JobRefusal};
use crate::{
    app::App,
    domain::{ledger::Asset, rate::Task},
    flow::{
        Actor, Failure,
        custody::{self, Custody},
        pattern::{self, Estimate, PricedJob},
    },
    store::ledger,
};

/// A job's price with everything that led to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    /// Tokens that would be held, every term, and the cash price beside it.
    #[serde(flatten)]
    pub price: PricedJob,
    /// Who will be able to read the key.
    pub custody: Custody,
    /// VaniTokens the user has available.
    pub tokens_available: i64,
    /// Odds, times and the price of a pull of the same pattern.
    pub estimate: Estimate,
}

/// Quotes an order.
///
/// # Errors
/// See [`JobRefusal`].
pub async fn quote(app: &App, actor: &Actor, order: &JobOrder) -> Result<Quote, Failure<JobRefusal>> {
    let custody = match order {
        // The price can be asked for before there is a point.
        JobOrder { custody: Some(Custody::Split), recipient: None, proof: None, .. } => Custody::Split,
        _ => {
            custody::of_job(app, order.custody, order.recipient.as_deref(), order.proof.as_deref())
                .map_err(|refusal| Failure::Refused(refusal.into()))?
                .0
        }
    };
    let task = Task::of(&order.pattern, custody == Custody::Split);
    let estimate = pattern::estimate_of(app, Some(actor.user), &order.pattern, task)
        .await
        .map_err(|failure| failure.map(JobRefusal::Pattern))?;
    let price = match estimate.job_price.clone() {
        Some(price) => price,
        // Priced again for its refusal, which names both numbers.
        None => match app.config.tariff.job(estimate.one_in, 0) {
            Ok(terms) => pattern::priced(app, terms),
            Err(too_rare) => return Err(Failure::Refused(too_rare.into())),
        },
    };
    let mut conn = app.db.read().await?;
    let balance = ledger::balance(&mut conn, actor.user, &Asset::VaniToken).await?;
    Ok(Quote { price, custody, tokens_available: balance.available(), estimate })
}
