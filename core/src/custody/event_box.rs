//! Events of the payment provider as they are kept for a while: they name people and payments, so at rest they are
//! encrypted under the service's event key and bound to their id.
//!
//! Layout: version `0x01` | key id (8) | nonce (24) | XChaCha20-Poly1305 of the event. Associated data:
//! `"vanikeys billing event v1" || 0x00 || event id`.

use chacha20poly1305::{
    Tag, XChaCha20Poly1305, XNonce,
    aead::{AeadInPlace, KeyInit},
};

use super::{bytes::random_bytes, key_id::KeyId, keyring::Keyring};

const VERSION: u8 = 1;
const CONTEXT: &[u8] = b"vanikeys billing event v1\0";
const HEAD: usize = 1 + 8 + 24;
const TAG: usize = 16;

/// Why a stored event cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventBoxError {
    /// Too short, or of a version that is not written.
    #[error("the stored event has an unknown form")]
    Form,
    /// The master secret that encrypted it is not in the setting any more.
    #[error("the stored event was encrypted under key {0}, which SECRET_KEY no longer holds")]
    UnknownKey(KeyId),
    /// It belongs to another id, or was changed.
    #[error("the stored event does not belong to this id, or was changed")]
    Mismatch,
}

/// Encrypts an event.
///
/// # Panics
/// Never: events are within the cipher's limit of 256 GiB.
pub fn seal(keyring: &Keyring, id: &str, event: &[u8]) -> Vec<u8> {
    let key = keyring.event_key();
    let mut bytes = Vec::with_capacity(HEAD + event.len() + TAG);
    bytes.push(VERSION);
    bytes.extend_from_slice(key.id().as_bytes());
    bytes.extend_from_slice(&random_bytes::<24>());
    bytes.extend_from_slice(event);
    let nonce = XNonce::clone_from_slice(&bytes[9..HEAD]);
    let tag = XChaCha20Poly1305::new(key.expose().into())
        .encrypt_in_place_detached(&nonce, &associated(id), &mut bytes[HEAD..])
        .expect("events are within the cipher's limit");
    bytes.extend_from_slice(&tag);
    bytes
}

/// Opens a stored event.
///
/// # Errors
/// [`EventBoxError`].
pub fn open(keyring: &Keyring, id: &str, stored: &[u8]) -> Result<Vec<u8>, EventBoxError> {
    if stored.len() < HEAD + TAG || stored[0] != VERSION {
        return Err(EventBoxError::Form);
    }
    let key_id = KeyId::from_bytes(stored[1..9].try_into().map_err(|_| EventBoxError::Form)?);
    let key = keyring.event_key_of(key_id).ok_or(EventBoxError::UnknownKey(key_id))?;
    let (text, tag) = stored[HEAD..].split_at(stored.len() - HEAD - TAG);
    let mut text = text.to_vec();
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt_in_place_detached(
            XNonce::from_slice(&stored[9..HEAD]),
            &associated(id),
            &mut text,
            Tag::from_slice(tag),
        )
        .map_err(|_| EventBoxError::Mismatch)?;
    Ok(text)
}

fn associated(id: &str) -> Vec<u8> {
    [CONTEXT, id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const OTHER: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

    #[test]
    fn an_event_opens_under_its_id_and_key_alone() {
        let keyring = Keyring::parse(SECRET).unwrap();
        let sealed = seal(&keyring, "evt_1", b"{\"id\":\"evt_1\"}");
        assert_eq!(open(&keyring, "evt_1", &sealed).unwrap(), b"{\"id\":\"evt_1\"}");
        assert_eq!(open(&keyring, "evt_2", &sealed), Err(EventBoxError::Mismatch));
        let rotated = Keyring::parse(&format!("{OTHER},{SECRET}")).unwrap();
        assert!(open(&rotated, "evt_1", &sealed).is_ok());
        let gone = Keyring::parse(OTHER).unwrap();
        assert!(matches!(open(&gone, "evt_1", &sealed), Err(EventBoxError::UnknownKey(_))));
        let mut changed = sealed.clone();
        changed[HEAD] ^= 1;
        assert_eq!(open(&keyring, "evt_1", &changed), Err(EventBoxError::Mismatch));
        assert_eq!(open(&keyring, "evt_1", &sealed[..HEAD + TAG - 1]), Err(EventBoxError::Form));
        assert_eq!(open(&keyring, "evt_1", &[]), Err(EventBoxError::Form));
    }
}
