//! Checkout Sessions. The page that they lead to is in `pages`, what paying does is in `play`.

use serde_json::{Value, json};

use super::{prices, shapes::SHIPPING};
use crate::{
    failure::{Answer, Failure},
    fields::{Fields, metadata},
    operation::{
        grammar::{Kind, Param, clearable, may, need},
        lists::{AFTER, BEFORE, LIMIT, page},
        route::{Route, get, post},
    },
    world::World,
};

const DAY: i64 = 86400;
const PRODUCT: Kind = Kind::Hash(&[
    may("description", Kind::Text),
    may("images", Kind::List(&Kind::Text)),
    may("metadata", Kind::Map),
    need("name", Kind::Text),
    may("tax_code", Kind::Text),
]);
const PRICE: Kind = Kind::Hash(&[
    need("currency", Kind::Text),
    may("product", Kind::Text),
    may("product_data", PRODUCT),
    may("recurring", Kind::Hash(&[need("interval", prices::INTERVAL), may("interval_count", Kind::Int)])),
    may("tax_behavior", Kind::Choice(&["exclusive", "inclusive", "unspecified"])),
    may("unit_amount", Kind::Int),
]);
const SUBSCRIPTION: Kind = Kind::Hash(&[
    may("description", Kind::Text),
    may("metadata", Kind::Map),
    may("trial_end", Kind::Int),
    may("trial_period_days", Kind::Int),
    may("trial_settings", super::subscriptions::TRIAL_SETTINGS),
]);
const INTENT: Kind = Kind::Hash(&[
    may("description", Kind::Text),
    may("metadata", Kind::Map),
    may("receipt_email", Kind::Text),
    may("setup_future_usage", Kind::Choice(&["off_session", "on_session"])),
    may("shipping", SHIPPING),
    may("statement_descriptor", Kind::Text),
]);
const ENABLED: Kind = Kind::Hash(&[need("enabled", Kind::Bool)]);
const NEVER_OR_AUTO: Kind = Kind::Choice(&["auto", "never"]);

const CREATE: &[Param] = &[
    may("allow_promotion_codes", Kind::Bool),
    may("automatic_tax", ENABLED),
    may("billing_address_collection", Kind::Choice(&["auto", "required"])),
    may("cancel_url", Kind::Text),
    may("client_reference_id", Kind::Text),
    may("currency", Kind::Text),
    may("customer", Kind::Text),
    may("customer_creation", Kind::Choice(&["always", "if_required"])),
    may("customer_email", Kind::Text),
    may("customer_update", Kind::Hash(&[may("address", NEVER_OR_AUTO), may("name", NEVER_OR_AUTO)])),
    may("expires_at", Kind::Int),
    may(
        "line_items",
        Kind::List(&Kind::Hash(&[may("price", Kind::Text), may("price_data", PRICE), may("quantity", Kind::Int)])),
    ),
    may("locale", Kind::Choice(&["auto", "en", "en-GB", "de", "es", "fr"])),
    may("metadata", Kind::Map),
    need("mode", Kind::Choice(&["payment", "subscription"])),
    may("payment_intent_data", INTENT),
    may("payment_method_types", Kind::List(&Kind::Choice(&["card", "sepa_debit", "us_bank_account"]))),
    may("payment_method_collection", Kind::Choice(&["always", "if_required"])),
    may("submit_type", Kind::Choice(&["auto", "pay", "subscribe"])),
    may("subscription_data", SUBSCRIPTION),
    may("success_url", Kind::Text),
    may("tax_id_collection", ENABLED),
    may("ui_mode", Kind::Choice(&["hosted_page"])),
];
const UPDATE: &[Param] = &[clearable("metadata", Kind::Map)];
const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    may("created", Kind::Range),
    may("customer", Kind::Text),
    may("payment_intent", Kind::Text),
    may("status", Kind::Choice(&["complete", "expired", "open"])),
    may("subscription", Kind::Text),
];
const FILTERS: &[&str] = &["customer", "payment_intent", "status", "subscription"];

/// Members that hold nothing until something happens, or never do here.
const EMPTY: &[&str] = &[
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer",
    "customer_details",
    "customer_email",
    "invoice",
    "invoice_creation",
    "locale",
    "origin_context",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "subscription",
    "success_url",
    "wallet_options",
];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/checkout/sessions", CREATE, create),
    get("/v1/checkout/sessions", LIST, |world, params| {
        world.page("checkout.session", "/v1/checkout/sessions", params, FILTERS)
    }),
    get("/v1/checkout/sessions/{session}", &[], session),
    post("/v1/checkout/sessions/{session}", UPDATE, |world, params| {
        let mut session = session(world, params)?;
        session.merge_metadata(params);
        world.objects.put(&session);
        Ok(session)
    }),
    post("/v1/checkout/sessions/{session}/expire", &[], |world, params| {
        let session = session(world, params)?;
        world.enter(session.text("customer"));
        world.expire_session(session.text("id"))
    }),
    get("/v1/checkout/sessions/{session}/line_items", &[LIMIT, AFTER, BEFORE], |world, params| {
        let session = session(world, params)?;
        let url = format!("/v1/checkout/sessions/{}/line_items", session.text("id"));
        page(&url, params, session.list("_lines").iter())
    }),
];

fn session(world: &mut World, params: &Value) -> Answer {
    world.objects.get("checkout.session", params.text("session"), "session")
}

