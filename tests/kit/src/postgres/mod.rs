//! PostgreSQL for tests: one server shared by all tests of a run, in which every test has a database of its own, and
//! private servers for the tests that stop and restart one.

mod cluster;
mod shared;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::Signal;

use crate::process::Daemon;
use crate::{Package, Scratch, net, program, until};

/// A database that no other test sees; dropped with the value.
#[derive(Debug)]
pub struct Database {
    port: u16,
    name: String,
}

impl Database {
    /// `postgres://vanikeys@127.0.0.1:<port>/<name>`.
    pub fn url(&self) -> String {
        Self::url_of(self.port, &self.name)
    }

    fn url_of(port: u16, name: &str) -> String {
        format!("postgres://{}@127.0.0.1:{port}/{name}", cluster::SUPERUSER)
    }

    /// Runs SQL through `psql` and returns the rows, columns separated by `|`.
    ///
    /// # Panics
    /// When the server refuses it.
    pub fn query(&self, sql: &str) -> Vec<String> {
        cluster::psql(self.port, &self.name, sql).lines().map(str::to_owned).collect()
    }

    /// All that `pg_dump` writes of it, as SQL.
    ///
    /// # Panics
    /// When `pg_dump` fails.
    pub fn dump(&self) -> Vec<u8> {
        let output = Command::new(program("pg_dump", Package("postgresql-client"))).arg(self.url()).output();
        let output = output.expect("pg_dump starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn create(port: u16, template: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        cluster::make_database(port, &name, template);
        Self { port, name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server that a test stopped has nothing to drop.
        if net::listens(self.port) {
            cluster::drop_database(self.port, &self.name);
        }
    }
}

/// A fresh, empty database on the shared server.
pub fn fresh_database() -> Database {
    Database::create(member().port(), "template1")
}

/// A fresh database on the shared server with what `prepare` puts into the one at the URL that it gets. That runs once
/// for all tests of a run that ask for the same `kind`; the others get copies. It must close its connections.
pub async fn prepared_database(kind: &str, prepare: impl AsyncFnOnce(String)) -> Database {
    let (member, template) = (member(), format!("template_{kind}"));
    if let Some(making) = member.begin_template(kind) {
        cluster::make_database(member.port(), &template, "template1");
        prepare(Database::url_of(member.port(), &template)).await;
        making.done();
    }
    Database::create(member.port(), &template)
}

fn member() -> &'static shared::Membership {
    static SHARED: OnceLock<shared::Membership> = OnceLock::new();
    SHARED.get_or_init(shared::join)
}

/// A private server, for tests that stop it.
#[derive(Debug)]
pub struct Server {
    daemon: Option<Daemon>,
    port: u16,
    data: PathBuf,
    scratch: Scratch,
}

impl Server {
    /// Starts an empty server on a free port.
    pub fn start() -> Self {
        let scratch = Scratch::new("pg");
        let data = scratch.join("data");
        shared::join().copy_template(&data);
        let mut server = Self { daemon: None, port: net::free_port(), data, scratch };
        server.start_again();
        server
    }

    /// A fresh, empty database on this server.
    pub fn fresh_database(&self) -> Database {
        Database::create(self.port, "template1")
    }

    /// Ends every session and stops ("fast" shutdown, as on an upgrade of the package).
    pub fn stop(&mut self) {
        self.end(Signal::INT);
    }

    /// Stops without a checkpoint, as a crash does; the next start recovers.
    pub fn crash(&mut self) {
        self.end(Signal::QUIT);
    }

    /// Starts the stopped server on the same port with the same data.
    pub fn start_again(&mut self) {
        let mut command = cluster::server(&self.data, self.port, self.scratch.path());
        self.daemon = Some(Daemon::start(&mut command, &self.scratch.join("log")));
        cluster::wait_ready(self.port);
    }

    /// Stops and starts.
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    /// The port, the same over every restart.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder with the database's files and write-ahead log.
    pub fn data(&self) -> &std::path::Path {
        &self.data
    }

    fn end(&mut self, signal: Signal) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.signal(signal);
            until("PostgreSQL stops", Duration::from_secs(20), || daemon.ended());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end(Signal::QUIT);
    }
}
