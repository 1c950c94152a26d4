//! Every request once: the sandbox answers it, and Stripe's OpenAPI document has its parameters.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use reqwest::{Client, redirect::Policy};
use serde_json::json;

use super::{
    super::api::{
        Created, Enabled,
        catalog::{
            CreatePrice, CreateProduct, GetPrice, GetProduct, ListPrices, ListProducts, Price, Product, Recurring,
        },
        charges::{GetCharge, GetFraudWarning, ListFraudWarnings},
        checkout::{
            CreateSession, CustomerUpdate, ExpireSession, GetSession, Keep, LineItem, ListSessions, PaymentIntentData,
            PriceData, ProductData, Session, SessionMode, SessionStatus, SubscriptionData,
        },
        customers::{GetCustomer, ListCustomers},
        disputes::{GetDispute, ListDisputes},
        events::{GetEvent, ListEvents},
        invoices::{GetInvoice, Invoice, InvoiceStatus, ListInvoices, PreviewDetails, PreviewInvoice},
        payments::{CancelIntent, CancelReason, CreateIntent, GetIntent, ListIntents, PaymentIntent},
        portal::{
            CancelFeature, CancelMode, CreatePortalConfiguration, CreatePortalSession, ListPortalConfigurations,
            PortalFeatures, UpdatePortalConfiguration,
        },
        refunds::{CreateRefund, GetRefund, ListRefunds, RefundReason},
        subscriptions::{
            CancelSubscription, GetSubscription, ItemChange, ListSubscriptions, Proration, Standing, Subscription,
            UpdateSubscription,
        },
        webhooks::{CreateWebhookEndpoint, ListWebhookEndpoints, UpdateWebhookEndpoint},
    },
    *,
};

impl Stand {
    async fn done<C: Change>(&self, change: &C) -> C::Answer {
        self.stripe.send(&Acting::new(Uuid::now_v7()), "step", change).await.unwrap()
    }

    async fn seen<L: Look>(&self, look: &L) -> L::Answer {
        self.stripe.get(look).await.unwrap()
    }

    async fn listed<L: List>(&self, list: &L) -> Vec<L::Item> {
        self.stripe.list(list).await.unwrap()
    }

    async fn found<T: api::Searchable>(&self) -> Vec<T> {
        self.stripe.search(&[("instance", "i")]).await.unwrap()
    }

    /// Submits the page of a session.
    async fn pay(&self, session: &Session) {
        let url = session.url.as_deref().unwrap();
        let form = "number=4242424242424242&email=ann@example.org";
        let tls = Trust::default().client().unwrap();
        let browser = Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none()).build().unwrap();
        let request = browser.post(url).header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(request.body(form).send().await.unwrap().status(), 303);
    }
}

