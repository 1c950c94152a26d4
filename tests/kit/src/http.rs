//! A web server that keeps what is sent to it, for outgoing webhooks and for services that ours calls. It answers as
//! told and understands nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};

use crate::eventually;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `POST` and so on.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

#[derive(Debug)]
struct Kept {
    requests: Mutex<Vec<Request>>,
    answer: Mutex<(StatusCode, String)>,
}

/// The server; closed on drop.
#[derive(Debug)]
pub struct Sink {
    port: u16,
    kept: Arc<Kept>,
    task: tokio::task::JoinHandle<()>,
}

impl Sink {
    /// Listens on a free loopback port and answers 200 to everything.
    pub async fn start() -> Self {
        let kept = Arc::new(Kept { requests: Mutex::default(), answer: Mutex::new((StatusCode::OK, String::new())) });
        let app = Router::new().fallback(keep).with_state(Arc::clone(&kept));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port can be bound");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let task = tokio::spawn(async move {
            // It ends only with the task.
            let _ = axum::serve(listener, app).await;
        });
        Self { port, kept, task }
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Answers the next requests with this.
    pub fn answer(&self, status: u16, body: &str) {
        let status = StatusCode::from_u16(status).expect("a status code");
        *self.kept.answer.lock().expect("no panic while held") = (status, body.to_owned());
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.kept.requests.lock().expect("no panic while held").clone()
    }

    /// The first request that fits, waited for.
    ///
    /// # Panics
    /// When none comes within 20 seconds.
    pub async fn wait_for(&self, what: &str, fits: impl Fn(&Request) -> bool) -> Request {
        let fits = &fits;
        eventually(&format!("request: {what}"), Duration::from_secs(20), || async move {
            self.requests().into_iter().find(|request| fits(request))
        })
        .await
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(
    State(kept): State<Arc<Kept>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let request = Request { method: method.to_string(), path: uri.to_string(), headers, body: body.to_vec() };
    kept.requests.lock().expect("no panic while held").push(request);
    kept.answer.lock().expect("no panic while held").clone()
}
