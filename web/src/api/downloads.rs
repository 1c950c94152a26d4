//! Private keys as files. They are marked as downloads, never cached and never compressed.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde::Deserialize;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, OneOfBuilder, RefOr, Schema, Type},
};
use vanikeys_core::flow::key_files::KeyDownload;

/// In which format a private key is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct KeyFormat {
    /// `openssh`, `pkcs8`, `jwk`, `solana`, `seed-hex`, `seed-base58`, `did-document`, `expanded-hex`, `tor`,
    /// `wireguard`, `age`, `libp2p`, `stellar`, `algorand`, `aptos`, `sui`, `key-file` (all of them in one, with the
    /// shares and the receipt of a pull), `sealed` or `offset`; custody and target decide which are served. Left out:
    /// OpenSSH, or what there is where that cannot be: the key of X25519 software, the expanded key, the sealed file,
    /// the offset.
    #[serde(default)]
    #[param(example = "openssh")]
    pub(crate) format: Option<String>,
}

/// A private key in JSON: for Solana's programs its bytes, in every other format an object.
pub(crate) struct KeyJson;

impl PartialSchema for KeyJson {
    fn schema() -> RefOr<Schema> {
        let byte = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(255));
        let bytes = ArrayBuilder::new().items(byte);
        OneOfBuilder::new().item(bytes).item(ObjectBuilder::new().schema_type(Type::Object)).into()
    }
}

impl ToSchema for KeyJson {}

/// The file as an answer.
pub(crate) fn file(key: &KeyDownload) -> Response {
    let disposition = format!("attachment; filename=\"{}\"", key.file_name);
    // The copy that goes to the socket is not wiped; it lives as long as the answer is being sent.
    let body = Body::from(key.content.to_vec());
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(key.media_type)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Keeps the compression layer away.
        (header::CONTENT_ENCODING, HeaderValue::from_static("identity")),
    ];
    (headers, body).into_response()
}
