//! Events: what happened at Stripe, as webhooks bring it and as lists of the last 30 days have it.

use serde::Serialize;

use super::{
    super::{List, Look, Object, Read, Unreadable},
    Created,
};
use crate::domain::time::Timestamp;

const PATH: &str = "/v1/events";

/// An event. What its object looked like then is not read: that may be old by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// Its type, like `invoice.paid`.
    pub kind: String,
    /// When it happened, in whole seconds.
    pub created: Option<Timestamp>,
    /// Whether money moves.
    pub livemode: bool,
    /// What it is about.
    pub object: Option<String>,
    /// What kind of thing that is, like `invoice`.
    pub object_kind: Option<String>,
}

impl Read for Event {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            kind: object.need("type", Object::text)?,
            created: object.moment("created"),
            livemode: object.need("livemode", Object::flag)?,
            object: object.text("data.object.id"),
            object_kind: object.text("data.object.object"),
        })
    }
}

/// Reads an event of the last 30 days.
#[derive(Clone, Debug, Serialize)]
pub struct GetEvent {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetEvent {
    type Answer = Event;

    fn path(&self) -> String {
        format!("{PATH}/{}", self.id)
    }
}

/// Reads events of the last 30 days.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListEvents {
    /// False: those that not all endpoints have taken.
    pub delivery_success: Option<bool>,
    /// Of these types; twenty at most.
    pub types: Option<Vec<String>>,
    /// Happened within this time.
    pub created: Option<Created>,
}

impl List for ListEvents {
    type Item = Event;
    const PATH: &'static str = PATH;
}
