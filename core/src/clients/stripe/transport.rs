//! One call over HTTP: attempts, waits, and what an answer means. Nothing here knows what is asked.

use std::{str::FromStr, time::Duration};

use reqwest::{
    Client, Method, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{
    API_VERSION, StripeError,
    account::Account,
    object::Object,
    pace::Pace,
    trouble::{Refused, Trouble},
};
use crate::{clients::tls::Trust, secret::Secret};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A request.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) path: String,
    /// Its parameters.
    pub(super) form: String,
    /// Its idempotency key, if it changes something.
    pub(super) key: Option<String>,
}

#[derive(Debug)]
pub(super) struct Transport {
    client: Client,
    base: String,
    key: Secret,
    pace: Pace,
}

/// How an attempt ended.
enum Ended {
    /// Another attempt would end the same.
    For(Result<Value, Trouble>),
    /// Another attempt may help, if Stripe asks for it not before this time.
    Again(String, Option<Duration>),
}

impl Transport {
    pub(super) fn new(account: &Account, trust: &Trust, pace: Pace) -> Result<Self, StripeError> {
        let client = Client::builder()
            .tls_backend_preconfigured(trust.client().map_err(|error| StripeError(error.to_string()))?)
            .redirect(Policy::none())
            .no_proxy()
            .https_only(account.api_base.starts_with("https:"))
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("VaniKeys/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| StripeError(error.to_string()))?;
        Ok(Self { client, base: account.api_base.clone(), key: account.secret_key.clone(), pace })
    }

    /// The answer, after as many attempts as it takes and are allowed, all under the same key.
    pub(super) async fn call(&self, sent: &Sent) -> Result<Value, Trouble> {
        let deadline = Instant::now() + self.pace.whole;
        let left = || deadline.saturating_duration_since(Instant::now());
        let mut attempt = 1;
        loop {
            let (reason, retry_after) = match self.once(sent, self.pace.attempt.min(left())).await {
                Ended::For(result) => return result,
                Ended::Again(reason, retry_after) => (reason, retry_after),
            };
            let wait = self.pace.wait(attempt).max(retry_after.unwrap_or_default());
            let over = attempt >= self.pace.attempts || wait >= left();
            tracing::warn!(stripe.path = %sent.path, attempt, over, reason, "a request to Stripe failed");
            if over {
                return Err(Trouble::Unavailable { reason, retry_after });
            }
            sleep(wait).await;
            attempt += 1;
        }
    }

    async fn once(&self, sent: &Sent, timeout: Duration) -> Ended {
        let url = format!("{}{}", self.base, sent.path);
        let mut request = match sent.method {
            Method::POST => {
                self.client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(sent.form.clone())
            }
            _ if sent.form.is_empty() => self.client.request(sent.method.clone(), url),
            _ => self.client.request(sent.method.clone(), format!("{url}?{}", sent.form)),
        };
        let mut bearer = match HeaderValue::try_from(format!("Bearer {}", self.key.expose())) {
            Ok(bearer) => bearer,
            Err(_) => return Ended::For(Err(Trouble::away("STRIPE_SECRET_KEY is no text for a header"))),
        };
        bearer.set_sensitive(true);
        request = request.timeout(timeout).header(AUTHORIZATION, bearer).header("Stripe-Version", API_VERSION);
        if let Some(key) = sent.key.as_deref().filter(|_| sent.method == Method::POST) {
            request = request.header("Idempotency-Key", key);
        }
        match request.send().await {
            Ok(response) => judge(response).await,
            Err(error) => Ended::Again(explain(error), None),
        }
    }
}

/// What an answer means.
async fn judge(response: Response) -> Ended {
    let (status, headers) = (response.status(), response.headers().clone());
    let retry_after = header::<u64>(&headers, RETRY_AFTER.as_str()).map(Duration::from_secs);
    let body = match response.bytes().await {
        Ok(body) => serde_json::from_slice::<Value>(&body),
        Err(error) => return Ended::Again(explain(error), retry_after),
    };
    if status.is_success() {
        let half = |_| Ended::Again("its answer is not JSON".to_owned(), retry_after);
        return body.map_or_else(half, |value| Ended::For(Ok(value)));
    }
    let refused = Refused::read(status.as_u16(), &Object::new(&body.unwrap_or_default()));
    let replayed = header::<bool>(&headers, "idempotent-replayed") == Some(true);
    let failed = status.is_server_error();
    if failed && replayed {
        return Ended::For(Err(Trouble::Kept(refused)));
    }
    let again = matches!(status, StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS) || failed;
    let reason = || match header::<String>(&headers, "request-id") {
        Some(request) => format!("{refused}, request {request}"),
        None => refused.to_string(),
    };
    match (header::<bool>(&headers, "stripe-should-retry"), again) {
        (Some(true), _) | (None, true) => Ended::Again(reason(), retry_after),
        (Some(false), true) => Ended::For(Err(Trouble::Unavailable { reason: reason(), retry_after })),
        (Some(false) | None, false) => Ended::For(Err(refusal(refused))),
    }
}

/// What is said of the request itself.
fn refusal(refused: Refused) -> Trouble {
    match refused.status {
        // Not about what was asked, but about our own key; the operator will put it right.
        401 | 403 => {
            tracing::error!(error = %refused, "Stripe does not let STRIPE_SECRET_KEY do this");
            Trouble::away(refused.to_string())
        }
        _ if refused.status == 404 || refused.code.as_deref() == Some("resource_missing") => Trouble::Missing(refused),
        _ => Trouble::Refused(refused),
    }
}

fn header<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// What went wrong, without the address: a search has our users' ids in it.
fn explain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut last = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        last = inner.to_string();
        cause = inner.source();
    }
    match () {
        () if error.is_timeout() => "no answer in time".to_owned(),
        () if error.is_connect() => format!("could not connect: {last}"),
        () => format!("the connection failed: {last}"),
    }
}
