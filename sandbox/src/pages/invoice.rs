//! The page of an invoice, where an open one can be paid, and that of a receipt.

use std::fmt::Write;

use axum::{
    Form,
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode},
};
use serde_json::Value;

use super::{
    Given, UNKNOWN_NUMBER, entered,
    html::{alert, dead_end, escape, number_field, page},
    money, see, told,
};
use crate::{Sandbox, fields::Fields};

/// What an invoice is for, and its payment if it is open.
pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    sandbox
        .object(&id)
        .filter(of_kind("invoice"))
        .map_or_else(|| missing(&sandbox), |invoice| form(&sandbox, &invoice, StatusCode::OK, ""))
}

/// Pays an open invoice with what was entered.
pub(crate) async fn pay(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Response<Body> {
    let Some(invoice) = sandbox.object(&id).filter(of_kind("invoice")) else { return missing(&sandbox) };
    let Some(card) = entered(&given) else {
        return form(&sandbox, &invoice, StatusCode::UNPROCESSABLE_ENTITY, UNKNOWN_NUMBER);
    };
    let paid = sandbox.act(|world| {
        world.enter(invoice.text("customer"));
        let method = world.new_method(card);
        world.try_invoice(&id, method.text("id"), true)
    });
    let asks = sandbox.world().intent_of(&id).is_some_and(|intent| intent.text("status") == "requires_action");
    match paid {
        Ok(_) if asks => {
            let intent = sandbox.world().intent_of(&id).map(|intent| intent.text("id").to_owned()).unwrap_or_default();
            see(&format!("{}/authenticate/{intent}", sandbox.root()))
        }
        Ok(_) => see(&format!("{}/i/{id}", sandbox.root())),
        Err(failure) => {
            let invoice = sandbox.object(&id).unwrap_or(invoice);
            form(&sandbox, &invoice, StatusCode::PAYMENT_REQUIRED, &told(&failure))
        }
    }
}

/// What a charge was for.
pub(crate) async fn receipt(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let Some(charge) = sandbox.object(&id).filter(of_kind("charge")) else { return missing(&sandbox) };
    let content = format!(
        "<dl>\n<dt>Amount paid</dt><dd>{}</dd>\n<dt>Refunded</dt><dd>{}</dd>\n<dt>For</dt><dd>{}</dd>\n<dt>Charge</dt><dd>{}</dd>\n</dl>\n",
        money(&charge, "amount_captured"),
        money(&charge, "amount_refunded"),
        escape(charge.text("description")),
        escape(&id)
    );
    page(&sandbox.root(), StatusCode::OK, "Receipt", &content)
}

fn of_kind(kind: &'static str) -> impl Fn(&Value) -> bool {
    move |object| object.text("object") == kind
}

fn missing(sandbox: &Sandbox) -> Response<Body> {
    let message = "The link is wrong, or the sandbox was started anew.";
    dead_end(&sandbox.root(), StatusCode::NOT_FOUND, "Not found", message, "")
}

fn form(sandbox: &Sandbox, invoice: &Value, status: StatusCode, error: &str) -> Response<Body> {
    let (root, mut content) = (sandbox.root(), alert(error));
    let _ = writeln!(
        content,
        "<p>Invoice {} is {}.</p>\n<table>\n<caption>What it is for</caption>\n<tbody>",
        escape(invoice.text("number")),
        escape(invoice.text("status"))
    );
    for line in invoice["lines"].list("data") {
        let (name, amount) = (escape(line.text("description")), money(line, "amount"));
        let _ = writeln!(content, "<tr><th scope=\"row\">{name}</th><td>{amount}</td></tr>");
    }
    let due = money(invoice, "amount_due");
    let _ =
        writeln!(content, "<tr><th scope=\"row\">Total</th><td><strong>{due}</strong></td></tr>\n</tbody>\n</table>");
    if invoice.text("status") == "open" {
        let _ = writeln!(content, "<form method=\"post\" action=\"{root}/i/{}\">", escape(invoice.text("id")));
        content.push_str(&number_field(!error.is_empty()));
        let _ = writeln!(content, "<button type=\"submit\">Pay {due}</button>\n</form>");
    }
    page(&root, status, "Invoice", &content)
}
