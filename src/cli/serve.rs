//! `vanikeys up` and `vanikeys web`: the long-running commands.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vanikeys_core::{
    app::{App, Schema},
    config::{Config, Shape},
    flow::{
        demo::{self, DemoAccount},
        tasks,
    },
    ops::{notify, probe, process, telemetry},
};
use vanikeys_web::Capacity;
use vanikeys_workers::{Options, StartError};

use super::{Common, Failed, demo_checkout::DemoCheckout, held::hold, must_exist, open};

/// Arguments of `up`.
#[derive(Debug, Args)]
pub(super) struct Up {
    /// Where to listen (VANIKEYS_LISTEN)
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Make a small demo world to look at: made-up people with tokens, pulls and jobs, and a sandbox to buy in
    #[arg(long)]
    demo: bool,
    /// Show pages for development too, such as /design
    #[arg(long)]
    dev: bool,
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
    let config = common.configuration(&[("VANIKEYS_LISTEN", &args.listen)])?;
    config.own_folder().map_err(Failed::usage)?;
    let _held = hold(&config)?;
    run(config, Parts::Everything { demo: args.demo, dev: args.dev })
}

/// Runs the web front.
pub(super) fn web(common: &Common, args: &Web) -> Result<(), Failed> {
    let config = common.configuration(&[("VANIKEYS_LISTEN", &args.listen)])?;
    must_exist(&config)?;
    run(config, Parts::Web)
}

/// What this process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parts {
    /// The web front; workers run elsewhere.
    Web,
    /// The web front and every worker.
    Everything {
        /// With the demo world.
        demo: bool,
        /// With pages for development.
        dev: bool,
    },
}

fn run(config: Config, parts: Parts) -> Result<(), Failed> {
    let capacity = Capacity::with_files(process::open_many_files());
    let telemetry = telemetry::begin(&config).map_err(Failed::work)?;
    let ended = serve(config, parts, capacity);
    telemetry.end();
    ended
}

#[tokio::main]
async fn serve(mut config: Config, parts: Parts, capacity: Capacity) -> Result<(), Failed> {
    process::outlive_file_size_limit().map_err(Failed::work)?;
    let stopping = CancellationToken::new();
    stop_when_told(stopping.clone()).map_err(Failed::work)?;
    let listeners = vanikeys_web::listen(config.listen).await.map_err(Failed::work)?;
    let addresses = listeners.iter().map(TcpListener::local_addr).collect::<std::io::Result<Vec<_>>>();
    let addresses = addresses.map_err(Failed::work)?;
    let checkout = checkout(&mut config, parts, addresses[0]).await?.map(Arc::new);
    let app = open(config, Schema::Migrate).await?;
    announce(&app.config, &addresses, checkout.is_some());
    let workers = match parts {
        Parts::Web => {
            tokio::spawn(miss_workers(app.clone()));
            None
        }
        Parts::Everything { demo, .. } => {
            if demo {
                announce_demo(demo::seed(&app).await.map_err(Failed::work)?);
            }
            Some(tokio::spawn(work(app.clone(), stopping.clone())))
        }
    };
    let watching = tokio::spawn(notify::feed_watchdog(move || alive(addresses.clone())));
    notify::ready();
    let site = vanikeys_web::Web::new(app, stopping.clone());
    let site = if matches!(parts, Parts::Everything { dev: true, .. }) { site.in_development() } else { site };
    let (site, saving) = match checkout.clone() {
        Some(checkout) => (
            site.with_sandbox(checkout.sandbox().pages()),
            Some(tokio::spawn(async move { checkout.keep_saving().await })),
        ),
        None => (site, None),
    };
    vanikeys_web::serve(site, listeners, capacity).await;
    watching.abort();
    let worked = match workers {
        Some(workers) => workers.await.map_err(Failed::work)?.map_err(Failed::work),
        None => Ok(()),
    };
    if let (Some(checkout), Some(saving)) = (checkout, saving) {
        saving.abort();
        checkout.save()?;
    }
    worked
}

/// The sandbox that plays Stripe, where one is asked for and everything is in this process.
async fn checkout(config: &mut Config, parts: Parts, address: SocketAddr) -> Result<Option<DemoCheckout>, Failed> {
    match parts {
        Parts::Web if config.billing.demo_checkout => Err(Failed::usage(
            "DEMO_CHECKOUT is for `vanikeys up`: with `vanikeys web` workers run elsewhere, and could not reach the sandbox",
        )),
        Parts::Everything { demo: true, .. } if config.billing.stripe.is_some() => Err(Failed::usage(
            "a demo has a sandbox that plays Stripe, and STRIPE_SECRET_KEY is set: leave out --demo or unset it",
        )),
        Parts::Everything { demo, .. } if config.shape == Shape::Embedded && (demo || config.billing.demo_checkout) => {
            DemoCheckout::start(config, address).await.map(Some)
        }
        Parts::Web | Parts::Everything { .. } => Ok(None),
    }
}

/// The web front is stuck if it does not answer at each of its own doors.
async fn alive(addresses: Vec<SocketAddr>) -> Vec<String> {
    let asked = addresses.into_iter().map(|address| probe::expect_200(address, "/healthz"));
    futures::future::join_all(asked).await.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect()
}

/// How often workers are looked for.
const LOOK: Duration = Duration::from_secs(60);

/// Says when no worker is there, once each time: what the front takes then waits.
async fn miss_workers(app: App) {
    let mut missed = false;
    loop {
        tokio::time::sleep(LOOK).await;
        // A database that is away is said elsewhere.
        let Ok(workers) = tasks::workers(&app).await else { continue };
        if workers.is_empty() && !missed {
            tracing::warn!("no worker with a database is running; jobs, mail and webhooks wait for `vanikeys-worker`");
        }
        missed = workers.is_empty();
    }
}

/// Every worker, until told to stop. Workers that cannot start stop the web front too: alone it would take orders
/// that nobody serves.
async fn work(app: App, stopping: CancellationToken) -> Result<(), StartError> {
    let ended = vanikeys_workers::run(app, Options::default(), stopping.clone().cancelled_owned()).await;
    stopping.cancel();
    ended
}

#[expect(clippy::print_stdout, reason = "the command line says how to look around")]
fn announce_demo(account: DemoAccount) {
    println!(
        "This is a demo: its people and tokens are made up. Sign in as {} with the password {}.",
        account.email, account.password
    );
}

/// Cancels `stopping` at SIGTERM or Ctrl-C. From the moment that this returns no signal is missed.
fn stop_when_told(stopping: CancellationToken) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop: open requests are finished, new ones refused");
        notify::stopping();
        stopping.cancel();
    });
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command line says where it listens and how to begin")]
fn announce(config: &Config, listening: &[SocketAddr], sandbox: bool) {
    let listening: Vec<String> = listening.iter().map(SocketAddr::to_string).collect();
    let listening = listening.join(", ");
    println!("VaniKeys is at {} (listening on {listening}).", config.public_url.origin);
    println!("To begin, register at {}/sign-up.", config.public_url.origin);
    if !config.mail_is_on() {
        println!("E-mails are saved as .eml files in {}.", config.data.join("mail").display());
    }
    if sandbox {
        println!("Payments go to a sandbox, where the card 4242 4242 4242 4242 pays and no money moves.");
    }
}
