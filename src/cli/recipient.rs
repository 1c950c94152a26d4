//! `vanikeys recipient new`: an age identity to open sealed keys with, and the recipient that orders name.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use vanikeys_core::custody::Identity;

use super::{Common, Failed, output, secret_file};

/// Name of the identity's file if nobody names another.
const FILE: &str = "vanikeys-identity.txt";

/// Subcommands of `recipient`.
#[derive(Debug, Subcommand)]
pub(super) enum Recipient {
    /// Make a new identity, keep it in a file, and print its recipient
    New(New),
}

/// Arguments of `recipient new`.
#[derive(Debug, Args)]
pub(super) struct New {
    /// File for the identity; `-` prints it
    #[arg(long, value_name = "FILE", default_value = FILE)]
    out: PathBuf,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    recipient: &'a str,
    file: &'a Path,
}

impl Recipient {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        match self {
            Self::New(new) => new.run(common),
        }
    }
}

impl New {
    fn run(&self, common: &Common) -> Result<(), Failed> {
        let printed = self.out == Path::new("-");
        if printed && common.json {
            return Err(Failed::usage("--json and --out - both want standard output; name a file with --out"));
        }
        let identity = Identity::generate();
        let file = identity.to_file();
        if printed {
            return output::file(file.as_bytes());
        }
        secret_file::create(&self.out, file.as_bytes())?;
        let recipient = identity.recipient().as_str();
        if common.json {
            output::json(&Report { recipient, file: &self.out });
            return Ok(());
        }
        output::line(recipient);
        output::note(format_args!(
            "The identity is in {}. Keys sealed to this recipient can be opened with it and with nothing else: keep a copy.",
            self.out.display()
        ));
        Ok(())
    }
}
