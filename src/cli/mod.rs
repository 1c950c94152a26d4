//! The command line. One file a command; exit codes: 0 done, 1 failed, 2 wrong use or configuration.

mod serve;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use vanikeys_core::config::{Config, Problems, Purpose, Sources};

#[derive(Debug, Parser)]
#[command(name = "vanikeys", version, about = "Vanity Ed25519 keys: web front and command line")]
struct Cli {
    /// The configuration file; `vanikeys.toml` in the working directory if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything in one process: web, workers, queue and database in one folder
    Up(serve::Up),
    /// Run the web front only; workers run elsewhere
    Web(serve::Web),
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
enum Failed {
    /// The configuration will not do.
    #[error("{0}")]
    Configuration(#[from] Problems),
    /// It was tried and failed.
    #[error("{0}")]
    Work(Box<dyn std::error::Error>),
}

impl Failed {
    fn work(error: impl Into<Box<dyn std::error::Error>>) -> Self {
        Self::Work(error.into())
    }

    fn code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) => ExitCode::from(2),
            Self::Work(_) => ExitCode::FAILURE,
        }
    }
}

/// Runs the command line.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = cli.config.as_deref();
    let ended = match cli.command {
        Command::Up(up) => serve::up(config, &up),
        Command::Web(web) => serve::web(config, &web),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            complain(&failed);
            failed.code()
        }
    }
}

/// The configuration in force: flags over environment over file over defaults.
fn configuration(file: Option<&Path>, flags: BTreeMap<String, String>) -> Result<Config, Failed> {
    let sources = Sources::gather(file, flags).map_err(|problem| Problems(vec![problem]))?;
    Ok(Config::load(&sources, Purpose::Service)?)
}

#[expect(clippy::print_stderr, reason = "the command line speaks on stderr")]
fn complain(failed: &Failed) {
    eprintln!("vanikeys: {failed}");
}
