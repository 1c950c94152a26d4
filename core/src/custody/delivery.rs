//! Handing out a key of `service` custody: the stored file is opened with the service's identity, read, and compared with
//! the public key that was promised, before a user gets anything.

use vanikeys_grind::Target;

use super::bytes::PublicKeyBytes;
use super::keyfile::{KeyFile, KeyFileError};
use super::keyring::Keyring;
use super::sealing::{OpenError, open_service};

/// A key file that the service opened for its user.
#[derive(Debug)]
pub struct Delivered {
    /// The key file; its exports are what the user downloads.
    pub file: KeyFile,
    /// Whether an older key of the service opened it, so that it should be sealed again.
    pub needs_resealing: bool,
}

/// Why a stored file does not deliver its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// No identity of the service opens it, or it is damaged.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What is inside is no sound key file.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// It holds another key than the one promised.
    #[error("the key file holds another key than {0}")]
    OtherKey(PublicKeyBytes),
    /// It was made for another target, so that it would offer other formats.
    #[error("the key file is for the target {0}, not for the one asked for")]
    OtherTarget(Target),
    /// It holds a key of another kind, so that it would open less.
    #[error("the key file holds a key of another kind than the one searched for")]
    OtherKind,
}

/// Opens a file of `service` custody and sees that it holds the key of this public key.
///
/// # Errors
/// [`DeliveryError`].
pub fn open_delivered(file: &[u8], public_key: &PublicKeyBytes, keyring: &Keyring) -> Result<Delivered, DeliveryError> {
    let opened = open_service(file, keyring)?;
    let file = KeyFile::parse(&opened.plaintext)?;
    if file.public_key() != *public_key {
        return Err(DeliveryError::OtherKey(*public_key));
    }
    Ok(Delivered { file, needs_resealing: opened.needs_resealing })
}

#[cfg(test)]
mod tests {
    use vanikeys_grind::SeedKey;
    use vanikeys_grind::export::Format;

    use super::*;
    use crate::custody::Identity;
    use crate::custody::fixtures::*;
    use crate::custody::report::{Found, ReportError, SignedReport, VerifiedReport};
    use crate::custody::sealing::seal;
    use crate::custody::searcher_key::SearcherKey;
    use crate::custody::slice::Slice;

    fn key() -> SeedKey {
        SeedKey::new(hex::decode(PYTHON_SEED).unwrap().try_into().unwrap())
    }

    fn service_slice() -> Slice {
        Slice { recipient: keyring().recipient().clone().into(), ..slice() }
    }

    fn reported(slice: &Slice, found: Found) -> VerifiedReport {
        let report = SignedReport::sign(slice, 1, 1, Some(found), &SearcherKey::generate()).unwrap();
        report.verify(slice).unwrap()
    }

    #[test]
    fn a_searchers_file_delivers_its_key() {
        let slice = service_slice();
        let found = Found::of(&KeyFile::of_job(key(), Target::Did), &slice, keyring().recipient()).unwrap();
        let report = reported(&slice, found);
        report.check_delivery(&slice, &keyring()).unwrap();
        let Some(Found::Sealed(sealed)) = &report.found else { unreachable!() };
        let delivered = open_delivered(sealed.sealed_file.as_bytes(), &sealed.public_key, &keyring()).unwrap();
        assert!(!delivered.needs_resealing);
        assert_eq!(delivered.file.export(Format::SeedHex).unwrap().as_slice(), format!("{PYTHON_SEED}\n").as_bytes());
    }

    #[test]
    fn a_file_that_delivers_nothing_blames_its_searcher() {
        let slice = service_slice();
        let stranger = Identity::generate();
        let file = KeyFile::of_job(key(), Target::Did);
        let other = KeyFile::of_job(SeedKey::new([9; 32]), Target::Did);
        for sealed in [
            seal(b"not a key file", keyring().recipient()).unwrap(),
            file.seal(stranger.recipient()).unwrap(),
            other.seal(keyring().recipient()).unwrap(),
            KeyFile::of_job(key(), Target::Solana).seal(keyring().recipient()).unwrap(),
            KeyFile::of_job(key().expand(), Target::Did).seal(keyring().recipient()).unwrap(),
        ] {
            let error = reported(&slice, Found::sealed(&key(), &slice, sealed)).check_delivery(&slice, &keyring());
            let error = error.unwrap_err();
            assert!(matches!(error, ReportError::Undeliverable(_)) && error.blames_searcher(), "{error}");
        }
    }

    #[test]
    fn a_users_own_file_is_not_opened() {
        let report = reported(&slice(), Found::sealed(&key(), &slice(), seal(b"whatever", &recipient()).unwrap()));
        assert!(report.check_delivery(&slice(), &keyring()).is_ok());
    }
}
