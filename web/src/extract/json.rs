//! Strict JSON bodies: the right content type, no unknown field, every refused field named.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use http::header;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    body::RawBody,
    fields::{Check, Fields, refuse_nul},
};
use crate::{
    Web,
    error::{FieldError, Problem},
};

/// A JSON body of type `T` and the hash of its content, which idempotency keys are bound to.
#[derive(Debug)]
pub(crate) struct ApiJson<T> {
    /// The body.
    pub(crate) body: T,
    /// BLAKE3 of the JSON with its members in order, so that white space and order do not matter.
    pub(crate) hash: [u8; 32],
}

impl<T: DeserializeOwned + Check> FromRequest<Web> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::unsupported_type("application/json"));
        }
        let RawBody(bytes) = RawBody::from_request(request, web).await?;
        parse(&bytes)
    }
}

fn is_json(request: &Request) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn parse<T: DeserializeOwned + Check>(bytes: &[u8]) -> Result<ApiJson<T>, Problem> {
    let value: Value = serde_json::from_slice(bytes).map_err(Problem::malformed)?;
    let mut fields = Fields::default();
    // Serde would read the members of a list as the fields of an object, one after another.
    fields.require(value.is_object(), "", "the body must be a JSON object");
    refuse_nul(&value, "", &mut fields);
    fields.finish()?;
    let value = whole(value);
    let hash = blake3::hash(sorted(&value).to_string().as_bytes()).into();
    let body: T = serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        Problem::invalid(&[FieldError::new(path, error.inner().to_string())])
    })?;
    let mut fields = Fields::default();
    body.check(&mut fields);
    fields.finish()?;
    Ok(ApiJson { body, hash })
}

/// The same JSON with `8.0` written as `8`: to JSON both are one number, and to JSON Schema both are whole.
#[expect(clippy::cast_possible_truncation, reason = "it is whole and within bounds")]
fn whole(value: Value) -> Value {
    /// Beyond it not every whole number has a float of its own.
    const MOST: f64 = 9_007_199_254_740_991.0;
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() <= MOST => Value::from(float as i64),
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, whole(member))).collect::<serde_json::Map<_, _>>().into()
        }
        other => other,
    }
}

/// The same JSON with the members of every object in the order of their names.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().map(|(name, member)| (name.clone(), sorted(member))).collect();
            members.into_iter().collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        text: String,
        inner: Option<Inner>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        count: u8,
    }
    impl Check for Order {
        fn check(&self, fields: &mut Fields) {
            fields.require(!self.text.is_empty(), "text", "must not be empty");
            fields.require(self.inner.as_ref().is_none_or(|i| i.count > 0), "inner.count", "must be above zero");
        }
    }

    fn refused(body: &str) -> Problem {
        parse::<Order>(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn every_refused_field_is_named() {
        let problem = refused(r#"{"text": "", "inner": {"count": 0}}"#);
        let fields = &problem.details.unwrap()["fields"];
        assert_eq!((&fields[0]["field"], &fields[1]["field"]), (&"text".into(), &"inner.count".into()));
        let problem = refused(r#"{"text": "a", "inner": {"count": 300}}"#);
        assert_eq!(problem.details.unwrap()["fields"][0]["field"], "inner.count");
    }

    #[test]
    fn unknown_fields_nul_and_text_that_is_not_json_are_told_apart() {
        let unknown = refused(r#"{"text": "a", "tex": 1}"#);
        assert_eq!((unknown.status.as_u16(), unknown.code), (422, "VALIDATION_FAILED"));
        assert!(unknown.message.contains("tex"), "{}", unknown.message);
        let nul = refused("{\"text\": \"a\\u0000\"}");
        assert_eq!(nul.details.unwrap()["fields"][0]["field"], "text");
        assert_eq!(refused("{").status.as_u16(), 400);
        for other in ["[\"a\", null]", "null", "1", "\"a\""] {
            assert_eq!(refused(other).code, "VALIDATION_FAILED", "{other}");
        }
    }

    #[test]
    fn a_whole_number_may_have_a_point() {
        let body = parse::<Order>(br#"{"text": "a", "inner": {"count": 3.0}}"#).unwrap().body;
        assert_eq!(body.inner.unwrap().count, 3);
        assert_eq!(refused(r#"{"text": "a", "inner": {"count": 3.5}}"#).code, "VALIDATION_FAILED");
        assert_eq!(refused(r#"{"text": "a", "inner": {"count": 1e300}}"#).code, "VALIDATION_FAILED");
    }

    #[test]
    fn the_hash_does_not_see_white_space_or_order() {
        let a = parse::<Order>(br#"{"text":"a","inner":{"count":1}}"#).unwrap();
        let b = parse::<Order>(br#"{ "inner": {"count": 1}, "text": "a" }"#).unwrap();
        assert_eq!((a.hash, a.body.text, a.body.inner.unwrap().count), (b.hash, b.body.text, 1));
    }
}
