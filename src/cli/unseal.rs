//! `vanikeys unseal`: opens a sealed key file with an age identity and writes the private key.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use vanikeys_core::custody::{
    Identity, KeyFile,
    sealing::{MAX_SEALED_BYTES, open_with},
};
use vanikeys_grind::export::Format;
use zeroize::Zeroizing;

use super::{
    Common, Failed,
    keys::{Place, Texts, stem},
    output, secret_file,
};

/// Most bytes of an identity file that are read.
const IDENTITY_BYTES: u64 = 64 * 1024;

/// Arguments of `unseal`.
#[derive(Debug, Args)]
pub(super) struct Unseal {
    /// The sealed file, binary or armored
    pub(super) file: PathBuf,
    /// The identity, as `vanikeys recipient new` or `age-keygen` wrote it
    #[arg(long, value_name = "FILE")]
    pub(super) identity: PathBuf,
    /// Write the key in this format (openssh, pkcs8, jwk ...) instead of the whole key file
    #[arg(long)]
    pub(super) format: Option<Format>,
    /// File of the private key; `-` prints it. Without it: a file in the working directory
    #[arg(long, value_name = "PATH")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    #[serde(flatten)]
    texts: Texts,
    target: &'static str,
    formats: Vec<&'static str>,
    /// The format that was written; none for the whole key file.
    format: Option<&'static str>,
    file: Option<PathBuf>,
}

impl Unseal {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let place = Place::of(self.out.as_deref(), false)?;
        if common.json && matches!(place, Place::Output) {
            return Err(Failed::usage("--json and --out - both want standard output; name a file with --out"));
        }
        let opened = open(&self.file, &self.identity)?;
        let key = KeyFile::parse(&opened).map_err(|error| in_file(&self.file, error))?;
        let stem = stem(key.target(), key.public_key().as_bytes());
        let (name, content) = match self.format {
            Some(format) => (format.file_name(&stem), key.export(format).map_err(Failed::usage)?),
            None => (format!("{stem}.key.json"), opened),
        };
        let file = place.put(Path::new(&name), &content)?;
        let report = Report {
            texts: Texts::of(key.key().kind(), key.public_key().as_bytes()),
            target: key.target().name(),
            formats: key.formats().map(Format::name).collect(),
            format: self.format.map(Format::name),
            file,
        };
        if common.json {
            output::json(&report);
            return Ok(());
        }
        let Some(file) = &report.file else { return Ok(()) };
        output::line(report.texts.lines());
        output::note(format_args!(
            "The private key is in {}. Formats it has: {}.",
            file.display(),
            report.formats.join(", ")
        ));
        Ok(())
    }
}

/// The plaintext of a sealed file.
///
/// # Errors
/// Wrong use: a file that is missing or no such file, or an identity that does not open it.
fn open(file: &Path, identity: &Path) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let sealed = secret_file::read(file, 2 * MAX_SEALED_BYTES as u64)?;
    let text = secret_file::read(identity, IDENTITY_BYTES)?;
    let text = std::str::from_utf8(&text).map_err(|_| in_file(identity, "it is no text"))?;
    let identities = Identity::parse_file(text).map_err(|error| in_file(identity, error))?;
    let (plaintext, _) = open_with(&sealed, &identities).map_err(|error| in_file(file, error))?;
    Ok(plaintext)
}

fn in_file(file: &Path, error: impl std::fmt::Display) -> Failed {
    Failed::usage(format!("{}: {error}", file.display()))
}
