//! The bank's question about a payment intent that was not made by Checkout.

use axum::{
    Form,
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode},
};
use serde_json::Value;

use super::{
    Given, given,
    html::{dead_end, escape, page},
    money, see,
};
use crate::{Sandbox, fields::Fields};

/// The question.
pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let Some(intent) = asked(&sandbox, &id) else { return nothing(&sandbox) };
    let root = sandbox.root();
    let content = format!(
        r#"<p>Your bank asks whether this payment of {} is yours.</p>
<form method="post" action="{root}/authenticate/{}">
<button type="submit" name="outcome" value="pass">Yes, pay</button>
<button type="submit" name="outcome" value="fail">No, refuse</button>
</form>
"#,
        money(&intent, "amount"),
        escape(&id)
    );
    page(&root, StatusCode::OK, "Confirm with your bank", &content)
}

/// The answer; leads back to where the shop wanted.
pub(crate) async fn answer(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form): Form<Given>,
) -> Response<Body> {
    let Some(intent) = asked(&sandbox, &id) else { return nothing(&sandbox) };
    let passed = given(&form, "outcome") == "pass";
    let status = match sandbox.act(|world| world.authenticated(&id, passed)) {
        Ok(_) => "succeeded",
        Err(_) => "failed",
    };
    let back = intent["next_action"]["redirect_to_url"].text("return_url");
    if back.is_empty() {
        let message = format!("The payment has {status}. You can close this page.");
        return dead_end(&sandbox.root(), StatusCode::OK, "Done", &message, "");
    }
    let sign = if back.contains('?') { '&' } else { '?' };
    let secret = intent.text("client_secret");
    see(&format!("{back}{sign}payment_intent={id}&payment_intent_client_secret={secret}&redirect_status={status}"))
}

fn asked(sandbox: &Sandbox, id: &str) -> Option<Value> {
    sandbox.object(id).filter(|intent| intent.text("status") == "requires_action")
}

fn nothing(sandbox: &Sandbox) -> Response<Body> {
    dead_end(
        &sandbox.root(),
        StatusCode::NOT_FOUND,
        "Nothing to confirm",
        "The bank has no question about this payment.",
        "",
    )
}
