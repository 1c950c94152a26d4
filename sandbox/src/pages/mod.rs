//! The pages that a customer sees: Checkout, the billing portal, hosted invoices and receipts. Plain HTML without
//! scripts, each marked as a sandbox.

pub(crate) mod bank;
pub(crate) mod checkout;
mod html;
pub(crate) mod invoice;
pub(crate) mod portal;

use axum::{
    body::Body,
    http::{Response, StatusCode, header::LOCATION},
};
use serde_json::Value;

pub(crate) use html::style;

use crate::{
    fields::Fields,
    play::cards::{self, Card},
};

/// What a form says.
type Given = std::collections::HashMap<String, String>;

fn given<'a>(form: &'a Given, name: &str) -> &'a str {
    form.get(name).map_or("", |value| value.trim())
}

/// Sends the browser elsewhere with a GET.
fn see(url: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    match url.parse() {
        Ok(url) => drop(response.headers_mut().insert(LOCATION, url)),
        Err(_) => *response.status_mut() = StatusCode::BAD_GATEWAY,
    }
    response
}

/// The card or account that was entered.
fn entered(form: &Given) -> Option<&'static Card> {
    cards::by_number(given(form, "number"))
}

const UNKNOWN_NUMBER: &str = "That isn't one of the test numbers. Real cards are never taken here.";

/// The message of a refusal.
fn told(failure: &crate::failure::Failure) -> String {
    failure.error.get("message").and_then(Value::as_str).unwrap_or("The payment failed.").to_owned()
}

/// An amount of money as a person reads it.
fn money(object: &Value, key: &str) -> String {
    let cents = object.int(key);
    format!(
        "{}{}.{:02} {}",
        if cents < 0 { "−" } else { "" },
        cents.abs() / 100,
        cents.abs() % 100,
        object.text("currency").to_uppercase()
    )
}
