//! Stripe's HTTP: credentials, version, parameters, idempotency, faults, errors. What the operations do is in `api`.

mod expand;
pub(crate) mod routes;

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, Response, header::AUTHORIZATION},
};
use futures::StreamExt;
use serde_json::{Map, Value, json};

use crate::{
    Sandbox,
    config::{API_VERSION, Config},
    desk::{
        answer::Reply,
        faults::{self, Effect},
    },
    failure::{Answer, Failure},
    fields::Fields,
    operation::{form, grammar, route::Route},
    world::{Cause, World},
};

/// Bytes of a request body.
const LARGEST: usize = 1024 * 1024;

/// Long enough for bytes to leave the process.
const FLUSH: Duration = Duration::from_millis(200);

/// A request as far as it matters here.
struct Asked {
    method: Method,
    path: String,
    headers: HeaderMap,
    /// Query and body, as they were written.
    text: String,
}

/// Answers everything under `/v1`.
pub(crate) async fn api(State(sandbox): State<Sandbox>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    let mut text = parts.uri.query().unwrap_or_default().to_owned();
    if !body.is_empty() {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(&String::from_utf8_lossy(&body));
    }
    let path = parts.uri.path().to_owned();
    let asked = Asked { method: parts.method, path, headers: parts.headers, text };
    // A caller who hangs up does not stop what it began, as with the real one.
    match tokio::spawn(async move { answer(&sandbox, &asked).await }).await {
        Ok(response) => response,
        Err(_) => Reply::new(Err(Failure::new(500, "api_error", "The sandbox failed."))).into_response(Body::empty()),
    }
}

async fn answer(sandbox: &Sandbox, asked: &Asked) -> Response<Body> {
    let (reply, effect) = {
        let mut world = sandbox.world();
        let effect = faults::strike(&mut world.faults, asked.method.as_str(), &asked.path);
        let reply = world.handle(asked, effect.as_ref());
        if world.config.record {
            world.exchanges.push(exchange(asked, &reply));
        }
        (reply, effect)
    };
    sandbox.wake();
    match effect {
        Some(Effect::Slow(time)) => {
            // Until then its key is in use.
            tokio::time::sleep(time).await;
            if let Some(key) = header(&asked.headers, "idempotency-key") {
                sandbox.world().keys.keep(key, &reply);
            }
        }
        Some(Effect::Hang { .. }) => std::future::pending().await,
        Some(Effect::Cut) => return broken(reply, 0),
        Some(Effect::Half) => {
            let half = reply.text().len() / 2;
            return broken(reply, half);
        }
        _ => {}
    }
    let text = reply.text();
    reply.into_response(Body::from(text))
}

fn exchange(asked: &Asked, reply: &Reply) -> Value {
    json!({
        "method": asked.method.as_str(),
        "path": asked.path,
        "form": asked.text,
        "key": header(&asked.headers, "idempotency-key"),
        "version": header(&asked.headers, "stripe-version"),
        "status": reply.status,
        "answer": reply.body,
    })
}

/// A response that promises the whole text and ends the connection after so many bytes.
fn broken(reply: Reply, bytes: usize) -> Response<Body> {
    let text = reply.text();
    let reply = reply.with("content-length", text.len().to_string());
    let sent = text.as_bytes()[..bytes].to_vec();
    let first = futures::stream::iter((bytes > 0).then_some(Ok(sent)));
    let end = async move {
        // What was written is thrown away if the connection ends before it was sent.
        if bytes > 0 {
            tokio::time::sleep(FLUSH).await;
        }
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    };
    reply.into_response(Body::from_stream(first.chain(futures::stream::once(end))))
}

