//! The settings in force, typed and checked. Flags win over the environment, that over `vanikeys.toml`, that over
//! defaults; everything wrong is told at once. Nothing here is made or opened: see [`made`] and [`crate::app`].

mod billing;
mod game;
mod load;
pub mod made;
mod problem;
mod reader;
pub mod settings;
mod sources;
#[cfg(test)]
mod tests;
mod values;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;
use vanikeys_grind::search::Backend;

pub use billing::{Billing, Prices, Tax};
pub use game::{Game, ReferralAward};
pub use problem::{Problem, Problems};
pub use reader::InForce;
pub use sources::{Source, Sources};

use crate::{clients::tls::Trust, domain::price::Tariff, secret::Secret};

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of the web front.
    pub listen: SocketAddr,
    /// Folder for the embedded database, made secrets and letters.
    pub data: PathBuf,
    /// Where people reach the web front.
    pub public_url: PublicUrl,
    /// Networks whose forwarded addresses are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the truth lives and how tasks travel.
    pub shape: Shape,
    /// Most connections of this process to PostgreSQL.
    pub database_connections: u32,
    /// The master secrets; none until they are made (see [`made`]).
    pub secret_key: Option<Secret>,
    /// Public keys with which a searcher without a database checks slices.
    pub slice_keys: Vec<[u8; 32]>,
    /// File of this searcher's own key.
    pub searcher_key_file: PathBuf,
    /// How letters leave.
    pub mail: Mail,
    /// Whom this service trusts when it connects to others.
    pub trust: Trust,
    /// Networks to which webhooks may go although they are private, and over plain HTTP.
    pub webhook_allow_networks: Vec<IpNet>,
    /// What things cost.
    pub tariff: Tariff,
    /// Free pulls a day on the free plan.
    pub free_pulls_per_day: u32,
    /// Time without any searcher after which a job fails.
    pub job_stall: Duration,
    /// Tokens for a new account; see [`Config::welcome_tokens`].
    pub welcome_tokens_set: i64,
    /// Proof of work that a registration costs, in bits.
    pub registration_work_bits: u8,
    /// Attempts a second that quotes assume while no searcher is there.
    pub quote_rate: f64,
    /// The arithmetic of the search, where somebody chose it.
    pub search_backend: Option<Backend>,
    /// Bits of a window of the seed search's tables, where somebody chose them.
    pub search_window: Option<u32>,
    /// Time after which the key of a pull that was not kept is erased.
    pub pull_key_retention: Duration,
    /// Time after which an audit entry forgets where its request came from.
    pub audit_address_retention: Duration,
    /// The game around points.
    pub heist: Game,
    /// What is paid, and to whom.
    pub billing: Billing,
    /// What is logged.
    pub log_level: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Who gets the traces; nobody unless somebody is named.
    pub collector: Option<Collector>,
    /// Files outside the data folder that secrets were read from.
    pub secret_files: Vec<PathBuf>,
    /// Every setting as text, masked, with its source.
    in_force: Vec<InForce>,
}

/// Where the truth lives and how tasks travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// SQLite in the data folder, everything in one process.
    Embedded,
    /// PostgreSQL and Redis, any number of processes.
    Fleet {
        /// Where PostgreSQL is.
        database_url: Secret,
        /// Where Redis is.
        redis_url: Secret,
    },
    /// A host that only searches: Redis, and no database.
    Searcher {
        /// Where Redis is.
        redis_url: Secret,
    },
}

/// How letters leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The mail server; without one, letters are `.eml` files in the data folder.
    pub smtp_url: Option<Secret>,
    /// The sender.
    pub from: String,
    /// The name under which this host greets the mail server.
    pub hello: String,
}

/// An OpenTelemetry collector, spoken to by OTLP over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector {
    /// Its address; traces go to `/v1/traces` below it.
    pub endpoint: Secret,
    /// Headers that go with every export, like a key.
    pub headers: Vec<(String, Secret)>,
}

/// Where people reach the web front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Scheme, host and port, like `https://keys.example.org`, without a slash at the end.
    pub origin: String,
    /// True if cookies can be marked `Secure`.
    pub https: bool,
    /// True if only this host can reach it.
    pub loopback: bool,
}

impl PublicUrl {
    /// The host alone, like `keys.example.org`; an address of IPv6 stands in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host);
        match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
            _ => host,
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A readable sentence and its fields.
    Text,
    /// One JSON object a line.
    Json,
}

/// What the process is going to do, which decides what it must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Anything that needs the database.
    Service,
    /// A worker that only searches.
    Searcher,
}

impl Config {
    /// Tokens that a new account is given. Away from loopback there are none unless registration costs work, or
    /// anybody could register for them without end.
    #[must_use]
    pub fn welcome_tokens(&self) -> i64 {
        let local = self.listen.ip().is_loopback() && self.public_url.loopback;
        if local || self.registration_work_bits > 0 { self.welcome_tokens_set } else { 0 }
    }

    /// True if letters really leave, so that an address can be confirmed.
    #[must_use]
    pub fn mail_is_on(&self) -> bool {
        self.mail.smtp_url.is_some()
    }

    /// Every setting in force, masked, in the order of the table.
    #[must_use]
    pub fn in_force(&self) -> Vec<InForce> {
        let place = |name| settings::SETTINGS.iter().position(|setting| setting.name == name);
        let mut all = self.in_force.clone();
        all.sort_by_key(|one| place(one.name));
        all
    }

    /// The settings in force as text, one a line, secrets masked.
    #[must_use]
    pub fn print(&self) -> String {
        let all = self.in_force();
        let width = all.iter().map(|one| one.name.len()).max().unwrap_or(0);
        let line = |one: &InForce| {
            let value = one.value.as_deref().filter(|value| !value.is_empty()).unwrap_or("-");
            format!("{:width$}  {value}  ({}; {})\n", one.name, one.source, one.about)
        };
        all.iter().map(line).collect()
    }
}
