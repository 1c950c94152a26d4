//! Lines of invoices: an item for a period, or the part of one that a change pays back or adds.

use serde_json::{Value, json};

use crate::{fields::Fields, world::World};

/// What a line is about.
pub(crate) struct Line<'a> {
    pub(crate) item: &'a Value,
    pub(crate) amount: i64,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) proration: bool,
}

impl World {
    /// A line that is not on an invoice yet.
    pub(crate) fn line(&mut self, line: &Line<'_>) -> Value {
        let Line { item, amount, .. } = *line;
        let price = &item["price"];
        let product = self.objects.any(price.text("product"));
        let name = product.map_or("Sandbox", |product| product.text("name"));
        let description = match (line.proration, amount < 0) {
            (true, true) => format!("Unused time on {name}"),
            (true, false) => format!("Remaining time on {name}"),
            _ => format!("{} × {name}", item.int("quantity")),
        };
        json!({
            "id": self.random.id("il_"),
            "object": "line_item",
            "amount": amount,
            "currency": price["currency"],
            "description": description,
            "discount_amounts": [],
            "discountable": !line.proration,
            "discounts": [],
            "invoice": null,
            "livemode": false,
            "metadata": {},
            "parent": {
                "invoice_item_details": null,
                "subscription_item_details": {
                    "invoice_item": null, "proration": line.proration, "proration_details": { "credited_items": null },
                    "subscription": item["subscription"], "subscription_item": item["id"],
                },
                "type": "subscription_item_details",
            },
            "period": { "end": line.end, "start": line.start },
            "pretax_credit_amounts": [],
            "pricing": {
                "price_details": { "price": price["id"], "product": price["product"] }, "type": "price_details",
                "unit_amount_decimal": price["unit_amount_decimal"],
            },
            "quantity": item.int("quantity"),
            "quantity_decimal": item.int("quantity").to_string(),
            "subscription": item["subscription"],
            "subtotal": amount,
            "taxes": [],
        })
    }

    /// The lines of the running period of a subscription's items.
    pub(crate) fn period_lines(&mut self, subscription: &Value, free: bool) -> Vec<Value> {
        let items = subscription["items"].list("data").to_vec();
        let line = |item: &Value| {
            let amount = if free { 0 } else { cost(item) };
            let (start, end) = (item.int("current_period_start"), item.int("current_period_end"));
            self.line(&Line { item, amount, start, end, proration: false })
        };
        items.iter().map(line).collect()
    }
}

/// What an item costs in each period.
pub(crate) fn cost(item: &Value) -> i64 {
    item["price"].int("unit_amount") * item["quantity"].as_i64().unwrap_or(1)
}
