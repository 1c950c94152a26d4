//! What is sold, and what is not and why: for the pages that sell.

use serde::{Deserialize, Serialize};

use super::{refusal::BillingRefusal, shop};
use crate::{
    app::App,
    domain::billing::{pack, shop::Item},
    store::{Sql, StoreError, StoreResult, billing::prices},
};

/// Something that is sold, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// By this it is ordered: a pack's key, or a plan's name.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// What it costs, in US cents; a month, for a plan.
    pub cents: i64,
    /// VaniTokens in a pack.
    pub tokens: Option<i64>,
    /// Why it can't be bought right now; nothing if it can.
    pub unavailable: Option<String>,
}

/// Whether anything can be bought here right now, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Catalog {
    /// Why nothing is sold, in a sentence; nothing if something is.
    pub closed: Option<String>,
    /// Whether it is play money.
    pub test: bool,
    /// Packs of VaniTokens, the smallest first.
    pub packs: Vec<Offer>,
    /// Personal plans.
    pub plans: Vec<Offer>,
}

/// What is sold.
///
/// # Errors
/// The store's.
pub async fn catalog(app: &App) -> Result<Catalog, StoreError> {
    let billing = &app.config.billing;
    let closed = match &billing.stripe {
        None => Some(BillingRefusal::NotSoldHere),
        Some(_) if !billing.enabled => Some(BillingRefusal::Disabled),
        Some(_) if !billing.sells() => Some(BillingRefusal::NotSoldHere),
        Some(_) => None,
    };
    let closed = closed.map(|refusal| refusal.to_string());
    let mut on = app.db.read().await?;
    let (mut packs, mut plans) = (Vec::new(), Vec::new());
    for item in shop::items(app) {
        let unavailable = match (&closed, offered(&mut on, app, &item).await?) {
            (Some(closed), _) => Some(closed.clone()),
            (None, problem) => problem,
        };
        let (title, cents) = (item.title(), item.cents().unwrap_or_default());
        match item {
            Item::Pack(pack) => {
                let key = pack::key(&pack);
                packs.push(Offer { key, title, cents, tokens: Some(pack.tokens), unavailable });
            }
            Item::Plan(plan) => {
                let key = plan.name().to_owned();
                plans.push(Offer { key, title, cents, tokens: None, unavailable });
            }
        }
    }
    let test = app.stripe.as_ref().is_some_and(|stripe| !stripe.livemode());
    Ok(Catalog { closed, test, packs, plans })
}

/// Why an item is not sold.
async fn offered(on: &mut impl Sql, app: &App, item: &Item) -> StoreResult<Option<String>> {
    let Some(id) = shop::price_id(app, item) else {
        return Ok(matches!(item, Item::Plan(_)).then(|| "it has no price at Stripe yet".to_owned()));
    };
    let known = prices::find(on, &item.key()).await?.filter(|price| price.price_id.as_deref() == Some(id));
    Ok(match known {
        Some(price) if Some(price.cents) == item.cents() => price.problem,
        Some(_) | None => Some("its price has not been looked at yet".to_owned()),
    })
}
