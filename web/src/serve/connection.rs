//! One connection, over HTTP/1 or HTTP/2, from being accepted to being closed.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use http_body_util::BodyExt as _;
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::{net::TcpStream, time};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::{capacity::Room, stall::Unstalled};

/// How long the peer may take to read more of an answer.
const READING: Duration = Duration::from_secs(30);

/// How long a connection that is closed for others may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// Serves until the peer is done, the connection is not worth its room any more, or the process stops.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, site: Router, room: Room, stopping: CancellationToken) {
    // Without it small answers wait for the peer's acknowledgement.
    stream.set_nodelay(true).ok();
    let answer = service_fn(|request: Request<Incoming>| {
        let underway = room.begin();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answered = site.clone().oneshot(request);
        async move {
            // Under way until its body is sent, or given up.
            let held = move |body: Body| {
                Body::new(body.map_frame(move |frame| {
                    let _ = &underway;
                    frame
                }))
            };
            answered.await.map(|response: Response| response.map(held))
        }
    });
    let builder = Builder::new(TokioExecutor::new());
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Unstalled::new(stream, READING)), answer));
    let mut told = false;
    loop {
        tokio::select! {
            // How it ended is the peer's business; what was asked is in the log.
            _ = connection.as_mut() => return,
            () = room.wanted() => break,
            () = stopping.cancelled(), if !told => {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
    connection.as_mut().graceful_shutdown();
    time::timeout(GOODBYE, connection).await.ok();
}
