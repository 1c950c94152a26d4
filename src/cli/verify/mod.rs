//! `vanikeys verify`: reads a private key's file in any format and says whose it is, or checks a pull's receipt item by
//! item. Nothing secret is printed.

mod receipt;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use vanikeys_core::custody::{
    KeyFile,
    split::{self, OffsetFile},
};
use vanikeys_grind::{KeyKind, export::import};

use super::{Common, Failed, keys::Texts, output, secret_file};

/// Most bytes of a file that are read; sealed ones, which can be told, are the largest.
const MOST: u64 = 256 * 1024;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// A private key in any format, an unsealed key file, or a receipt (JSON)
    #[arg(value_name = "FILE|RECEIPT")]
    file: PathBuf,
    /// The service's published receipt keys (its /.well-known/vanikeys-receipt-keys.json, saved); without it the keys of
    /// the service that is configured here
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The unsealed key file of the pull; its shares let commitment and derivation be checked too
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyReport {
    format: &'static str,
    kind: KeyKind,
    #[serde(flatten)]
    texts: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<receipt::Checked>,
}

impl Verify {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let content = secret_file::read(&self.file, MOST)?;
        match what(&content) {
            What::Receipt => self.receipt(common, &content),
            What::KeyFile => self.key_file(common, &content),
            What::Sealed => Err(self.wrong("it is sealed; open it first: `vanikeys unseal FILE --identity FILE`")),
            What::Offset => self.offset(common, &content),
            What::SplitSecret => self.split_secret(common, &content),
            What::Other => self.key(common, &content),
        }
    }

    /// A private key in a format of other software.
    fn key(&self, common: &Common, content: &[u8]) -> Result<(), Failed> {
        let (key, format) = import(content).map_err(|error| self.wrong(error))?;
        let texts = Texts::of(key.kind(), &key.public_key());
        self.tell(common, &KeyReport { format: format.name(), kind: key.kind(), texts, target: None, receipt: None })
    }

    /// Our own key file, with the proof of its pull if it was pulled.
    fn key_file(&self, common: &Common, content: &[u8]) -> Result<(), Failed> {
        let file = KeyFile::parse(content).map_err(|error| self.wrong(error))?;
        let proof = file.pull();
        let keys = proof.map(|_| receipt::keys(self.keys.as_deref(), common)).transpose()?;
        let receipt = proof.zip(keys.as_ref()).map(|(proof, keys)| receipt::Checked::of_pull(proof, keys));
        let report = KeyReport {
            format: "vanikeys-key-file",
            kind: file.key().kind(),
            texts: Texts::of(file.key().kind(), file.public_key().as_bytes()),
            target: Some(file.target().name()),
            receipt,
        };
        self.tell(common, &report)
    }

    /// One half of a split key, as a job delivered it: the key is computed again from it.
    fn offset(&self, common: &Common, content: &[u8]) -> Result<(), Failed> {
        let file = OffsetFile::parse(content).map_err(|error| self.wrong(error))?;
        let texts = Texts::of(KeyKind::Expanded, file.public_key.as_bytes());
        let (kind, target) = (KeyKind::Expanded, Some(file.target.name()));
        self.tell(common, &KeyReport { format: "vanikeys-split-offset", kind, texts, target, receipt: None })
    }

    /// The other half: whose point it is.
    fn split_secret(&self, common: &Common, content: &[u8]) -> Result<(), Failed> {
        let secret = split::secret_from_json(content).map_err(|error| self.wrong(error))?;
        let texts = Texts::of(KeyKind::Expanded, &secret.point().point);
        let kind = KeyKind::Expanded;
        self.tell(common, &KeyReport { format: "vanikeys-split-secret", kind, texts, target: None, receipt: None })
    }

    fn receipt(&self, common: &Common, content: &[u8]) -> Result<(), Failed> {
        let signed = receipt::parse(content).map_err(|error| self.wrong(error))?;
        let opened = self.key_file.as_deref().map(|path| {
            let content = secret_file::read(path, MOST)?;
            KeyFile::parse(&content).map_err(|error| Failed::usage(format!("{}: {error}", path.display())))
        });
        let opened = opened.transpose()?;
        let keys = receipt::keys(self.keys.as_deref(), common)?;
        let checked = receipt::Checked::of(&signed, &keys, opened.as_ref())?;
        if common.json {
            output::json(&checked);
        } else {
            output::line(checked.text());
        }
        checked.end()
    }

    fn tell(&self, common: &Common, report: &KeyReport) -> Result<(), Failed> {
        if common.json {
            output::json(report);
        } else {
            output::line(format_args!("{} file, {} key\n{}", report.format, kind(report.kind), report.texts.lines()));
            if let Some(receipt) = &report.receipt {
                output::line(receipt.text());
            }
        }
        report.receipt.as_ref().map_or(Ok(()), receipt::Checked::end)
    }

    fn wrong(&self, why: impl std::fmt::Display) -> Failed {
        Failed::usage(format!("{}: {why}", self.file.display()))
    }
}

const fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Seed => "seed",
        KeyKind::Expanded => "expanded",
    }
}

/// What a file is, from its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Receipt,
    KeyFile,
    Sealed,
    Offset,
    SplitSecret,
    Other,
}

fn what(content: &[u8]) -> What {
    let start = content.trim_ascii_start();
    if start.starts_with(b"age-encryption.org/") || start.starts_with(b"-----BEGIN AGE") {
        return What::Sealed;
    }
    let has = |name: &[u8]| start.windows(name.len()).any(|window| window == name);
    match start.first() {
        // A key file holds a receipt, so it is looked for first.
        Some(b'{') if has(b"\"vanikeys key file\"") => What::KeyFile,
        Some(b'{') if has(b"\"vanikeys split offset\"") => What::Offset,
        Some(b'{') if has(b"\"vanikeys split secret\"") => What::SplitSecret,
        Some(b'{') if has(b"\"commitmentId\"") => What::Receipt,
        _ => What::Other,
    }
}
