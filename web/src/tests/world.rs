//! A site to test: opened on a fresh database, with a clock that stands still, called without a socket.

use std::sync::LazyLock;

use axum::{
    Router,
    body::{Body, to_bytes},
};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;
use vanikeys_core::{
    app::{App, Schema},
    clients::{clock::Clock, limits::Limits},
    config::{Config, Shape},
    domain::time::Timestamp,
    flow::admin::create_admin,
    secret::Secret,
    store::{Db, migrate},
};
use vanikeys_testkit::{
    Scratch,
    contract::{Contract, Exchange},
    postgres, redis,
};

use crate::{Web, openapi, routes};

/// What the site says of its API.
static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::new(&openapi::json(routes::document())));

/// Which database a test runs on.
#[derive(Clone, Copy, Debug)]
pub(super) enum On {
    Sqlite,
    Postgres,
}

/// Runs the body of a test over both databases.
macro_rules! over_both {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "some bodies need nothing but the world")]
            use super::*;
            $(#[$doc])*
            async fn body($world: $crate::tests::world::World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::tests::world::World::open($crate::tests::world::On::Sqlite).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body($crate::tests::world::World::open($crate::tests::world::On::Postgres).await).await;
            }
        }
    )*};
}
pub(super) use over_both;

/// The site and what keeps its database alive.
pub(super) struct World {
    pub(super) app: App,
    site: Router,
    _files: Scratch,
    _servers: Option<(postgres::Database, redis::Server)>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that this is a problem of that status and code, complete and on one line of its own.
    pub(super) fn is_problem(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        assert_eq!((self.status.as_u16(), body["error"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["status"], status);
        assert_eq!(body["requestId"], self.header("x-request-id"));
        assert!(Timestamp::parse(body["timestamp"].as_str().unwrap()).is_ok());
        assert!(body["message"].as_str().unwrap().len() > 10);
        body
    }
}

async fn with_schema(url: String) {
    let db = Db::postgres(&url, 2).await.unwrap();
    migrate::up(&db).await.unwrap();
    db.close().await;
}

/// Somebody who calls the site.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) id: Uuid,
    pub(super) email: String,
    headers: Vec<(&'static str, String)>,
}

impl World {
    pub(super) async fn open(on: On) -> Self {
        Self::configured(on, |_| {}).await
    }

    pub(super) async fn configured(on: On, set: impl FnOnce(&mut Config)) -> Self {
        let files = Scratch::new("web");
        let mut config = Config::default();
        config.data = files.path().to_owned();
        config.secret_key = Some(Secret::new("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"));
        set(&mut config);
        let servers = match on {
            On::Sqlite => None,
            On::Postgres => Some((postgres::prepared_database("schema", with_schema).await, redis::Server::start())),
        };
        if let Some((database, redis)) = &servers {
            let (database_url, redis_url) = (Secret::new(database.url()), Secret::new(redis.url()));
            config.shape = Shape::Fleet { database_url, redis_url };
        }
        let mut app = App::open(config, Schema::Migrate).await.unwrap();
        app.clock = Clock::manual(Timestamp::parse("2026-11-21T12:00:00Z").unwrap());
        app.limits = Limits::in_process(app.clock.clone());
        let site = routes::site(Web::new(app.clone(), CancellationToken::new()));
        Self { app, site, _files: files, _servers: servers }
    }

    /// The same site with these callbacks.
    pub(super) fn with_callbacks(self, callbacks: Router<Web>) -> Self {
        let site = routes::site_with(Web::new(self.app.clone(), CancellationToken::new()), callbacks);
        Self { site, ..self }
    }

    /// Sends a request; the OpenAPI document judges it together with its answer.
    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = request.into_parts();
        let sent = to_bytes(body, usize::MAX).await.unwrap();
        let (method, path) = (head.method.clone(), head.uri.to_string());
        let request = Request::from_parts(head, Body::from(sent.clone()));
        let response = self.site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let content_type = parts.headers.get(header::CONTENT_TYPE).map_or("", |value| value.to_str().unwrap());
        let status = parts.status.as_u16();
        let (method, path) = (method.as_str(), path.as_str());
        let exchange = Exchange { method, path, sent: &sent, status, content_type, body: &bytes };
        CONTRACT.check(&exchange).unwrap_or_else(|fault| panic!("{method} {path}: {fault}\n{text}"));
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// An answer whose body goes on.
    pub(super) async fn stream(&self, who: &Caller, path: &str) -> axum::response::Response {
        let request = who.request(Method::GET, path).body(Body::empty()).unwrap();
        self.site.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn get(&self, who: &Caller, path: &str) -> Answer {
        self.send(who.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, who: &Caller, path: &str, body: Value) -> Answer {
        self.call(who, Method::POST, path, body, &[]).await
    }

    pub(super) async fn call(
        &self,
        who: &Caller,
        method: Method,
        path: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = who.request(method, path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).unwrap()).await
    }

    /// Sends an HTML form, as a browser on one of our own pages does.
    pub(super) async fn form(&self, who: &Caller, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = who
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Registers somebody through the API.
    pub(super) async fn register(&self, name: &str) -> Caller {
        let email = format!("{name}@example.org");
        let body = serde_json::json!({
            "email": email, "username": name, "password": "nine lives of a flap", "acceptTerms": true, "adult": true
        });
        let answer = self.post(&Caller::nobody(), "/auth/register", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let body = answer.json();
        let token = body["accessToken"].as_str().unwrap();
        Caller {
            id: body["user"]["id"].as_str().unwrap().parse().unwrap(),
            email,
            headers: vec![("authorization", format!("Bearer {token}"))],
        }
    }

    /// The same person in a browser.
    pub(super) async fn browser(&self, who: &Caller) -> Caller {
        let fields = [("email", who.email.as_str()), ("password", "nine lives of a flap")];
        let answer = self.form(&Caller::nobody(), "/sign-in", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        Caller { headers: vec![("cookie", cookie), ("accept", "text/html".to_owned())], ..who.clone() }
    }

    /// Makes an administrator of somebody.
    pub(super) async fn promote(&self, who: &Caller) {
        create_admin::promote(&self.app, &Default::default(), who.id).await.unwrap();
    }
}

impl Caller {
    pub(super) fn nobody() -> Self {
        Self { id: Uuid::nil(), email: String::new(), headers: Vec::new() }
    }

    /// Somebody who shows this access token or key.
    pub(super) fn bearer(token: &str) -> Self {
        Self { headers: vec![("authorization", format!("Bearer {token}"))], ..Self::nobody() }
    }

    /// The same with one more header.
    pub(super) fn with(&self, name: &'static str, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.push((name, value.to_owned()));
        Self { headers, ..self.clone() }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request
    }
}
