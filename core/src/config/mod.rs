//! The settings in force, typed and checked. Flags win over the environment, that over `vanikeys.toml`, that over
//! defaults; everything wrong is told at once. Nothing here is made or opened: see [`made`] and [`crate::app`].

pub mod made;
mod problem;
mod reader;
mod secret;
pub mod settings;
mod sources;
#[cfg(test)]
mod tests;
mod values;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;

pub use problem::{Problem, Problems};
pub use reader::InForce;
pub use secret::Secret;
pub use sources::{Source, Sources};

use crate::domain::price::Tariff;
use reader::{Reader, list, number};

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
    /// Time after which the key of a pull that was not kept is erased.
    pub pull_key_retention: Duration,
    /// What is logged.
    pub log_level: String,
    /// How it is logged.
    pub log_format: LogFormat,
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
    /// Reads the settings.
    ///
    /// # Errors
    /// All problems there are.
    pub fn load(sources: &Sources, purpose: Purpose) -> Result<Self, Problems> {
        let (found, problems) = sources.merge();
        let mut reader = Reader::new(found, problems);
        let config = Self::read(&mut reader, purpose);
        if reader.problems.is_empty() {
            Ok(Self { in_force: reader.in_force, ..config })
        } else {
            Err(Problems(reader.problems))
        }
    }

    fn read(r: &mut Reader, purpose: Purpose) -> Self {
        let listen = r.get("VANIKEYS_LISTEN", "127.0.0.1:8080", values::address);
        let data = r.get("VANIKEYS_DATA", "vanikeys-data", values::folder);
        let local = format!("http://{}", reachable(listen));
        let public_url = r.get("PUBLIC_URL", &local, values::public_url);
        let trusted_proxies = r.get("TRUSTED_PROXIES", "", list(values::network));
        let shape = shape(r, purpose);
        let fleet = shape != Shape::Embedded;
        let database_connections = r.get("DATABASE_CONNECTIONS", "20", number(2, 1_000));
        let secret_key = r.optional("SECRET_KEY", values::secret_key);
        let slice_keys = r.get("SLICE_KEYS", "", list(values::public_key));
        let own_key = data.join("searcher.key").display().to_string();
        let searcher_key_file = r.get("SEARCHER_KEY_FILE", &own_key, values::folder);
        let mail = mail(r);
        let webhook_allow_networks = r.get("WEBHOOK_ALLOW_NETWORKS", "", list(values::network));
        if matches!(shape, Shape::Fleet { .. }) {
            needed_in_fleet(r);
        }
        Self {
            listen,
            data,
            public_url,
            trusted_proxies,
            shape,
            database_connections,
            secret_key,
            slice_keys,
            searcher_key_file,
            mail,
            webhook_allow_networks,
            free_pulls_per_day: r.get("FREE_PULLS_PER_DAY", "3", number(0, 10_000)),
            tariff: tariff(r),
            job_stall: hours(r.get("JOB_STALL_HOURS", "24", number(1, 8_760))),
            welcome_tokens_set: r.get("WELCOME_TOKENS", if fleet { "0" } else { "1000" }, number(0, 1_000_000_000)),
            registration_work_bits: r.get("REGISTRATION_WORK_BITS", if fleet { "18" } else { "0" }, number(0, 30)),
            quote_rate: r.get("QUOTE_RATE", "1000000", number(1.0, 1e15)),
            pull_key_retention: hours(r.get("PULL_KEY_HOURS", "24", number(1, 8_760))),
            log_level: r.get("LOG_LEVEL", "info", values::log_level),
            log_format: r.get(
                "LOG_FORMAT",
                "text",
                values::one_of(&[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            ),
            in_force: Vec::new(),
        }
    }

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

impl Default for Config {
    /// What is in force when nobody sets anything: the embedded shape.
    fn default() -> Self {
        let mut reader = Reader::new(std::collections::BTreeMap::new(), Vec::new());
        let config = Self::read(&mut reader, Purpose::Service);
        Self { in_force: reader.in_force, ..config }
    }
}

/// The address under which this host reaches a listener.
fn reachable(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() || listen.ip().is_loopback() {
        format!("localhost:{}", listen.port())
    } else {
        listen.to_string()
    }
}

fn shape(r: &mut Reader, purpose: Purpose) -> Shape {
    let database = r.optional("DATABASE_URL", values::server(&["postgres", "postgresql"]));
    let redis = r.optional("REDIS_URL", values::server(&["redis", "rediss", "redis+unix", "unix"]));
    match (r.has("DATABASE_URL"), r.has("REDIS_URL"), purpose) {
        (true, false, _) => {
            r.missing(
                "REDIS_URL",
                "a fleet (DATABASE_URL is set) needs Redis to carry tasks",
                "set it, or unset DATABASE_URL for the embedded shape",
            );
        }
        (false, true, Purpose::Service) => {
            r.missing(
                "DATABASE_URL",
                "a fleet (REDIS_URL is set) needs PostgreSQL",
                "set it, or unset REDIS_URL for the embedded shape",
            );
        }
        _ => {}
    }
    match (database, redis) {
        (Some(database_url), Some(redis_url)) => Shape::Fleet { database_url, redis_url },
        (None, Some(redis_url)) if purpose == Purpose::Searcher => Shape::Searcher { redis_url },
        _ => Shape::Embedded,
    }
}

fn mail(r: &mut Reader) -> Mail {
    let smtp_url = r.optional("SMTP_URL", values::server(&["smtps", "smtp"]));
    if smtp_url.is_some() && !r.has("MAIL_FROM") {
        r.missing(
            "MAIL_FROM",
            "letters sent by SMTP_URL need a sender",
            "set it to an address of yours, like VaniKeys <keys@example.org>",
        );
    }
    Mail { smtp_url, from: r.get("MAIL_FROM", "VaniKeys <vanikeys@localhost>", values::mailbox) }
}

fn needed_in_fleet(r: &mut Reader) {
    for (name, why, fix) in [
        (
            "SECRET_KEY",
            "all processes of a fleet share it, so no process can make it",
            "make one with `openssl rand -hex 32` and give it to every process",
        ),
        (
            "PUBLIC_URL",
            "letters and cookies of a fleet need to know it",
            "set it to the address people type, like https://keys.example.org",
        ),
        (
            "SMTP_URL",
            "letters of a fleet cannot be files on some host",
            "set it to your mail server, like smtps://user:password@mail.example.org",
        ),
    ] {
        if !r.has(name) {
            r.missing(name, why, fix);
        }
    }
}

fn tariff(r: &mut Reader) -> Tariff {
    let packs = r.get("TOKEN_PACKS", "100:0.99,500:3.99,2500:14.99,10000:49.99", list(values::pack));
    if packs.is_empty() || packs.windows(2).any(|pair| pair[0].tokens >= pair[1].tokens) {
        r.misfit(
            "TOKEN_PACKS",
            "packs must be there and grow",
            "list them from the smallest to the largest, each size once",
        );
    }
    Tariff {
        attempts_per_token: r.get("JOB_ATTEMPTS_PER_TOKEN", "1000000", number(1, 1_000_000_000_000)),
        premium_percent: r.get("JOB_PREMIUM_PERCENT", "15", number(0, 1_000)),
        minimum: r.get("JOB_MINIMUM_TOKENS", "100", number(1, 1_000_000_000)),
        largest: r.get("JOB_LARGEST_ATTEMPTS", "1e15", number(1e3, 1e18)),
        packs,
    }
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}
