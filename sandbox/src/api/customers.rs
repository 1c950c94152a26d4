//! Customers. Deleting one ends its subscriptions, as at Stripe.

use serde_json::{Value, json};

use super::{gone, metadata, shapes::ADDRESS};
use crate::{
    failure::{Answer, Failure},
    http::{
        grammar::{Kind, Param, clearable, may},
        pages::{AFTER, BEFORE, LIMIT},
        routes::{Route, delete, get, post},
    },
    world::{World, fields::Fields},
};

const INVOICE_SETTINGS: Kind = Kind::Hash(&[may("default_payment_method", Kind::Text)]);

const CREATE: &[Param] = &[
    clearable("address", ADDRESS),
    may("description", Kind::Text),
    may("email", Kind::Text),
    may("invoice_settings", INVOICE_SETTINGS),
    clearable("metadata", Kind::Map),
    may("name", Kind::Text),
    may("payment_method", Kind::Text),
    may("phone", Kind::Text),
    may("preferred_locales", Kind::List(&Kind::Text)),
    may("test_clock", Kind::Text),
];
const UPDATE: &[Param] = &[
    clearable("address", ADDRESS),
    may("description", Kind::Text),
    may("email", Kind::Text),
    may("invoice_settings", INVOICE_SETTINGS),
    clearable("metadata", Kind::Map),
    may("name", Kind::Text),
    may("phone", Kind::Text),
    may("preferred_locales", Kind::List(&Kind::Text)),
];
const LIST: &[Param] =
    &[LIMIT, AFTER, BEFORE, may("created", Kind::Range), may("email", Kind::Text), may("test_clock", Kind::Text)];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/customers", CREATE, create),
    get("/v1/customers", LIST, |world, params| {
        world.page("customer", "/v1/customers", params, &["email", "test_clock"])
    }),
    get("/v1/customers/{customer}", &[], |world, params| {
        let customer = world.objects.get("customer", params.text("customer"), "id")?;
        Ok(if customer.is("deleted") { gone(&customer) } else { customer })
    }),
    post("/v1/customers/{customer}", UPDATE, update),
    delete("/v1/customers/{customer}", &[], remove),
];

pub(crate) fn create(world: &mut World, params: &Value) -> Answer {
    if params.has("test_clock") {
        let clock = world.objects.get("test_helpers.test_clock", params.text("test_clock"), "test_clock")?;
        world.now = clock.int("frozen_time");
    }
    let mut customer = json!({
        "id": world.random.text("cus_", 14),
        "object": "customer",
        "address": null,
        "balance": 0,
        "created": world.now,
        "currency": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": null,
        "invoice_prefix": world.random.text("", 8).to_uppercase(),
        "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null,
        },
        "livemode": false,
        "metadata": metadata(params),
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    });
    customer.adopt(params, &["address", "description", "email", "name", "phone", "preferred_locales", "test_clock"]);
    if params.has("payment_method") {
        let method = world.attach(params.text("payment_method"), customer.text("id"), "payment_method")?;
        customer["_method"] = method["id"].clone();
    }
    set_default(world, &mut customer, params)?;
    world.create("customer.created", &customer);
    Ok(customer)
}

fn update(world: &mut World, params: &Value) -> Answer {
    let mut customer = world.live_customer(params.text("customer"))?;
    customer.adopt(params, &["address", "description", "email", "name", "phone", "preferred_locales"]);
    customer.merge_metadata(params);
    set_default(world, &mut customer, params)?;
    world.update("customer.updated", &customer);
    Ok(customer)
}

fn set_default(world: &mut World, customer: &mut Value, params: &Value) -> Result<(), Failure> {
    let method = params["invoice_settings"].text("default_payment_method");
    if !method.is_empty() {
        let method = world.attach(method, customer.text("id"), "invoice_settings[default_payment_method]")?;
        customer["invoice_settings"].set("default_payment_method", method["id"].clone());
    }
    Ok(())
}

fn remove(world: &mut World, params: &Value) -> Answer {
    let mut customer = world.live_customer(params.text("customer"))?;
    let id = customer.text("id").to_owned();
    world.enter(&id);
    let all = world.objects.of("subscription").filter(|other| other.text("customer") == id);
    let live: Vec<Value> = all.filter(|other| !other.text("status").ends_with("canceled")).cloned().collect();
    for subscription in live {
        world.end_subscription(subscription, "cancellation_requested");
    }
    world.emit("customer.deleted", &customer, None);
    customer.set("deleted", true);
    world.objects.put(&customer);
    Ok(gone(&customer))
}
