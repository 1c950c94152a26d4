//! How a payment that did not go through is told.

use serde_json::{Value, json};

/// The error of a card that was refused, as it stands in answers and in `last_payment_error`.
pub(crate) fn decline(code: &str, decline_code: &str, charge: &Value) -> Value {
    let message = match decline_code {
        "insufficient_funds" => "Your card has insufficient funds.",
        "expired_card" => "Your card has expired.",
        "incorrect_cvc" => "Your card's security code is incorrect.",
        "authentication_required" => "Your card was declined. This transaction requires authentication.",
        _ => "Your card was declined.",
    };
    let mut error = json!({
        "type": "card_error",
        "code": code,
        "decline_code": decline_code,
        "doc_url": format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")),
        "message": message,
    });
    if !charge.is_null() {
        error["charge"] = charge["id"].clone();
    }
    error
}

/// Why a payment was not even tried.
pub(crate) fn refused(code: &str, message: &str) -> Value {
    json!({ "type": "invalid_request_error", "code": code, "message": message })
}
