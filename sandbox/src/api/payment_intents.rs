//! Payment intents, for callers with a front of their own.

use serde_json::{Value, json};

use super::shapes::SHIPPING;
use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    operation::{
        grammar::{Kind, Param, clearable, may, need},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, get, post},
    },
    world::World,
};

const AUTOMATIC: Kind =
    Kind::Hash(&[may("allow_redirects", Kind::Choice(&["always", "never"])), need("enabled", Kind::Bool)]);
const USAGE: Kind = Kind::Choice(&["off_session", "on_session"]);
const CREATE: &[Param] = &[
    need("amount", Kind::Int),
    may("automatic_payment_methods", AUTOMATIC),
    may("confirm", Kind::Bool),
    need("currency", Kind::Text),
    may("customer", Kind::Text),
    may("description", Kind::Text),
    may("metadata", Kind::Map),
    may("off_session", Kind::Bool),
    may("payment_method", Kind::Text),
    may("payment_method_types", Kind::List(&Kind::Text)),
    may("receipt_email", Kind::Text),
    may("return_url", Kind::Text),
    may("setup_future_usage", USAGE),
    may("shipping", SHIPPING),
    may("statement_descriptor", Kind::Text),
];
const UPDATE: &[Param] = &[
    may("amount", Kind::Int),
    may("description", Kind::Text),
    clearable("metadata", Kind::Map),
    clearable("receipt_email", Kind::Text),
];
const CONFIRM: &[Param] = &[
    may("off_session", Kind::Bool),
    may("payment_method", Kind::Text),
    clearable("receipt_email", Kind::Text),
    may("return_url", Kind::Text),
];
const REASONS: Kind = Kind::Choice(&["abandoned", "duplicate", "fraudulent", "requested_by_customer"]);
const LIST: &[Param] = &[LIMIT, AFTER, BEFORE, may("created", Kind::Range), may("customer", Kind::Text)];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/payment_intents", CREATE, create),
    get("/v1/payment_intents", LIST, |world, params| {
        world.page("payment_intent", "/v1/payment_intents", params, &["customer"])
    }),
    get("/v1/payment_intents/{intent}", &[may("client_secret", Kind::Text)], intent),
    post("/v1/payment_intents/{intent}", UPDATE, update),
    post("/v1/payment_intents/{intent}/confirm", CONFIRM, confirm),
    post("/v1/payment_intents/{intent}/cancel", &[may("cancellation_reason", REASONS)], |world, params| {
        let intent = intent(world, params)?;
        if intent.has("_invoice") || intent.has("_session") {
            let message = "You cannot cancel this PaymentIntent because an invoice or a Checkout Session owns it.";
            return Err(Failure::invalid(message).code("payment_intent_unexpected_state"));
        }
        world.cancel_intent(intent.text("id"), params.text("cancellation_reason"))
    }),
];

/// The intent that the path names; what is done to it happens at its customer's time.
fn intent(world: &mut World, params: &Value) -> Answer {
    let intent = world.objects.get("payment_intent", params.text("intent"), "intent")?;
    world.enter(intent.text("customer"));
    Ok(intent)
}

fn create(world: &mut World, params: &Value) -> Answer {
    let amount = params.int("amount");
    if amount < 50 {
        let message = "Amount must be at least $0.50 usd";
        return Err(Failure::invalid(message).code("amount_too_small").param("amount"));
    }
    if params.has("customer") {
        world.live_customer(params.text("customer"))?;
        world.enter(params.text("customer"));
    }
    if params.has("return_url") && !params.is("confirm") {
        let message = "You can only set `return_url` while confirming this PaymentIntent.";
        return Err(Failure::invalid(message).param("return_url"));
    }
    let currency = params.text("currency").to_lowercase();
    let mut intent = world.new_intent(amount, &currency, &params["customer"]);
    intent.adopt(
        params,
        &[
            "automatic_payment_methods",
            "description",
            "payment_method_types",
            "receipt_email",
            "setup_future_usage",
            "shipping",
            "statement_descriptor",
        ],
    );
    if intent["automatic_payment_methods"].get("allow_redirects").is_none() {
        intent["automatic_payment_methods"].set("allow_redirects", "always");
    }
    if params.has("payment_method_types") {
        intent.set("automatic_payment_methods", Value::Null);
    }
    intent.merge_metadata(params);
    intent.set("_return_url", params["return_url"].clone());
    if params.has("payment_method") {
        let method = world.method(params.text("payment_method"), "payment_method")?;
        intent.set("payment_method", method["id"].clone());
        intent.set("status", "requires_confirmation");
    }
    world.create("payment_intent.created", &intent);
    if params.is("confirm") {
        let method = intent.text("payment_method").to_owned();
        return world.confirm(intent.text("id"), &method, !params.is("off_session"));
    }
    Ok(intent)
}

fn update(world: &mut World, params: &Value) -> Answer {
    let mut intent = intent(world, params)?;
    let status = intent.text("status");
    if params.has("amount") && !status.starts_with("requires_") {
        let message = format!("This PaymentIntent's amount could not be updated because it has a status of {status}.");
        return Err(Failure::invalid(message).code("payment_intent_unexpected_state"));
    }
    intent.adopt(params, &["amount", "description", "receipt_email"]);
    intent.merge_metadata(params);
    world.objects.put(&intent);
    Ok(intent)
}

fn confirm(world: &mut World, params: &Value) -> Answer {
    let mut intent = intent(world, params)?;
    intent.adopt(params, &["receipt_email"]);
    if params.has("return_url") {
        intent.set("_return_url", json!(params["return_url"]));
    }
    world.objects.put(&intent);
    let method =
        if params.has("payment_method") { params.text("payment_method") } else { intent.text("payment_method") };
    if method.is_empty() {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(Failure::invalid(message).code("payment_intent_unexpected_state"));
    }
    world.confirm(intent.text("id"), method, !params.is("off_session"))
}
