//! A private Redis server, without persistence, and the ways in which tests make its life hard. It speaks just enough
//! of the protocol itself (inline commands) to need no client.

mod recording;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

pub use recording::Recording;

use crate::process::Daemon;
use crate::{Package, Scratch, net, program, until};

/// A running redis-server of its own; stopped on drop.
#[derive(Debug)]
pub struct Server {
    daemon: Option<Daemon>,
    port: u16,
    scratch: Scratch,
}

impl Server {
    /// Starts an empty server on a free port.
    pub fn start() -> Self {
        let mut server = Self { daemon: None, port: net::free_port(), scratch: Scratch::new("redis") };
        server.start_again();
        server
    }

    /// `redis://127.0.0.1:<port>/`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// The port, the same over every restart.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills the server. It loses everything, as it would when its host burns down.
    pub fn stop(&mut self) {
        self.daemon = None;
    }

    /// Starts the stopped server on the same port, empty.
    pub fn start_again(&mut self) {
        let mut command = Command::new(program("redis-server", Package("redis-server")));
        command
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--protected-mode", "no", "--dir"])
            .arg(self.scratch.path());
        self.daemon = Some(Daemon::start(&mut command, &self.scratch.join("redis.log")));
        until("redis-server answers PING", Duration::from_secs(10), || {
            self.try_command("PING").filter(|answer| answer.starts_with("+PONG"))
        });
    }

    /// Kills it and starts it again, empty.
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    /// Makes the server stop answering without closing a connection, as a stalled host does.
    pub fn freeze(&self) {
        self.daemon().signal(Signal::STOP);
    }

    /// Ends [`Server::freeze`].
    pub fn thaw(&self) {
        self.daemon().signal(Signal::CONT);
    }

    /// Forgets every key.
    pub fn flush(&self) {
        self.command("FLUSHALL");
    }

    /// Closes every client's connection.
    pub fn kill_clients(&self) {
        self.command("CLIENT KILL TYPE normal SKIPME yes");
        self.command("CLIENT KILL TYPE pubsub");
    }

    /// Records every command that any client sends from now on.
    pub fn record(&self) -> Recording {
        Recording::start(self.port)
    }

    /// Everything that the server holds, as the file that it would write to disk.
    pub fn dump(&self) -> Vec<u8> {
        self.command("CONFIG SET rdbcompression no");
        self.command("SAVE");
        let file = self.scratch.join("dump.rdb");
        let bytes = std::fs::read(&file).expect("SAVE wrote dump.rdb");
        // A restarted server would read it again, and this one promises to forget.
        std::fs::remove_file(&file).expect("own folder");
        bytes
    }

    /// The raw reply to a command, written as one types it in `redis-cli`.
    ///
    /// # Panics
    /// When the server does not answer, or answers with an error.
    pub fn command(&self, line: &str) -> String {
        let reply = self.try_command(line).unwrap_or_else(|| panic!("redis did not answer `{line}`"));
        assert!(!reply.starts_with('-'), "redis refused `{line}`: {reply}");
        reply
    }

    fn try_command(&self, line: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        // QUIT makes the server close the connection, so the reply is all there is to read.
        write!(stream, "{line}\r\nQUIT\r\n").ok()?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).ok()?;
        let reply = String::from_utf8_lossy(&reply);
        Some(reply.strip_suffix("+OK\r\n").unwrap_or(&reply).to_owned())
    }

    fn daemon(&self) -> &Daemon {
        self.daemon.as_ref().expect("the server is running")
    }
}