fn create(world: &mut World, params: &Value) -> Answer {
    if params.has("customer") {
        if params.has("customer_email") {
            return Err(Failure::invalid("You may only specify one of these parameters: customer, customer_email."));
        }
        world.live_customer(params.text("customer"))?;
        world.enter(params.text("customer"));
    }
    let expires = expiry(world, params)?;
    if !params.text("success_url").contains("://") {
        let missing = Failure::invalid("Missing required param: success_url.").code("parameter_missing");
        let wrong = Failure::invalid("Not a valid URL").code("url_invalid");
        return Err(if params.has("success_url") { wrong } else { missing }.param("success_url"));
    }
    let lines = lines(world, params)?;
    let subscription = params.text("mode") == "subscription";
    recurring_fits(&lines, subscription)?;
    let total: i64 = lines.iter().map(|line| line.int("amount_total")).sum();
    let id = world.random.text("cs_test_", 58);
    let url = format!("{}/c/pay/{id}", world.config.base_url);
    let creation = if subscription { Value::Null } else { json!("if_required") };
    let tax = params["automatic_tax"].is("enabled");
    let mut session = untouched();
    let own = json!({
        "id": id,
        "amount_subtotal": total, "amount_total": total,
        "automatic_tax": { "enabled": tax, "liability": null, "provider": null, "status": null },
        "created": world.now,
        "currency": lines[0]["currency"],
        "customer_creation": creation,
        "expires_at": expires,
        "metadata": metadata(params),
        "mode": params["mode"],
        "payment_method_collection": if subscription { "always" } else { "if_required" },
        "url": url,
        "_lines": lines,
        "_payment_intent_data": params["payment_intent_data"],
        "_subscription_data": if params.has("subscription_data") { params["subscription_data"].clone() } else { json!({}) },
    });
    for (key, value) in own.as_object().into_iter().flatten() {
        session.set(key, value.clone());
    }
    session.adopt(
        params,
        &[
            "allow_promotion_codes",
            "billing_address_collection",
            "cancel_url",
            "client_reference_id",
            "customer",
            "customer_creation",
            "customer_email",
            "locale",
            "payment_method_collection",
            "payment_method_types",
            "submit_type",
            "success_url",
        ],
    );
    world.objects.put(&session);
    Ok(session)
}

/// What every session has in common when it opens.
fn untouched() -> Value {
    let mut session = json!({
        "object": "checkout.session",
        "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
        },
        "discounts": [],
        "livemode": false,
        "payment_method_options": {},
        "payment_method_types": ["card", "us_bank_account"],
        "payment_status": "unpaid",
        "phone_number_collection": { "enabled": false },
        "shipping_options": [],
        "status": "open",
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "ui_mode": "hosted_page",
    });
    for key in EMPTY {
        session.set(key, Value::Null);
    }
    session
}

fn expiry(world: &World, params: &Value) -> Result<i64, Failure> {
    let expires = params["expires_at"].as_i64().unwrap_or(world.now + DAY);
    if (1800..=DAY).contains(&(expires - world.now)) {
        return Ok(expires);
    }
    let message =
        "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.";
    Err(Failure::invalid(message).param("expires_at"))
}

fn lines(world: &mut World, params: &Value) -> Result<Vec<Value>, Failure> {
    let mut lines = Vec::new();
    for (index, item) in params.list("line_items").iter().enumerate() {
        let price = price(world, item, index)?;
        let quantity = item["quantity"].as_i64().unwrap_or(1);
        if quantity < 1 {
            let param = format!("line_items[{index}][quantity]");
            return Err(Failure::invalid("This value must be greater than or equal to 1.").param(&param));
        }
        let name = world.objects.any(price.text("product")).map_or(Value::Null, |product| product["name"].clone());
        let amount = price.int("unit_amount") * quantity;
        lines.push(json!({
            "id": world.random.id("li_"),
            "object": "item",
            "adjustable_quantity": null,
            "amount_discount": 0, "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount,
            "currency": price["currency"],
            "description": name,
            "metadata": {},
            "price": price,
            "quantity": quantity,
        }));
    }
    if lines.is_empty() {
        let message = "Missing required param: line_items.";
        return Err(Failure::invalid(message).code("parameter_missing").param("line_items"));
    }
    if lines.iter().any(|line| line["currency"] != lines[0]["currency"]) {
        return Err(Failure::invalid("All line items must have the same currency.").param("line_items"));
    }
    Ok(lines)
}

fn price(world: &mut World, item: &Value, index: usize) -> Answer {
    let param = format!("line_items[{index}][price]");
    if item.has("price_data") {
        let data = &item["price_data"];
        let product = match (data.has("product"), data.has("product_data")) {
            (true, false) => world.objects.get("product", data.text("product"), "product")?,
            (false, true) => super::products::create(world, &data["product_data"])?,
            _ => return Err(Failure::invalid("You must pass exactly one of product and product_data.")),
        };
        let price = prices::make(world, data, product.text("id"));
        world.objects.put(&price);
        return Ok(price);
    }
    let price = world.objects.get("price", item.text("price"), &param)?;
    if price.is("active") {
        return Ok(price);
    }
    Err(Failure::invalid("The price specified is inactive. This field only accepts active prices.").param(&param))
}

fn recurring_fits(lines: &[Value], subscription: bool) -> Result<(), Failure> {
    let recurring = |line: &Value| line["price"].text("type") == "recurring";
    if subscription && !lines.iter().all(recurring) {
        return Err(Failure::invalid(
            "You must provide at least one recurring price in `subscription` mode when using prices, and the sandbox \
             takes no others beside it.",
        ));
    }
    if !subscription && lines.iter().any(recurring) {
        return Err(Failure::invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only \
             one-time prices.",
        ));
    }
    Ok(())
}
