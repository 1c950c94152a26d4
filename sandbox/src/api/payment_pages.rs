//! What Stripe's command line sends to pay a Checkout Session without a browser. It is in no documentation, so the
//! list of operations leaves it out.

use serde_json::Value;

use crate::{
    fields::Fields,
    operation::{
        grammar::{Kind, may, need},
        route::{Route, get, post},
    },
    world::World,
};

pub(crate) const ROUTES: &[Route] = &[
    get("/v1/payment_pages/{session}", &[], |world: &mut World, params: &Value| {
        world.objects.get("checkout.session", params.text("session"), "session")
    })
    .undocumented(),
    post(
        "/v1/payment_pages/{session}/confirm",
        &[need("payment_method", Kind::Text), may("expected_amount", Kind::Int)],
        |world, params| {
            let method = world.method(params.text("payment_method"), "payment_method")?;
            let email = method["billing_details"].text("email").to_owned();
            world.pay_session_by(params.text("session"), &method, &email)
        },
    )
    .undocumented(),
];
