//! Invoice items: what the next invoice that is made by hand asks for.

use serde_json::{Value, json};

use super::gone;
use crate::{
    failure::{Answer, Failure},
    fields::{Fields, metadata},
    operation::{
        grammar::{Kind, Param, clearable, may, need},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, delete, get, post},
    },
    world::World,
};

const CREATE: &[Param] = &[
    need("amount", Kind::Int),
    may("currency", Kind::Text),
    need("customer", Kind::Text),
    may("description", Kind::Text),
    clearable("metadata", Kind::Map),
];
const LIST: &[Param] = &[LIMIT, AFTER, BEFORE, may("customer", Kind::Text), may("invoice", Kind::Text)];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/invoiceitems", CREATE, create),
    get("/v1/invoiceitems", LIST, |world, params| {
        world.page("invoiceitem", "/v1/invoiceitems", params, &["customer", "invoice"])
    }),
    get("/v1/invoiceitems/{invoiceitem}", &[], item),
    delete("/v1/invoiceitems/{invoiceitem}", &[], |world, params| {
        let mut item = item(world, params)?;
        if item.has("invoice") {
            return Err(Failure::invalid("This invoice item is on an invoice; the sandbox leaves it there."));
        }
        world.emit("invoiceitem.deleted", &item, None);
        item.set("deleted", true);
        world.objects.put(&item);
        Ok(gone(&item))
    }),
];

fn item(world: &mut World, params: &Value) -> Answer {
    let id = params.text("invoiceitem");
    let item = world.objects.get("invoiceitem", id, "invoiceitem")?;
    if item.is("deleted") { Err(Failure::missing("invoiceitem", id, "invoiceitem")) } else { Ok(item) }
}

fn create(world: &mut World, params: &Value) -> Answer {
    let customer = world.live_customer(params.text("customer"))?;
    world.enter(customer.text("id"));
    let currency = if params.has("currency") { params["currency"].clone() } else { json!("usd") };
    let mut item = json!({
        "id": world.random.id("ii_"),
        "object": "invoiceitem",
        "amount": params["amount"],
        "currency": currency,
        "customer": customer["id"],
        "customer_account": null,
        "date": world.now,
        "description": null,
        "discountable": true,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": metadata(params),
        "net_amount": params["amount"],
        "parent": null,
        "period": { "end": world.now, "start": world.now },
        "pricing": null,
        "proration": false,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": customer["test_clock"],
    });
    item.adopt(params, &["description"]);
    world.create("invoiceitem.created", &item);
    Ok(item)
}