fn ours() -> Metadata {
    metadata(&[("instance", "i"), ("user", "7")])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_what_stripe_documents() {
    let stand = Stand::new().await;
    let (once, monthly, higher) = catalog(&stand).await;
    let customer = customers(&stand).await;
    endpoints(&stand).await;
    payments(&stand, &customer, &once).await;
    subscriptions(&stand, &customer, [&monthly, &higher]).await;
    portal(&stand, &customer).await;
    let exchanges = stand.sandbox.exchanges();
    for exchange in &exchanges {
        assert_eq!(exchange["version"], API_VERSION, "{exchange}");
        assert_eq!(exchange["key"].is_string(), exchange["method"] == "POST", "{exchange}");
        assert!(!exchange["form"].as_str().unwrap().contains("payment_method_types"), "{exchange}");
    }
    let found = tokio::task::spawn_blocking(|| differences(exchanges)).await.unwrap();
    assert!(found.is_empty(), "against Stripe's document:\n{found}");
}

/// What of these requests and answers is not as Stripe documents it, a line each.
fn differences(exchanges: Vec<Value>) -> String {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    let python = cache.join("vanikeys/python");
    let document = python.join("stripe/spec3.json");
    assert!(document.exists(), "{} is missing: scripts/test fetches it", document.display());
    let record = json!({ "operations": [], "exchanges": exchanges, "events": [] });
    let mut command = Command::new(python.join("bin/python"));
    let command = command.arg("../tests/python/stripe_document.py").arg(document);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(record.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let found = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert_eq!(output.status.success(), found.is_empty(), "the check itself failed: {found}");
    found
}

async fn catalog(stand: &Stand) -> (Price, Price, Price) {
    let name = "Thing".to_owned();
    let product = stand.done(&CreateProduct { name, description: Some("x".to_owned()), metadata: ours() }).await;
    let price = |unit_amount, recurring| CreatePrice {
        product: product.id.clone(),
        currency: "usd".to_owned(),
        unit_amount,
        recurring,
        metadata: ours(),
    };
    let once = stand.done(&price(399, None)).await;
    let monthly = stand.done(&price(999, Some(Recurring::monthly()))).await;
    let higher = stand.done(&price(9_900, Some(Recurring::monthly()))).await;
    assert!(once.fits(399, false) && monthly.fits(999, true));
    assert!(!once.fits(399, true) && !once.fits(400, false));
    assert_eq!(stand.seen(&GetProduct { id: product.id.clone() }).await, product);
    assert_eq!(stand.seen(&GetPrice { id: monthly.id.clone() }).await, monthly);
    assert_eq!(stand.listed(&ListProducts { active: Some(true) }).await.len(), 1);
    assert_eq!(stand.listed(&ListPrices { product: Some(product.id), active: Some(true) }).await.len(), 3);
    assert_eq!((stand.found::<Product>().await.len(), stand.found::<Price>().await.len()), (1, 3));
    (once, monthly, higher)
}

async fn customers(stand: &Stand) -> Customer {
    let (email, name) = (Some("ann@example.org".to_owned()), Some("Ann".to_owned()));
    let made = stand.done(&CreateCustomer { email: email.clone(), name, metadata: ours() }).await;
    assert_eq!(stand.seen(&GetCustomer { id: made.id.clone() }).await, made);
    let listed = stand.listed(&ListCustomers { email, created: Some(Created::since(0)) }).await;
    assert_eq!((listed.len(), stand.found::<Customer>().await.len()), (1, 1));
    assert_eq!((made.deleted, made.livemode), (false, Some(false)));
    made
}

async fn endpoints(stand: &Stand) {
    let create = CreateWebhookEndpoint {
        url: "http://127.0.0.1:9/hook".to_owned(),
        enabled_events: vec!["invoice.paid".to_owned(), "refund.created".to_owned()],
        api_version: Some(API_VERSION.to_owned()),
        description: Some("VaniKeys".to_owned()),
        metadata: ours(),
    };
    let made = stand.done(&create).await;
    assert!(made.enabled && made.secret.is_some_and(|secret| secret.starts_with("whsec_")));
    let update = UpdateWebhookEndpoint {
        id: made.id,
        url: Some("http://127.0.0.1:9/other".to_owned()),
        enabled_events: Some(vec!["*".to_owned()]),
        disabled: Some(true),
    };
    let updated = stand.done(&update).await;
    assert_eq!(stand.listed(&ListWebhookEndpoints {}).await, [updated]);
}

fn session(customer: &Customer, mode: SessionMode, line: LineItem) -> CreateSession {
    CreateSession {
        mode,
        customer: customer.id.clone(),
        line_items: vec![line],
        success_url: "http://127.0.0.1:9/paid?session={CHECKOUT_SESSION_ID}".to_owned(),
        cancel_url: Some("http://127.0.0.1:9/pricing".to_owned()),
        client_reference_id: Some("p1".to_owned()),
        metadata: ours(),
        payment_intent_data: None,
        subscription_data: None,
        expires_at: None,
        automatic_tax: Some(Enabled { enabled: false }),
        customer_update: Some(CustomerUpdate { address: Keep::Auto }),
    }
}

async fn payments(stand: &Stand, customer: &Customer, price: &Price) {
    let line = LineItem { price: Some(price.id.clone()), price_data: None, quantity: 1 };
    let mut create = session(customer, SessionMode::Payment, line);
    let data = PaymentIntentData { description: Some("500 VaniTokens".to_owned()), metadata: ours() };
    create.payment_intent_data = Some(data);
    let open = stand.done(&create).await;
    assert_eq!((open.status.as_str(), open.payment_status.as_str(), open.amount_total), ("open", "unpaid", Some(399)));
    stand.pay(&open).await;
    let paid = stand.seen(&GetSession { id: open.id.clone() }).await;
    assert_eq!((paid.status.as_str(), paid.payment_status.as_str()), ("complete", "paid"));

    let product_data = ProductData { name: "Popular".to_owned(), description: None, metadata: ours() };
    let price_data = PriceData { currency: "usd".to_owned(), unit_amount: 99, product_data };
    let line = LineItem { price: None, price_data: Some(price_data), quantity: 1 };
    let other = stand.done(&session(customer, SessionMode::Payment, line)).await;
    assert_eq!(stand.done(&ExpireSession { id: other.id }).await.status, "expired");
    let list = ListSessions {
        customer: Some(customer.id.clone()),
        payment_intent: paid.payment_intent.clone(),
        subscription: None,
        status: Some(SessionStatus::Complete),
        created: Some(Created::since(0)),
    };
    assert_eq!(stand.listed(&list).await, std::slice::from_ref(&paid));
    intents(stand, customer).await;
    after_payment(stand, &paid.payment_intent.unwrap()).await;
}

async fn intents(stand: &Stand, customer: &Customer) {
    let create = CreateIntent {
        amount: 399,
        currency: "usd".to_owned(),
        customer: Some(customer.id.clone()),
        description: Some("500 VaniTokens".to_owned()),
        receipt_email: Some("ann@example.org".to_owned()),
        automatic_payment_methods: Enabled { enabled: true },
        metadata: ours(),
    };
    let made = stand.done(&create).await;
    assert!(made.client_secret.is_some() && made.status == "requires_payment_method");
    let cancel = CancelIntent { id: made.id, cancellation_reason: Some(CancelReason::Abandoned) };
    assert_eq!(stand.done(&cancel).await.status, "canceled");
    let list = ListIntents { customer: Some(customer.id.clone()), created: Some(Created::since(0)) };
    assert_eq!(stand.listed(&list).await.len(), 2);
    assert_eq!(stand.found::<PaymentIntent>().await.len(), 2);
}

async fn after_payment(stand: &Stand, intent: &str) {
    let paid = stand.seen(&GetIntent { id: intent.to_owned() }).await;
    assert_eq!((paid.status.as_str(), paid.amount_received, paid.metadata), ("succeeded", Some(399), ours()));
    let charge = paid.latest_charge.unwrap();
    let create = CreateRefund {
        payment_intent: intent.to_owned(),
        amount: Some(100),
        reason: Some(RefundReason::RequestedByCustomer),
        metadata: ours(),
    };
    let refund = stand.done(&create).await;
    assert_eq!(
        (refund.status.as_str(), refund.amount, refund.payment_intent.as_deref()),
        ("succeeded", 100, Some(intent))
    );
    assert_eq!(stand.seen(&GetRefund { id: refund.id.clone() }).await, refund);
    let (of, about) = (Some(intent.to_owned()), Some(charge.clone()));
    let created = Some(Created { gte: Some(0), lt: Some(4_000_000_000) });
    let refunds = ListRefunds { payment_intent: of.clone(), charge: about.clone(), created };
    assert_eq!(stand.listed(&refunds).await, [refund]);
    let seen = stand.seen(&GetCharge { id: charge.clone() }).await;
    assert_eq!((seen.amount, seen.amount_refunded, seen.disputed), (399, 100, false));

    stand.sandbox.open_dispute(&charge, "fraudulent", false).unwrap();
    let disputes = stand.listed(&ListDisputes { payment_intent: of.clone(), charge: about, created }).await;
    assert_eq!((disputes.len(), disputes[0].status.as_str()), (1, "needs_response"));
    assert_eq!(stand.seen(&GetDispute { id: disputes[0].id.clone() }).await, disputes[0]);
    stand.sandbox.warn_of_fraud(&charge).unwrap();
    let warnings = stand.listed(&ListFraudWarnings { payment_intent: of, created }).await;
    assert_eq!((warnings.len(), warnings[0].charge.as_deref()), (1, Some(charge.as_str())));
    assert_eq!(stand.seen(&GetFraudWarning { id: warnings[0].id.clone() }).await, warnings[0]);

    let types = Some(vec!["charge.dispute.created".to_owned(), "refund.created".to_owned()]);
    let events = stand.listed(&ListEvents { delivery_success: Some(true), types, created }).await;
    assert_eq!((events.len(), events[0].kind.as_str()), (2, "charge.dispute.created"));
    assert_eq!(events[0].object.as_deref(), Some(disputes[0].id.as_str()));
    assert_eq!(stand.seen(&GetEvent { id: events[1].id.clone() }).await, events[1]);
    assert!(stand.listed(&ListEvents { delivery_success: Some(false), ..ListEvents::default() }).await.is_empty());
}

async fn subscribed(stand: &Stand, customer: &Customer, price: &Price) -> Subscription {
    let line = LineItem { price: Some(price.id.clone()), price_data: None, quantity: 1 };
    let mut create = session(customer, SessionMode::Subscription, line);
    create.subscription_data = Some(SubscriptionData { description: Some("pro".to_owned()), metadata: ours() });
    let open = stand.done(&create).await;
    stand.pay(&open).await;
    let paid = stand.seen(&GetSession { id: open.id }).await;
    stand.seen(&GetSubscription { id: paid.subscription.unwrap() }).await
}

async fn subscriptions(stand: &Stand, customer: &Customer, [lower, higher]: [&Price; 2]) {
    let made = subscribed(stand, customer, lower).await;
    assert_eq!((made.status.as_str(), &made.metadata, made.ends()), ("active", &ours(), false));
    assert!(made.period_end() > made.period_start() && made.period_start().is_some());
    let (id, item) = (made.id.clone(), made.items[0].id.clone());

    let at = Some(made.created.unwrap().seconds());
    let preview = PreviewInvoice {
        subscription: id.clone(),
        subscription_details: PreviewDetails {
            items: vec![ItemChange { id: item.clone(), price: higher.id.clone() }],
            proration_behavior: Proration::AlwaysInvoice,
            proration_date: at,
        },
    };
    assert_eq!(stand.done(&preview).await.amount_due, 8_901);
    let upgraded = stand.done(&UpdateSubscription::upgrade(&id, &item, &higher.id, at)).await;
    assert_eq!((upgraded.items[0].price.as_deref(), upgraded.pending_update), (Some(higher.id.as_str()), false));
    let until = metadata(&[("paid_until", "2026")]);
    let downgraded = stand.done(&UpdateSubscription::downgrade(&id, &item, &lower.id, until)).await;
    assert_eq!(downgraded.items[0].price.as_deref(), Some(lower.id.as_str()));
    assert_eq!(downgraded.metadata.get("paid_until").map(String::as_str), Some("2026"));
    let ending = stand.done(&UpdateSubscription::end_with_the_period(&id)).await;
    assert!(ending.ends());
    assert!(!stand.done(&UpdateSubscription::keep(&ending)).await.ends());
    let at = Some(ending.period_end().unwrap().seconds().to_string());
    let ending =
        stand.done(&UpdateSubscription { id: id.clone(), cancel_at: at, ..UpdateSubscription::default() }).await;
    assert!(ending.ends() && ending.cancel_at.is_some());
    assert!(!stand.done(&UpdateSubscription::keep(&ending)).await.ends());

    let list = ListSubscriptions {
        customer: Some(customer.id.clone()),
        price: Some(lower.id.clone()),
        status: Some(Standing::All),
        created: Some(Created::since(0)),
    };
    assert_eq!(stand.listed(&list).await.len(), 1);
    assert_eq!(stand.found::<Subscription>().await.len(), 1);
    let of_it = ListInvoices {
        customer: Some(customer.id.clone()),
        subscription: Some(id.clone()),
        status: Some(InvoiceStatus::Paid),
        created: Some(Created::since(0)),
    };
    let invoices = stand.listed(&of_it).await;
    assert_eq!(invoices.iter().map(|invoice| invoice.amount_paid).collect::<Vec<_>>(), [8_901, 999]);
    let first = stand.seen(&GetInvoice::new(&invoices[1].id)).await;
    assert_eq!(first.billing_reason.as_deref(), Some("subscription_create"));
    assert_eq!((first.subscription.as_deref(), &first.subscription_metadata), (Some(id.as_str()), &ours()));
    assert!(first.payment_intent.is_some() && first.finalized_at.is_some() && first.hosted_url.is_some());
    assert_eq!(first.lines[0].price.as_deref(), Some(lower.id.as_str()));
    assert!(stand.stripe.search::<Invoice>(&[("instance", "none")]).await.unwrap().is_empty());
    let cancel = CancelSubscription { id: id.clone(), invoice_now: Some(false), prorate: Some(false) };
    let over = stand.done(&cancel).await;
    assert_eq!((over.status.as_str(), over.ended_at.is_some()), ("canceled", true));
}

async fn portal(stand: &Stand, customer: &Customer) {
    let on = Some(Enabled { enabled: true });
    let features = PortalFeatures {
        invoice_history: on,
        payment_method_update: on,
        subscription_cancel: Some(CancelFeature { enabled: true, mode: CancelMode::AtPeriodEnd }),
        subscription_update: Some(Enabled { enabled: false }),
    };
    let back = Some("http://127.0.0.1:9/plan".to_owned());
    let create = CreatePortalConfiguration { features, default_return_url: back.clone(), metadata: ours() };
    let made = stand.done(&create).await;
    assert!(made.active && made.cancels && !made.changes && made.shows_invoices && made.changes_cards);
    assert_eq!((made.cancel_mode.as_deref(), &made.metadata), (Some("at_period_end"), &ours()));
    let update = UpdatePortalConfiguration {
        id: made.id.clone(),
        active: Some(true),
        features: Some(PortalFeatures {
            invoice_history: Some(Enabled { enabled: false }),
            ..PortalFeatures::default()
        }),
        default_return_url: back.clone(),
    };
    assert!(!stand.done(&update).await.shows_invoices);
    assert_eq!(stand.listed(&ListPortalConfigurations { active: Some(true) }).await.len(), 1);
    let open = CreatePortalSession { customer: customer.id.clone(), configuration: Some(made.id), return_url: back };
    let session = stand.done(&open).await;
    assert!(session.url.starts_with(&stand.base) && session.customer.as_deref() == Some(customer.id.as_str()));
}
