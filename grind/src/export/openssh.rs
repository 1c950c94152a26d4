//! OpenSSH private keys, `openssh-key-v1` without encryption (OpenSSH, PROTOCOL.key).

use zeroize::Zeroizing;

use super::{Format, ImportError, pem, seed_key, with_public};
use crate::{did::did_key, secret::SeedKey, ssh};

const LABEL: &str = "OPENSSH PRIVATE KEY";
/// The first line.
pub(super) const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const MAGIC: &[u8] = b"openssh-key-v1\0";
/// The private part is padded to the block size of the cipher "none".
const BLOCK: usize = 8;

/// The key with its did as the comment.
pub(super) fn write(key: &SeedKey) -> Zeroizing<String> {
    let public_key = key.public_key();
    let mut private = Zeroizing::new(Vec::with_capacity(256));
    // Two equal numbers, by which a wrong passphrase would be seen. ssh-keygen draws them; their value says nothing.
    let check: [u8; 4] = *blake3::hash(&public_key).as_bytes().first_chunk().expect("32 bytes hold 4");
    private.extend_from_slice(&check);
    private.extend_from_slice(&check);
    ssh::put_string(&mut private, ssh::KEY_TYPE.as_bytes());
    ssh::put_string(&mut private, &public_key);
    private.extend_from_slice(&64u32.to_be_bytes());
    private.extend_from_slice(key.seed());
    private.extend_from_slice(&public_key);
    ssh::put_string(&mut private, did_key(&public_key).as_bytes());
    (1u8..).take((BLOCK - private.len() % BLOCK) % BLOCK).for_each(|byte| private.push(byte));

    let mut file = Zeroizing::new(Vec::with_capacity(512));
    file.extend_from_slice(MAGIC);
    ssh::put_string(&mut file, b"none");
    ssh::put_string(&mut file, b"none");
    ssh::put_string(&mut file, b"");
    file.extend_from_slice(&1u32.to_be_bytes());
    ssh::put_string(&mut file, &ssh::blob(&public_key));
    ssh::put_string(&mut file, &private);
    pem::write(LABEL, 70, &file)
}

/// The key of a file without passphrase.
pub(super) fn read(text: &str) -> Result<SeedKey, ImportError> {
    const FORMAT: Format = Format::Openssh;
    const SHORT: ImportError = ImportError::Damaged { format: FORMAT, reason: "it ends too early" };
    let file = pem::read(LABEL, text, FORMAT)?;
    let magic = ImportError::Damaged { format: FORMAT, reason: "it does not start with openssh-key-v1" };
    let mut rest = file.strip_prefix(MAGIC).ok_or(magic)?;
    let cipher = take_string(&mut rest).ok_or(SHORT)?;
    if cipher != b"none" {
        return Err(ImportError::Encrypted { format: FORMAT });
    }
    take_string(&mut rest).and_then(|_kdf| take_string(&mut rest)).ok_or(SHORT)?;
    if rest.split_off(..4) != Some(&[0, 0, 0, 1]) {
        return Err(ImportError::Damaged { format: FORMAT, reason: "it does not hold one key" });
    }
    let blob = take_string(&mut rest).ok_or(SHORT)?;
    let mut private = take_string(&mut rest).ok_or(SHORT)?;
    let (a, b) = (private.split_off(..4).ok_or(SHORT)?, private.split_off(..4).ok_or(SHORT)?);
    if a != b {
        return Err(ImportError::Damaged { format: FORMAT, reason: "its check numbers differ" });
    }
    if take_string(&mut private).ok_or(SHORT)? != ssh::KEY_TYPE.as_bytes() {
        return Err(ImportError::NotEd25519 { format: FORMAT });
    }
    let public_key = take_string(&mut private).ok_or(SHORT)?;
    let pair = take_string(&mut private).ok_or(SHORT)?;
    let (seed, own) = pair.split_at_checked(32).ok_or(SHORT)?;
    let key = with_public(with_public(seed_key(seed, FORMAT)?, public_key, FORMAT)?, own, FORMAT)?;
    if blob != ssh::blob(&key.public_key()) {
        return Err(ImportError::PublicKeyMismatch { format: FORMAT });
    }
    Ok(key)
}

/// Takes a string of RFC 4251 from the front.
fn take_string<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_be_bytes(from.split_off(..4)?.try_into().ok()?);
    from.split_off(..usize::try_from(length).ok()?)
}
