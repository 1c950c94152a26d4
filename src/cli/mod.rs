//! The command line. One file a command: its arguments as a clap type, and `run`. Exit codes: 0 done, 1 failed,
//! 2 wrong use or configuration, 130 interrupted.

mod admin;
mod backend;
mod backup;
mod bench;
mod billing;
mod config;
mod demo_checkout;
mod doctor;
mod estimate;
mod estimate_multi;
mod figures;
mod grind;
mod healthcheck;
mod held;
mod hunt;
mod keys;
mod migrate;
mod output;
mod pattern;
mod rate;
mod recipient;
mod restore;
mod secret_file;
mod serve;
mod split;
mod unseal;
mod verify;

use std::{collections::BTreeMap, future::Future, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use vanikeys_core::{
    app::{App, DATABASE_FILE, OpenError, Schema},
    config::{Config, Problem, Problems, Purpose, Shape, Sources},
    ops::process,
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
    /// The folder of an embedded service (VANIKEYS_DATA)
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
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
    /// Check the service's health: ledger, schema, queues, workers, secrets, key files
    Doctor,
    /// Ask the web front on this host whether it is well; for containers
    Healthcheck(healthcheck::Healthcheck),
    /// Copy the embedded database and its secrets, while the service runs
    Backup(backup::Backup),
    /// Make a data folder from a backup
    Restore(restore::Restore),
    /// Say how rare a pattern is, how long it takes on this machine, and what it costs
    Estimate(estimate::Estimate),
    /// The odds of a sequence of substrings: a line for each number of them that must match
    EstimateMulti(estimate_multi::EstimateMulti),
    /// Search for a key on this machine
    Grind(grind::Grind),
    /// Check a private key's file, or the receipt of a pull
    Verify(verify::Verify),
    /// Make the identity that sealed keys are opened with
    #[command(subcommand)]
    Recipient(recipient::Recipient),
    /// Open a sealed key file
    Unseal(unseal::Unseal),
    /// Make the user's half of a split key, or put both halves together
    #[command(subcommand)]
    Split(split::Split),
    /// Measure how many keys a second this machine searches
    Bench(bench::Bench),
    /// Make admins and keys, look at users, give and take tokens
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Set Stripe up, compare with it, credit and refund by hand
    #[command(subcommand)]
    Billing(billing::Billing),
}

impl Command {
    /// Whether it works on the service's own files, which are nobody else's. What the others write is the caller's, as
    /// the caller's mask has it, but for secrets.
    const fn serves(&self) -> bool {
        matches!(
            self,
            Self::Up(_)
                | Self::Web(_)
                | Self::Migrate(_)
                | Self::Doctor
                | Self::Backup(_)
                | Self::Restore(_)
                | Self::Admin(_)
                | Self::Billing(_)
        )
    }
}

/// Runs the command line.
pub(crate) fn main() -> ExitCode {
    let Cli { common, command } = Cli::parse();
    process::keep_memory_private();
    if command.serves() {
        process::keep_files_private();
    }
    let ended = match command {
        Command::Up(up) => serve::up(&common, &up),
        Command::Web(web) => serve::web(&common, &web),
        Command::Config => config::run(&common),
        Command::Migrate(migrate) => migrate::run(&common, &migrate),
        Command::Doctor => doctor::run(&common),
        Command::Healthcheck(check) => check.run(&common),
        Command::Backup(backup) => backup.run(&common),
        Command::Restore(restore) => restore.run(&common),
        Command::Estimate(estimate) => estimate.run(&common),
        Command::EstimateMulti(estimate) => estimate.run(&common),
        Command::Grind(grind) => grind.run(&common),
        Command::Verify(verify) => verify.run(&common),
        Command::Recipient(recipient) => recipient.run(&common),
        Command::Unseal(unseal) => unseal.run(&common),
        Command::Split(split) => split.run(&common),
        Command::Bench(bench) => bench.run(&common),
        Command::Admin(admin) => admin::run(&common, admin),
        Command::Billing(command) => billing::run(&common, &command),
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
    /// Somebody pressed Ctrl-C.
    #[error("{0}")]
    Interrupted(String),
}

impl Failed {
    fn work(error: impl Into<Box<dyn std::error::Error>>) -> Self {
        Self::Work(error.into())
    }

    fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    fn code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) | Self::Usage(_) => ExitCode::from(2),
            Self::Work(_) => ExitCode::FAILURE,
            Self::Interrupted(_) => ExitCode::from(130),
        }
    }
}

