//! The billing portal: what customers may do there, and sessions that let one in.

use serde_json::{Value, json};

use crate::{
    failure::{Answer, Failure},
    fields::{Fields, metadata},
    operation::{
        grammar::{Kind, Param, clearable, may, need, need_clearable},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, get, post},
    },
    world::World,
};

const REASON: Kind = Kind::Hash(&[
    need("enabled", Kind::Bool),
    need_clearable(
        "options",
        Kind::List(&Kind::Choice(&[
            "customer_service",
            "low_quality",
            "missing_features",
            "other",
            "switched_service",
            "too_complex",
            "too_expensive",
            "unused",
        ])),
    ),
]);
const UPDATES: Kind = Kind::Choice(&["address", "email", "name", "phone", "shipping", "tax_id"]);
const PRORATION: Kind = Kind::Choice(&["always_invoice", "create_prorations", "none"]);
const CANCEL: Kind = Kind::Hash(&[
    may("cancellation_reason", REASON),
    need("enabled", Kind::Bool),
    may("mode", Kind::Choice(&["at_period_end", "immediately"])),
    may("proration_behavior", PRORATION),
]);
const CHANGE: Kind = Kind::Hash(&[
    clearable("default_allowed_updates", Kind::List(&Kind::Choice(&["price", "promotion_code", "quantity"]))),
    need("enabled", Kind::Bool),
    clearable(
        "products",
        Kind::List(&Kind::Hash(&[need("prices", Kind::List(&Kind::Text)), need("product", Kind::Text)])),
    ),
    may("proration_behavior", PRORATION),
]);
const ENABLED: Kind = Kind::Hash(&[need("enabled", Kind::Bool)]);
const FEATURES: Kind = Kind::Hash(&[
    may(
        "customer_update",
        Kind::Hash(&[clearable("allowed_updates", Kind::List(&UPDATES)), need("enabled", Kind::Bool)]),
    ),
    may("invoice_history", ENABLED),
    may("payment_method_update", ENABLED),
    may("subscription_cancel", CANCEL),
    may("subscription_update", CHANGE),
]);
/// Features of a change: nothing has to be said about one that is off already.
const CHANGED_FEATURES: Kind = Kind::Hash(&[
    may(
        "customer_update",
        Kind::Hash(&[clearable("allowed_updates", Kind::List(&UPDATES)), may("enabled", Kind::Bool)]),
    ),
    may("invoice_history", ENABLED),
    may("payment_method_update", ENABLED),
    may(
        "subscription_cancel",
        Kind::Hash(&[
            may("enabled", Kind::Bool),
            may("mode", Kind::Choice(&["at_period_end", "immediately"])),
            may("proration_behavior", PRORATION),
        ]),
    ),
    may("subscription_update", Kind::Hash(&[may("enabled", Kind::Bool), may("proration_behavior", PRORATION)])),
]);
const PROFILE: Kind = Kind::Hash(&[
    clearable("headline", Kind::Text),
    may("privacy_policy_url", Kind::Text),
    may("terms_of_service_url", Kind::Text),
]);
const CHANGED_PROFILE: Kind = Kind::Hash(&[
    clearable("headline", Kind::Text),
    clearable("privacy_policy_url", Kind::Text),
    clearable("terms_of_service_url", Kind::Text),
]);
const CREATE: &[Param] = &[
    may("business_profile", PROFILE),
    clearable("default_return_url", Kind::Text),
    need("features", FEATURES),
    may("metadata", Kind::Map),
    clearable("name", Kind::Text),
];
const UPDATE: &[Param] = &[
    may("active", Kind::Bool),
    may("business_profile", CHANGED_PROFILE),
    clearable("default_return_url", Kind::Text),
    may("features", CHANGED_FEATURES),
    clearable("metadata", Kind::Map),
    clearable("name", Kind::Text),
];
const LIST: &[Param] = &[LIMIT, AFTER, BEFORE, may("active", Kind::Bool), may("is_default", Kind::Bool)];
const SESSION: &[Param] = &[
    may("configuration", Kind::Text),
    need("customer", Kind::Text),
    may("locale", Kind::Choice(&["auto", "en", "en-GB", "de", "es", "fr"])),
    may("return_url", Kind::Text),
];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/billing_portal/configurations", CREATE, create),
    get("/v1/billing_portal/configurations", LIST, |world, params| {
        let url = "/v1/billing_portal/configurations";
        world.page("billing_portal.configuration", url, params, &["active", "is_default"])
    }),
    get("/v1/billing_portal/configurations/{configuration}", &[], configuration),
    post("/v1/billing_portal/configurations/{configuration}", UPDATE, update),
    post("/v1/billing_portal/sessions", SESSION, open),
];

