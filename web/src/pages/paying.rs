//! What pages on which something is paid have in common: their forms lead to Stripe, what Stripe refuses is shown beside
//! them, and cash prices are those of packs that can be bought.

use axum::response::Response;
use vanikeys_core::{
    domain::{billing::purchase::State, price::Tariff},
    flow::{
        Failure,
        billing::{self, Catalog, view::PurchaseView},
    },
};

use super::words;
use crate::{
    Web,
    error::{Problem, Refuse},
    policy::Widened,
};

/// Lets the forms of a page lead to Stripe's own pages.
pub(super) fn leads_to_stripe(web: &Web, mut response: Response) -> Response {
    if let Some(account) = &web.app.config.billing.stripe {
        let widened = account.page_origins.iter().fold(Widened::default(), |page, origin| page.forms_to(origin));
        response.extensions_mut().insert(widened);
    }
    response
}

/// What a page shows beside its form: a refusal, or that Stripe does not answer. What is broken is an error's own page.
pub(crate) fn shown<R: Refuse>(failure: Failure<R>) -> Result<Problem, Problem> {
    match failure {
        Failure::Refused(refusal) => {
            let problem = refusal.problem();
            if problem.code == "UNAUTHENTICATED" { Err(problem) } else { Ok(problem) }
        }
        Failure::Unavailable(_) => Ok(failure.into()),
        Failure::KeyReused | Failure::Store(_) | Failure::Broken(_) => Err(failure.into()),
    }
}

/// The tariff with the packs that can be bought, for cash prices beside token prices. Where nothing is sold, cash prices
/// are what the list says.
pub(super) async fn tariff(web: &Web) -> Result<Tariff, Problem> {
    Ok(sold(&web.app.config.tariff, &billing::catalog(&web.app).await?))
}

/// The same from a catalog that is known.
pub(super) fn sold(tariff: &Tariff, catalog: &Catalog) -> Tariff {
    let mut tariff = tariff.clone();
    if catalog.closed.is_none() {
        let sold =
            |tokens: i64| catalog.packs.iter().any(|pack| pack.tokens == Some(tokens) && pack.unavailable.is_none());
        if tariff.packs.iter().any(|pack| sold(pack.tokens)) {
            tariff.packs.retain(|pack| sold(pack.tokens));
        }
    }
    tariff
}

/// What was paid for a purchase, or is to be.
pub(crate) fn price(purchase: &PurchaseView) -> String {
    words::money(purchase.paid_cents.unwrap_or(purchase.cents), &purchase.currency)
}

/// How a purchase stands, in a word or two.
pub(crate) fn state(purchase: &PurchaseView) -> &'static str {
    let paid = purchase.paid_cents.unwrap_or(0);
    match purchase.state {
        State::Paid if purchase.refunded_cents >= paid && paid > 0 => "refunded",
        State::Paid if purchase.refunded_cents > 0 => "partly refunded",
        State::Paid => "paid",
        State::Wanted | State::Open => "not paid",
        State::Processing => "being confirmed",
        State::Failed => "failed",
        State::Expired => "expired",
        State::Canceled => "canceled",
    }
}
