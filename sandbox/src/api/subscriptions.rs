//! Subscriptions: made, changed, paused, canceled now or later.

use serde_json::{Value, json};

use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    operation::{
        grammar::{Kind, Param, clearable, may, need},
        lists::{AFTER, BEFORE, LIMIT, in_range, page},
        route::{Route, delete, get, post},
    },
    play::period,
    world::World,
};

pub(crate) const PRORATION: Kind = Kind::Choice(&["always_invoice", "create_prorations", "none"]);
pub(crate) const TRIAL_SETTINGS: Kind = Kind::Hash(&[need(
    "end_behavior",
    Kind::Hash(&[need("missing_payment_method", Kind::Choice(&["cancel", "create_invoice", "pause"]))]),
)]);
pub(crate) const CHANGED_ITEM: Kind = Kind::Hash(&[
    may("deleted", Kind::Bool),
    may("id", Kind::Text),
    clearable("metadata", Kind::Map),
    may("price", Kind::Text),
    may("quantity", Kind::Int),
]);
const ITEM: Kind = Kind::Hash(&[may("metadata", Kind::Map), may("price", Kind::Text), may("quantity", Kind::Int)]);
const BEHAVIOR: Kind =
    Kind::Choice(&["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"]);
const FEEDBACK: Kind = Kind::Choice(&[
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
]);
const CANCELLATION: Kind = Kind::Hash(&[clearable("comment", Kind::Text), clearable("feedback", FEEDBACK)]);
const PAUSE: Kind = Kind::Hash(&[
    need("behavior", Kind::Choice(&["keep_as_draft", "mark_uncollectible", "void"])),
    may("resumes_at", Kind::Int),
]);

const CREATE: &[Param] = &[
    may("automatic_tax", Kind::Hash(&[need("enabled", Kind::Bool)])),
    may("cancel_at", Kind::Int),
    may("cancel_at_period_end", Kind::Bool),
    need("customer", Kind::Text),
    may("default_payment_method", Kind::Text),
    may("description", Kind::Text),
    need("items", Kind::List(&ITEM)),
    clearable("metadata", Kind::Map),
    may("off_session", Kind::Bool),
    may("payment_behavior", BEHAVIOR),
    may("trial_end", Kind::Or(&["now"], &Kind::Int)),
    may("trial_period_days", Kind::Int),
    may("trial_settings", TRIAL_SETTINGS),
];
const UPDATE: &[Param] = &[
    clearable("cancel_at", Kind::Int),
    may("cancel_at_period_end", Kind::Bool),
    may("cancellation_details", CANCELLATION),
    may("default_payment_method", Kind::Text),
    clearable("description", Kind::Text),
    may("items", Kind::List(&CHANGED_ITEM)),
    clearable("metadata", Kind::Map),
    may("off_session", Kind::Bool),
    clearable("pause_collection", PAUSE),
    may("payment_behavior", BEHAVIOR),
    may("proration_behavior", PRORATION),
    may("proration_date", Kind::Int),
    may("trial_end", Kind::Or(&["now"], &Kind::Int)),
    may("trial_settings", TRIAL_SETTINGS),
];
const CANCEL: &[Param] =
    &[may("cancellation_details", CANCELLATION), may("invoice_now", Kind::Bool), may("prorate", Kind::Bool)];
const RESUME: &[Param] = &[
    may("billing_cycle_anchor", Kind::Choice(&["now", "unchanged"])),
    may("proration_behavior", PRORATION),
    may("proration_date", Kind::Int),
];
const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    may("created", Kind::Range),
    may("current_period_end", Kind::Range),
    may("customer", Kind::Text),
    may("price", Kind::Text),
    may(
        "status",
        Kind::Choice(&[
            "active",
            "all",
            "canceled",
            "ended",
            "incomplete",
            "incomplete_expired",
            "past_due",
            "paused",
            "trialing",
            "unpaid",
        ]),
    ),
    may("test_clock", Kind::Text),
];
/// What can't be changed together with a change that waits for its payment.
const NOT_WHILE_PENDING: &[&str] =
    &["cancel_at", "cancel_at_period_end", "default_payment_method", "description", "metadata", "pause_collection"];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/subscriptions", CREATE, create),
    get("/v1/subscriptions", LIST, list),
    get("/v1/subscriptions/{subscription_exposed_id}", &[], subscription),
    post("/v1/subscriptions/{subscription_exposed_id}", UPDATE, update),
    delete("/v1/subscriptions/{subscription_exposed_id}", CANCEL, cancel),
    post("/v1/subscriptions/{subscription}/resume", RESUME, resume),
    get("/v1/subscription_items", &[LIMIT, AFTER, BEFORE, need("subscription", Kind::Text)], |world, params| {
        let subscription = world.objects.get("subscription", params.text("subscription"), "subscription")?;
        page("/v1/subscription_items", params, subscription["items"].list("data").iter())
    }),
];

