//! The billing portal: cancel, resume, another card, earlier invoices.

use std::fmt::Write;

use axum::{
    Form,
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode},
};
use serde_json::{Value, json};

use super::{
    Given, UNKNOWN_NUMBER, entered, given,
    html::{alert, dead_end, escape, number_field, page},
    money, see,
};
use crate::{
    Sandbox,
    failure::{Answer, Failure},
    fields::Fields,
    play::{cards::Conduct, period},
    world::World,
};

/// Seconds for which a session lets somebody in.
const LASTS: i64 = 3600;

/// What a customer has.
pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(secret): Path<String>) -> Response<Body> {
    let Some(session) = find(&sandbox, &secret) else { return missing(&sandbox) };
    overview(&sandbox, &session, StatusCode::OK, "")
}

/// Does what a button says.
pub(crate) async fn act(
    State(sandbox): State<Sandbox>,
    Path(secret): Path<String>,
    Form(form): Form<Given>,
) -> Response<Body> {
    let Some(session) = find(&sandbox, &secret) else { return missing(&sandbox) };
    let done = sandbox.act(|world| change(world, &session, &form));
    match done {
        Ok(_) => see(&format!("{}/p/session/{secret}", sandbox.root())),
        Err(failure) => overview(&sandbox, &session, StatusCode::UNPROCESSABLE_ENTITY, &super::told(&failure)),
    }
}

fn find(sandbox: &Sandbox, secret: &str) -> Option<Value> {
    sandbox.act(|world| {
        let mut all = world.objects.of("billing_portal.session");
        let session = all.find(|session| session.text("_secret") == secret)?;
        (world.clock.millis() / 1000 - session.int("created") < LASTS).then(|| session.clone())
    })
}

fn missing(sandbox: &Sandbox) -> Response<Body> {
    let message = "The link is wrong or too old. Open the portal from the shop again.";
    dead_end(&sandbox.root(), StatusCode::NOT_FOUND, "Not found", message, "")
}

fn change(world: &mut World, session: &Value, form: &Given) -> Answer {
    let customer = session.text("customer");
    world.enter(customer);
    let mine = |subscription: &Value| subscription.text("customer") == customer;
    let chosen = world.objects.any(given(form, "subscription")).filter(|one| mine(one)).cloned();
    let features = world.objects.any(session.text("configuration")).cloned().unwrap_or_default()["features"].take();
    match (given(form, "action"), chosen) {
        ("cancel", Some(subscription)) if features["subscription_cancel"].is("enabled") => {
            if features["subscription_cancel"].text("mode") == "immediately" {
                return Ok(world.end_subscription(subscription, "cancellation_requested"));
            }
            let mut subscription = subscription;
            subscription.set("cancel_at_period_end", true);
            subscription.set("cancel_at", period::end(&subscription));
            subscription.set("canceled_at", world.now);
            subscription["cancellation_details"].set("reason", "cancellation_requested");
            world.update("customer.subscription.updated", &subscription);
            Ok(subscription)
        }
        ("resume", Some(mut subscription)) => {
            subscription.set("cancel_at_period_end", false);
            subscription.set("cancel_at", Value::Null);
            subscription.set("canceled_at", Value::Null);
            subscription["cancellation_details"].set("reason", Value::Null);
            world.update("customer.subscription.updated", &subscription);
            Ok(subscription)
        }
        ("card", _) if features["payment_method_update"].is("enabled") => another_card(world, customer, form),
        _ => Err(Failure::invalid("This portal doesn't allow that.")),
    }
}

/// Keeps another card for the customer and for everything that is collected from them.
fn another_card(world: &mut World, customer: &str, form: &Given) -> Answer {
    let Some(card) = entered(form) else { return Err(Failure::invalid(UNKNOWN_NUMBER)) };
    if matches!(card.conduct, Conduct::Declines(..)) {
        return Err(Failure::invalid("Your card was declined. The old one is kept."));
    }
    let mut method = world.new_method(card);
    method.set("customer", customer);
    world.update("payment_method.attached", &method);
    let mut owner = world.objects.get("customer", customer, "customer")?;
    owner["invoice_settings"].set("default_payment_method", method["id"].clone());
    world.update("customer.updated", &owner);
    let all = world.objects.of("subscription").filter(|one| one.text("customer") == customer && !one.has("ended_at"));
    for mut subscription in all.cloned().collect::<Vec<_>>() {
        subscription.set("default_payment_method", method["id"].clone());
        world.update("customer.subscription.updated", &subscription);
    }
    Ok(json!(method))
}

fn overview(sandbox: &Sandbox, session: &Value, status: StatusCode, error: &str) -> Response<Body> {
    let world = sandbox.world();
    let (root, customer) = (world.config.root(), session.text("customer"));
    let action = format!("{root}/p/session/{}", escape(session.text("_secret")));
    let mut content = alert(error);
    content.push_str("<h2>Subscriptions</h2>\n");
    let running = |one: &&Value| one.text("customer") == customer && !one.has("ended_at");
    for subscription in world.objects.of("subscription").filter(running) {
        row(&world, &mut content, subscription, &action);
    }
    content.push_str("<h2>Payment method</h2>\n");
    let _ = writeln!(content, "<form method=\"post\" action=\"{action}\">\n{}", number_field(!error.is_empty()));
    content.push_str(
        "<button type=\"submit\" name=\"action\" value=\"card\">Use this one from now on</button>\n</form>\n",
    );
    content.push_str("<h2>Invoices</h2>\n<table>\n<tbody>\n");
    for invoice in world.objects.of("invoice").rev().filter(|invoice| invoice.text("customer") == customer) {
        let (id, number) = (escape(invoice.text("id")), escape(invoice.text("number")));
        let (state, amount) = (escape(invoice.text("status")), money(invoice, "amount_due"));
        let _ = writeln!(
            content,
            "<tr><th scope=\"row\"><a href=\"{root}/i/{id}\">Invoice {number}</a></th><td>{state}</td><td>{amount}</td></tr>"
        );
    }
    content.push_str("</tbody>\n</table>\n");
    if session.has("return_url") {
        let _ = writeln!(content, "<p><a href=\"{}\">Back to the shop</a></p>", escape(session.text("return_url")));
    }
    page(root, status, "Your billing", &content)
}

fn row(world: &World, content: &mut String, subscription: &Value, action: &str) {
    let id = escape(subscription.text("id"));
    let item = &subscription["items"]["data"][0];
    let product = world.objects.any(item["price"].text("product"));
    let name = escape(product.map_or("Subscription", |product| product.text("name")));
    let (state, price) = (escape(subscription.text("status")), money(&item["price"], "unit_amount"));
    let ends = subscription.has("cancel_at");
    let (verb, label) = if ends { ("resume", "Keep it") } else { ("cancel", "Cancel at the end of the period") };
    let note = if ends { ", ends with the period" } else { "" };
    let _ = writeln!(
        content,
        r#"<form method="post" action="{action}">
<p><strong>{name}</strong>, {price}, {state}{note}</p>
<input type="hidden" name="subscription" value="{id}">
<button type="submit" name="action" value="{verb}">{label}</button>
</form>"#
    );
}
