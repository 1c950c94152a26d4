//! Sealed key files on their way out: opened for `service` custody and turned into the format asked for, or handed
//! out as they are, armored, where only the user can open them.

use vanikeys_grind::{KeyKind, Target, export::Format};
use zeroize::Zeroizing;

use crate::{
    app::App,
    custody::{PublicKeyBytes, SealedFile, delivery::open_delivered},
    flow::{Failure, custody::Custody},
};

/// The format under which a sealed file is handed out.
pub const SEALED: &str = "sealed";

/// The format under which the offset of a split key is handed out.
pub const OFFSET: &str = "offset";

/// The format under which a key that the service holds is handed out whole: every export, and for a pull the two shares
/// and the receipt, with which its owner checks how it came about.
pub const KEY_FILE: &str = "key-file";

/// A key file as stored.
#[derive(Debug)]
pub struct Stored<'a> {
    /// Who can read it.
    pub custody: Custody,
    /// The key's text, for the file's name.
    pub text: &'a str,
    /// The public key that the file must hold.
    pub public_key: [u8; 32],
    /// The sealed file, or the document of an offset.
    pub file: Vec<u8>,
}

/// A private key on its way to its owner. Not printable.
pub struct KeyDownload {
    /// Media type of the content.
    pub media_type: &'static str,
    /// A name for the file.
    pub file_name: String,
    /// The content, wiped when dropped.
    pub content: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for KeyDownload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyDownload").field("file_name", &self.file_name).finish_non_exhaustive()
    }
}

/// A format that the key is not to be had in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAvailable {
    /// The format asked for.
    pub format: String,
    /// Why not.
    pub reason: String,
    /// What is available.
    pub available: Vec<String>,
}

/// The formats that a key of this custody is served in; `kinds` are those that its key file holds.
#[must_use]
pub fn formats(custody: Custody, held: impl IntoIterator<Item = Format>) -> Vec<String> {
    match custody {
        Custody::Sealed => vec![SEALED.to_owned()],
        Custody::Split => vec![OFFSET.to_owned()],
        Custody::Service => held.into_iter().map(Format::name).chain([KEY_FILE]).map(str::to_owned).collect(),
    }
}

/// Turns a stored key file into the format asked for; none names OpenSSH, or what there is where that cannot be.
///
/// # Errors
/// [`NotAvailable`], or a key file that does not open.
pub async fn download(
    app: &App,
    stored: Stored<'_>,
    format: Option<&str>,
) -> Result<KeyDownload, Failure<NotAvailable>> {
    let stem = stem(stored.text);
    match stored.custody {
        Custody::Sealed => return sealed(stored.file, &stem, format.unwrap_or(SEALED)),
        Custody::Split => return offset(stored.file, &stem, format.unwrap_or(OFFSET)),
        Custody::Service => {}
    }
    let format = format.map(str::to_owned);
    let keyring = app.keyring.clone();
    let opening = tokio::task::spawn_blocking(move || {
        let public_key = PublicKeyBytes::from(stored.public_key);
        let file = open_delivered(&stored.file, &public_key, &keyring).map_err(Failure::broken)?.file;
        let format = format.unwrap_or_else(|| usual(file.key().kind(), file.target()).name().to_owned());
        let refused = |reason: String| {
            let available = formats(Custody::Service, file.formats());
            Failure::Refused(NotAvailable { format: format.clone(), reason, available })
        };
        if format == OFFSET {
            return Err(refused("only jobs of split custody deliver an offset; this key is whole".to_owned()));
        }
        if format == SEALED {
            return Err(refused(
                "this key is in service custody; order with a recipient to get a sealed file".to_owned(),
            ));
        }
        if format == KEY_FILE {
            let file_name = format!("{stem}.key.json");
            return Ok(KeyDownload { media_type: "application/json", file_name, content: file.to_json() });
        }
        let wanted: Format = format.parse().map_err(|_| refused("there is no such format".to_owned()))?;
        let content = file.export(wanted).map_err(|error| refused(error.to_string()))?;
        Ok(KeyDownload { media_type: wanted.media_type(), file_name: wanted.file_name(&stem), content })
    });
    opening.await.map_err(Failure::broken)?
}

fn sealed(file: Vec<u8>, stem: &str, format: &str) -> Result<KeyDownload, Failure<NotAvailable>> {
    if format != SEALED {
        return Err(Failure::Refused(NotAvailable {
            format: format.to_owned(),
            reason: "only you can open this key; download it sealed and open it in the page, with `vanikeys unseal` \
                     or with age, which gives every format"
                .to_owned(),
            available: vec![SEALED.to_owned()],
        }));
    }
    let file = SealedFile::from_binary(file).map_err(Failure::broken)?;
    Ok(KeyDownload {
        media_type: "text/plain; charset=utf-8",
        file_name: format!("{stem}.age"),
        content: Zeroizing::new(file.armor().into_bytes()),
    })
}

fn offset(file: Vec<u8>, stem: &str, format: &str) -> Result<KeyDownload, Failure<NotAvailable>> {
    if format != OFFSET {
        return Err(Failure::Refused(NotAvailable {
            format: format.to_owned(),
            reason:
                "the service has an offset only, and no key; put it together with your split secret in the page or \
                     with `vanikeys split combine`"
                    .to_owned(),
            available: vec![OFFSET.to_owned()],
        }));
    }
    Ok(KeyDownload {
        media_type: "application/json",
        file_name: format!("{stem}.offset.json"),
        content: Zeroizing::new(file),
    })
}

/// The format that a key is handed out in if nobody asks for another.
fn usual(kind: KeyKind, target: Target) -> Format {
    match kind {
        KeyKind::Seed => Format::Openssh,
        KeyKind::Expanded if target.is_x25519() => Format::of_target(target).unwrap_or(Format::ExpandedHex),
        KeyKind::Expanded => Format::ExpandedHex,
    }
}

/// A file name that says which key this is: the first characters of its text, those that every file system takes.
fn stem(text: &str) -> String {
    let start: String = text.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    format!("vanikeys-{start}")
}
