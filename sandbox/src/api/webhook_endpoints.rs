//! Webhook endpoints: who is told of which events, and the secret that signs them.

use serde_json::{Value, json};

use super::gone;
use crate::{
    config::API_VERSION,
    failure::{Answer, Failure},
    fields::{Fields, metadata},
    operation::{
        grammar::{Kind, Param, clearable, may, need},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, delete, get, post},
    },
    world::{World, events},
};

const CREATE: &[Param] = &[
    may("api_version", Kind::Choice(&[API_VERSION])),
    clearable("description", Kind::Text),
    need("enabled_events", Kind::List(&Kind::Choice(events::TYPES))),
    clearable("metadata", Kind::Map),
    need("url", Kind::Text),
];
const UPDATE: &[Param] = &[
    clearable("description", Kind::Text),
    may("disabled", Kind::Bool),
    may("enabled_events", Kind::List(&Kind::Choice(events::TYPES))),
    clearable("metadata", Kind::Map),
    may("url", Kind::Text),
];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/webhook_endpoints", CREATE, create),
    get("/v1/webhook_endpoints", &[LIMIT, AFTER, BEFORE], |world, params| {
        world.page("webhook_endpoint", "/v1/webhook_endpoints", params, &[])
    }),
    get("/v1/webhook_endpoints/{webhook_endpoint}", &[], endpoint),
    post("/v1/webhook_endpoints/{webhook_endpoint}", UPDATE, update),
    delete("/v1/webhook_endpoints/{webhook_endpoint}", &[], |world, params| {
        let mut endpoint = endpoint(world, params)?;
        endpoint.set("deleted", true);
        endpoint.set("status", "disabled");
        world.objects.put(&endpoint);
        Ok(gone(&endpoint))
    }),
];

fn endpoint(world: &mut World, params: &Value) -> Answer {
    let id = params.text("webhook_endpoint");
    let endpoint = world.objects.get("webhook_endpoint", id, "webhook_endpoint")?;
    if endpoint.is("deleted") {
        Err(Failure::missing("webhook endpoint", id, "webhook_endpoint"))
    } else {
        Ok(endpoint)
    }
}

fn create(world: &mut World, params: &Value) -> Answer {
    check_url(params)?;
    let secret = world.random.text("whsec_", 32);
    let mut endpoint = json!({
        "id": world.random.id("we_"),
        "object": "webhook_endpoint",
        "api_version": null,
        "application": null,
        "created": world.now,
        "description": null,
        "enabled_events": [],
        "livemode": false,
        "metadata": metadata(params),
        "status": "enabled",
        "url": "",
        "_secrets": [secret],
    });
    endpoint.adopt(params, &["api_version", "description", "enabled_events", "url"]);
    world.objects.put(&endpoint);
    // Shown this once.
    endpoint.set("secret", secret);
    Ok(endpoint)
}

fn update(world: &mut World, params: &Value) -> Answer {
    check_url(params)?;
    let mut endpoint = endpoint(world, params)?;
    endpoint.adopt(params, &["description", "enabled_events", "url"]);
    endpoint.merge_metadata(params);
    if let Some(disabled) = params["disabled"].as_bool() {
        endpoint.set("status", if disabled { "disabled" } else { "enabled" });
    }
    world.objects.put(&endpoint);
    Ok(endpoint)
}

fn check_url(params: &Value) -> Result<(), Failure> {
    let url = params.text("url");
    if params.has("url") && !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Failure::invalid("Invalid URL: An explicit scheme (such as https) must be provided.").param("url"));
    }
    Ok(())
}
