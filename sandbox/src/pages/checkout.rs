//! The page of a Checkout Session.

use std::fmt::Write;

use axum::{
    Form,
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode},
};
use serde_json::Value;

use super::{
    Given, UNKNOWN_NUMBER, entered, given,
    html::{alert, dead_end, escape, number_field, page},
    money, see, told,
};
use crate::{Sandbox, failure::Answer, fields::Fields};

/// What is bought, and where to enter a card.
pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    match find(&sandbox, &id) {
        Ok(session) => form(&sandbox, &session, StatusCode::OK, ""),
        Err(response) => *response,
    }
}

/// Pays with what was entered.
pub(crate) async fn pay(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form_given): Form<Given>,
) -> Response<Body> {
    let session = match find(&sandbox, &id) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    let Some(card) = entered(&form_given) else {
        return form(&sandbox, &session, StatusCode::UNPROCESSABLE_ENTITY, UNKNOWN_NUMBER);
    };
    let email = given(&form_given, "email");
    let paid = sandbox.act(|world| world.pay_session(&id, card, email));
    after(&sandbox, &session, paid)
}

/// The customer proved to the bank who they are, or didn't.
pub(crate) async fn authenticate(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form_given): Form<Given>,
) -> Response<Body> {
    let session = match find(&sandbox, &id) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    let passed = given(&form_given, "outcome") == "pass";
    let paid = sandbox.act(|world| world.authenticate_session(&id, passed));
    after(&sandbox, &session, paid)
}

/// The open session, or the page that says why it isn't.
fn find(sandbox: &Sandbox, id: &str) -> Result<Value, Box<Response<Body>>> {
    // Time may have closed it.
    let session = sandbox.act(|world| world.objects.get("checkout.session", id, "session"));
    let dead = |status, title: &str, message: &str, link: &str| {
        Err(Box::new(dead_end(&sandbox.root(), status, title, message, link)))
    };
    let Ok(session) = session else {
        return dead(
            StatusCode::NOT_FOUND,
            "No such checkout",
            "The link is wrong, or the sandbox was started anew.",
            "",
        );
    };
    match session.text("status") {
        "open" => Ok(session),
        "complete" => {
            let message = "This checkout is complete. Nothing more is charged.";
            dead(StatusCode::OK, "Already done", message, &success(&session))
        }
        _ => {
            let message = "This checkout has expired. Start again in the shop; nothing was charged.";
            dead(StatusCode::GONE, "Expired", message, session.text("cancel_url"))
        }
    }
}

fn after(sandbox: &Sandbox, before: &Value, paid: Answer) -> Response<Body> {
    match paid {
        Ok(session) if session.text("status") == "complete" => see(&success(&session)),
        Ok(session) => question(sandbox, &session),
        Err(failure) => {
            let session = sandbox.object(before.text("id")).unwrap_or_default();
            form(sandbox, &session, StatusCode::PAYMENT_REQUIRED, &told(&failure))
        }
    }
}

fn success(session: &Value) -> String {
    session.text("success_url").replace("{CHECKOUT_SESSION_ID}", session.text("id"))
}

fn form(sandbox: &Sandbox, session: &Value, status: StatusCode, error: &str) -> Response<Body> {
    let subscription = session.text("mode") == "subscription";
    let (root, mut content) = (sandbox.root(), alert(error));
    content.push_str("<table>\n<caption>What you buy</caption>\n<tbody>\n");
    for line in session.list("_lines") {
        let name = escape(line.text("description"));
        let (quantity, amount) = (line.int("quantity"), money(line, "amount_total"));
        let _ = writeln!(content, "<tr><th scope=\"row\">{quantity} × {name}</th><td>{amount}</td></tr>");
    }
    let (total, every) = (money(session, "amount_total"), every(session));
    let _ = writeln!(content, "<tr><th scope=\"row\">Total</th><td><strong>{total}{every}</strong></td></tr>");
    content.push_str("</tbody>\n</table>\n");
    let _ = writeln!(content, "<form method=\"post\" action=\"{root}/c/pay/{}\">", escape(session.text("id")));
    if !session.has("customer") {
        let email = escape(session.text("customer_email"));
        let _ = writeln!(
            content,
            "<label for=\"email\">E-mail</label>\n<input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" \
             required value=\"{email}\">"
        );
    }
    content.push_str(&number_field(!error.is_empty()));
    let verb = if subscription { "Subscribe" } else { "Pay" };
    let _ = writeln!(content, "<button type=\"submit\">{verb} {total}</button>");
    if session.has("cancel_url") {
        let _ = writeln!(content, "<a class=\"button\" href=\"{}\">Cancel</a>", escape(session.text("cancel_url")));
    }
    content.push_str("</form>\n");
    page(&root, status, if subscription { "Subscribe" } else { "Pay" }, &content)
}

fn every(session: &Value) -> String {
    let recurring = &session["_lines"][0]["price"]["recurring"];
    match (recurring.text("interval"), recurring.int("interval_count")) {
        ("", _) => String::new(),
        (interval, 1) => format!(" every {interval}"),
        (interval, count) => format!(" every {count} {interval}s"),
    }
}

fn question(sandbox: &Sandbox, session: &Value) -> Response<Body> {
    let root = sandbox.root();
    let id = escape(session.text("id"));
    let content = format!(
        r#"<p>Your bank asks whether this payment of {} is yours.</p>
<form method="post" action="{root}/c/pay/{id}/authenticate">
<button type="submit" name="outcome" value="pass">Yes, pay</button>
<button type="submit" name="outcome" value="fail">No, refuse</button>
</form>
"#,
        money(session, "amount_total")
    );
    page(&root, StatusCode::OK, "Confirm with your bank", &content)
}
