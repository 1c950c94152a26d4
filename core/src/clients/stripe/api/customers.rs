//! Customers: one for each user or community that ever bought.

use serde::Serialize;

use super::{
    super::{Change, List, Look, Metadata, Object, Read, Unreadable},
    Searchable,
};

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: String,
    /// Whether it was deleted; Stripe then keeps nothing else of it.
    pub deleted: bool,
    /// Its address for mail.
    pub email: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

impl Read for Customer {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            deleted: object.flag("deleted") == Some(true),
            email: object.text("email"),
            metadata: object.metadata("metadata"),
            livemode: object.flag("livemode"),
        })
    }
}

impl Searchable for Customer {
    const PATH: &'static str = "/v1/customers";
}

/// Makes a customer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CreateCustomer {
    /// Where receipts go.
    pub email: Option<String>,
    /// A name for the dashboard.
    pub name: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
}

impl Change for CreateCustomer {
    type Answer = Customer;

    fn path(&self) -> String {
        Customer::PATH.to_owned()
    }
}

/// Reads a customer.
#[derive(Clone, Debug, Serialize)]
pub struct GetCustomer {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetCustomer {
    type Answer = Customer;

    fn path(&self) -> String {
        format!("{}/{}", Customer::PATH, self.id)
    }
}

/// Reads customers. Unlike the search, it is never late.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListCustomers {
    /// Those with this address, in this spelling.
    pub email: Option<String>,
    /// Those that were made within this time.
    pub created: Option<super::Created>,
}

impl List for ListCustomers {
    type Item = Customer;
    const PATH: &'static str = Customer::PATH;
}
