//! Asks a web front over its own port whether it answers, without any HTTP client: for the watchdog and for health
//! checks of containers that hold nothing but the program.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A web front that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a probe failed.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Nobody answers.
    #[error("{address} does not answer: {error}")]
    Silent {
        /// Where it was asked.
        address: SocketAddr,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// It answers too late.
    #[error("{0} does not answer within 5 s")]
    Late(SocketAddr),
    /// It answers something else than 200.
    #[error("{address}{path} answers {line:?}")]
    Unwell {
        /// Where it was asked.
        address: SocketAddr,
        /// What it was asked for.
        path: String,
        /// The first line of its answer.
        line: String,
    },
}

/// Expects `GET path` at a listener's address to be answered with 200.
///
/// # Errors
/// See [`ProbeError`].
pub async fn expect_200(listening: SocketAddr, path: &str) -> Result<(), ProbeError> {
    let address = reachable(listening);
    let asked = timeout(PATIENCE, ask(address, path)).await.map_err(|_| ProbeError::Late(address))?;
    let line = asked.map_err(|error| ProbeError::Silent { address, error })?;
    match line.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(ProbeError::Unwell { address, path: path.to_owned(), line }),
    }
}

/// The first line of the answer.
async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut start = [0; 64];
    let mut length = 0;
    while length < start.len() {
        match stream.read(&mut start[length..]).await? {
            0 => break,
            more => length += more,
        }
    }
    let answer = String::from_utf8_lossy(&start[..length]);
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

/// A listener on every address is reached over loopback.
#[must_use]
pub fn reachable(listening: SocketAddr) -> SocketAddr {
    let loopback = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    };
    SocketAddr::new(loopback, listening.port())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answering(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        address
    }

    #[tokio::test]
    async fn only_200_is_well() {
        expect_200(answering("HTTP/1.1 200 OK\r\n\r\n").await, "/healthz").await.unwrap();
        for answer in ["HTTP/1.1 503 Service Unavailable\r\n\r\n", "", "hello"] {
            let unwell = expect_200(answering(answer).await, "/readyz").await.unwrap_err();
            assert!(matches!(unwell, ProbeError::Unwell { .. } | ProbeError::Silent { .. }), "{unwell}");
        }
    }

    #[tokio::test]
    async fn nobody_there_is_said() {
        let address = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap()
        };
        let silent = expect_200(address, "/healthz").await.unwrap_err();
        assert!(matches!(silent, ProbeError::Silent { .. }), "{silent}");
    }
}
