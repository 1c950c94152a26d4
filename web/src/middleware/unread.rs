//! Requests that are answered before their body was read. Over HTTP/1 the rest of the body lies between the answer and the
//! next request: a little is read, so that the connection can be used again; if there is more, the answer says that the
//! connection ends with it.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, Version, header};
use hyper::body::{Frame, SizeHint};
use tokio::time;

/// The most that is read of a body that nobody wants, and how long that may take.
const LITTLE: (u64, Duration) = (256 * 1024, Duration::from_secs(1));

pub(super) async fn settle(request: Request, next: Next) -> Response {
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    // To read is to say "100 Continue": whoever waits for that has not sent anything yet, and need not.
    let waits = request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let lent = Lent(Arc::new(Mutex::new(Reading { body, ended: false })));
    let mut response = next.run(Request::from_parts(parts, Body::new(lent.clone()))).await;
    let ended = lent.lock().ended || (!waits && lent.read_out().await);
    if !ended {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A body that can be read on after whoever got it has dropped it.
#[derive(Clone, Debug)]
struct Lent(Arc<Mutex<Reading>>);

#[derive(Debug)]
struct Reading {
    body: Body,
    ended: bool,
}

impl Lent {
    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it could be read to its end.
    async fn read_out(mut self) -> bool {
        let (most, patience) = LITTLE;
        let reading = async {
            let mut left = most;
            while left >= self.size_hint().lower() {
                match poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {
                    None => return true,
                    Some(Err(_)) => return false,
                    Some(Ok(frame)) => {
                        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                        let Some(less) = left.checked_sub(length) else { return false };
                        left = less;
                    }
                }
            }
            false
        };
        time::timeout(patience, reading).await.unwrap_or(false)
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut reading = self.lock();
        let polled = Pin::new(&mut reading.body).poll_frame(cx);
        if matches!(polled, Poll::Ready(None)) || reading.body.is_end_stream() {
            reading.ended = true;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.lock().body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().body.size_hint()
    }
}
