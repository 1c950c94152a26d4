//! Products: what a price is for.

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
    may("active", Kind::Bool),
    may("description", Kind::Text),
    may("id", Kind::Text),
    may("images", Kind::List(&Kind::Text)),
    may("metadata", Kind::Map),
    need("name", Kind::Text),
    may("shippable", Kind::Bool),
    may("statement_descriptor", Kind::Text),
    may("tax_code", Kind::Text),
    may("unit_label", Kind::Text),
    may("url", Kind::Text),
];
const UPDATE: &[Param] = &[
    may("active", Kind::Bool),
    may("default_price", Kind::Text),
    clearable("description", Kind::Text),
    clearable("metadata", Kind::Map),
    may("name", Kind::Text),
    may("statement_descriptor", Kind::Text),
    clearable("unit_label", Kind::Text),
    clearable("url", Kind::Text),
];
const LIST: &[Param] = &[LIMIT, AFTER, BEFORE, may("active", Kind::Bool), may("created", Kind::Range)];
const MEMBERS: &[&str] = &[
    "active",
    "default_price",
    "description",
    "images",
    "name",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/products", CREATE, create),
    get("/v1/products", LIST, |world, params| world.page("product", "/v1/products", params, &["active"])),
    get("/v1/products/{id}", &[], |world, params| world.objects.get("product", params.text("id"), "id")),
    post("/v1/products/{id}", UPDATE, update),
    delete("/v1/products/{id}", &[], remove),
];

/// Makes a product of what a request says about one.
pub(crate) fn create(world: &mut World, params: &Value) -> Answer {
    let id = if params.has("id") { params.text("id").to_owned() } else { world.random.text("prod_", 14) };
    if world.objects.any(&id).is_some() {
        return Err(Failure::invalid("Product already exists.").code("resource_already_exists").param("id"));
    }
    let mut product = json!({
        "id": id,
        "object": "product",
        "active": true,
        "created": world.now,
        "default_price": null,
        "description": null,
        "images": [],
        "livemode": false,
        "marketing_features": [],
        "metadata": metadata(params),
        "name": "",
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": null,
        "tax_code": null,
        "unit_label": null,
        "updated": world.now,
        "url": null,
    });
    product.adopt(params, MEMBERS);
    world.create("product.created", &product);
    Ok(product)
}

fn update(world: &mut World, params: &Value) -> Answer {
    let mut product = world.objects.get("product", params.text("id"), "id")?;
    if params.has("default_price") {
        world.objects.get("price", params.text("default_price"), "default_price")?;
    }
    product.adopt(params, MEMBERS);
    product.merge_metadata(params);
    product.set("updated", world.now);
    world.update("product.updated", &product);
    Ok(product)
}

fn remove(world: &mut World, params: &Value) -> Answer {
    let product = world.objects.get("product", params.text("id"), "id")?;
    if world.objects.of("price").any(|price| price["product"] == product["id"]) {
        return Err(Failure::invalid("This product cannot be deleted because it has one or more user-created prices."));
    }
    world.emit("product.deleted", &product, None);
    let mut kept = product;
    kept.set("deleted", true);
    world.objects.put(&kept);
    Ok(gone(&kept))
}