/// The subscription that the path names; what is done to it happens at its customer's time.
fn subscription(world: &mut World, params: &Value) -> Answer {
    let id = [params.text("subscription_exposed_id"), params.text("subscription")].concat();
    let subscription = world.objects.get("subscription", &id, "id")?;
    world.enter(subscription.text("customer"));
    Ok(subscription)
}

fn create(world: &mut World, params: &Value) -> Answer {
    let customer = world.live_customer(params.text("customer"))?;
    world.enter(customer.text("id"));
    let mut subscription = world.new_subscription(&customer, params.list("items"), params)?;
    later(world, &mut subscription, params)?;
    let mut method = world.collecting_method(&subscription);
    if params.has("default_payment_method") {
        let kept =
            world.attach(params.text("default_payment_method"), customer.text("id"), "default_payment_method")?;
        subscription.set("default_payment_method", kept["id"].clone());
        kept.text("id").clone_into(&mut method);
    }
    let behavior = params["payment_behavior"].as_str().unwrap_or("allow_incomplete");
    if method.is_empty() && behavior != "default_incomplete" && subscription.text("status") != "trialing" {
        let message = "This customer has no attached payment source or default payment method. Please consider adding a \
                       default payment method.";
        return Err(Failure::invalid(message).code("resource_missing"));
    }
    let subscription = world.begin_subscription(subscription);
    let invoice = subscription.text("latest_invoice").to_owned();
    if behavior != "default_incomplete" && world.intent_of(&invoice).is_some() {
        let tried = world.try_invoice(&invoice, &method, false);
        if behavior == "error_if_incomplete" {
            tried?;
        }
    }
    Ok(world.again(&subscription))
}

fn update(world: &mut World, params: &Value) -> Answer {
    let mut subscription = subscription(world, params)?;
    let status = subscription.text("status");
    if status == "canceled" || status == "incomplete_expired" {
        let message = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(Failure::invalid(message));
    }
    if params.text("payment_behavior") == "pending_if_incomplete"
        && let Some(key) = NOT_WHILE_PENDING.iter().find(|key| params.get(**key).is_some())
    {
        let message = format!("When `payment_behavior` is set to `pending_if_incomplete`, you can't pass `{key}`.");
        return Err(Failure::invalid(message).param(key));
    }
    let before = subscription.clone();
    later(world, &mut subscription, params)?;
    subscription.merge_metadata(params);
    subscription.adopt(params, &["description", "pause_collection", "trial_settings"]);
    if subscription["pause_collection"].is_object() && subscription["pause_collection"].get("resumes_at").is_none() {
        subscription["pause_collection"].set("resumes_at", Value::Null);
    }
    for (key, value) in params["cancellation_details"].as_object().into_iter().flatten() {
        subscription["cancellation_details"].set(key, value.clone());
    }
    if params.has("default_payment_method") {
        let method = params.text("default_payment_method");
        let method = world.attach(method, before.text("customer"), "default_payment_method")?;
        subscription.set("default_payment_method", method["id"].clone());
    }
    let trial = end_trial(world, &mut subscription, params)?;
    if subscription != before {
        world.update("customer.subscription.updated", &subscription);
    }
    if trial == Trial::Over {
        world.renew(subscription.clone());
        return Ok(world.again(&subscription));
    }
    if params.has("items") { world.change_items(subscription, params) } else { Ok(subscription) }
}

