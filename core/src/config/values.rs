//! The kinds of values that are more than a number: addresses, URLs, secrets.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use reqwest::header::{HeaderName, HeaderValue};
use vanikeys_grind::search::Backend;

use super::{
    PublicUrl,
    reader::{Wrong, wrong},
};
use crate::{clients::tls::Trust, custody::keyring::Keyring, secret::Secret};

pub(super) fn address(text: &str) -> Result<SocketAddr, Wrong> {
    text.parse().map_err(|_| wrong("it is not an address and port", "give one like 127.0.0.1:8080 or [::]:8080"))
}

pub(super) fn folder(text: &str) -> Result<PathBuf, Wrong> {
    if text.is_empty() { Err(wrong("it is empty", "name a folder")) } else { Ok(PathBuf::from(text)) }
}

pub(super) fn ca_bundle(text: &str) -> Result<Trust, Wrong> {
    let fix = "name a file that this user may read, with the certificates of your authorities as PEM";
    Trust::with_bundle(Path::new(text)).map_err(|error| wrong(error.to_string(), fix))
}

pub(super) fn public_url(text: &str) -> Result<PublicUrl, Wrong> {
    let fix = "give the address people type, like https://keys.example.org, without a path";
    let url = url::Url::parse(text).map_err(|error| wrong(format!("it is not a URL: {error}"), fix))?;
    let Some(host) = url.host().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return Err(wrong("it is not an http or https address", fix));
    };
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it has more than scheme, host and port", fix));
    }
    let loopback = match host {
        url::Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    };
    Ok(PublicUrl { origin: url.origin().ascii_serialization(), https: url.scheme() == "https", loopback })
}

pub(super) fn host(text: &str) -> Result<String, Wrong> {
    let host =
        url::Host::parse(text).map_err(|_| wrong("it is not the name of a host", "give one like keys.example.org"));
    host.map(|_| text.to_owned())
}

pub(super) fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}

/// A URL of a server of one of these schemes.
pub(super) fn server(schemes: &'static [&'static str]) -> impl Fn(&str) -> Result<Secret, Wrong> {
    move |text| {
        let fix = format!(
            "give one like {}://user:password@host; in names and passwords write @ : / ? # % as %40 %3A %2F %3F %23 %25",
            schemes[0]
        );
        let url = url::Url::parse(text).map_err(|error| wrong(format!("it is not a URL: {error}"), fix.clone()))?;
        if !schemes.contains(&url.scheme()) {
            return Err(wrong(format!("its scheme is not {}", schemes.join(" or ")), fix));
        }
        Ok(Secret::new(text))
    }
}

pub(super) fn network(text: &str) -> Result<IpNet, Wrong> {
    let one = || text.parse::<std::net::IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(one).ok_or_else(|| {
        wrong(format!("{text:?} is neither an address nor a network"), "give networks like 10.0.0.0/8, ::1")
    })
}

/// A backend of the search that this processor runs.
pub(super) fn backend(text: &str) -> Result<Backend, Wrong> {
    let fix = || {
        let names: Vec<_> = Backend::available().map(Backend::name).collect();
        format!("give one of {}, or nothing for the fastest", names.join(", "))
    };
    let backend: Backend = text.parse().map_err(|_| wrong(format!("{text:?} is no backend of the search"), fix()))?;
    if backend.is_available() { Ok(backend) } else { Err(wrong("this processor doesn't run it", fix())) }
}

pub(super) fn secret_key(text: &str) -> Result<Secret, Wrong> {
    let fix = "give 32 random bytes each, as `openssl rand -hex 32` prints them, the current one first";
    match Keyring::parse(text) {
        Ok(_) => Ok(Secret::new(text)),
        Err(error) => Err(wrong(error.to_string(), fix)),
    }
}

/// A header, as `name=value`. It may be a key, so no message repeats it.
pub(super) fn header(text: &str) -> Result<(String, Secret), Wrong> {
    let fix = "give name=value, several with commas";
    let (name, value) = text.split_once('=').ok_or_else(|| wrong("there is a header without =", fix))?;
    let (name, value) = (name.trim(), value.trim());
    let fits = HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
    if fits { Ok((name.to_owned(), Secret::new(value))) } else { Err(wrong("there is what no header can carry", fix)) }
}

pub(super) fn public_key(text: &str) -> Result<[u8; 32], Wrong> {
    let mut key = [0; 32];
    hex::decode_to_slice(text, &mut key)
        .map(|()| key)
        .map_err(|_| wrong(format!("{text:?} is not a public key"), "give keys of 64 hexadecimal digits"))
}

pub(super) fn mailbox(text: &str) -> Result<String, Wrong> {
    text.parse::<lettre::message::Mailbox>()
        .map(|_| text.to_owned())
        .map_err(|_| wrong("it is not a mail address", "give one like VaniKeys <keys@example.org>"))
}

pub(super) fn one_of<T: Copy>(names: &'static [(&'static str, T)]) -> impl Fn(&str) -> Result<T, Wrong> {
    move |text| {
        names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
            let all: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            wrong("it is not one of its values", format!("give {}", all.join(" or ")))
        })
    }
}

pub(super) fn log_level(text: &str) -> Result<String, Wrong> {
    let level = |part: &str| matches!(part, "off" | "error" | "warn" | "info" | "debug" | "trace");
    let part = |part: &str| part.rsplit_once('=').map_or_else(|| level(part), |(_, after)| level(after));
    if text.split(',').all(|each| part(each.trim())) {
        Ok(text.to_owned())
    } else {
        Err(wrong("it is not a log level", "give off, error, warn, info, debug or trace, or target=level, with commas"))
    }
}
