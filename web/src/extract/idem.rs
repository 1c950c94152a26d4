//! The `Idempotency-Key` header, and the same promise for forms, whose pages carry a fresh key in a hidden field.

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;
use vanikeys_core::flow::Key;

use crate::{Web, error::Problem};

/// The client's key, if it sent one.
#[derive(Clone, Debug)]
pub(crate) struct Idem(Option<String>);

impl Idem {
    /// The key that a form carries.
    pub(crate) fn form(key: Option<String>) -> Result<Self, Problem> {
        match key {
            Some(key) if !is_key(&key) => Err(Problem::bad_idempotency_key()),
            key => Ok(Self(key)),
        }
    }

    /// The key of `user` at `endpoint` for a content of this hash.
    pub(crate) fn key(self, user: Uuid, endpoint: &'static str, content_hash: [u8; 32]) -> Option<Key> {
        self.0.map(|key| Key { scope: user.to_string(), endpoint, key, content_hash })
    }

    /// The same for what has an effect outside: a request that came without a key gets one of its own.
    pub(crate) fn always(self, user: Uuid, endpoint: &'static str, content_hash: [u8; 32]) -> Key {
        let key = self.0.unwrap_or_else(|| Uuid::now_v7().to_string());
        Key { scope: user.to_string(), endpoint, key, content_hash }
    }
}

fn is_key(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl FromRequestParts<Web> for Idem {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        let mut sent = parts.headers.get_all("idempotency-key").iter();
        match (sent.next(), sent.next()) {
            (None, _) => Ok(Self(None)),
            (Some(value), None) => {
                let key = value.to_str().ok().filter(|key| is_key(key)).ok_or_else(Problem::bad_idempotency_key)?;
                Ok(Self(Some(key.to_owned())))
            }
            _ => Err(Problem::bad_idempotency_key()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii_of_bounded_length() {
        assert!(is_key("0199-a_b:c"));
        assert!(!is_key("") && !is_key("a b") && !is_key("ä") && !is_key(&"x".repeat(256)));
    }
}
