//! Refunds, of a charge or of the charge of a payment intent.

use serde_json::Value;

use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    operation::{
        grammar::{Kind, Param, clearable, may},
        lists::{AFTER, BEFORE, LIMIT},
        route::{Route, get, post},
    },
    world::World,
};

const CREATE: &[Param] = &[
    may("amount", Kind::Int),
    may("charge", Kind::Text),
    clearable("metadata", Kind::Map),
    may("payment_intent", Kind::Text),
    may("reason", Kind::Choice(&["duplicate", "fraudulent", "requested_by_customer"])),
];
const LIST: &[Param] =
    &[LIMIT, AFTER, BEFORE, may("charge", Kind::Text), may("created", Kind::Range), may("payment_intent", Kind::Text)];

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/refunds", CREATE, create),
    get("/v1/refunds", LIST, |world, params| {
        world.page("refund", "/v1/refunds", params, &["charge", "payment_intent"])
    }),
    get("/v1/refunds/{refund}", &[], |world, params| world.objects.get("refund", params.text("refund"), "refund")),
    post("/v1/refunds/{refund}", &[clearable("metadata", Kind::Map)], |world, params| {
        let mut refund = world.objects.get("refund", params.text("refund"), "refund")?;
        refund.merge_metadata(params);
        world.update("refund.updated", &refund);
        Ok(refund)
    }),
];

fn create(world: &mut World, params: &Value) -> Answer {
    let charge = match (params.text("charge"), params.text("payment_intent")) {
        ("", "") => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(Failure::invalid(message));
        }
        ("", intent) => {
            let intent = world.objects.get("payment_intent", intent, "payment_intent")?;
            let charge = intent.text("latest_charge");
            if charge.is_empty() {
                let message = "This PaymentIntent does not have a successful charge to refund.";
                return Err(Failure::invalid(message).param("payment_intent"));
            }
            world.objects.get("charge", charge, "payment_intent")?
        }
        (charge, _) => world.objects.get("charge", charge, "charge")?,
    };
    world.enter(charge.text("customer"));
    world.refund(&charge, params)
}
