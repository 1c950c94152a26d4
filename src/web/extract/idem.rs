//! The `Idempotency-Key` header, and the same promise for forms, whose pages carry a fresh key in a hidden field.

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;
use vanikeys_core::flow::Key;

use crate::web::{Web, error::Problem};

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

    /// An id that is the same for the same key of the same actor about the same subject, and fresh without a key. For
    /// deeds that are told apart by an id of their own.
    pub(crate) fn id(self, deed: &str, actor: Option<Uuid>, subject: Uuid) -> Uuid {
        let Some(key) = self.0 else { return Uuid::now_v7() };
        let content = format!("{deed}/{}/{subject}/{key}", actor.unwrap_or_default());
        let digest = blake3::derive_key("vanikeys idempotent id v1", content.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
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
