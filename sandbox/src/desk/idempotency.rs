//! Idempotency keys as Stripe keeps them: an answer is kept for a day from when the operation began, whatever it was;
//! what is refused before that (parameters, credentials, limits) is not.

use std::collections::HashMap;

use serde_json::Value;

use super::answer::Reply;
use crate::failure::Failure;

/// Seconds that a key is remembered.
const KEPT: i64 = 24 * 3600;
const LONGEST: usize = 255;

#[derive(Debug, Default)]
pub(crate) struct Keys(HashMap<String, Entry>);

#[derive(Debug)]
struct Entry {
    /// Method, path and parameters.
    request: Request,
    since: i64,
    /// None while the request is being worked on.
    reply: Option<Reply>,
}

/// What must be the same when a key comes again.
pub(crate) type Request = (String, Value);

impl Keys {
    /// Takes the key for this request, or gives the answer that it had.
    ///
    /// # Errors
    /// If the key is too long, is being used at this moment, or was used for something else.
    pub(crate) fn take(&mut self, key: &str, request: &Request, now: i64) -> Result<Option<Reply>, Failure> {
        if key.len() > LONGEST {
            let message = format!("Idempotency keys can be at most {LONGEST} characters long.");
            return Err(Failure::new(400, "idempotency_error", message));
        }
        self.0.retain(|_, entry| entry.reply.is_none() || now - entry.since < KEPT);
        let Some(entry) = self.0.get(key) else {
            let entry = Entry { request: request.clone(), since: now, reply: None };
            self.0.insert(key.to_owned(), entry);
            return Ok(None);
        };
        if entry.request != *request {
            return Err(Failure::new(
                400,
                "idempotency_error",
                format!(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
                 using a key other than '{key}' if you meant to execute a different request."
                ),
            ));
        }
        match &entry.reply {
            Some(reply) => Ok(Some(reply.clone().replayed())),
            None => Err(in_use(key)),
        }
    }

    /// Keeps the answer under its key.
    pub(crate) fn keep(&mut self, key: &str, reply: &Reply) {
        if let Some(entry) = self.0.get_mut(key)
            && entry.reply.is_none()
        {
            entry.reply = Some(reply.clone());
        }
    }
}

/// What a second request hears while the first one with its key is being worked on.
pub(crate) fn in_use(key: &str) -> Failure {
    let message = format!(
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted \
         twice, and the other request is still going through): {key}. Please try again later."
    );
    Failure::new(409, "idempotency_error", message).code("idempotency_key_in_use")
}
