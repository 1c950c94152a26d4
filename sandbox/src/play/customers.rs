//! Customers as they are made, by a request or by a Checkout Session without one.

use serde_json::{Value, json};

use crate::{
    failure::{Answer, Failure},
    fields::{Fields, metadata},
    world::World,
};

impl World {
    /// A customer of what a request says about one.
    ///
    /// # Errors
    /// If a test clock or payment method is unknown, or the bank refuses the card.
    pub(crate) fn new_customer(&mut self, params: &Value) -> Answer {
        if params.has("test_clock") {
            let clock = self.objects.get("test_helpers.test_clock", params.text("test_clock"), "test_clock")?;
            self.now = clock.int("frozen_time");
        }
        let mut customer = json!({
            "id": self.random.text("cus_", 14),
            "object": "customer",
            "address": null,
            "balance": 0,
            "created": self.now,
            "currency": null,
            "default_source": null,
            "delinquent": false,
            "description": null,
            "discount": null,
            "email": null,
            "invoice_prefix": self.random.text("", 8).to_uppercase(),
            "invoice_settings": {
                "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null,
            },
            "livemode": false,
            "metadata": metadata(params),
            "name": null,
            "next_invoice_sequence": 1,
            "phone": null,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": null,
        });
        customer
            .adopt(params, &["address", "description", "email", "name", "phone", "preferred_locales", "test_clock"]);
        if params.has("payment_method") {
            let method = self.attach(params.text("payment_method"), customer.text("id"), "payment_method")?;
            customer["_method"] = method["id"].clone();
        }
        self.set_default_method(&mut customer, params)?;
        self.create("customer.created", &customer);
        Ok(customer)
    }

    /// Takes over the method that invoices are collected with.
    ///
    /// # Errors
    /// As attaching it has.
    pub(crate) fn set_default_method(&mut self, customer: &mut Value, params: &Value) -> Result<(), Failure> {
        let method = params["invoice_settings"].text("default_payment_method");
        if !method.is_empty() {
            let method = self.attach(method, customer.text("id"), "invoice_settings[default_payment_method]")?;
            customer["invoice_settings"].set("default_payment_method", method["id"].clone());
        }
        Ok(())
    }
}
