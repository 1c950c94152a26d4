//! Invoices of subscriptions and those made by hand, their payments, and the preview of what a change would cost.

use serde_json::{Value, json};

use super::subscriptions;
use crate::{
    failure::{Answer, Failure},
    fields::{Fields, whole_list},
    operation::{
        grammar::{Kind, Param, clearable, may, need},
        lists::{AFTER, BEFORE, LIMIT, page},
        route::{Route, get, post},
    },
    world::World,
};

const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    may("collection_method", Kind::Choice(&["charge_automatically", "send_invoice"])),
    may("created", Kind::Range),
    may("customer", Kind::Text),
    may("status", Kind::Choice(&["draft", "open", "paid", "uncollectible", "void"])),
    may("subscription", Kind::Text),
];
const DETAILS: Kind = Kind::Hash(&[
    may("cancel_at_period_end", Kind::Bool),
    may("items", Kind::List(&subscriptions::CHANGED_ITEM)),
    may("proration_behavior", subscriptions::PRORATION),
    may("proration_date", Kind::Int),
]);
const PREVIEW: &[Param] =
    &[may("customer", Kind::Text), may("subscription", Kind::Text), may("subscription_details", DETAILS)];
const CREATE: &[Param] = &[
    need("customer", Kind::Text),
    may("description", Kind::Text),
    clearable("metadata", Kind::Map),
    may("pending_invoice_items_behavior", Kind::Choice(&["exclude", "include"])),
];
const PAY: &[Param] = &[may("off_session", Kind::Bool), may("payment_method", Kind::Text)];
const PAYMENTS: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    may("invoice", Kind::Text),
    may("payment", Kind::Hash(&[may("payment_intent", Kind::Text), need("type", Kind::Choice(&["payment_intent"]))])),
    may("status", Kind::Choice(&["canceled", "open", "paid"])),
];

pub(crate) const ROUTES: &[Route] = &[
    get("/v1/invoices", LIST, list),
    post("/v1/invoices", CREATE, create),
    post("/v1/invoices/create_preview", PREVIEW, preview),
    get("/v1/invoices/{invoice}", &[], invoice),
    post("/v1/invoices/{invoice}", &[clearable("metadata", Kind::Map)], |world, params| {
        let mut invoice = invoice(world, params)?;
        invoice.merge_metadata(params);
        world.update("invoice.updated", &invoice);
        Ok(invoice)
    }),
    post("/v1/invoices/{invoice}/finalize", &[], |world, params| {
        let invoice = invoice(world, params)?;
        world.finalize(invoice.text("id"))
    }),
    post("/v1/invoices/{invoice}/pay", PAY, pay),
    post("/v1/invoices/{invoice}/void", &[], |world, params| {
        let invoice = invoice(world, params)?;
        world.close_invoice(invoice.text("id"), "void")
    }),
    post("/v1/invoices/{invoice}/mark_uncollectible", &[], |world, params| {
        let invoice = invoice(world, params)?;
        world.close_invoice(invoice.text("id"), "uncollectible")
    }),
    get("/v1/invoices/{invoice}/lines", &[LIMIT, AFTER, BEFORE], |world, params| {
        let invoice = invoice(world, params)?;
        let url = format!("/v1/invoices/{}/lines", invoice.text("id"));
        page(&url, params, invoice["lines"].list("data").iter())
    }),
    get("/v1/invoice_payments", PAYMENTS, |world, params| {
        let fits = |payment: &&Value| {
            let intent = &params["payment"]["payment_intent"];
            let like = |key: &str| !params.has(key) || payment[key] == params[key];
            like("invoice") && like("status") && (intent.is_null() || payment["payment"]["payment_intent"] == *intent)
        };
        page("/v1/invoice_payments", params, world.objects.of("invoice_payment").rev().filter(fits))
    }),
];

/// The invoice that the path names; what is done to it happens at its customer's time.
fn invoice(world: &mut World, params: &Value) -> Answer {
    let invoice = world.objects.get("invoice", params.text("invoice"), "invoice")?;
    world.enter(invoice.text("customer"));
    Ok(invoice)
}

