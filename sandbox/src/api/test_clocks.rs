//! Test clocks: customers made on one live by it, and it moves only when it is told to.

use serde_json::{Value, json};

use super::gone;
use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    operation::{
        grammar::{Kind, may, need},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, delete, get, post},
    },
    world::World,
};

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/test_helpers/test_clocks", &[need("frozen_time", Kind::Int), may("name", Kind::Text)], create),
    get("/v1/test_helpers/test_clocks", &[LIMIT, AFTER, BEFORE], |world, params| {
        world.page("test_helpers.test_clock", "/v1/test_helpers/test_clocks", params, &[])
    }),
    get("/v1/test_helpers/test_clocks/{test_clock}", &[], clock),
    post("/v1/test_helpers/test_clocks/{test_clock}/advance", &[need("frozen_time", Kind::Int)], advance),
    delete("/v1/test_helpers/test_clocks/{test_clock}", &[], |world, params| {
        let mut clock = clock(world, params)?;
        clock.set("deleted", true);
        world.objects.put(&clock);
        Ok(gone(&clock))
    }),
];

fn clock(world: &mut World, params: &Value) -> Answer {
    world.objects.get("test_helpers.test_clock", params.text("test_clock"), "test_clock")
}

fn create(world: &mut World, params: &Value) -> Answer {
    let clock = json!({
        "id": world.random.id("clock_"),
        "object": "test_helpers.test_clock",
        "created": world.now,
        "deletes_after": world.now + 30 * 86400,
        "frozen_time": params["frozen_time"],
        "livemode": false,
        "name": params["name"],
        "status": "ready",
        "status_details": {},
    });
    world.create("test_helpers.test_clock.created", &clock);
    Ok(clock)
}

/// Everything that falls due happens at once, though the answer says that it is happening, as Stripe's does.
fn advance(world: &mut World, params: &Value) -> Answer {
    let mut clock = clock(world, params)?;
    let (from, until) = (clock.int("frozen_time"), params.int("frozen_time"));
    if until <= from {
        return Err(Failure::invalid("`frozen_time` must be later than the clock's time.").param("frozen_time"));
    }
    world.pass(clock.text("id"), until);
    clock.set("frozen_time", until);
    world.update("test_helpers.test_clock.ready", &clock);
    clock.set("status", "advancing");
    clock.set("status_details", json!({ "advancing": { "target_frozen_time": until } }));
    Ok(clock)
}
