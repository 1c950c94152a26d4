//! Listens and serves until told to stop: on an address, or on the socket that systemd hands over, so that no
//! connection is refused during a restart.

use std::{net::SocketAddr, time::Duration};

use tokio::net::TcpListener;

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
        error: std::io::Error,
    },
    /// The socket handed over cannot be used.
    #[error("the socket that systemd handed over (LISTEN_FDS) cannot be used: {0}")]
    Handed(std::io::Error),
}

/// The listening socket: systemd's, if there is one, else `address`.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    let handed = listenfd::ListenFd::from_env().take_tcp_listener(0).map_err(ListenError::Handed)?;
    match handed {
        Some(socket) => {
            socket.set_nonblocking(true).map_err(ListenError::Handed)?;
            TcpListener::from_std(socket).map_err(ListenError::Handed)
        }
        None => TcpListener::bind(address).await.map_err(|error| ListenError::Address { address, error }),
    }
}

/// Serves until `web.stopping`; open requests then have [`GRACE`] to end.
pub async fn serve(web: Web, listener: TcpListener) -> std::io::Result<()> {
    let stopping = web.stopping.clone();
    let service = routes::site(web).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let server = std::future::IntoFuture::into_future(server);
    tokio::pin!(server);
    tokio::select! {
        ended = &mut server => ended,
        () = async { stopping.cancelled().await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("open connections were cut {} s after the word to stop", GRACE.as_secs());
            Ok(())
        }
    }
}
