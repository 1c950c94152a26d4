//! What goes wrong, in Stripe's shape: type, code, parameter, message, status.

use serde_json::{Map, Value, json};

/// A refusal or failure that is answered to the caller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    /// The members of `error`.
    pub(crate) error: Map<String, Value>,
}

pub(crate) type Answer = Result<Value, Failure>;

impl Failure {
    pub(crate) fn new(status: u16, kind: &str, message: impl Into<String>) -> Self {
        let mut error = Map::new();
        error.insert("type".into(), kind.into());
        error.insert("message".into(), message.into().into());
        Self { status, error }
    }

    /// A request that can't be meant.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// An object that isn't there. `param` is the parameter that named it.
    pub(crate) fn missing(what: &str, id: &str, param: &str) -> Self {
        let mut failure = Self::invalid(format!("No such {what}: '{id}'")).code("resource_missing").param(param);
        failure.status = 404;
        failure
    }

    /// A card that was refused; the payment intent goes with it.
    pub(crate) fn card(error: &Value, intent: Option<&Value>) -> Self {
        let mut failure = Self::new(402, "card_error", "");
        if let Value::Object(members) = error {
            failure.error.extend(members.clone());
        }
        if let Some(intent) = intent {
            failure.error.insert("payment_intent".into(), intent.clone());
        }
        failure
    }

    pub(crate) fn code(mut self, code: &str) -> Self {
        let page = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
        self.error.insert("code".into(), code.into());
        self.error.insert("doc_url".into(), page.into());
        self
    }

    pub(crate) fn param(mut self, param: &str) -> Self {
        self.error.insert("param".into(), param.into());
        self
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "error": self.error })
    }
}
