//! HTTP to addresses that users give: never into private networks, never along redirects or proxies, never for long.
//! Names are resolved here, and every address is checked right before it is connected to, so that a name cannot show
//! one address when it is checked and another when it is used.

mod addresses;
#[cfg(test)]
mod tests;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use ipnet::IpNet;
use reqwest::{
    Client, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use url::{Host, Url};

use super::{acting::Acting, tls::Trust};
use addresses::is_public;

/// From connecting to the last byte of the answer; under the lease of a task.
const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read so that the connection can be used again; more than that ends it.
const MOST_READ: usize = 16 * 1024;

/// Sends to users' endpoints. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Over TLS, to public addresses and to networks that are allowed.
    secure: Client,
    /// Without TLS, to networks that are allowed only.
    plain: Client,
    allowed: Arc<[IpNet]>,
}

/// What an endpoint answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The address may not be connected to.
    #[error("{0}")]
    Blocked(#[from] Blocked),
    /// Connecting failed, or the answer took too long.
    #[error("{0}")]
    Failed(String),
}

/// An address that may not be connected to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// It leads into a private or reserved network.
    #[error("the address of {0} is private or reserved, and this service connects to public ones only")]
    Private(String),
    /// Plain HTTP to an address that only TLS may go to.
    #[error("plain http goes only to networks that the operator allows, and {0} is not in one")]
    Plain(String),
}

/// The TLS client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the client for webhooks cannot be built: {0}")]
pub struct OutgoingError(String);

impl Outgoing {
    /// A client that may also connect to these networks, though they be private, and there without TLS too.
    ///
    /// # Errors
    /// TLS could not be set up.
    pub fn new(allowed: &[IpNet], trust: &Trust) -> Result<Self, OutgoingError> {
        let allowed: Arc<[IpNet]> = allowed.into();
        let client = |tls: bool| {
            let gate = Gate { allowed: allowed.clone(), tls };
            let builder = Client::builder()
                .tls_backend_preconfigured(trust.client().map_err(|error| OutgoingError(error.to_string()))?)
                .dns_resolver(Arc::new(gate))
                .redirect(Policy::none())
                .no_proxy()
                .https_only(tls)
                .timeout(TIMEOUT)
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_max_idle_per_host(2)
                .user_agent(concat!("VaniKeys/", env!("CARGO_PKG_VERSION")));
            builder.build().map_err(|error| OutgoingError(error.to_string()))
        };
        Ok(Self { secure: client(true)?, plain: client(false)?, allowed: allowed.clone() })
    }

    /// Whether an address may be registered, as far as can be told without resolving its name.
    ///
    /// # Errors
    /// [`Blocked`].
    pub fn admits(&self, url: &Url) -> Result<(), Blocked> {
        let tls = url.scheme() == "https";
        match literal(url) {
            Some(ip) => admit(&self.allowed, tls, ip, &ip.to_string()),
            None if !tls && self.allowed.is_empty() => Err(Blocked::Plain(host(url))),
            None if is_local_name(&host(url)) && self.allowed.is_empty() => Err(Blocked::Private(host(url))),
            None => Ok(()),
        }
    }

    /// Posts a body once.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn post(
        &self,
        acting: &Acting,
        url: &Url,
        headers: HeaderMap,
        body: String,
    ) -> Result<Answer, SendError> {
        acting.no_transaction();
        // A literal address is not resolved, so the resolver does not see it.
        let tls = url.scheme() == "https";
        if let Some(ip) = literal(url) {
            admit(&self.allowed, tls, ip, &ip.to_string())?;
        }
        let client = if tls { &self.secure } else { &self.plain };
        let response = client.post(url.clone()).headers(headers).body(body).send().await.map_err(explain)?;
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let answer = Answer { status: response.status().as_u16(), retry_after };
        drain(response).await;
        Ok(answer)
    }
}

/// Reads a short answer to its end, so that the connection can be used again; drops a long one with its connection.
async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > MOST_READ {
            return;
        }
    }
}

/// Resolves names to the addresses that may be connected to.
#[derive(Debug)]
struct Gate {
    allowed: Arc<[IpNet]>,
    tls: bool,
}

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, tls) = (self.allowed.clone(), self.tls);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let (mut open, mut blocked) = (Vec::<SocketAddr>::new(), None);
            for address in found {
                match admit(&allowed, tls, address.ip(), name.as_str()) {
                    Ok(()) => open.push(address),
                    Err(reason) => blocked = Some(reason),
                }
            }
            match blocked {
                Some(reason) if open.is_empty() => Err(reason.into()),
                _ => Ok(Box::new(open.into_iter()) as Addrs),
            }
        })
    }
}

fn admit(allowed: &[IpNet], tls: bool, ip: IpAddr, host: &str) -> Result<(), Blocked> {
    let ip = ip.to_canonical();
    if allowed.iter().any(|network| network.contains(&ip)) {
        Ok(())
    } else if !is_public(ip) {
        Err(Blocked::Private(host.to_owned()))
    } else if !tls {
        Err(Blocked::Plain(host.to_owned()))
    } else {
        Ok(())
    }
}

/// The address, if the URL has one in place of a name. The parser has normalised every spelling of it by then
/// (`0x7f.1`, `2130706433`).
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
        Host::Domain(_) => None,
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host == "localhost" || host.ends_with(".localhost")
}

/// What went wrong, without the address (it may carry a token of its owner's, and this is stored).
fn explain(error: reqwest::Error) -> SendError {
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut last = error.to_string();
    while let Some(this) = cause {
        if let Some(blocked) = this.downcast_ref::<Blocked>() {
            return SendError::Blocked(blocked.clone());
        }
        last = this.to_string();
        cause = this.source();
    }
    SendError::Failed(match () {
        () if error.is_timeout() => format!("no answer within {} s", TIMEOUT.as_secs()),
        () if error.is_connect() => format!("could not connect: {last}"),
        () => format!("the request failed: {last}"),
    })
}
