//! `billing setup`, `reconcile`, `credit`, `refund`, `unfreeze`: what an operator does about payments.

use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;
use vanikeys_core::{
    app::Schema,
    domain::billing::money,
    flow::{
        By, Failure, Key,
        billing::{self, BillingRefusal, RefundOrder, view::PurchaseView},
    },
};

use super::{Common, Failed, output};

/// Makes at Stripe what this service needs, compares both sides, repairs by hand
#[derive(Debug, Subcommand)]
pub(crate) enum Billing {
    /// Make products, prices, the portal and the webhook endpoint at Stripe, and print the settings
    Setup,
    /// Compare everything with Stripe, repair what differs and report it
    Reconcile,
    /// Credit a payment whose webhook never came
    Credit(Credit),
    /// Ask Stripe to refund a purchase
    Refund(Refund),
    /// Let tokens go that were held back because of a warning of fraud
    Unfreeze(Unfreeze),
}

/// Arguments of `credit`.
#[derive(Debug, Args)]
pub(crate) struct Credit {
    /// Stripe's id of the payment, like pi_3Mt
    payment_intent: String,
}

/// Arguments of `refund`.
#[derive(Debug, Args)]
pub(crate) struct Refund {
    /// The purchase's id
    purchase: Uuid,
    /// Cents to give back; everything that is left without it
    #[arg(long, value_name = "CENTS", value_parser = clap::value_parser!(i64).range(1..))]
    amount: Option<i64>,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Arguments of `unfreeze`.
#[derive(Debug, Args)]
pub(crate) struct Unfreeze {
    /// The purchase's id
    purchase: Uuid,
}

/// Runs one of them.
pub(super) fn run(common: &Common, command: &Billing) -> Result<(), Failed> {
    match command {
        Billing::Setup => setup(common),
        Billing::Reconcile => reconcile(common),
        Billing::Credit(args) => credit(common, args),
        Billing::Refund(args) => refund(common, args),
        Billing::Unfreeze(args) => unfreeze(common, args),
    }
}

fn failed(failure: Failure<BillingRefusal>) -> Failed {
    match failure {
        Failure::Refused(refusal @ (BillingRefusal::NotSoldHere | BillingRefusal::NotFound { .. })) => {
            Failed::usage(refusal)
        }
        other => Failed::work(other),
    }
}

fn setup(common: &Common) -> Result<(), Failed> {
    let done = common.with_app(Schema::Migrate, async |app| billing::setup(&app).await.map_err(failed))?;
    if common.json {
        output::json(&done);
        return Ok(());
    }
    for (name, value) in &done.settings {
        output::line(format_args!("{name}={value}"));
    }
    match done.made.as_slice() {
        [] => output::note("Everything was there and fits; nothing was changed."),
        made => output::note(format_args!("Made at Stripe: {}.", made.join("; "))),
    }
    Ok(())
}

fn reconcile(common: &Common) -> Result<(), Failed> {
    let report =
        common.with_app(Schema::Migrate, async |app| billing::reconcile(&app, &By::default()).await.map_err(failed))?;
    if common.json {
        output::json(&report);
    } else {
        for line in &report.repaired {
            output::line(format_args!("repaired: {line}"));
        }
        for line in &report.failed {
            output::line(format_args!("not repaired: {line}"));
        }
        output::line(format_args!(
            "{} compared, {} events were not delivered, {} differences repaired, {} left.",
            report.compared,
            report.events,
            report.repaired.len(),
            report.failed.len()
        ));
    }
    match report.failed.len() {
        0 => Ok(()),
        left => Err(Failed::work(format!("{left} differences could not be repaired"))),
    }
}

fn credit(common: &Common, args: &Credit) -> Result<(), Failed> {
    let credited = common.with_app(Schema::Migrate, async |app| {
        billing::credit(&app, &By::default(), &args.payment_intent).await.map_err(failed)
    })?;
    said(common, &credited, "is paid and its VaniTokens are credited");
    Ok(())
}

fn refund(common: &Common, args: &Refund) -> Result<(), Failed> {
    let order = RefundOrder { purchase: args.purchase, cents: args.amount, note: args.note.clone() };
    // Each call is a refund of its own.
    let key = Key {
        scope: "command-line".to_owned(),
        endpoint: "billing refund",
        key: Uuid::now_v7().to_string(),
        content_hash: [0; 32],
    };
    let done = common.with_app(Schema::Migrate, async |app| {
        billing::refund(&app, &By::default(), &key, &order).await.map_err(failed)
    })?;
    said(common, &done, "is refunded as Stripe says");
    Ok(())
}

fn unfreeze(common: &Common, args: &Unfreeze) -> Result<(), Failed> {
    let released = common.with_app(Schema::Migrate, async |app| {
        billing::unfreeze(&app, &By::default(), args.purchase).await.map_err(failed)
    })?;
    if common.json {
        output::json(&json!({ "purchase": args.purchase, "released": released }));
    } else if released {
        output::line("The purchase's VaniTokens can be spent again.");
    } else {
        output::line("None of the purchase's VaniTokens were held back.");
    }
    Ok(())
}

fn said(common: &Common, purchase: &PurchaseView, what: &str) {
    if common.json {
        output::json(purchase);
        return;
    }
    let paid = money(purchase.paid_cents.unwrap_or_default(), &purchase.currency);
    let back = money(purchase.refunded_cents, &purchase.currency);
    output::line(format_args!(
        "Purchase {} ({} VaniTokens, {paid}, of which {back} went back) {what}.",
        purchase.id, purchase.tokens
    ));
}
