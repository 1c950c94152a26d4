//! What clients look at again and again: a weak `ETag`, 304 for whoever has the same already, and `Retry-After` while it
//! is not done.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::error::Problem;

/// Seconds after which another look at what is not done is worth it.
const AGAIN: u16 = 2;

/// `body` as an answer to a request with `headers`.
pub(crate) fn polled(headers: &HeaderMap, body: &impl Serialize, done: bool) -> Result<Response, Problem> {
    let text = serde_json::to_vec(body).map_err(|_| Problem::internal())?;
    let tag = format!("W/\"{}\"", &blake3::hash(&text).to_hex()[..32]);
    let mut response =
        if has(headers, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { Json(body).into_response() };
    let tag = HeaderValue::try_from(tag).map_err(|_| Problem::internal())?;
    response.headers_mut().insert(header::ETAG, tag);
    if !done {
        response.headers_mut().insert(header::RETRY_AFTER, AGAIN.into());
    }
    Ok(response)
}

/// Whether the client has an answer of this tag. Strong and weak ones are compared alike (RFC 9110, 13.1.2).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    sent.flat_map(|value| value.split(',')).any(|one| one.trim() == "*" || bare(one) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[&'static str], done: bool) -> Response {
        let mut map = HeaderMap::new();
        for value in headers {
            map.append(header::IF_NONE_MATCH, HeaderValue::from_static(value));
        }
        polled(&map, &serde_json::json!({ "state": "open" }), done).unwrap()
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let first = asked(&[], false);
        assert_eq!((first.status().as_u16(), &first.headers()[header::RETRY_AFTER]), (200, &HeaderValue::from(2)));
        let tag: &'static str = first.headers()[header::ETAG].to_str().unwrap().to_owned().leak();
        assert!(tag.starts_with("W/\"") && tag.len() == 36, "{tag}");
        assert_eq!(asked(&["\"x\"", tag], false).status().as_u16(), 304);
        assert_eq!(asked(&[tag.trim_start_matches("W/")], true).status().as_u16(), 304);
        assert_eq!(asked(&["*"], true).status().as_u16(), 304);
        let other = asked(&["\"x\", W/\"y\""], true);
        assert_eq!((other.status().as_u16(), other.headers().contains_key(header::RETRY_AFTER)), (200, false));
    }
}
