//! DID documents with the secret key: what the did:key method resolves to, and `secretKeyMultibase` in its Multikey
//! (W3C Controlled Identifiers 1.0, section 2.2.2).

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Format, ImportError, json, seed_key, with_public};
use crate::{
    did::{SECRET_KEY_CODEC, did_key, public_key, public_key_multibase},
    secret::SeedKey,
};

/// The document.
pub(super) fn write(key: &SeedKey) -> Zeroizing<String> {
    let public_key = key.public_key();
    let (did, multibase) = (did_key(&public_key), public_key_multibase(&public_key));
    let method = format!("{did}#{multibase}");
    let methods = [method.as_str()];
    let secret = secret_multibase(key);
    json(&Document {
        context: ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        id: &did,
        verification_method: [Method {
            id: &method,
            r#type: "Multikey",
            controller: &did,
            public_key_multibase: &multibase,
            secret_key_multibase: &secret,
        }],
        authentication: methods,
        assertion_method: methods,
        capability_delegation: methods,
        capability_invocation: methods,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(rename = "@context")]
    context: [&'a str; 2],
    id: &'a str,
    verification_method: [Method<'a>; 1],
    authentication: [&'a str; 1],
    assertion_method: [&'a str; 1],
    capability_delegation: [&'a str; 1],
    capability_invocation: [&'a str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Method<'a> {
    id: &'a str,
    r#type: &'a str,
    controller: &'a str,
    public_key_multibase: &'a str,
    secret_key_multibase: &'a str,
}

/// `z` and base58btc of the code and the seed.
fn secret_multibase(key: &SeedKey) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(34));
    bytes.extend_from_slice(&SECRET_KEY_CODEC);
    bytes.extend_from_slice(key.seed());
    let text = Zeroizing::new(bs58::encode(&*bytes).into_string());
    let mut multibase = Zeroizing::new(String::with_capacity(64));
    multibase.push('z');
    multibase.push_str(&text);
    multibase
}

/// What is read of a document.
#[derive(Deserialize)]
struct Given<'a> {
    id: &'a str,
    #[serde(borrow, rename = "verificationMethod")]
    methods: Vec<GivenMethod<'a>>,
}

#[derive(Deserialize)]
struct GivenMethod<'a> {
    #[serde(borrow, rename = "secretKeyMultibase")]
    secret: Option<&'a str>,
}

/// The key of the first method that has a secret.
pub(super) fn read(text: &str) -> Result<SeedKey, ImportError> {
    const FORMAT: Format = Format::DidDocument;
    let damaged = |reason| ImportError::Damaged { format: FORMAT, reason };
    let document: Given<'_> = serde_json::from_str(text).map_err(|_| damaged("it is not a DID document"))?;
    let secret = document.methods.iter().find_map(|method| method.secret).ok_or(damaged("it has no secret key"))?;
    let base58 = secret.strip_prefix('z').ok_or(damaged("its secret key is not base58btc"))?;
    let bytes = bs58::decode(base58).into_vec().map(Zeroizing::new);
    let bytes = bytes.map_err(|_| damaged("its secret key is not base58btc"))?;
    let secret = bytes.strip_prefix(&SECRET_KEY_CODEC).ok_or(ImportError::NotEd25519 { format: FORMAT })?;
    let public_key = public_key(document.id).ok_or(damaged("its id is no did:key of an Ed25519 key"))?;
    // Some software writes the public key after the seed.
    let (seed, rest) = secret.split_at_checked(32).ok_or(damaged("its secret key is too short"))?;
    let key = with_public(seed_key(seed, FORMAT)?, &public_key, FORMAT)?;
    if rest.is_empty() { Ok(key) } else { with_public(key, rest, FORMAT) }
}
