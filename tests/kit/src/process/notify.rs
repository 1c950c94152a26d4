//! The receiving end of systemd's notification protocol: a datagram socket on which a service says `READY=1`,
//! `STOPPING=1` and `WATCHDOG=1`. Tests use what the units use.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::Mutex;

/// All that a process has told its service manager.
#[derive(Debug)]
pub(super) struct Notify {
    socket: UnixDatagram,
    heard: Mutex<String>,
}

impl Notify {
    pub(super) fn bind(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).expect("a socket can be made in the scratch folder");
        socket.set_nonblocking(true).expect("own socket");
        Self { socket, heard: Mutex::new(String::new()) }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.listen().lines().any(|line| line == "READY=1")
    }

    pub(super) fn reset(&self) {
        self.listen();
        self.heard.lock().expect("no panic while held").clear();
    }

    fn listen(&self) -> String {
        let mut heard = self.heard.lock().expect("no panic while held");
        let mut message = [0; 4096];
        while let Ok(length) = self.socket.recv(&mut message) {
            heard.push_str(&String::from_utf8_lossy(&message[..length]));
            heard.push('\n');
        }
        heard.clone()
    }
}
