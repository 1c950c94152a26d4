//! Invoices that are made by hand, of the items that wait for one.

use serde_json::{Value, json};

use crate::{fields::Fields, world::World};

impl World {
    /// A draft for a customer, with the items that wait or without them.
    pub(crate) fn manual_invoice(&mut self, customer: &Value, with_items: bool) -> Value {
        let waits = |item: &&Value| item["customer"] == customer["id"] && !item.has("invoice") && !item.is("deleted");
        let mut items: Vec<Value> = self.objects.of("invoiceitem").filter(waits).cloned().collect();
        if !with_items {
            items.clear();
        }
        let currency = items.first().map_or(json!("usd"), |item| item["currency"].clone());
        let lines = items.iter().map(|item| self.item_line(item)).collect();
        let payer = json!({ "currency": currency, "customer": customer["id"], "items": { "data": [] } });
        let mut invoice = self.draft(&payer, "manual", lines);
        invoice.set("auto_advance", false);
        invoice.set("parent", Value::Null);
        invoice.set("period_end", self.now);
        invoice.set("period_start", self.now);
        for mut item in items {
            item.set("invoice", invoice["id"].clone());
            self.objects.put(&item);
        }
        invoice
    }

    fn item_line(&mut self, item: &Value) -> Value {
        json!({
            "id": self.random.id("il_"),
            "object": "line_item",
            "amount": item["amount"],
            "currency": item["currency"],
            "description": item["description"],
            "discount_amounts": [],
            "discountable": true,
            "discounts": [],
            "invoice": null,
            "livemode": false,
            "metadata": item["metadata"],
            "parent": {
                "invoice_item_details": {
                    "invoice_item": item["id"], "proration": false, "proration_details": null, "subscription": null,
                },
                "subscription_item_details": null,
                "type": "invoice_item_details",
            },
            "period": item["period"],
            "pretax_credit_amounts": [],
            "pricing": null,
            "quantity": 1,
            "quantity_decimal": "1",
            "subscription": null,
            "subtotal": item["amount"],
            "taxes": [],
        })
    }
}
