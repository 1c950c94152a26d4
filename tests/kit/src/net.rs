//! Free ports, and the smallest possible HTTP GET, enough to ask a health endpoint before any client is set up.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::Mutex;
use std::time::Duration;

/// Lets HTTP clients be built: the workspace compiles theirs without a choice of cryptography. To be called before the
/// first one; again does no harm.
pub fn choose_cryptography() {
    // It fails if the choice was made already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A loopback port that nothing listens on, for this process and those that it starts. It lies below the ports that the
/// system gives to outgoing connections, so that none of them is in the way when a server starts or starts again, and it is
/// reserved against other tests until this process ends.
pub fn free_port() -> u16 {
    static RESERVED: Mutex<Vec<UnixListener>> = Mutex::new(Vec::new());
    let ports = LOWEST_PORT..first_outgoing_port();
    // Tests that run at once begin at different places.
    let start = std::process::id().wrapping_mul(2_654_435_761) as usize % ports.len();
    let mut reserved = RESERVED.lock().expect("nobody panics with it");
    for port in ports.clone().cycle().skip(start).take(ports.len()) {
        // A name without a file: it is free again when its owner has ended, however that came about.
        let name = SocketAddr::from_abstract_name(format!("vanikeys-test-port-{port}")).expect("a short name");
        let Ok(reservation) = UnixListener::bind_addr(&name) else { continue };
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            reserved.push(reservation);
            return port;
        }
    }
    panic!("all ports from {LOWEST_PORT} to {} are in use; end what listens on them", ports.end - 1);
}

/// Ports below it belong to well-known services.
const LOWEST_PORT: u16 = 10_000;

/// Where the ports of outgoing connections begin.
fn first_outgoing_port() -> u16 {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let first = range.split_whitespace().next().and_then(|first| first.parse().ok());
    first.filter(|first| *first > LOWEST_PORT + 1_000).unwrap_or(32_768)
}

/// Whether something accepts connections on this loopback port.
pub fn listens(port: u16) -> bool {
    TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), Duration::from_millis(200)).is_ok()
}

/// Status and body of `GET path`, or nothing if no answer comes within two seconds.
pub fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), Duration::from_secs(2)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split_whitespace().nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_given_once_and_never_to_outgoing_connections() {
        let ports: std::collections::HashSet<u16> = (0..50).map(|_| free_port()).collect();
        assert_eq!(ports.len(), 50);
        assert!(ports.iter().all(|port| (LOWEST_PORT..first_outgoing_port()).contains(port)), "{ports:?}");
    }
}
