//! Invoices: what a subscription asks to be paid.

use serde::Serialize;

use super::{
    super::{Change, List, Look, Metadata, Object, Read, Unreadable},
    Created, Searchable,
    subscriptions::{ItemChange, Proration},
};
use crate::domain::time::Timestamp;

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Its id.
    pub id: String,
    /// `draft` (as a preview is), `open`, `paid`, `uncollectible` or `void`.
    pub status: String,
    /// What it came of: `subscription_create`, `subscription_cycle`, `subscription_update` and others.
    pub billing_reason: Option<String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// The subscription that it is for.
    pub subscription: Option<String>,
    /// What that had as entries of our own when this was made.
    pub subscription_metadata: Metadata,
    /// What is to be paid, in cents.
    pub amount_due: i64,
    /// What was paid, in cents.
    pub amount_paid: i64,
    /// In small letters, like `usd`.
    pub currency: Option<String>,
    /// What pays or paid it, if that was asked for.
    pub payment_intent: Option<String>,
    /// How often its payment was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_attempt: Option<Timestamp>,
    /// When it became final.
    pub finalized_at: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// Stripe's page with it.
    pub hosted_url: Option<String>,
    /// What it asks to be paid for.
    pub lines: Vec<Line>,
    /// Entries of our own.
    pub metadata: Metadata,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// In cents; below zero for what is given back.
    pub amount: i64,
    /// What it is for, in Stripe's words.
    pub description: Option<String>,
    /// Its price.
    pub price: Option<String>,
    /// When the time that it is for begins.
    pub period_start: Option<Timestamp>,
    /// When that ends.
    pub period_end: Option<Timestamp>,
}

impl Read for Line {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            amount: object.need("amount", Object::int)?,
            description: object.text("description"),
            price: object.reference("pricing.price_details.price"),
            period_start: object.moment("period.start"),
            period_end: object.moment("period.end"),
        })
    }
}

impl Read for Invoice {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        let of = "parent.subscription_details";
        let payments = object.list("payments");
        Ok(Self {
            id: object.id()?,
            status: object.need("status", Object::text)?,
            billing_reason: object.text("billing_reason"),
            customer: object.reference("customer"),
            subscription: object.reference(&format!("{of}.subscription")),
            subscription_metadata: object.metadata(&format!("{of}.metadata")),
            amount_due: object.need("amount_due", Object::int)?,
            amount_paid: object.int("amount_paid").unwrap_or_default(),
            currency: object.text("currency"),
            payment_intent: payments.iter().find_map(|payment| payment.reference("payment.payment_intent")),
            attempts: object.int("attempt_count").unwrap_or_default(),
            next_attempt: object.moment("next_payment_attempt"),
            finalized_at: object.moment("status_transitions.finalized_at"),
            paid_at: object.moment("status_transitions.paid_at"),
            hosted_url: object.text("hosted_invoice_url"),
            lines: object.list("lines").iter().map(Line::read).collect::<Result<_, _>>()?,
            metadata: object.metadata("metadata"),
            created: object.moment("created"),
            livemode: object.flag("livemode"),
        })
    }
}

impl Searchable for Invoice {
    const PATH: &'static str = "/v1/invoices";
}

/// Reads an invoice, with what paid it.
#[derive(Clone, Debug, Serialize)]
pub struct GetInvoice {
    #[serde(skip)]
    id: String,
    expand: [&'static str; 1],
}

impl GetInvoice {
    /// The one with this id.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), expand: ["payments"] }
    }
}

impl Look for GetInvoice {
    type Answer = Invoice;

    fn path(&self) -> String {
        format!("{}/{}", Invoice::PATH, self.id)
    }
}

/// Reads invoices, without what paid them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListInvoices {
    /// Of this customer.
    pub customer: Option<String>,
    /// Of this subscription.
    pub subscription: Option<String>,
    /// That stand like this.
    pub status: Option<InvoiceStatus>,
    /// Made within this time.
    pub created: Option<Created>,
}

/// How an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// It may still change.
    Draft,
    /// It waits for its payment.
    Open,
    /// Paid.
    Paid,
    /// Given up.
    Uncollectible,
    /// Taken back.
    Void,
}

impl List for ListInvoices {
    type Item = Invoice;
    const PATH: &'static str = Invoice::PATH;
}

/// What a change of a subscription would cost now. It changes nothing, and is sent like a change all the same.
#[derive(Clone, Debug, Serialize)]
pub struct PreviewInvoice {
    /// The subscription.
    pub subscription: String,
    /// The change.
    pub subscription_details: PreviewDetails,
}

/// A change to be previewed.
#[derive(Clone, Debug, Serialize)]
pub struct PreviewDetails {
    /// What the subscription would be for.
    pub items: Vec<ItemChange>,
    /// What would become of the time that is paid.
    pub proration_behavior: Proration,
    /// From when that would be counted, in Unix seconds; the change has to name the same moment to cost the same.
    pub proration_date: Option<i64>,
}

impl Change for PreviewInvoice {
    type Answer = Invoice;

    fn path(&self) -> String {
        format!("{}/create_preview", Invoice::PATH)
    }
}
