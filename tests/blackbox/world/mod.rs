//! A running service in either shape, as an operator would start it: `vanikeys up` alone, or web, searcher and worker
//! processes over a private PostgreSQL and a private Redis. Tests are written against [`World`] and run over both.

mod api;
mod command;
mod fleet;
mod payments;
mod person;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU16, Ordering};

use vanikeys_testkit::process::Service;
use vanikeys_testkit::{Scratch, net, postgres, redis, smtp};

pub use api::{Answer, Api};
pub use payments::{Till, priced, sandboxed};
pub use person::{Person, secret_in};

/// How the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One process, SQLite.
    Embedded,
    /// Many processes, PostgreSQL and Redis.
    Fleet,
}

/// Servers that the fleet stands on.
#[derive(Debug)]
pub struct Ground {
    pub postgres: postgres::Server,
    pub database: postgres::Database,
    pub redis: redis::Server,
}

/// A running service.
#[derive(Debug)]
pub struct World {
    pub port: u16,
    /// The process that answers HTTP; in the embedded shape it does everything.
    pub web: Service,
    /// Searcher and worker of the fleet.
    pub workers: Vec<Service>,
    pub ground: Option<Ground>,
    pub mail: Option<smtp::Sink>,
    /// The data folder, and other files of this world.
    pub files: Scratch,
    settings: Vec<(String, String)>,
}

impl World {
    /// Starts the service with what every test wants.
    pub async fn start(shape: Shape) -> Self {
        Self::with(shape, &[]).await
    }

    /// Starts the service with more settings.
    pub async fn with(shape: Shape, settings: &[(&str, &str)]) -> Self {
        // Blocking waits for processes must not hold up the sinks, which run beside the test.
        tokio::task::block_in_place(|| match shape {
            Shape::Embedded => Self::embedded(settings, &[]),
            Shape::Fleet => fleet::start(settings),
        })
    }

    /// Starts the embedded service with the pages that only developers see.
    pub async fn in_development() -> Self {
        tokio::task::block_in_place(|| Self::embedded(&[], &["--dev"]))
    }

    fn embedded(settings: &[(&str, &str)], more: &[&str]) -> Self {
        let (port, files) = (net::free_port(), Scratch::new("world"));
        let data = files.join("data").to_str().unwrap().to_owned();
        // The address that browsers are sent back to must be the one that they come from, or their session is another's.
        let public = format!("http://127.0.0.1:{port}");
        let fixed =
            [("VANIKEYS_DATA", data.as_str()), ("TRUSTED_PROXIES", "127.0.0.1/32"), ("PUBLIC_URL", public.as_str())];
        let mut own: Vec<(String, String)> = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        own.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let listen = format!("127.0.0.1:{port}");
        let args: Vec<&str> =
            ["up", "--data", &data, "--listen", &listen].into_iter().chain(more.iter().copied()).collect();
        let mut web = with_env(Service::new("up", "vanikeys", &args), &own);
        web.spawn();
        web.wait_http(port, "/readyz");
        Self { port, web, workers: Vec::new(), ground: None, mail: None, files, settings: own }
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The API for somebody who is not signed in, from an address of their own: limits are by address, and all tests
    /// come from the same machine.
    pub fn api(&self) -> Api {
        static NEXT: AtomicU16 = AtomicU16::new(1);
        let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Api::new(&self.url()).with_header("x-forwarded-for", &format!("198.51.{high}.{low}"))
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.files.join("data")
    }

    /// All processes of the service.
    pub fn services(&mut self) -> impl Iterator<Item = &mut Service> {
        std::iter::once(&mut self.web).chain(&mut self.workers)
    }

    /// The fleet's servers.
    pub fn ground(&mut self) -> &mut Ground {
        self.ground.as_mut().expect("only the fleet has servers")
    }

    /// All that the processes printed.
    pub fn logs(&self) -> String {
        let workers = self.workers.iter().map(Service::log);
        std::iter::once(self.web.log()).chain(workers).collect::<Vec<_>>().join("\n")
    }
}

fn with_env(service: Service, settings: &[(String, String)]) -> Service {
    settings.iter().fold(service, |service, (name, value)| service.env(name, value))
}
