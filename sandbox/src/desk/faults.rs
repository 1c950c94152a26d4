//! Faults that a test asks for: slow, hanging, refusing, breaking and lying answers.

use std::time::Duration;

use serde_json::{Value, json};

use super::{answer::Reply, idempotency};
use crate::failure::Failure;

/// Something that goes wrong with requests that fit.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The method that a request must have, if it matters.
    pub method: Option<String>,
    /// How the path of a request must begin, such as `/v1/refunds`.
    pub path: String,
    /// So many requests that fit are let through first.
    pub skip: u32,
    /// So many are hit after that.
    pub times: u32,
    /// What goes wrong.
    pub effect: Effect,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Effect {
    /// The answer comes late, but right.
    Slow(Duration),
    /// No answer comes. The operation takes place or doesn't.
    Hang {
        /// Whether it takes place.
        done: bool,
    },
    /// The connection ends without an answer after the operation took place.
    Cut,
    /// Another answer than the real one.
    Status {
        /// Such as 409, 429, 500, 503.
        status: u16,
        /// Whether the operation takes place all the same.
        done: bool,
        /// The header `Retry-After`, in seconds.
        retry_after: Option<u64>,
        /// The header `Stripe-Should-Retry`.
        should_retry: Option<bool>,
    },
    /// The answer ends in the middle.
    Half,
    /// The answer has another value at this JSON pointer, or no such member.
    Wrong {
        /// Where, as in `/status`.
        pointer: String,
        /// What is there instead; none to leave it out.
        value: Option<Value>,
    },
}

impl Fault {
    /// Hits the next request whose path begins so.
    #[must_use]
    pub fn next(path: impl Into<String>, effect: Effect) -> Self {
        Self { method: None, path: path.into(), skip: 0, times: 1, effect }
    }

    /// Hits so many of them.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Lets so many through first.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Only requests with this method.
    #[must_use]
    pub fn on(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        path.starts_with(&self.path) && self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
    }
}

/// The effect that hits this request, if any; the fault is used up by one.
pub(crate) fn strike(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Effect> {
    let at = faults.iter().position(|fault| fault.fits(method, path) && fault.times > 0)?;
    let fault = &mut faults[at];
    if fault.skip > 0 {
        fault.skip -= 1;
        return None;
    }
    fault.times -= 1;
    let effect = fault.effect.clone();
    faults.retain(|fault| fault.times > 0);
    Some(effect)
}

impl Effect {
    /// Whether the operation is carried out.
    pub(crate) fn acts(&self) -> bool {
        !matches!(self, Self::Hang { done: false } | Self::Status { done: false, .. })
    }

    /// The answer that is given in place of the real one.
    pub(crate) fn replace(&self, reply: Reply, key: Option<&str>) -> Reply {
        match self {
            Self::Status { status, retry_after, should_retry, .. } => {
                let mut reply = Reply::new(Err(failure(*status, key)));
                if let Some(seconds) = retry_after {
                    reply = reply.with("retry-after", seconds.to_string());
                }
                if let Some(retry) = should_retry {
                    reply = reply.with("stripe-should-retry", retry.to_string());
                }
                reply
            }
            Self::Wrong { pointer, value } => wrong(reply, pointer, value.as_ref()),
            _ => reply,
        }
    }
}

fn wrong(mut reply: Reply, pointer: &str, value: Option<&Value>) -> Reply {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return reply };
    if let Some(parent) = reply.body.pointer_mut(parent) {
        match (parent, value) {
            (Value::Object(members), None) => drop(members.remove(name)),
            (Value::Object(members), Some(value)) => drop(members.insert(name.to_owned(), value.clone())),
            (other, _) => *other = json!({ "unexpected": true }),
        }
    }
    reply
}

fn failure(status: u16, key: Option<&str>) -> Failure {
    match status {
        409 => idempotency::in_use(key.unwrap_or_default()),
        429 => {
            Failure::new(429, "invalid_request_error", "Too many requests hit the API too quickly.").code("rate_limit")
        }
        _ => Failure::new(status, "api_error", "An unknown error occurred"),
    }
}
