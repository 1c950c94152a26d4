//! The service's keys, all derived from the operator's master secrets (`SECRET_KEY`). The first secret makes what is new; the
//! others still open and verify what they made, so a key is rotated by putting a new one in front.
//!
//! How the setting is read is in `keyring/setting.rs`, the published list of receipt keys in `receipt_keys`.

mod setting;

use std::fmt;

use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

pub use setting::{KeyringError, SecretKeyProblem};

use super::bytes::PublicKeyBytes;
use super::identity::Identity;
use super::key_id::KeyId;
use super::receipt_keys::{ReceiptKey, ReceiptKeys};
use super::recipient::Recipient;

/// Contexts of `BLAKE3-derive_key`: one per purpose, so that no key ever serves two.
mod context {
    pub(super) const RECEIPT: &str = "vanikeys service receipt signing key v1";
    pub(super) const SLICE: &str = "vanikeys service slice signing key v1";
    pub(super) const IDENTITY: &str = "vanikeys service age identity v1";
    pub(super) const SHARE: &str = "vanikeys service share encryption key v1";
    pub(super) const JWT: &str = "vanikeys service access token key v1";
    pub(super) const WEBHOOK: &str = "vanikeys service webhook key encryption key v1";
    pub(super) const EVENT: &str = "vanikeys service billing event key v1";
    pub(super) const PEPPER: &str = "vanikeys service secret hashing pepper v1";
}

/// All keys of the service: of the current master secret and of the older ones.
///
/// Wiped when dropped; `Debug` shows key ids only. Build one at start and share it behind an `Arc`.
pub struct Keyring {
    current: ServiceKeys,
    old: Vec<ServiceKeys>,
}

/// A signing key and its id.
pub struct Signer {
    id: KeyId,
    key: SigningKey,
}

/// A symmetric key and its id.
pub struct SecretKey {
    id: KeyId,
    key: Zeroizing<[u8; 32]>,
}

/// What a hashed credential is for; equal credentials of two purposes have different hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashPurpose {
    /// The opaque session cookie of a browser.
    Session,
    /// A link in a letter: confirm an address, reset a password.
    EmailToken,
    /// An API key of an admin.
    ApiKey,
    /// The secret of a link in a letter, derived from the link's id so that it is stored nowhere.
    EmailLink,
    /// Authenticates a proof-of-work challenge that is stored nowhere.
    Challenge,
    /// A pseudonym of an account or network whose sign-ins fail.
    SignIn,
    /// Authenticates a link by which somebody unsubscribes from a letter.
    Unsubscribe,
}

struct ServiceKeys {
    receipt: Signer,
    slice: Signer,
    identity: Identity,
    share: SecretKey,
    jwt: SecretKey,
    webhook: SecretKey,
    event: SecretKey,
    pepper: Zeroizing<[u8; 32]>,
}

impl Keyring {
    /// Reads the setting `SECRET_KEY`: one or several secrets of 32 bytes, hexadecimal or base64, separated by commas, the
    /// current one first.
    ///
    /// # Errors
    /// [`KeyringError`] with every problem found, never with a secret.
    pub fn parse(setting: &str) -> Result<Self, KeyringError> {
        let masters = setting::parse(setting)?;
        let mut keys = masters.iter().map(|master| ServiceKeys::derive(master));
        // `setting::parse` returns at least one.
        let current = keys.next().ok_or_else(KeyringError::missing)?;
        Ok(Self { current, old: keys.collect() })
    }

    /// A fresh value for `SECRET_KEY`, 64 hexadecimal digits, for an operator or a first start that has none.
    pub fn generate_setting() -> Zeroizing<String> {
        setting::generate()
    }

    /// The key that signs receipts and commitments.
    pub fn receipt_signer(&self) -> &Signer {
        &self.current.receipt
    }

    /// The key that signs slices for searchers.
    pub fn slice_signer(&self) -> &Signer {
        &self.current.slice
    }

    /// Public slice keys, the current one first: what a searcher must know to check slices.
    pub fn slice_keys(&self) -> Vec<PublicKeyBytes> {
        self.all().map(|keys| keys.slice.public_key()).collect()
    }

    /// Public receipt keys, the current one first. Keys that are no longer in the setting come from the store
    /// ([`ReceiptKeys::with_retired`]).
    pub fn receipt_keys(&self) -> ReceiptKeys {
        let keys = self.all().enumerate();
        ReceiptKeys::new(keys.map(|(index, keys)| ReceiptKey::new(keys.receipt.public_key(), index == 0)).collect())
    }

