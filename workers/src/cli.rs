//! The command line of `vanikeys-worker`. Exit codes: 0 stopped when told, 1 failed, 2 wrong use or configuration.

use std::{collections::BTreeMap, num::NonZero, path::PathBuf, process::ExitCode};

use clap::Parser;
use vanikeys_core::{
    app::{App, Schema},
    clients::{clock::Clock, signals::Signals},
    config::{Config, Problems, Purpose, Shape, Sources},
    custody::{PublicKeyBytes, SearcherKey, slice::SliceKeys},
    domain::task::{Queue, UnknownQueue},
    ops::{alive, notify, process, telemetry},
    queue::transport::Transport,
};
use vanikeys_workers::{Equipment, Health, Options, Searcher};

#[derive(Debug, Parser)]
#[command(name = "vanikeys-worker", version, about = "VaniKeys queue worker")]
struct Cli {
    /// The configuration file; `vanikeys.toml` in the working directory if there is one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The queues to work on: searches, reports, heists, emails, webhooks, upkeep; all of them if none are named
    #[arg(long, value_name = "QUEUE,..", value_parser = listed)]
    queues: Vec<Listed>,
    /// Threads that search; as many as the processor has if not given
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// Touch this file for as long as every loop turns; for health checks
    #[arg(long, value_name = "FILE")]
    alive_file: Option<PathBuf>,
    /// Do not work: end with 0 if the worker that touches --alive-file is well, else with 1
    #[arg(long, requires = "alive_file")]
    check: bool,
}

/// Queues as they are listed.
#[derive(Clone, Debug)]
struct Listed(Vec<Queue>);

/// With commas, or as a unit's instance lists them, whose name may hold a dash and no comma: systemd makes a slash of it.
fn listed(text: &str) -> Result<Listed, UnknownQueue> {
    text.split([',', '-', '/']).map(|name| name.trim().parse()).collect::<Result<_, _>>().map(Listed)
}

type Failure = Box<dyn std::error::Error>;

/// Runs the command line.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    process::keep_memory_private();
    process::keep_files_private();
    if let (true, Some(file)) = (cli.check, &cli.alive_file) {
        return match alive::expect(file, &Clock::System) {
            Ok(()) => ExitCode::SUCCESS,
            Err(unwell) => {
                complain(&unwell);
                ExitCode::FAILURE
            }
        };
    }
    let named: Vec<Queue> = cli.queues.into_iter().flat_map(|Listed(queues)| queues).collect();
    let mut queues = if named.is_empty() { Queue::ALL.to_vec() } else { named };
    queues.sort_unstable();
    queues.dedup();
    let purpose = if queues == [Queue::Searches] { Purpose::Searcher } else { Purpose::Service };
    let loaded = Sources::gather(cli.config.as_deref(), BTreeMap::new())
        .map_err(|problem| Problems(vec![problem]))
        .and_then(|sources| Config::load(&sources, purpose));
    let config = match loaded {
        Ok(config) => config,
        Err(problems) => {
            complain(&problems);
            return ExitCode::from(2);
        }
    };
    if config.shape == Shape::Embedded {
        complain(
            "a worker of its own needs a fleet: set REDIS_URL, and DATABASE_URL unless it only searches; without a \
             fleet, `vanikeys up` does all the work",
        );
        return ExitCode::from(2);
    }
    let telemetry = match telemetry::begin(&config) {
        Ok(telemetry) => telemetry,
        Err(error) => {
            complain(&error);
            return ExitCode::FAILURE;
        }
    };
    let worked = work(config, Options { queues, threads: cli.threads, ..Options::default() }, cli.alive_file.clone());
    if let Some(file) = &cli.alive_file
        && let Err(error) = alive::end(file)
    {
        tracing::warn!(file = %file.display(), %error, "the sign of life cannot be taken back");
    }
    telemetry.end();
    match worked {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn work(config: Config, options: Options, alive_file: Option<PathBuf>) -> Result<(), Failure> {
    let watching = tokio::spawn(notify::feed_watchdog({
        let health = options.health.clone();
        move || stuck(health.clone(), alive_file.clone())
    }));
    // From here on a signal is noticed, whatever the start is waiting for.
    let told = told_to_stop()?;
    process::open_many_files();
    process::outlive_file_size_limit()?;
    match &config.shape {
        Shape::Searcher { redis_url } => {
            let searcher = lone_searcher(&config, redis_url.expose(), &options)?;
            ready(&options);
            vanikeys_workers::search(searcher, options, told).await;
        }
        Shape::Fleet { .. } | Shape::Embedded => {
            let app = Box::pin(App::open(config, Schema::Migrate)).await?;
            ready(&options);
            Box::pin(vanikeys_workers::run(app, options, told)).await?;
        }
    }
    watching.abort();
    Ok(())
}

/// A searcher without a database: it has to be told the service's slice keys, and its own key has to be enrolled.
fn lone_searcher(config: &Config, redis_url: &str, options: &Options) -> Result<Searcher, Failure> {
    let keys: Vec<PublicKeyBytes> = config.slice_keys.iter().map(|key| PublicKeyBytes::from(*key)).collect();
    let slice_keys = SliceKeys::new(&keys).map_err(|error| format!("SLICE_KEYS: {error}"))?;
    let key = SearcherKey::load_or_create(&config.searcher_key_file)?;
    tracing::info!(
        searcher = %hex::encode(key.id().public_key().as_bytes()),
        "this searcher's reports count once an admin has enrolled it: `vanikeys admin enrol-searcher`"
    );
    let equipment = Equipment {
        key,
        slice_keys,
        transport: Transport::redis(redis_url)?,
        signals: Signals::redis(redis_url)?,
        clock: Clock::System,
        threads: options.threads(),
        backend: config.search_backend,
        window: config.search_window,
    };
    Ok(Searcher::new(equipment)?)
}

fn ready(options: &Options) {
    let queues: Vec<&str> = options.queues.iter().map(|queue| queue.name()).collect();
    tracing::info!(queues = queues.join(","), threads = options.threads(), "working");
    notify::ready();
}

/// Ends at SIGTERM or Ctrl-C.
fn told_to_stop() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        notify::stopping();
    })
}

/// The parts of this worker that do not turn; if there are none, a sign of life is given.
async fn stuck(health: Health, alive_file: Option<PathBuf>) -> Vec<String> {
    let stuck = health.stuck();
    if let Some(file) = alive_file.filter(|_| stuck.is_empty())
        && let Err(error) = alive::sign(&file, &Clock::System)
    {
        tracing::warn!(file = %file.display(), %error, "no sign of life can be given");
    }
    stuck
}

#[expect(clippy::print_stderr, reason = "the command line speaks on stderr")]
fn complain(error: &(impl std::fmt::Display + ?Sized)) {
    eprintln!("vanikeys-worker: {error}");
}
