//! Payment methods: those that a test number or token stands for, kept for a customer.

use serde_json::Value;

use super::shapes::ADDRESS;
use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    operation::{
        grammar::{Kind, Param, clearable, may, need},
        lists::{AFTER, BEFORE, LIMIT, page},
        route::{Route, get, post},
    },
    play::cards,
    world::World,
};

const CARD: Kind = Kind::Hash(&[
    may("cvc", Kind::Text),
    may("exp_month", Kind::Int),
    may("exp_year", Kind::Int),
    may("number", Kind::Text),
    may("token", Kind::Text),
]);
const BILLING: Kind = Kind::Hash(&[
    clearable("address", ADDRESS),
    clearable("email", Kind::Text),
    clearable("name", Kind::Text),
    clearable("phone", Kind::Text),
]);
const KINDS: Kind = Kind::Choice(&["card", "sepa_debit", "us_bank_account"]);
const CREATE: &[Param] = &[
    may("billing_details", BILLING),
    may("card", CARD),
    may("metadata", Kind::Map),
    may("sepa_debit", Kind::Hash(&[need("iban", Kind::Text)])),
    may("type", KINDS),
];
const TYPE: Param = may("type", KINDS);
const LIST: &[Param] = &[LIMIT, AFTER, BEFORE, may("customer", Kind::Text), TYPE];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/payment_methods", CREATE, create),
    get("/v1/payment_methods", LIST, list),
    get("/v1/payment_methods/{payment_method}", &[], |world, params| {
        world.method(params.text("payment_method"), "payment_method")
    }),
    post("/v1/payment_methods/{payment_method}/attach", &[may("customer", Kind::Text)], |world, params| {
        world.live_customer(params.text("customer"))?;
        world.attach(params.text("payment_method"), params.text("customer"), "payment_method")
    }),
    post("/v1/payment_methods/{payment_method}/detach", &[], |world, params| {
        let mut method = world.objects.get("payment_method", params.text("payment_method"), "payment_method")?;
        method.set("customer", Value::Null);
        world.update("payment_method.detached", &method);
        Ok(method)
    }),
    get("/v1/customers/{customer}/payment_methods", &[LIMIT, AFTER, BEFORE, TYPE], |world, params| {
        world.live_customer(params.text("customer"))?;
        list(world, params)
    }),
];

fn create(world: &mut World, params: &Value) -> Answer {
    let (card, iban) = (&params["card"], params["sepa_debit"].text("iban"));
    let found = if card.has("token") {
        cards::by_token(card.text("token"))
    } else {
        cards::by_number(card.text("number")).or_else(|| cards::by_number(iban))
    };
    let Some(found) = found.filter(|found| !params.has("type") || found.kind == params.text("type")) else {
        let message = "The sandbox takes Stripe's test numbers only; its documentation lists those that it plays.";
        return Err(Failure::new(402, "card_error", message).code("incorrect_number").param("card[number]"));
    };
    let mut method = world.new_method(found);
    for (key, value) in params["billing_details"].as_object().into_iter().flatten() {
        method["billing_details"].set(key, value.clone());
    }
    method.merge_metadata(params);
    world.objects.put(&method);
    Ok(method)
}

fn list(world: &mut World, params: &Value) -> Answer {
    let fits = |method: &&Value| {
        let owned =
            if params.has("customer") { method["customer"] == params["customer"] } else { !method.has("customer") };
        owned && (!params.has("type") || method["type"] == params["type"])
    };
    page("/v1/payment_methods", params, world.objects.of("payment_method").rev().filter(fits))
}
