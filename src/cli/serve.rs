//! `vanikeys up` and `vanikeys web`: the long-running commands.

use clap::Args;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use vanikeys_core::{
    app::Schema,
    config::{Config, LogFormat},
};

use super::{Common, Failed, open};
use crate::web;

/// Arguments of `up`.
#[derive(Debug, Args)]
pub(super) struct Up {
    /// Where to listen (VANIKEYS_LISTEN)
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// The folder that holds everything (VANIKEYS_DATA)
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
}

/// Arguments of `web`.
#[derive(Debug, Args)]
pub(super) struct Web {
    /// Where to listen (VANIKEYS_LISTEN)
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
}

/// Runs everything.
pub(super) fn up(common: &Common, args: &Up) -> Result<(), Failed> {
    let flags = [("VANIKEYS_LISTEN", &args.listen), ("VANIKEYS_DATA", &args.data)];
    run(common.configuration(&flags)?)
}

/// Runs the web front.
pub(super) fn web(common: &Common, args: &Web) -> Result<(), Failed> {
    run(common.configuration(&[("VANIKEYS_LISTEN", &args.listen)])?)
}

#[tokio::main]
async fn run(config: Config) -> Result<(), Failed> {
    log(&config);
    let listener = web::listen(config.listen).await.map_err(Failed::work)?;
    let app = open(config, Schema::Migrate).await?;
    let stopping = CancellationToken::new();
    stop_when_told(stopping.clone());
    announce(&app.config, listener.local_addr().map_err(Failed::work)?);
    web::serve(web::Web::new(app, stopping), listener).await.map_err(Failed::work)
}

fn log(config: &Config) {
    let filter = EnvFilter::new(&config.log_level);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber can only be a test's own.
    match config.log_format {
        LogFormat::Text => lines.try_init().ok(),
        LogFormat::Json => lines.json().try_init().ok(),
    };
}

/// Cancels `stopping` at SIGTERM or Ctrl-C.
fn stop_when_told(stopping: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    tokio::spawn(async move {
        let terminate = async {
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => terminate.recv().await,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = terminate => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("told to stop: open requests are finished, new ones refused");
        stopping.cancel();
    });
}

#[expect(clippy::print_stdout, reason = "the command line says where it listens and how to begin")]
fn announce(config: &Config, listening: std::net::SocketAddr) {
    println!("VaniKeys is at {} (listening on {listening}).", config.public_url.origin);
    println!("To begin, register at {}/sign-up.", config.public_url.origin);
    if !config.mail_is_on() {
        println!("Letters lie as .eml files in {}.", config.data.join("mail").display());
    }
}
