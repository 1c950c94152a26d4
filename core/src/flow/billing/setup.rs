//! Makes at Stripe what this service needs there: products, prices, the portal's configuration, the webhook endpoint. What
//! is there and fits is left as it is.

use serde::Serialize;
use uuid::Uuid;

use super::{
    prices,
    refusal::Outcome,
    shop::{self, PLANS, Shop, away, price_id},
};
use crate::{
    app::App,
    clients::{
        acting::Acting,
        stripe::{
            API_VERSION, Change, List, Trouble,
            api::{
                Enabled,
                catalog::{CreatePrice, CreateProduct, ListPrices, ListProducts, Price, Product, Recurring},
                portal::{
                    CancelFeature, CancelMode, CreatePortalConfiguration, ListPortalConfigurations,
                    PortalConfiguration, PortalFeatures, UpdatePortalConfiguration,
                },
                webhooks::{CreateWebhookEndpoint, ListWebhookEndpoints, UpdateWebhookEndpoint, WebhookEndpoint},
            },
        },
    },
    domain::billing::{
        CURRENCY,
        event::HANDLED,
        shop::{Item, fits},
    },
    flow::{Failure, outside::rows},
    store::{StoreResult, settings, transact},
};

/// Where the portal's configuration is kept.
const PORTAL: &str = "billing.portal";

/// What there is at Stripe now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetUp {
    /// Settings to be given to this service, as `NAME` and value. The secret of a webhook endpoint is told by Stripe only
    /// when it is made.
    pub settings: Vec<(String, String)>,
    /// What was made or changed, a sentence each; nothing if everything fitted.
    pub made: Vec<String>,
}

/// Sets everything up.
///
/// # Errors
/// [`BillingRefusal::NotSoldHere`](super::BillingRefusal) without a secret key; [`Failure::Unavailable`].
pub async fn setup(app: &App) -> Outcome<SetUp> {
    let shop = shop::shop(app).await?;
    let mut setting = Setting { app, shop: &shop, acting: rows::acting(Uuid::now_v7()), made: Vec::new(), steps: 0 };
    let mut settings = Vec::new();
    for plan in PLANS {
        let price = setting.price(&Item::Plan(plan)).await?;
        settings.push((format!("STRIPE_PRICE_{}", plan.name().to_ascii_uppercase()), price));
    }
    let mut packs = Vec::new();
    for pack in &app.config.tariff.packs {
        let price = setting.price(&Item::Pack(*pack)).await?;
        packs.push(format!("{}:{}.{:02}:{price}", pack.tokens, pack.cents / 100, pack.cents % 100));
    }
    settings.push(("TOKEN_PACKS".to_owned(), packs.join(",")));
    let portal = setting.portal().await?;
    let at = app.clock.now();
    let kept: StoreResult<()> =
        async { transact!(app.db, tx => settings::set(tx, PORTAL, &portal, None, at).await) }.await;
    kept?;
    if let Some(secret) = setting.endpoint().await? {
        settings.push(("STRIPE_WEBHOOK_SECRET".to_owned(), secret));
    }
    Ok(SetUp { settings, made: setting.made })
}

/// The portal's configuration that was set up, if one was.
pub(super) async fn portal_configuration(app: &App) -> StoreResult<Option<String>> {
    settings::get(&mut app.db.read().await?, PORTAL).await
}

struct Setting<'a> {
    app: &'a App,
    shop: &'a Shop<'a>,
    acting: Acting,
    made: Vec<String>,
    steps: u32,
}