fn configuration(world: &mut World, params: &Value) -> Answer {
    world.objects.get("billing_portal.configuration", params.text("configuration"), "configuration")
}

fn create(world: &mut World, params: &Value) -> Answer {
    let first = world.objects.of("billing_portal.configuration").next().is_none();
    let mut made = json!({
        "id": world.random.id("bpc_"),
        "object": "billing_portal.configuration",
        "active": true,
        "application": null,
        "business_profile": { "headline": null, "privacy_policy_url": null, "terms_of_service_url": null },
        "created": world.now,
        "default_return_url": null,
        "features": {
            "customer_update": { "allowed_updates": [], "enabled": false },
            "invoice_history": { "enabled": false },
            "payment_method_update": { "enabled": false },
            "subscription_cancel": {
                "cancellation_reason": { "enabled": false, "options": [] }, "enabled": false, "mode": "at_period_end",
                "proration_behavior": "none",
            },
            "subscription_update": {
                "default_allowed_updates": [], "enabled": false, "proration_behavior": "none",
                "schedule_at_period_end": { "conditions": [] }, "trial_update_behavior": "end_trial",
            },
        },
        "is_default": first,
        "livemode": false,
        "login_page": { "enabled": false, "url": null },
        "metadata": metadata(params),
        "name": null,
        "updated": world.now,
    });
    fill(&mut made, params);
    world.create("billing_portal.configuration.created", &made);
    Ok(made)
}

fn fill(made: &mut Value, params: &Value) {
    made.adopt(params, &["active", "default_return_url", "name"]);
    for (key, value) in params["business_profile"].as_object().into_iter().flatten() {
        made["business_profile"].set(key, value.clone());
    }
    for (feature, members) in params["features"].as_object().into_iter().flatten() {
        for (key, value) in members.as_object().into_iter().flatten() {
            let mut value = if value.is_null() { json!([]) } else { value.clone() };
            if key == "cancellation_reason" && !value.has("options") {
                value.set("options", json!([]));
            }
            made["features"][feature].set(key, value);
        }
    }
}

fn update(world: &mut World, params: &Value) -> Answer {
    let mut made = configuration(world, params)?;
    fill(&mut made, params);
    made.merge_metadata(params);
    made.set("updated", world.now);
    world.update("billing_portal.configuration.updated", &made);
    Ok(made)
}

fn open(world: &mut World, params: &Value) -> Answer {
    let customer = world.live_customer(params.text("customer"))?;
    let configuration = if params.has("configuration") {
        configuration(world, params)?
    } else {
        let mut all = world.objects.of("billing_portal.configuration");
        all.find(|one| one.is("is_default")).cloned().ok_or_else(|| {
            Failure::invalid(
                "No configuration provided and your test mode default configuration has not been created. Provide a \
                 configuration or create your default.",
            )
        })?
    };
    let id = world.random.id("bps_");
    let secret = world.random.text("test_", 40);
    let return_url =
        if params.has("return_url") { &params["return_url"] } else { &configuration["default_return_url"] };
    let session = json!({
        "id": id,
        "object": "billing_portal.session",
        "configuration": configuration["id"],
        "created": world.now,
        "customer": customer["id"],
        "customer_account": null,
        "flow": null,
        "livemode": false,
        "locale": params["locale"],
        "on_behalf_of": null,
        "return_url": return_url,
        "url": format!("{}/p/session/{secret}", world.config.base_url),
        "_secret": secret,
    });
    world.objects.put(&session);
    world.emit("billing_portal.session.created", &session, None);
    Ok(session)
}
