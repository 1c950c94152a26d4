//! Events of the last 30 days, among them those that no endpoint has taken yet.

use serde_json::Value;

use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    operation::{
        grammar::{Kind, Param, may},
        lists::{self, AFTER, BEFORE, LIMIT},
        route::{Route, get},
    },
    world::World,
};

/// Seconds for which Stripe keeps events.
const KEPT: i64 = 30 * 86400;
const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    may("created", Kind::Range),
    may("delivery_success", Kind::Bool),
    may("type", Kind::Text),
    may("types", Kind::List(&Kind::Text)),
];

pub(crate) const ROUTES: &[Route] = &[
    get("/v1/events", LIST, list),
    get("/v1/events/{id}", &[], |world, params| world.objects.get("event", params.text("id"), "id")),
];

fn list(world: &mut World, params: &Value) -> Answer {
    if params.has("type") && params.has("types") {
        return Err(Failure::invalid("You may only specify one of these parameters: type, types.").param("type"));
    }
    let since = world.now - KEPT;
    let fits = |event: &&Value| {
        let name = event.text("type");
        // `charge.*` means all of them.
        let like = |wanted: &Value| {
            let wanted = wanted.as_str().unwrap_or_default();
            wanted == name || wanted.strip_suffix('*').is_some_and(|start| name.starts_with(start))
        };
        event.int("created") >= since
            && (!params.has("type") || like(&params["type"]))
            && (!params.has("types") || params.list("types").iter().any(like))
            && (!params.has("delivery_success") || event["_delivered"] == params["delivery_success"])
    };
    lists::page("/v1/events", params, world.objects.of("event").rev().filter(fits))
}
