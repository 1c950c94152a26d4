//! The operations, one file a resource, named and shaped as in Stripe's OpenAPI document. What follows from them (a
//! payment, a renewal) is in `play`.

mod charges;
mod checkout;
mod customers;
mod disputes;
mod events;
mod invoice_items;
mod invoices;
mod payment_intents;
mod payment_methods;
mod payment_pages;
mod portal;
mod prices;
mod products;
mod refunds;
mod search;
mod shapes;
mod subscriptions;
mod test_clocks;
mod warnings;
mod webhook_endpoints;

use serde_json::{Value, json};

use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    operation::{lists, route::Route},
    world::World,
};

pub(crate) const ROUTES: &[&[Route]] = &[
    charges::ROUTES,
    checkout::ROUTES,
    customers::ROUTES,
    disputes::ROUTES,
    events::ROUTES,
    invoice_items::ROUTES,
    invoices::ROUTES,
    payment_intents::ROUTES,
    payment_methods::ROUTES,
    payment_pages::ROUTES,
    portal::ROUTES,
    prices::ROUTES,
    products::ROUTES,
    refunds::ROUTES,
    search::ROUTES,
    subscriptions::ROUTES,
    test_clocks::ROUTES,
    warnings::ROUTES,
    webhook_endpoints::ROUTES,
];

impl World {
    /// A page of all objects of a kind whose members are those that the filters of the request name.
    pub(crate) fn page(&self, kind: &str, url: &str, params: &Value, filters: &[&str]) -> Answer {
        let fits = |object: &&Value| filters.iter().all(|key| !params.has(key) || object[*key] == params[*key]);
        lists::page(url, params, self.objects.of(kind).rev().filter(|object| !object.is("deleted")).filter(fits))
    }

    /// The customer that a parameter names, if it was not deleted.
    pub(crate) fn live_customer(&self, id: &str) -> Answer {
        let customer = self.objects.get("customer", id, "customer")?;
        if customer.is("deleted") { Err(Failure::missing("customer", id, "customer")) } else { Ok(customer) }
    }
}

/// What an object that was deleted leaves behind.
pub(crate) fn gone(object: &Value) -> Value {
    json!({ "id": object["id"], "object": object["object"], "deleted": true })
}
