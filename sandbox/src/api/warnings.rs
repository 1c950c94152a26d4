//! Early fraud warnings, read only.

use crate::{
    fields::Fields,
    operation::{
        grammar::{Kind, Param, may},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, get},
    },
};

const LIST: &[Param] =
    &[LIMIT, AFTER, BEFORE, may("charge", Kind::Text), may("created", Kind::Range), may("payment_intent", Kind::Text)];

pub(crate) const ROUTES: &[Route] = &[
    get("/v1/radar/early_fraud_warnings", LIST, |world, params| {
        let filters = ["charge", "payment_intent"];
        world.page("radar.early_fraud_warning", "/v1/radar/early_fraud_warnings", params, &filters)
    }),
    get("/v1/radar/early_fraud_warnings/{early_fraud_warning}", &[], |world, params| {
        let id = params.text("early_fraud_warning");
        world.objects.get("radar.early_fraud_warning", id, "early_fraud_warning")
    }),
];
