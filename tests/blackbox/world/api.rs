//! The HTTP API as a program uses it: JSON in, JSON out, one bearer credential. The OpenAPI document of the running
//! service judges every answer, and what was sent for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use serde_json::Value;
use vanikeys_testkit::contract::{Contract, Exchange};

/// Calls to one service with one credential.
#[derive(Debug, Clone)]
pub struct Api {
    client: Client,
    base: String,
    access_token: Option<String>,
    headers: HeaderMap,
}

impl Api {
    /// Calls without a credential.
    pub fn new(base: &str) -> Self {
        vanikeys_testkit::net::choose_cryptography();
        let client = Client::builder()
            .timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { client, base: base.to_owned(), access_token: None, headers: HeaderMap::new() }
    }

    /// The same calls with this access token.
    pub fn with_access(&self, access_token: &str) -> Self {
        Self { access_token: Some(access_token.to_owned()), ..self.clone() }
    }

    /// The same calls with one more header.
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        Self { headers, ..self.clone() }
    }

    /// A request that can still be changed.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base)).headers(self.headers.clone());
        match &self.access_token {
            Some(access_token) => request.bearer_auth(access_token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    /// A POST that names itself, so that it may be sent again.
    pub async fn post_keyed(&self, path: &str, key: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
    }
}

/// The document of the service at an address. None while the service is gone, which some tests bring about: the next
/// answer is judged.
async fn contract(client: &Client, url: &reqwest::Url) -> Option<Arc<Contract>> {
    static KNOWN: Mutex<BTreeMap<String, Arc<Contract>>> = Mutex::new(BTreeMap::new());
    let origin = url.origin().ascii_serialization();
    let known = KNOWN.lock().unwrap().get(&origin).cloned();
    if known.is_some() {
        return known;
    }
    let document = client.get(format!("{origin}/openapi.json")).send().await.ok()?;
    let contract = Arc::new(Contract::new(&document.error_for_status().ok()?.text().await.ok()?));
    KNOWN.lock().unwrap().insert(origin, Arc::clone(&contract));
    Some(contract)
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// Sends the request. No answer at all fails the test, except through [`Answer::try_of`].
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        Self::try_of(request).await.unwrap_or_else(|error| panic!("no answer: {error:?}"))
    }

    /// Sends the request to a service that may be down.
    pub async fn try_of(request: reqwest::RequestBuilder) -> reqwest::Result<Self> {
        let (client, request) = request.build_split();
        let request = request?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let sent = request.body().and_then(|body| body.as_bytes()).unwrap_or_default().to_vec();
        let response = client.execute(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let asked = format!("{method} {}", url.path());
        let answer = Self { asked, status, headers, text: response.text().await? };
        if let Some(contract) = contract(&client, &url).await {
            let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
            let content_type = answer.header("content-type");
            let (method, body) = (method.as_str(), answer.text.as_bytes());
            let verdict = contract.check(&Exchange { method, path: &path, sent: &sent, status, content_type, body });
            verdict.unwrap_or_else(|fault| panic!("{fault}\n{}", answer.text));
        }
        Ok(answer)
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The body, if the status is one of success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {} {}", self.asked, self.status, self.text);
        self.json()
    }

    /// The problem document, which must have this status and code and all fields that every problem has.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.problem(status);
        assert_eq!(problem["error"], code, "{}: {}", self.asked, self.text);
        problem
    }

    /// The problem document, which must have this status and all fields that every problem has.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}: {}", self.asked, self.text);
        let problem = self.json();
        for field in ["error", "message", "requestId", "timestamp"] {
            assert!(problem[field].is_string(), "{}: no {field} in {}", self.asked, self.text);
        }
        problem
    }

    /// A header's value; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