    /// Who `service` custody seals to.
    pub fn recipient(&self) -> &Recipient {
        self.current.identity.recipient()
    }

    /// The service's age identities, the current one first.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.all().map(|keys| &keys.identity)
    }

    /// The key that encrypts shares of new pulls.
    pub fn share_key(&self) -> &SecretKey {
        &self.current.share
    }

    /// The share key of that id, current or old.
    pub fn share_key_of(&self, id: KeyId) -> Option<&SecretKey> {
        self.all().map(|keys| &keys.share).find(|key| key.id == id)
    }

    /// The key that signs new access tokens (HS256); its id goes into the token's `kid`.
    pub fn jwt_key(&self) -> &SecretKey {
        &self.current.jwt
    }

    /// The access-token key of that `kid`, current or old.
    pub fn jwt_key_of(&self, id: KeyId) -> Option<&SecretKey> {
        self.all().map(|keys| &keys.jwt).find(|key| key.id == id)
    }

    /// The key that encrypts the keys of new webhook endpoints.
    pub fn webhook_key(&self) -> &SecretKey {
        &self.current.webhook
    }

    /// The webhook key of that id, current or old.
    pub fn webhook_key_of(&self, id: KeyId) -> Option<&SecretKey> {
        self.all().map(|keys| &keys.webhook).find(|key| key.id == id)
    }

    /// The key that encrypts new events of the payment provider.
    pub fn event_key(&self) -> &SecretKey {
        &self.current.event
    }

    /// The event key of that id, current or old.
    pub fn event_key_of(&self, id: KeyId) -> Option<&SecretKey> {
        self.all().map(|keys| &keys.event).find(|key| key.id == id)
    }

    /// The hash under which a random credential is stored: BLAKE3 keyed with the current pepper.
    ///
    /// For credentials of at least 128 random bits only; passwords go through argon2id.
    pub fn credential_hash(&self, purpose: HashPurpose, credential: &[u8]) -> [u8; 32] {
        self.current.credential_hash(purpose, credential)
    }

    /// The hashes under which a credential may be stored, the current pepper's first: look for any of them.
    pub fn credential_hashes(&self, purpose: HashPurpose, credential: &[u8]) -> Vec<[u8; 32]> {
        self.all().map(|keys| keys.credential_hash(purpose, credential)).collect()
    }

    fn all(&self) -> impl Iterator<Item = &ServiceKeys> {
        std::iter::once(&self.current).chain(&self.old)
    }
}

impl ServiceKeys {
    fn derive(master: &[u8; 32]) -> Self {
        let derive = |context| Zeroizing::new(blake3::derive_key(context, master));
        Self {
            receipt: Signer::new(&derive(context::RECEIPT)),
            slice: Signer::new(&derive(context::SLICE)),
            identity: Identity::from_secret_bytes(&derive(context::IDENTITY)),
            share: SecretKey::new(derive(context::SHARE)),
            jwt: SecretKey::new(derive(context::JWT)),
            webhook: SecretKey::new(derive(context::WEBHOOK)),
            event: SecretKey::new(derive(context::EVENT)),
            pepper: derive(context::PEPPER),
        }
    }

    fn credential_hash(&self, purpose: HashPurpose, credential: &[u8]) -> [u8; 32] {
        let purpose: u8 = match purpose {
            HashPurpose::Session => 1,
            HashPurpose::EmailToken => 2,
            HashPurpose::ApiKey => 3,
            HashPurpose::EmailLink => 4,
            HashPurpose::Challenge => 5,
            HashPurpose::SignIn => 6,
            HashPurpose::Unsubscribe => 7,
        };
        *blake3::Hasher::new_keyed(&self.pepper).update(&[purpose]).update(credential).finalize().as_bytes()
    }
}

impl Signer {
    fn new(secret: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(secret);
        let id = KeyId::of_public(&key.verifying_key().to_bytes());
        Self { id, key }
    }

    /// The id of its public key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Its public key, encoded.
    pub fn public_key(&self) -> PublicKeyBytes {
        self.key.verifying_key().to_bytes().into()
    }

    /// Its public key, ready to verify.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    pub(super) fn key(&self) -> &SigningKey {
        &self.key
    }
}

impl SecretKey {
    fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self { id: KeyId::of_secret(&key), key }
    }

    /// Its id, which may be stored beside what it protects.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The 32 secret bytes. Borrow them for one call; do not keep a copy.
    pub fn expose(&self) -> &[u8; 32] {
        &self.key
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.id)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.id)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<KeyId> = self.all().map(|keys| keys.receipt.id).collect();
        f.debug_struct("Keyring").field("receipt_keys", &ids).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
