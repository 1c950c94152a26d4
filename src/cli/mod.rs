//! The command line. One file a command: its arguments as a clap type, and `run`. Exit codes: 0 done, 1 failed,
//! 2 wrong use or configuration, 130 interrupted.

mod admin;
mod config;
mod migrate;
mod output;
mod serve;

use std::{collections::BTreeMap, future::Future, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use vanikeys_core::{
    app::{App, OpenError, Schema},
    config::{Config, Problem, Problems, Purpose, Sources},
};

#[derive(Debug, Parser)]
#[command(name = "vanikeys", version, about = "Vanity Ed25519 keys: web front and command line")]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
struct Common {
    /// The configuration file; `vanikeys.toml` in the working directory if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A setting, over environment and file; may be repeated
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Report as JSON on standard output
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything in one process: web, workers, queue and database in one folder
    Up(serve::Up),
    /// Run the web front only; workers run elsewhere
    Web(serve::Web),
    /// Print the settings in force, secrets masked
    Config,
    /// Bring the database's schema up to date, or take it back
    Migrate(migrate::Migrate),
    /// Make admins and keys, look at users, give and take tokens
    #[command(subcommand)]
    Admin(admin::Admin),
}

/// Runs the command line.
pub(crate) fn main() -> ExitCode {
    let Cli { common, command } = Cli::parse();
    let ended = match command {
        Command::Up(up) => serve::up(&common, &up),
        Command::Web(web) => serve::web(&common, &web),
        Command::Config => config::run(&common),
        Command::Migrate(migrate) => migrate::run(&common, &migrate),
        Command::Admin(admin) => admin::run(&common, admin),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            output::complain(&failed);
            failed.code()
        }
    }
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
enum Failed {
    /// The configuration will not do.
    #[error("{0}")]
    Configuration(#[from] Problems),
    /// It was called in a way that makes no sense.
    #[error("{0}")]
    Usage(String),
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
            Self::Configuration(_) | Self::Usage(_) => ExitCode::from(2),
            Self::Work(_) => ExitCode::FAILURE,
        }
    }
}

impl Common {
    /// The configuration in force: flags over environment over file over defaults. `flags` are those that a command
    /// has of its own, over `--set`.
    fn configuration(&self, flags: &[(&str, &Option<String>)]) -> Result<Config, Failed> {
        let mut set = BTreeMap::new();
        let mut problems = Vec::new();
        for pair in &self.set {
            match pair.split_once('=') {
                Some((name, value)) => {
                    set.insert(name.to_owned(), value.to_owned());
                }
                None => problems.push(not_a_pair(pair)),
            }
        }
        for (name, value) in flags {
            if let Some(value) = value {
                set.insert((*name).to_owned(), value.clone());
            }
        }
        let loaded = match Sources::gather(self.config.as_deref(), set) {
            Ok(sources) => Config::load(&sources, Purpose::Service),
            Err(problem) => Err(Problems(vec![problem])),
        };
        match loaded {
            Ok(config) if problems.is_empty() => Ok(config),
            Ok(_) => Err(Problems(problems).into()),
            Err(Problems(more)) => {
                problems.extend(more);
                Err(Problems(problems).into())
            }
        }
    }

    /// Opens the database and runs `work` over it.
    fn with_app<F, T>(&self, schema: Schema, work: impl FnOnce(App) -> F) -> Result<T, Failed>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let config = self.configuration(&[])?;
        block_on(async {
            let app = open(config, schema).await?;
            let db = app.db.clone();
            let ended = work(app).await;
            db.close().await;
            ended
        })?
    }
}

fn not_a_pair(text: &str) -> Problem {
    Problem {
        setting: "--set".to_owned(),
        // What follows may have been meant as a secret.
        value: text.split(char::is_whitespace).next().filter(|text| text.len() <= 40).map(str::to_owned),
        source: "command line".to_owned(),
        why: "it has no =".to_owned(),
        fix: "write it as --set NAME=VALUE".to_owned(),
    }
}

/// Opens everything; a broken data folder is a matter of configuration, a database that is away is not.
async fn open(config: Config, schema: Schema) -> Result<App, Failed> {
    App::open(config, schema).await.map_err(|error| match error {
        OpenError::Data(_) | OpenError::Keyring(_) | OpenError::NoSecret | OpenError::NoDatabase => {
            Failed::Usage(error.to_string())
        }
        OpenError::Store(error) => Failed::work(error),
        other => Failed::work(other),
    })
}

/// Runs `work` on a runtime of its own.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failed::work)?;
    Ok(runtime.block_on(work))
}