impl World {
    fn handle(&mut self, asked: &Asked, effect: Option<&Effect>) -> Reply {
        let id = self.random.text("req_", 14);
        let key = header(&asked.headers, "idempotency-key").filter(|_| asked.method == Method::POST);
        let version = header(&asked.headers, "stripe-version").unwrap_or(API_VERSION);
        let cause = Cause { id: Some(id.clone()), key: key.map(str::to_owned) };
        self.begin(cause);
        self.pass_time();
        let acts = effect.is_none_or(Effect::acts);
        let reply = if acts { self.once(asked, key, version) } else { Reply::new(Ok(Value::Null)) };
        let reply = effect.map_or(reply.clone(), |effect| effect.replace(reply, key));
        let reply = reply.with("request-id", id).with("stripe-version", version);
        match key {
            Some(key) => {
                // What a fault answered after the operation took place is kept, as a 500 of the real one is.
                if acts && !matches!(effect, Some(Effect::Slow(_))) {
                    self.keys.keep(key, &reply);
                }
                reply.with("idempotency-key", key)
            }
            None => reply,
        }
    }

    /// Handles a request, or repeats the answer that its key had.
    fn once(&mut self, asked: &Asked, key: Option<&str>, version: &str) -> Reply {
        let begun = admit(&self.config, asked)
            .and_then(|()| known(version))
            .and_then(|()| form::parse(&asked.text))
            .and_then(|given| self.prepare(asked, given, key));
        match begun {
            Ok(Begun::Repeated(reply)) => reply,
            Ok(Begun::Call(route, params)) => {
                let answer = (route.run)(self, &params);
                let expand = params.list("expand");
                Reply::new(answer.and_then(|answer| self.expanded(answer, expand)))
            }
            Err(failure) => Reply::new(Err(failure)),
        }
    }

    /// Carries out a POST that did not come over the wire.
    pub(crate) fn post(&mut self, path: &str, form: &str) -> Answer {
        let asked =
            Asked { method: Method::POST, path: path.to_owned(), headers: HeaderMap::new(), text: form.to_owned() };
        let given = form::parse(form)?;
        match self.prepare(&asked, given, None)? {
            Begun::Repeated(reply) => Ok(reply.body),
            Begun::Call(route, params) => (route.run)(self, &params),
        }
    }

    fn prepare(&mut self, asked: &Asked, given: Map<String, Value>, key: Option<&str>) -> Result<Begun, Failure> {
        let (route, ids) = routes::find(asked.method.as_str(), &asked.path).ok_or_else(|| {
            let (method, path) = (&asked.method, &asked.path);
            let mut failure = Failure::invalid(format!(
                "Unrecognized request URL ({method}: {path}). The sandbox may not play it; its list of operations is in \
                 its documentation."
            ));
            failure.status = 404;
            failure
        })?;
        let mut params = grammar::check(&given, route.params)?;
        for (name, value) in ids {
            params.set(name, value);
        }
        if let Some(key) = key {
            let request = (format!("{} {}", asked.method, asked.path), Value::Object(given));
            if let Some(reply) = self.keys.take(key, &request, self.clock.millis() / 1000)? {
                return Ok(Begun::Repeated(reply));
            }
        }
        Ok(Begun::Call(route, params))
    }
}

enum Begun {
    Repeated(Reply),
    Call(&'static Route, Value),
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Lets in who has a secret test key, as a bearer token.
fn admit(config: &Config, asked: &Asked) -> Result<(), Failure> {
    let refuse = |message: &str| Err(Failure::new(401, "invalid_request_error", message));
    let Some(key) = header(&asked.headers, AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "))
    else {
        return refuse(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer \
             auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        );
    };
    let fits = match &config.secret_key {
        Some(wanted) => wanted == key,
        None => key.starts_with("sk_test_") || key.starts_with("rk_test_"),
    };
    if fits {
        return Ok(());
    }
    let end = key.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect::<String>();
    refuse(&format!("Invalid API Key provided: ****{end}. The sandbox takes secret test keys only."))
}

/// Versions since `current_period_end` moved to the items have the shapes that are played here.
fn known(version: &str) -> Result<(), Failure> {
    let date = version.split('.').next().unwrap_or_default();
    let dated = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if dated && date >= "2025-03-31" {
        return Ok(());
    }
    Err(Failure::invalid(format!(
        "Invalid Stripe API version: {version}. The sandbox plays the shapes of {API_VERSION} and takes versions since \
         2025-03-31.basil."
    )))
}
