//! Calls to Stripe, and the signatures of what it sends us. Requests are structs of our own with the parameters that we
//! use ([`api`]), checked by tests against Stripe's OpenAPI document; answers are read into structs with the fields that
//! count. Why not a library: `docs/decisions/stripe.md`.
//!
//! A request that changes something goes by [`Stripe::send`], whose idempotency key is made of the [`Acting`] and a word
//! for the step; the same step must send the same request. Reading goes by [`Stripe::get`], [`Stripe::list`] and
//! [`Stripe::search`].

pub mod account;
pub mod api;
mod form;
mod object;
mod pace;
pub mod signature;
#[cfg(test)]
mod tests;
mod transport;
mod trouble;

use std::sync::Arc;

use reqwest::Method;
use serde::Serialize;

pub use object::{Metadata, Object, Read, Unreadable};
pub use pace::Pace;
pub use trouble::{Refused, Trouble};

use super::{
    acting::{self, Acting},
    tls::Trust,
};
use account::Account;
use transport::{Sent, Transport};

/// The version of Stripe's API that every request asks for. What is sent and read is checked against its document.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// Objects of one page of a list; the most that Stripe gives.
const PAGE: u32 = 100;

/// An account at Stripe. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct Stripe {
    transport: Arc<Transport>,
    livemode: bool,
}

/// The client cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("the client for Stripe cannot be built: {0}")]
pub struct StripeError(String);

/// A request that changes something at Stripe.
pub trait Change: Serialize + Sync {
    /// What is answered.
    type Answer: Read;
    /// How; most are sent.
    const METHOD: Method = Method::POST;
    /// Where to, like `/v1/customers`.
    fn path(&self) -> String;
}

/// A request that reads one thing.
pub trait Look: Serialize + Sync {
    /// What is answered.
    type Answer: Read;
    /// Where, like `/v1/customers/cus_1`.
    fn path(&self) -> String;
}

/// A request that reads a list, newest first.
pub trait List: Serialize + Sync {
    /// What it is a list of.
    type Item: Read;
    /// Where, like `/v1/customers`.
    const PATH: &'static str;
}

impl Stripe {
    /// A client for this account.
    ///
    /// # Errors
    /// TLS could not be set up.
    pub fn new(account: &Account, trust: &Trust, pace: Pace) -> Result<Self, StripeError> {
        let transport = Arc::new(Transport::new(account, trust, pace)?);
        Ok(Self { transport, livemode: account.livemode })
    }

    /// Whether money moves.
    #[must_use]
    pub fn livemode(&self) -> bool {
        self.livemode
    }

    /// Changes something, at most once for this act and step: `step` is a word like `customer` that tells the requests of
    /// one act apart, and becomes part of the idempotency key. Stripe forgets keys after a day.
    ///
    /// # Errors
    /// [`Trouble`]. After [`Trouble::Unavailable`] it may have taken place all the same.
    pub async fn send<C: Change>(&self, acting: &Acting, step: &str, change: &C) -> Result<C::Answer, Trouble> {
        acting.no_transaction();
        let key = format!("{}:{step}", acting.id());
        let sent = Sent { method: C::METHOD, path: change.path(), form: form::encode(change), key: Some(key) };
        let answer = self.transport.call(&sent).await?;
        read(&sent.path, &answer)
    }

    /// Reads one thing.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn get<L: Look>(&self, look: &L) -> Result<L::Answer, Trouble> {
        acting::no_transaction();
        let sent = Sent { method: Method::GET, path: look.path(), form: form::encode(look), key: None };
        let answer = self.transport.call(&sent).await?;
        read(&sent.path, &answer)
    }

    /// Reads a list to its last page, newest first. What cannot be read fails the whole: a list with a gap would say that
    /// something is not there.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn list<L: List>(&self, list: &L) -> Result<Vec<L::Item>, Trouble> {
        acting::no_transaction();
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let mut form = form::encode(list);
            form::append(&mut form, "limit", &PAGE.to_string());
            if let Some(after) = &after {
                form::append(&mut form, "starting_after", after);
            }
            let sent = Sent { method: Method::GET, path: L::PATH.to_owned(), form, key: None };
            let answer = self.transport.call(&sent).await?;
            let page = Object::new(&answer);
            let items = page.list("data");
            after = items.last().map(Object::id).transpose().map_err(|error| Trouble::unreadable(L::PATH, error))?;
            for item in items {
                all.push(L::Item::read(&item).map_err(|error| Trouble::unreadable(L::PATH, error))?);
            }
            if page.flag("has_more") != Some(true) || after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Finds what has these entries in its metadata, all pages. Stripe's search is up to a minute late.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn search<T: api::Searchable>(&self, metadata: &[(&str, &str)]) -> Result<Vec<T>, Trouble> {
        acting::no_transaction();
        let (mut all, mut page) = (Vec::new(), None::<String>);
        let query = api::query(metadata);
        let path = format!("{}/search", T::PATH);
        loop {
            let mut form = String::new();
            form::append(&mut form, "query", &query);
            form::append(&mut form, "limit", &PAGE.to_string());
            if let Some(page) = &page {
                form::append(&mut form, "page", page);
            }
            let sent = Sent { method: Method::GET, path: path.clone(), form, key: None };
            let answer = self.transport.call(&sent).await?;
            let found = Object::new(&answer);
            for item in found.list("data") {
                all.push(T::read(&item).map_err(|error| Trouble::unreadable(&path, error))?);
            }
            page = found.text("next_page");
            if found.flag("has_more") != Some(true) || page.is_none() {
                return Ok(all);
            }
        }
    }
}

fn read<T: Read>(path: &str, answer: &serde_json::Value) -> Result<T, Trouble> {
    T::read(&Object::new(answer)).map_err(|error| Trouble::unreadable(path, error))
}
