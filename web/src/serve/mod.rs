//! Listens and serves until told to stop: on an address, or on the sockets that systemd hands over, so that no
//! connection is refused during a restart.

mod capacity;
mod connection;
mod stall;

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, time};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::capacity::Capacity;
use self::capacity::Connections;
use super::{Web, routes};

/// How long open requests may go on after the word to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {error}; choose another address with --listen or VANIKEYS_LISTEN")]
    Address {
        /// The address asked for.
        address: SocketAddr,
        /// The operating system's answer.
        error: io::Error,
    },
    /// A socket handed over cannot be used.
    #[error("the sockets that systemd handed over (LISTEN_FDS) cannot be used: {0}")]
    Handed(io::Error),
}

/// The listening sockets: all of systemd's, if there are any, else one on `address`.
pub async fn listen(address: SocketAddr) -> Result<Vec<TcpListener>, ListenError> {
    let mut handed = listenfd::ListenFd::from_env();
    let mut sockets = Vec::new();
    for index in 0..handed.len() {
        let socket = handed.take_tcp_listener(index).map_err(ListenError::Handed)?;
        sockets.extend(socket);
    }
    if sockets.is_empty() {
        let bound = TcpListener::bind(address).await;
        return bound.map(|socket| vec![socket]).map_err(|error| ListenError::Address { address, error });
    }
    let usable = |socket: std::net::TcpListener| {
        socket.set_nonblocking(true)?;
        TcpListener::from_std(socket)
    };
    sockets.into_iter().map(usable).collect::<io::Result<_>>().map_err(ListenError::Handed)
}

/// Serves on all `listeners` until `web.stopping`; open requests then have [`GRACE`] to end.
pub async fn serve(web: Web, listeners: Vec<TcpListener>, capacity: Capacity) {
    let stopping = web.stopping.clone();
    let site = routes::site(web);
    let connections = Connections::new(capacity);
    let open = TaskTracker::new();
    for listener in listeners {
        open.spawn(accept(listener, site.clone(), connections.clone(), open.clone(), stopping.clone()));
    }
    stopping.cancelled().await;
    open.close();
    if time::timeout(GRACE, open.wait()).await.is_err() {
        tracing::warn!("open connections were cut {} s after the word to stop", GRACE.as_secs());
    }
}

/// Accepts connections, as many as there is room for.
async fn accept(
    listener: TcpListener,
    site: Router,
    connections: Connections,
    open: TaskTracker,
    stopping: CancellationToken,
) {
    while !stopping.is_cancelled() {
        let accepted = async {
            let room = connections.room().await;
            (room, listener.accept().await)
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            () = stopping.cancelled() => return,
        };
        match accepted {
            (room, Ok((stream, peer))) => {
                let room = connections.enter(room);
                open.spawn(connection::serve(stream, peer, site.clone(), room, stopping.clone()));
            }
            (_, Err(error)) if of_the_peer(&error) => {}
            (_, Err(error)) => {
                tracing::error!(%error, "no connection can be accepted; it is tried again in a second");
                time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Whether only the connection that was to be accepted failed.
fn of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
