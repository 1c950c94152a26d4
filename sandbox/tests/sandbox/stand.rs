//! A sandbox for one test, which keeps every exchange.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, header::LOCATION},
};
use serde_json::Value;
use tower::ServiceExt;
use vanikeys_sandbox::{Clock, Config, Deliver, Delivery, Outcome, Sandbox};

/// 2026-11-01 12:00 UTC.
pub const START: i64 = 1_793_534_400;

/// An endpoint that keeps what it is sent, and answers as it is told.
#[derive(Clone, Default)]
pub struct Inbox {
    pub got: Arc<Mutex<Vec<Delivery>>>,
    pub answers: Arc<Mutex<VecDeque<Outcome>>>,
}

impl Deliver for Inbox {
    fn deliver(&self, delivery: Delivery) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>> {
        self.got.lock().unwrap().push(delivery);
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Outcome::Accepted);
        Box::pin(std::future::ready(answer))
    }
}

pub struct Stand {
    pub sandbox: Sandbox,
    pub inbox: Inbox,
    router: Router,
}

/// An answer of the API.
pub struct Answered {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answered {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn error(&self, member: &str) -> &str {
        self.body["error"][member].as_str().unwrap_or_default()
    }
}

/// A page, or where the browser is sent.
pub struct Page {
    pub status: u16,
    pub location: String,
    pub text: String,
}

impl Stand {
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new("http://sandbox.test");
        config.controls = true;
        config.record = true;
        change(&mut config);
        let inbox = Inbox::default();
        let sandbox = Sandbox::new(config, Clock::manual(START), 7, inbox.clone());
        let router = sandbox.router();
        Self { sandbox, inbox, router }
    }

    /// A request with these headers besides the credentials.
    pub async fn call(&self, method: &str, path: &str, form: &str, headers: &[(&str, &str)]) -> Answered {
        let mut request = Request::builder().method(method).uri(path).header("authorization", "Bearer sk_test_1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answered { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A POST that must succeed.
    pub async fn post(&self, path: &str, form: &str) -> Value {
        let answered = self.call("POST", path, form, &[]).await;
        assert_eq!(answered.status, 200, "{path} {form}: {}", answered.body);
        answered.body
    }

    /// A POST that must be refused with this status.
    pub async fn refused(&self, path: &str, form: &str, status: u16) -> Answered {
        let answered = self.call("POST", path, form, &[]).await;
        assert_eq!(answered.status, status, "{path} {form}: {}", answered.body);
        answered
    }

    pub async fn get(&self, path: &str) -> Value {
        let answered = self.call("GET", path, "", &[]).await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.body);
        answered.body
    }

    /// A page as a browser asks for it.
    pub async fn page(&self, method: &str, path: &str, form: &str) -> Page {
        let path = path.strip_prefix("http://sandbox.test").unwrap_or(path);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let location = parts.headers.get(LOCATION).map(|url| url.to_str().unwrap().to_owned()).unwrap_or_default();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        Page { status: parts.status.as_u16(), location, text }
    }

    /// Moves the clock on.
    pub fn pass(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
    }

    /// Types of all events so far, oldest first.
    pub fn events(&self) -> Vec<String> {
        let name = |event: &Value| event["type"].as_str().unwrap().to_owned();
        self.sandbox.objects("event").iter().map(name).collect()
    }

    /// Types of the events that something causes.
    pub async fn caused<T>(&self, what: impl Future<Output = T>) -> (T, Vec<String>) {
        let before = self.events().len();
        let done = what.await;
        (done, self.events().split_off(before))
    }

    /// An object as it is now.
    pub fn object(&self, id: &Value) -> Value {
        self.sandbox.object(id.as_str().unwrap()).unwrap_or_else(|| panic!("no object {id}"))
    }

    /// A customer, with a method to collect from if one is named.
    pub async fn customer(&self, method: &str) -> Value {
        let mut form = "email=ann@example.org&metadata[user]=u1".to_owned();
        if !method.is_empty() {
            form += &format!("&payment_method={method}&invoice_settings[default_payment_method]={method}");
        }
        self.post("/v1/customers", &form).await
    }

    /// A price of so many cents, every month if it recurs.
    pub async fn price(&self, cents: i64, recurs: bool) -> Value {
        let recurring = if recurs { "&recurring[interval]=month" } else { "" };
        let form = format!("currency=usd&unit_amount={cents}&product_data[name]=Thing%20{cents}{recurring}");
        self.post("/v1/prices", &form).await
    }

    /// An open session that sells one of this price.
    pub async fn session(&self, mode: &str, price: &Value, customer: &Value) -> Value {
        let form = format!(
            "mode={mode}&line_items[0][price]={}&line_items[0][quantity]=1&customer={}&metadata[purchase]=p1&success_url=\
             http://shop.test/ok?s={{CHECKOUT_SESSION_ID}}&cancel_url=http://shop.test/no",
            text(&price["id"]),
            text(&customer["id"]),
        );
        self.post("/v1/checkout/sessions", &form).await
    }

    /// Submits a session's page with this number.
    pub async fn submit(&self, session: &Value, number: &str) -> Page {
        let path = format!("/c/pay/{}", text(&session["id"]));
        self.page("POST", &path, &format!("number={number}&email=ann@example.org")).await
    }

    /// A monthly subscription that runs.
    pub async fn subscription(&self, customer: &Value, price: &Value) -> Value {
        let form = format!("customer={}&items[0][price]={}", text(&customer["id"]), text(&price["id"]));
        self.post("/v1/subscriptions", &form).await
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text"))
}
