//! Words of what is about payments.

use crate::domain::{billing::subscription::Status, time::Timestamp};

/// Title, message, and the label and page of what to do about it.
type Said = (&'static str, String, &'static str, String);

fn in_wallet(title: &'static str, message: String) -> Said {
    (title, message, "Look at your payments", String::from("/app/wallet"))
}

pub(super) fn succeeded(what: &str, amount: &str, tokens: i64, stripe_id: &str) -> Said {
    let credited = if tokens == 0 { String::new() } else { format!(" {} credited.", were(tokens)) };
    in_wallet("Your payment arrived", format!("You paid {amount} for {what}.{credited} Payment {stripe_id}."))
}

pub(super) fn failed(what: &str, amount: &str, grace_until: Option<Timestamp>) -> Said {
    let (rest, route) = match grace_until {
        Some(until) => (format!("It stays until {}; pay by then to keep it.", until.minute()), "/app/plan"),
        None => (String::from("Nothing was charged; you can try again."), "/app/wallet"),
    };
    let message = format!("{amount} for {what} could not be collected. {rest}");
    ("A payment failed", message, "Check how you pay", route.to_owned())
}

pub(super) fn refunded(what: &str, amount: &str, tokens: i64, stripe_id: &str) -> Said {
    let taken = if tokens == 0 { String::new() } else { format!(" {} taken back for it.", were(tokens)) };
    let message = format!("{amount} for {what} is on its way back to you.{taken} Refund {stripe_id}.");
    in_wallet("A payment was refunded", message)
}

pub(super) fn disputed(what: &str, amount: &str, tokens: i64, stripe_id: &str) -> Said {
    let taken = if tokens == 0 { String::new() } else { format!(" Until it is decided, {} taken back.", were(tokens)) };
    let message = format!("Your bank disputes {amount} for {what}.{taken} Dispute {stripe_id}.");
    in_wallet("A payment was disputed", message)
}

pub(super) fn decided(what: &str, won: bool, stripe_id: &str) -> Said {
    let end = if won {
        "The payment stands, and what was taken for it went back to you."
    } else {
        "The bank took the payment back, and what it was for is gone."
    };
    in_wallet("A dispute was decided", format!("The dispute about {what} is over. {end} Dispute {stripe_id}."))
}

pub(super) fn subscription(what: &str, status: Status, ends_at: Option<Timestamp>) -> Said {
    let message = match (status.is_live(), ends_at) {
        (true, Some(at)) => format!("{what} ends on {}.", at.minute()),
        (true, None) => format!("{what} is {}.", plain(status)),
        (false, _) => format!("{what} has ended."),
    };
    ("Your subscription changed", message, "Look at your plan", String::from("/app/plan"))
}

fn were(tokens: i64) -> String {
    if tokens == 1 { String::from("1 VaniToken was") } else { format!("{tokens} VaniTokens were") }
}

const fn plain(status: Status) -> &'static str {
    match status {
        Status::Trialing => "on trial",
        Status::Active => "active",
        Status::PastDue => "overdue",
        Status::Unpaid => "unpaid",
        Status::Paused => "paused",
        Status::Wanted | Status::Open | Status::Incomplete => "waiting for its payment",
        Status::Expired | Status::IncompleteExpired | Status::Canceled => "over",
    }
}
