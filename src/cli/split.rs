//! `vanikeys split new`: the user's half of a split key, which stays in its file, and the point and proof that go with an
//! order. `vanikeys split combine`: adds the offset that the job delivered, checks, and writes the key.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use vanikeys_core::{
    custody::{
        KeyFile,
        split::{self, MAX_SPLIT_BYTES, OffsetFile},
    },
    random,
};
use vanikeys_grind::{
    KeyKind,
    export::Format,
    split::{SplitPoint, SplitSecret},
};
use zeroize::Zeroizing;

use super::{
    Common, Failed,
    keys::{Place, Texts, stem},
    output, secret_file,
};

/// Name of the secret's file if nobody names another.
const FILE: &str = "vanikeys-split-secret.json";

/// Subcommands of `split`.
#[derive(Debug, Subcommand)]
pub(super) enum Split {
    /// Make a new half, keep it in a file, and print the point and proof that an order takes
    New(New),
    /// Put the half and the offset of a completed job together, and write the private key
    Combine(Combine),
}

/// Arguments of `split new`.
#[derive(Debug, Args)]
pub(super) struct New {
    /// File for the half that only you know
    #[arg(long, value_name = "FILE", default_value = FILE)]
    out: PathBuf,
}

/// Arguments of `split combine`.
#[derive(Debug, Args)]
pub(super) struct Combine {
    /// The file that `split new` made
    #[arg(long, value_name = "FILE", default_value = FILE)]
    secret: PathBuf,
    /// The file that the job delivered
    #[arg(long, value_name = "FILE")]
    offset: PathBuf,
    /// expanded-hex, tor, wireguard or age; without it that of the target's software, or expanded-hex
    #[arg(long)]
    format: Option<Format>,
    /// File of the private key, or folder; `-` prints it. Without it: a file in the working directory
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Made<'a> {
    recipient: String,
    proof: String,
    file: &'a Path,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Combined {
    #[serde(flatten)]
    texts: Texts,
    target: &'static str,
    formats: Vec<&'static str>,
    format: &'static str,
    file: Option<PathBuf>,
}

impl Split {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        match self {
            Self::New(new) => new.run(common),
            Self::Combine(combine) => combine.run(common),
        }
    }
}

impl New {
    fn run(&self, common: &Common) -> Result<(), Failed> {
        let secret = draw()?;
        secret_file::create(&self.out, &split::secret_to_json(&secret))?;
        let SplitPoint { point, proof } = secret.point();
        let made = Made { recipient: hex::encode(point), proof: hex::encode(proof), file: &self.out };
        if common.json {
            output::json(&made);
            return Ok(());
        }
        output::line(format_args!("recipient  {}\nproof      {}", made.recipient, made.proof));
        output::note(format_args!(
            "Your half of the key is in {}. Order with custody \"split\", this recipient and this proof, once: a point \
             serves one job only. Without your half nobody can ever make the key: keep a copy.",
            self.out.display()
        ));
        Ok(())
    }
}

/// A fresh secret of the operating system's randomness.
fn draw() -> Result<SplitSecret, Failed> {
    loop {
        let random = Zeroizing::new(random::bytes::<32>().map_err(Failed::work)?);
        if let Ok(secret) = SplitSecret::from_random(&random) {
            return Ok(secret);
        }
    }
}

impl Combine {
    fn run(&self, common: &Common) -> Result<(), Failed> {
        let place = Place::of(self.out.as_deref(), false)?;
        if common.json && matches!(place, Place::Output) {
            return Err(Failed::usage("--json and --out - both want standard output; name a file with --out"));
        }
        let read = |path: &Path| secret_file::read(path, MAX_SPLIT_BYTES as u64);
        let secret = split::secret_from_json(&read(&self.secret)?).map_err(|error| in_file(&self.secret, error))?;
        let offset = OffsetFile::parse(&read(&self.offset)?).map_err(|error| in_file(&self.offset, error))?;
        let public_key = offset.public_key.as_bytes();
        let key = secret.combine_to(offset.offset, public_key).map_err(|error| in_file(&self.offset, error))?;
        let target = offset.target;
        let own = || Format::of_target(target).filter(|format| !format.needs_seed());
        let format = self.format.or_else(own).unwrap_or(Format::ExpandedHex);
        format.check(KeyKind::Expanded, target).map_err(Failed::usage)?;
        let key = KeyFile::of_job(key, target);
        let content = key.export(format).map_err(Failed::work)?;
        let stem = stem(target, public_key);
        let combined = Combined {
            texts: Texts::of(KeyKind::Expanded, public_key),
            target: target.name(),
            formats: key.formats().map(Format::name).collect(),
            format: format.name(),
            file: place.put(Path::new(&format.file_name(&stem)), &content)?,
        };
        if common.json {
            output::json(&combined);
            return Ok(());
        }
        let Some(file) = &combined.file else { return Ok(()) };
        output::line(combined.texts.lines());
        output::note(format_args!(
            "The private key is in {}. Formats it has: {}. A key without a seed opens only where scalars are taken.",
            file.display(),
            combined.formats.join(", ")
        ));
        Ok(())
    }
}

fn in_file(file: &Path, error: impl std::fmt::Display) -> Failed {
    Failed::usage(format!("{}: {error}", file.display()))
}