fn list(world: &mut World, params: &Value) -> Answer {
    let fits = |invoice: &&Value| {
        let of = &invoice["parent"]["subscription_details"]["subscription"];
        let members = ["collection_method", "customer", "status"];
        members.iter().all(|key| !params.has(key) || invoice[*key] == params[*key])
            && (!params.has("subscription") || *of == params["subscription"])
    };
    page("/v1/invoices", params, world.objects.of("invoice").rev().filter(fits))
}

fn create(world: &mut World, params: &Value) -> Answer {
    let customer = world.live_customer(params.text("customer"))?;
    world.enter(customer.text("id"));
    let mut invoice = world.manual_invoice(&customer, params.text("pending_invoice_items_behavior") == "include");
    invoice.adopt(params, &["description"]);
    invoice.merge_metadata(params);
    world.create("invoice.created", &invoice);
    Ok(invoice)
}

/// Collects an invoice now; a draft is finalized by that.
fn pay(world: &mut World, params: &Value) -> Answer {
    let mut invoice = invoice(world, params)?;
    if invoice.text("status") == "draft" {
        invoice = world.finalize(invoice.text("id"))?;
    }
    if invoice.text("status") == "paid" && invoice.int("amount_due") == 0 {
        return Ok(invoice);
    }
    let subscription = invoice["parent"]["subscription_details"].text("subscription");
    let payer = world.objects.any(subscription).unwrap_or(&invoice).clone();
    let default = world.collecting_method(&payer);
    let method = if params.has("payment_method") { params.text("payment_method") } else { &default };
    // Without the word `off_session=false`, nobody is there to be asked.
    let present = params["off_session"] == false;
    world.try_invoice(invoice.text("id"), method, present)
}

fn preview(world: &mut World, params: &Value) -> Answer {
    let id = params.text("subscription");
    if id.is_empty() {
        return Err(Failure::invalid("The sandbox previews changes of a subscription: pass `subscription`."));
    }
    let subscription = world.objects.get("subscription", id, "subscription")?;
    if params.has("customer") && params["customer"] != subscription["customer"] {
        return Err(Failure::invalid("The subscription does not belong to this customer.").param("customer"));
    }
    world.enter(subscription.text("customer"));
    let details = &params["subscription_details"];
    let at = details["proration_date"].as_i64().unwrap_or(world.now);
    let change = world.plan_change(&subscription, details.list("items"), at)?;
    let behavior = details["proration_behavior"].as_str().unwrap_or("create_prorations");
    let mut after = subscription.clone();
    after["items"].set("data", change.items);
    let mut lines = if behavior == "none" { Vec::new() } else { change.lines };
    // Charged at once, the change has an invoice of its own; otherwise it waits for the renewal's.
    let reason = if behavior == "always_invoice" { "subscription_update" } else { "upcoming" };
    if reason == "upcoming" && !details.is("cancel_at_period_end") {
        lines.extend(renewal(world, &after));
    }
    let mut invoice = world.draft(&after, reason, lines);
    invoice.set("id", format!("upcoming_{}", invoice.text("id")));
    let lines = invoice["lines"]["data"].take();
    invoice.set("lines", whole_list(lines.as_array().cloned().unwrap_or_default(), "/v1/invoices/upcoming/lines"));
    invoice.set("next_payment_attempt", json!(crate::play::period::end(&subscription) + 3600));
    Ok(invoice)
}

/// The lines of the period that comes next.
fn renewal(world: &mut World, subscription: &Value) -> Vec<Value> {
    let mut next = subscription.clone();
    let anchor = next.int("billing_cycle_anchor");
    if let Some(items) = next["items"]["data"].as_array_mut() {
        for item in items {
            let start = item.int("current_period_end");
            item.set("current_period_end", crate::play::period::after(start, anchor, &item["price"]["recurring"]));
            item.set("current_period_start", start);
        }
    }
    world.period_lines(&next, false)
}
