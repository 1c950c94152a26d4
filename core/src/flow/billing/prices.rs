//! Looks whether Stripe's prices still are what the pages say. What differs is not sold, and somebody is alerted.

use super::{
    call::CallError,
    refusal::{BillingRefusal, Outcome},
    shop::{self, Shop},
};
use crate::{
    app::App,
    clients::stripe::{
        Trouble,
        api::catalog::{GetPrice, Price as AtStripe},
    },
    domain::billing::{
        CURRENCY, Mode,
        shop::{Item, Price, fits},
    },
    flow::Failure,
    store::{
        StoreResult,
        billing::prices::{self, Price as Row},
        transact,
    },
};

/// Looks at every price; answers with what is wrong, a sentence each. Without an account there is nothing to look at.
///
/// # Errors
/// [`Failure::Unavailable`] if Stripe cannot be used right now; what was known stays.
pub async fn check(app: &App) -> Outcome<Vec<String>> {
    let shop = match shop::shop(app).await {
        Err(Failure::Refused(BillingRefusal::NotSoldHere)) => return Ok(Vec::new()),
        other => other?,
    };
    let mut wrong = Vec::new();
    for item in shop::items(app) {
        let Some(id) = shop::price_id(app, &item) else { continue };
        let problem = look(&shop, &item, id).await?;
        let row = Row {
            item: item.key(),
            price_id: Some(id.to_owned()),
            cents: item.cents().unwrap_or_default(),
            currency: CURRENCY.to_owned(),
            problem: problem.clone(),
            checked_at: app.clock.now(),
        };
        let before: StoreResult<Option<String>> = async { transact!(app.db, tx => prices::put(tx, &row).await) }.await;
        let before = before?;
        if let Some(problem) = problem {
            if before.as_ref() != Some(&problem) {
                let title = item.title();
                tracing::error!(item = row.item, alert = "price_misfit", "{title} is not sold: {problem}");
            }
            wrong.push(format!("{}: {problem}", item.title()));
        }
    }
    Ok(wrong)
}

async fn look(shop: &Shop<'_>, item: &Item, id: &str) -> Result<Option<String>, CallError> {
    match shop.stripe.get(&GetPrice { id: id.to_owned() }).await {
        Ok(price) => Ok(fits(item, &read(&price, shop.mode), shop.mode).err().map(|misfit| misfit.to_string())),
        Err(Trouble::Missing(_)) => Ok(Some(format!("Stripe has no price {id}"))),
        Err(trouble) => Err(trouble.into()),
    }
}

/// A price as the rule compares it.
pub(super) fn read(price: &AtStripe, ours: Mode) -> Price {
    let interval = price.recurring.as_ref().map(|often| (often.interval.clone(), often.interval_count));
    Price {
        active: price.active,
        cents: price.unit_amount,
        currency: price.currency.clone().unwrap_or_default(),
        interval,
        mode: price.livemode.map_or(ours, Mode::of),
    }
}