impl Setting<'_> {
    async fn send<C: Change>(&mut self, change: &C) -> Outcome<C::Answer> {
        self.steps += 1;
        let step = format!("setup-{}", self.steps);
        self.shop.stripe.send(&self.acting, &step, change).await.map_err(|trouble| failed(&trouble))
    }

    async fn list<L: List>(&self, list: &L) -> Outcome<Vec<L::Item>> {
        self.shop.stripe.list(list).await.map_err(|trouble| failed(&trouble))
    }

    /// The price of an item: the one that is set if it fits, one that was made before, or a new one.
    async fn price(&mut self, item: &Item) -> Outcome<String> {
        let key = item.key();
        let products = self.list(&ListProducts { active: Some(true) }).await?;
        let is_it =
            |product: &&Product| self.shop.owns(&product.metadata) && product.metadata.get("item") == Some(&key);
        let product = match products.iter().find(is_it) {
            Some(product) => product.id.clone(),
            None => {
                let metadata = self.shop.entries(&[("item", key.clone())]);
                let create = CreateProduct { name: item.title(), description: None, metadata };
                let product = self.send(&create).await?;
                self.made.push(format!("the product {} ({})", item.title(), product.id));
                product.id
            }
        };
        let prices = self.list(&ListPrices { product: Some(product.clone()), active: Some(true) }).await?;
        let mode = self.shop.mode;
        let fitting = |price: &&Price| fits(item, &prices::read(price, mode), mode).is_ok();
        let set = price_id(self.app, item);
        let known = prices.iter().filter(fitting).max_by_key(|price| Some(price.id.as_str()) == set);
        if let Some(price) = known {
            return Ok(price.id.clone());
        }
        let create = CreatePrice {
            product,
            currency: CURRENCY.to_owned(),
            unit_amount: item.cents().unwrap_or_default(),
            recurring: item.interval().map(|_| Recurring::monthly()),
            metadata: self.shop.entries(&[("item", key)]),
        };
        let price = self.send(&create).await?;
        self.made.push(format!("the price of {} ({})", item.title(), price.id));
        Ok(price.id)
    }

    /// The configuration of the portal: invoices, cards, the end of a subscription with its period, and no changes.
    async fn portal(&mut self) -> Outcome<String> {
        let on = Some(Enabled { enabled: true });
        let features = PortalFeatures {
            invoice_history: on,
            payment_method_update: on,
            subscription_cancel: Some(CancelFeature { enabled: true, mode: CancelMode::AtPeriodEnd }),
            subscription_update: Some(Enabled { enabled: false }),
        };
        let all = self.list(&ListPortalConfigurations { active: Some(true) }).await?;
        let known = all.into_iter().find(|one| self.shop.owns(&one.metadata));
        let Some(known) = known else {
            let create = CreatePortalConfiguration {
                features,
                default_return_url: Some(super::pages::plan(self.app)),
                metadata: self.shop.entries(&[]),
            };
            let made = self.send(&create).await?;
            self.made.push(format!("the portal's configuration ({})", made.id));
            return Ok(made.id);
        };
        if !portal_fits(&known) {
            let id = known.id.clone();
            let update =
                UpdatePortalConfiguration { id, features: Some(features), ..UpdatePortalConfiguration::default() };
            self.send(&update).await?;
            self.made.push(format!("the portal's configuration ({}) was changed", known.id));
        }
        Ok(known.id)
    }

    /// The webhook endpoint; its secret if it was made now.
    async fn endpoint(&mut self) -> Outcome<Option<String>> {
        let url = format!("{}/api/billing/webhook", self.app.config.public_url.origin);
        let wanted: Vec<String> = HANDLED.iter().map(|(kind, _)| (*kind).to_owned()).collect();
        let all = self.list(&ListWebhookEndpoints {}).await?;
        let known = all.into_iter().find(|one| self.shop.owns(&one.metadata));
        let Some(known) = known else {
            let create = CreateWebhookEndpoint {
                url: url.clone(),
                enabled_events: wanted,
                api_version: Some(API_VERSION.to_owned()),
                description: Some("VaniKeys".to_owned()),
                metadata: self.shop.entries(&[]),
            };
            let made = self.send(&create).await?;
            self.made.push(format!("the webhook endpoint {url} ({})", made.id));
            return Ok(made.secret);
        };
        if !endpoint_fits(&known, &url, &wanted) {
            let update = UpdateWebhookEndpoint {
                id: known.id.clone(),
                url: Some(url.clone()),
                enabled_events: Some(wanted),
                disabled: Some(false),
            };
            self.send(&update).await?;
            self.made.push(format!("the webhook endpoint {url} ({}) was changed", known.id));
        }
        Ok(None)
    }
}

fn portal_fits(known: &PortalConfiguration) -> bool {
    known.shows_invoices
        && known.changes_cards
        && known.cancels
        && known.cancel_mode.as_deref() == Some("at_period_end")
        && !known.changes
}

fn endpoint_fits(known: &WebhookEndpoint, url: &str, wanted: &[String]) -> bool {
    let all = known.enabled_events.iter().any(|event| event == "*");
    known.enabled
        && known.url.as_deref() == Some(url)
        && (all || wanted.iter().all(|event| known.enabled_events.contains(event)))
}

fn failed(trouble: &Trouble) -> Failure<super::BillingRefusal> {
    Failure::Unavailable(away(trouble))
}
