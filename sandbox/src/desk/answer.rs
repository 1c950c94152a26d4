//! An answer on its way out: status, headers, JSON.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE},
};
use serde_json::Value;

use crate::{failure::Failure, fields::Fields};

/// What is answered, and kept under an idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    pub(crate) fn new(result: Result<Value, Failure>) -> Self {
        match result {
            Ok(body) => Self { status: 200, body: body.shown(), headers: Vec::new() },
            Err(failure) => {
                let mut reply = Self { status: failure.status, body: failure.body().shown(), headers: Vec::new() };
                if failure.status == 409 {
                    reply = reply.with("stripe-should-retry", "true");
                }
                reply
            }
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.into()));
        self
    }

    /// The same answer when its key comes again.
    pub(crate) fn replayed(self) -> Self {
        let first = self.headers.iter().find(|(name, _)| *name == "request-id").map(|(_, id)| id.clone());
        let reply = self.with("idempotent-replayed", "true");
        match first {
            Some(id) => reply.with("original-request", id),
            None => reply,
        }
    }

    pub(crate) fn text(&self) -> String {
        self.body.to_string()
    }

    /// The response with this body instead of the text of the answer.
    pub(crate) fn into_response(self, body: Body) -> Response<Body> {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers: &mut HeaderMap = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}
