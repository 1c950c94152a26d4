//! Prices: an amount once, or in every interval. An amount never changes; a new price takes its place.

use serde_json::{Value, json};

use super::products;
use crate::{
    failure::{Answer, Failure},
    fields::{Fields, metadata},
    operation::{
        grammar::{Kind, Param, clearable, may, need},
        lists::{self, AFTER, BEFORE, LIMIT},
        route::{Route, get, post},
    },
    world::World,
};

pub(crate) const INTERVAL: Kind = Kind::Choice(&["day", "week", "month", "year"]);
const RECURRING: Kind = Kind::Hash(&[
    need("interval", INTERVAL),
    may("interval_count", Kind::Int),
    may("usage_type", Kind::Choice(&["licensed"])),
]);
const TAX: Kind = Kind::Choice(&["exclusive", "inclusive", "unspecified"]);

const CREATE: &[Param] = &[
    may("active", Kind::Bool),
    may("billing_scheme", Kind::Choice(&["per_unit"])),
    need("currency", Kind::Text),
    may("lookup_key", Kind::Text),
    may("metadata", Kind::Map),
    may("nickname", Kind::Text),
    may("product", Kind::Text),
    may(
        "product_data",
        Kind::Hash(&[
            may("active", Kind::Bool),
            may("id", Kind::Text),
            may("metadata", Kind::Map),
            need("name", Kind::Text),
            may("statement_descriptor", Kind::Text),
            may("tax_code", Kind::Text),
            may("unit_label", Kind::Text),
        ]),
    ),
    may("recurring", RECURRING),
    may("tax_behavior", TAX),
    may("transfer_lookup_key", Kind::Bool),
    may("unit_amount", Kind::Int),
];
const UPDATE: &[Param] = &[
    may("active", Kind::Bool),
    may("lookup_key", Kind::Text),
    clearable("metadata", Kind::Map),
    may("nickname", Kind::Text),
    may("tax_behavior", TAX),
    may("transfer_lookup_key", Kind::Bool),
];
const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    may("active", Kind::Bool),
    may("created", Kind::Range),
    may("currency", Kind::Text),
    may("lookup_keys", Kind::List(&Kind::Text)),
    may("product", Kind::Text),
    may("type", Kind::Choice(&["one_time", "recurring"])),
];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/prices", CREATE, create),
    get("/v1/prices", LIST, list),
    get("/v1/prices/{price}", &[], |world, params| world.objects.get("price", params.text("price"), "price")),
    post("/v1/prices/{price}", UPDATE, update),
];

fn create(world: &mut World, params: &Value) -> Answer {
    let product = match (params.has("product"), params.has("product_data")) {
        (true, false) => world.objects.get("product", params.text("product"), "product")?,
        (false, true) => products::create(world, &params["product_data"])?,
        _ => return Err(Failure::invalid("You must pass exactly one of product and product_data.").param("product")),
    };
    if params.int("unit_amount") < 0 || !params.has("unit_amount") {
        return Err(Failure::invalid("Invalid non-negative integer").param("unit_amount"));
    }
    free_lookup_key(world, params, "")?;
    let price = make(world, params, product.text("id"));
    world.create("price.created", &price);
    Ok(price)
}

/// The object for a price that a request describes; used for those inside line items too, which tell nobody.
pub(crate) fn make(world: &mut World, params: &Value, product: &str) -> Value {
    let recurring = &params["recurring"];
    let every = |count: i64| {
        let usage = "licensed";
        json!({ "interval": recurring["interval"], "interval_count": count, "meter": null, "usage_type": usage })
    };
    let recurring = recurring.is_object().then(|| every(recurring["interval_count"].as_i64().unwrap_or(1)));
    let mut price = json!({
        "id": world.random.id("price_"),
        "object": "price",
        "active": true,
        "billing_scheme": "per_unit",
        "created": world.now,
        "currency": params.text("currency").to_lowercase(),
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": null,
        "metadata": metadata(params),
        "nickname": null,
        "product": product,
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "tiers_mode": null,
        "transform_quantity": null,
        "type": if params.has("recurring") { "recurring" } else { "one_time" },
        "unit_amount": params["unit_amount"],
        "unit_amount_decimal": params.int("unit_amount").to_string(),
    });
    price.adopt(params, &["active", "lookup_key", "nickname", "tax_behavior"]);
    price
}

fn update(world: &mut World, params: &Value) -> Answer {
    let mut price = world.objects.get("price", params.text("price"), "price")?;
    free_lookup_key(world, params, price.text("id"))?;
    price.adopt(params, &["active", "lookup_key", "nickname", "tax_behavior"]);
    price.merge_metadata(params);
    world.update("price.updated", &price);
    Ok(price)
}

/// A lookup key names one price; it is taken from another only if the request says so.
fn free_lookup_key(world: &mut World, params: &Value, id: &str) -> Result<(), Failure> {
    let key = &params["lookup_key"];
    let has_it = |price: &&Value| !key.is_null() && price["lookup_key"] == *key && price.text("id") != id;
    let other = world.objects.of("price").find(has_it).cloned();
    match other {
        Some(mut other) if params.is("transfer_lookup_key") => {
            other.set("lookup_key", Value::Null);
            world.update("price.updated", &other);
            Ok(())
        }
        Some(other) => Err(Failure::invalid(format!("A price (`{}`) already uses that lookup key.", other.text("id")))
            .param("lookup_key")),
        None => Ok(()),
    }
}

fn list(world: &mut World, params: &Value) -> Answer {
    let keys = params.list("lookup_keys");
    let fits = |price: &&Value| {
        let members = ["active", "currency", "product", "type"];
        members.iter().all(|key| !params.has(key) || price[*key] == params[*key])
            && (keys.is_empty() || keys.contains(&price["lookup_key"]))
    };
    lists::page("/v1/prices", params, world.objects.of("price").rev().filter(fits))
}
