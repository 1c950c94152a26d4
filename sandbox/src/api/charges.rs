//! Charges, read only: payment intents make them.

use serde_json::Value;

use crate::{
    fields::Fields,
    operation::{
        grammar::{Kind, Param, may},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, get},
    },
    world::World,
};

const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    may("created", Kind::Range),
    may("customer", Kind::Text),
    may("payment_intent", Kind::Text),
];

pub(crate) const ROUTES: &[Route] = &[
    get("/v1/charges", LIST, |world: &mut World, params: &Value| {
        world.page("charge", "/v1/charges", params, &["customer", "payment_intent"])
    }),
    get("/v1/charges/{charge}", &[], |world, params| world.objects.get("charge", params.text("charge"), "charge")),
];