/// Whether a change of the trial makes the first paid period begin now.
#[derive(PartialEq)]
enum Trial {
    Over,
    Unchanged,
}

fn end_trial(world: &mut World, subscription: &mut Value, params: &Value) -> Result<Trial, Failure> {
    let end = match &params["trial_end"] {
        Value::Null => return Ok(Trial::Unchanged),
        Value::String(_) => world.now,
        other => other.as_i64().unwrap_or_default(),
    };
    if end < world.now {
        return Err(Failure::invalid("Invalid timestamp: must be in the future.").param("trial_end"));
    }
    subscription.set("trial_end", end);
    subscription.set("billing_cycle_anchor", end);
    if let Some(items) = subscription["items"]["data"].as_array_mut() {
        for item in items {
            item.set("current_period_end", end);
        }
    }
    if end == world.now {
        return Ok(Trial::Over);
    }
    subscription.set("status", "trialing");
    Ok(Trial::Unchanged)
}

/// Takes over when a subscription shall end.
fn later(world: &World, subscription: &mut Value, params: &Value) -> Result<(), Failure> {
    let at = &params["cancel_at"];
    if at.as_i64().is_some_and(|at| at <= world.now) {
        return Err(Failure::invalid("`cancel_at` must be a future timestamp.").param("cancel_at"));
    }
    if params.get("cancel_at").is_some() {
        subscription.set("cancel_at", at.clone());
        subscription.set("cancel_at_period_end", false);
    }
    match params["cancel_at_period_end"].as_bool() {
        Some(true) => {
            subscription.set("cancel_at_period_end", true);
            subscription.set("cancel_at", period::end(subscription));
        }
        Some(false) if params.get("cancel_at").is_none() => {
            subscription.set("cancel_at_period_end", false);
            subscription.set("cancel_at", Value::Null);
        }
        _ => {}
    }
    let ends = subscription.has("cancel_at");
    if ends && !subscription.has("canceled_at") {
        subscription.set("canceled_at", world.now);
        subscription["cancellation_details"].set("reason", "cancellation_requested");
    } else if !ends {
        subscription.set("canceled_at", Value::Null);
        subscription["cancellation_details"].set("reason", Value::Null);
    }
    Ok(())
}

fn cancel(world: &mut World, params: &Value) -> Answer {
    let mut subscription = subscription(world, params)?;
    if subscription.text("status") == "canceled" {
        return Err(Failure::missing("subscription", subscription.text("id"), "id"));
    }
    for (key, value) in params["cancellation_details"].as_object().into_iter().flatten() {
        subscription["cancellation_details"].set(key, value.clone());
    }
    Ok(world.end_subscription(subscription, "cancellation_requested"))
}

/// Ends the status `paused`, which a trial without a payment method leads to.
fn resume(world: &mut World, params: &Value) -> Answer {
    let mut subscription = subscription(world, params)?;
    if subscription.text("status") != "paused" {
        return Err(Failure::invalid("Only a subscription whose status is paused can be resumed."));
    }
    subscription.set("status", "active");
    subscription.set("billing_cycle_anchor", world.now);
    if let Some(items) = subscription["items"]["data"].as_array_mut() {
        for item in items {
            item.set("current_period_end", world.now);
        }
    }
    world.renew(subscription.clone());
    let subscription = world.again(&subscription);
    world.emit("customer.subscription.resumed", &subscription, None);
    Ok(subscription)
}

fn list(world: &mut World, params: &Value) -> Answer {
    let ended = |status: &str| status == "canceled" || status == "incomplete_expired";
    let fits = |subscription: &&Value| {
        let status = subscription.text("status");
        let priced = |item: &Value| item["price"]["id"] == params["price"];
        let by_status = match params.text("status") {
            "" => !ended(status),
            "all" => true,
            "ended" => ended(status),
            wanted => status == wanted,
        };
        by_status
            && ["customer", "test_clock"].iter().all(|key| !params.has(key) || subscription[*key] == params[*key])
            && (!params.has("price") || subscription["items"].list("data").iter().any(priced))
            && in_range(period::end(subscription), &params["current_period_end"])
    };
    let all = world.objects.of("subscription").rev().filter(fits);
    page("/v1/subscriptions", &json!(params), all)
}
