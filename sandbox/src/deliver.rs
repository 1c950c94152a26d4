//! How a signed event reaches an endpoint. The sandbox says what and when; this says over what.

use std::{future::Future, pin::Pin, time::Duration};

use axum::http::{Request, header::CONTENT_TYPE};
use http_body_util::Full;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

/// Stripe's own patience is of this order.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A webhook request.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where to.
    pub url: String,
    /// The event's id.
    pub event: String,
    /// The JSON text that is signed.
    pub body: String,
    /// The header `Stripe-Signature`.
    pub signature: String,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint answered 2xx.
    Accepted,
    /// It didn't, and the delivery is tried again later.
    Failed,
}

/// Something that delivers.
pub trait Deliver: Send + Sync + 'static {
    /// Sends the request and waits for the answer.
    fn deliver(&self, delivery: Delivery) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>>;
}

/// Delivers by plain HTTP: endpoints of tests and of the demo are on the same machine.
#[derive(Clone, Debug)]
pub struct Http(Client<HttpConnector, Full<axum::body::Bytes>>);

impl Default for Http {
    fn default() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }
}

impl Deliver for Http {
    fn deliver(&self, delivery: Delivery) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>> {
        let request = Request::post(&delivery.url)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .header("stripe-signature", &delivery.signature)
            .header("user-agent", "Stripe/1.0 (sandbox)")
            .body(Full::from(delivery.body));
        let client = self.0.clone();
        Box::pin(async move {
            let Ok(request) = request else { return Outcome::Failed };
            match tokio::time::timeout(TIMEOUT, client.request(request)).await {
                Ok(Ok(response)) if response.status().is_success() => Outcome::Accepted,
                _ => Outcome::Failed,
            }
        })
    }
}
