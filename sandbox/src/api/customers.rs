//! Customers. Deleting one ends its subscriptions, as at Stripe.

use serde_json::Value;

use super::{gone, shapes::ADDRESS};
use crate::{
    failure::Answer,
    fields::Fields,
    operation::{
        grammar::{Kind, Param, clearable, may},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, delete, get, post},
    },
    world::World,
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
    post("/v1/customers", CREATE, |world, params| world.new_customer(params)),
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

fn update(world: &mut World, params: &Value) -> Answer {
    let mut customer = world.live_customer(params.text("customer"))?;
    customer.adopt(params, &["address", "description", "email", "name", "phone", "preferred_locales"]);
    customer.merge_metadata(params);
    world.set_default_method(&mut customer, params)?;
    world.update("customer.updated", &customer);
    Ok(customer)
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
