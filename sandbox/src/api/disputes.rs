//! Disputes. As in Stripe's test mode, evidence that says `winning_evidence` or `losing_evidence` decides one.

use serde_json::Value;

use crate::{
    failure::Answer,
    fields::Fields,
    operation::{
        grammar::{Kind, Param, clearable, may},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, get, post},
    },
    world::World,
};

const EVIDENCE: Kind = Kind::Hash(&[
    may("access_activity_log", Kind::Text),
    may("customer_email_address", Kind::Text),
    may("product_description", Kind::Text),
    may("uncategorized_text", Kind::Text),
]);
const UPDATE: &[Param] = &[may("evidence", EVIDENCE), clearable("metadata", Kind::Map), may("submit", Kind::Bool)];
const LIST: &[Param] =
    &[LIMIT, AFTER, BEFORE, may("charge", Kind::Text), may("created", Kind::Range), may("payment_intent", Kind::Text)];

pub(crate) const ROUTES: &[Route] = &[
    get("/v1/disputes", LIST, |world, params| {
        world.page("dispute", "/v1/disputes", params, &["charge", "payment_intent"])
    }),
    get("/v1/disputes/{dispute}", &[], dispute),
    post("/v1/disputes/{dispute}", UPDATE, update),
    post("/v1/disputes/{dispute}/close", &[], |world, params| {
        let dispute = dispute(world, params)?;
        let inquiry = dispute.text("status").starts_with("warning_");
        world.dispute_becomes(dispute.text("id"), if inquiry { "warning_closed" } else { "lost" })
    }),
];

fn dispute(world: &mut World, params: &Value) -> Answer {
    world.objects.get("dispute", params.text("dispute"), "dispute")
}

fn update(world: &mut World, params: &Value) -> Answer {
    let mut dispute = dispute(world, params)?;
    dispute.merge_metadata(params);
    if params.has("evidence") {
        for (name, value) in params["evidence"].as_object().into_iter().flatten() {
            dispute["evidence"].set(name, value.clone());
        }
        dispute["evidence_details"].set("has_evidence", true);
    }
    // Evidence counts as submitted unless the request says that it is a draft.
    if params["submit"] == false || !params.has("evidence") {
        world.update("charge.dispute.updated", &dispute);
        return Ok(dispute);
    }
    let count = dispute["evidence_details"].int("submission_count") + 1;
    dispute["evidence_details"].set("submission_count", count);
    world.objects.put(&dispute);
    let inquiry = dispute.text("status").starts_with("warning_");
    let id = dispute.text("id");
    let dispute = world.dispute_becomes(id, if inquiry { "warning_under_review" } else { "under_review" })?;
    match dispute["evidence"].text("uncategorized_text") {
        "winning_evidence" => world.dispute_becomes(id, if inquiry { "warning_closed" } else { "won" }),
        "losing_evidence" if !inquiry => world.dispute_becomes(id, "lost"),
        _ => Ok(dispute),
    }
}