impl Common {
    /// The configuration in force: flags over environment over file over defaults. `flags` are those that a command
    /// has of its own, over `--set`.
    fn configuration(&self, flags: &[(&str, &Option<String>)]) -> Result<Config, Failed> {
        self.configuration_for(Purpose::Service, flags)
    }

    /// The same for commands that need no database: what only the service must be told may be missing.
    fn offline_configuration(&self) -> Result<Config, Failed> {
        self.configuration_for(Purpose::Searcher, &[])
    }

    fn configuration_for(&self, purpose: Purpose, flags: &[(&str, &Option<String>)]) -> Result<Config, Failed> {
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
        if let Some(data) = &self.data {
            set.insert("VANIKEYS_DATA".to_owned(), data.display().to_string());
        }
        let loaded = match Sources::gather(self.config.as_deref(), set) {
            Ok(sources) => Config::load(&sources, purpose),
            Err(problem) => Err(Problems(vec![problem])),
        };
        match loaded {
            Ok(config) if problems.is_empty() => self.in_its_folder(config),
            Ok(_) => Err(Problems(problems).into()),
            Err(Problems(more)) => {
                problems.extend(more);
                Err(Problems(problems).into())
            }
        }
    }

    /// Refuses a folder that was named and would not be used, because the service is in a database elsewhere.
    fn in_its_folder(&self, config: Config) -> Result<Config, Failed> {
        match (&self.data, &config.shape) {
            (Some(data), Shape::Fleet { .. }) => Err(Failed::Usage(format!(
                "DATABASE_URL is set, so the service is in that database and not in {}. Leave --data out to work on the \
                 database, or unset DATABASE_URL and REDIS_URL to work on the folder; VANIKEYS_DATA names a folder beside \
                 a database",
                data.display()
            ))),
            (_, Shape::Embedded | Shape::Fleet { .. } | Shape::Searcher { .. }) => Ok(config),
        }
    }

    /// Opens the database, which must be there, and runs `work` over it.
    fn with_app<F, T>(&self, schema: Schema, work: impl FnOnce(App) -> F) -> Result<T, Failed>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let mut config = self.configuration(&[])?;
        must_exist(&config)?;
        demo_checkout::adopt(&mut config)?;
        with(config, schema, work)
    }
}

/// Opens the database and runs `work` over it.
fn with<F, T>(config: Config, schema: Schema, work: impl FnOnce(App) -> F) -> Result<T, Failed>
where
    F: Future<Output = Result<T, Failed>>,
{
    block_on(async {
        let app = open(config, schema).await?;
        let db = app.db.clone();
        let ended = work(app).await;
        db.close().await;
        ended
    })?
}

/// Refuses where no service has been yet: looking at one must not make one.
fn must_exist(config: &Config) -> Result<(), Failed> {
    let file = config.data.join(DATABASE_FILE);
    if config.shape != Shape::Embedded || file.is_file() {
        return Ok(());
    }
    Err(Failed::Usage(format!(
        "there is no service here: {} does not exist; name its folder with --data, or its database with DATABASE_URL. \
         `vanikeys up` and `vanikeys migrate` make one",
        file.display()
    )))
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
    App::open(config, schema).await.map_err(opened)
}

fn opened(error: OpenError) -> Failed {
    match error {
        OpenError::Data(_)
        | OpenError::Keyring(_)
        | OpenError::ForeignSecret
        | OpenError::NoSecret
        | OpenError::NoDatabase => Failed::Usage(error.to_string()),
        OpenError::Store(error) => Failed::work(error),
        other => Failed::work(other),
    }
}

/// Runs `work` on a runtime of its own.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failed::work)?;
    Ok(runtime.block_on(work))
}
