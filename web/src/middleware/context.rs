//! The request's id, where it comes from, its log line and its metrics.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;
use tracing::Instrument;
use vanikeys_core::{flow, ops::traces};

use crate::{Web, extract::Origin};

/// The header that carries the id in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The request's id: the client's, if it sent a fitting one, else a fresh one.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestId(pub(crate) String);

pub(super) async fn enter(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let id = sent_id(request.headers()).unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let ip = client(peer, request.headers(), &web.app.config.trusted_proxies);
    request.extensions_mut().insert(RequestId(id.clone()));
    let user_agent = text(request.headers(), header::USER_AGENT, 200);
    let origin = flow::Origin { ip: ip.map(|ip| ip.to_string()), user_agent, request_id: Some(id.clone()) };
    request.extensions_mut().insert(Origin(origin));
    let span = tracing::info_span!("request", request.id = %id, http.method = %method, http.route = %route);
    traces::caused_by(&span, &id);
    let began = tokio::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    span.in_scope(|| {
        tracing::info!(http.status = status, took_ms = u64::try_from(took.as_millis()).unwrap_or(0), "answered");
    });
    traces::answered(&span, status);
    web.meter.request(method.as_str(), &route, status, took);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn sent_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fits = (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    fits.then(|| id.to_owned())
}

fn text(headers: &HeaderMap, name: HeaderName, longest: usize) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.chars().take(longest).collect())
}

/// The client's address. A proxy that the operator trusts is believed about whom it speaks for: the last entry of
/// `X-Forwarded-For` is the one that it wrote itself; if that is a trusted proxy too, the one before, and so on.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let trust = |ip: &IpAddr| trusted.iter().any(|network| network.contains(ip));
    let mut client = peer?.to_canonical();
    let lists = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut named: Vec<_> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    while trust(&client) {
        let Some(before) = named.pop().and_then(address) else { break };
        client = before.to_canonical();
    }
    Some(client)
}

/// An address as proxies write it: alone, with a port, in brackets, with a zone.
fn address(named: &str) -> Option<IpAddr> {
    let named = named.trim_matches('"');
    let with_port = || named.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || named.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let zoned = || named.split_once('%')?.0.trim_start_matches('[').parse().ok();
    named.parse().ok().or_else(with_port).or_else(bracketed).or_else(zoned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static(forwarded))])
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let here = Some("127.0.0.1".parse().unwrap());
        let there = Some("203.0.113.9".parse().unwrap());
        let list = headers("192.0.2.1, 198.51.100.7, 10.0.0.1");
        assert_eq!(client(here, &list, &trusted).unwrap().to_string(), "198.51.100.7");
        assert_eq!(client(here, &list, &[]), here);
        assert_eq!(client(there, &list, &trusted), there);
        assert_eq!(client(here, &headers("nonsense"), &trusted), here);
    }

    #[test]
    fn addresses_are_read_however_proxies_write_them() {
        let trusted = ["127.0.0.1/32".parse().unwrap()];
        let here = Some("127.0.0.1".parse().unwrap());
        for (written, read) in [
            ("198.51.100.7:61234", "198.51.100.7"),
            ("192.0.2.1, 198.51.100.7:61234", "198.51.100.7"),
            ("[2001:db8::7]:61234", "2001:db8::7"),
            ("\"[2001:db8::7]:61234\"", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("fe80::7%eth0", "fe80::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
        ] {
            assert_eq!(client(here, &headers(written), &trusted).unwrap().to_string(), read, "{written}");
        }
    }

    #[test]
    fn ids_that_do_not_fit_are_replaced() {
        let with = |id: &'static str| HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_static(id))]);
        assert_eq!(sent_id(&with("abc-1")).as_deref(), Some("abc-1"));
        assert_eq!(sent_id(&with("a b")), None);
        assert_eq!(sent_id(&HeaderMap::new()), None);
    }
}
