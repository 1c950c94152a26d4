//! Reads every setting into its type and checks that they go together.

use std::{collections::BTreeMap, net::SocketAddr};

use super::{
    Collector, Config, LogFormat, Mail, Problems, PublicUrl, Purpose, Shape, Sources,
    billing::{self, billing},
    game::game,
    reader::{Reader, list, number},
    sources,
    values::{self, hours},
};
use crate::domain::price::{Pack, Tariff};

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// All problems there are.
    pub fn load(sources: &Sources, purpose: Purpose) -> Result<Self, Problems> {
        let (found, problems) = sources.merge();
        let secret_files = sources::with_secrets(&found);
        let mut reader = Reader::new(found, problems);
        let config = Self::read(&mut reader, purpose);
        if reader.problems.is_empty() {
            Ok(Self { in_force: reader.in_force, secret_files, ..config })
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
        let mail = mail(r, &public_url);
        let trust = r.optional("CA_BUNDLE", values::ca_bundle).unwrap_or_default();
        let webhook_allow_networks = r.get("WEBHOOK_ALLOW_NETWORKS", "", list(values::network));
        if matches!(shape, Shape::Fleet { .. }) {
            needed_in_fleet(r);
        }
        let (tariff, pack_prices) = tariff(r);
        let billing = billing(r, pack_prices);
        billing::check_demo(r, &billing, &shape, public_url.loopback && listen.ip().is_loopback());
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
            trust,
            webhook_allow_networks,
            free_pulls_per_day: r.get("FREE_PULLS_PER_DAY", "3", number(0, 10_000)),
            tariff,
            job_stall: hours(r.get("JOB_STALL_HOURS", "24", number(1, 8_760))),
            welcome_tokens_set: r.get("WELCOME_TOKENS", if fleet { "0" } else { "1000" }, number(0, 1_000_000_000)),
            registration_work_bits: r.get("REGISTRATION_WORK_BITS", if fleet { "18" } else { "0" }, number(0, 30)),
            search_backend: r.optional("SEARCH_BACKEND", values::backend),
            search_window: r.optional("SEARCH_WINDOW_BITS", number(4, 18)),
            quote_rate: r.get("QUOTE_RATE", "1000000", number(1.0, 1e15)),
            pull_key_retention: hours(r.get("PULL_KEY_HOURS", "24", number(1, 8_760))),
            audit_address_retention: hours(24 * r.get("AUDIT_ADDRESS_DAYS", "90", number(1_u64, 3_650))),
            heist: game(r),
            billing,
            log_level: r.get("LOG_LEVEL", "info", values::log_level),
            log_format: r.get(
                "LOG_FORMAT",
                "text",
                values::one_of(&[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            ),
            collector: collector(r),
            secret_files: Vec::new(),
            in_force: Vec::new(),
        }
    }
}

impl Default for Config {
    /// What is in force when nobody sets anything: the embedded shape.
    fn default() -> Self {
        let mut reader = Reader::new(BTreeMap::new(), Vec::new());
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
    let redis = r.optional("REDIS_URL", values::server(&["redis", "redis+unix", "unix"]));
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

fn mail(r: &mut Reader, public_url: &PublicUrl) -> Mail {
    let smtp_url = r.optional("SMTP_URL", values::server(&["smtps", "smtp"]));
    if smtp_url.is_some() && !r.has("MAIL_FROM") {
        r.missing(
            "MAIL_FROM",
            "e-mails sent by SMTP_URL need a sender",
            "set it to an address of yours, like VaniKeys <keys@example.org>",
        );
    }
    let from = r.get("MAIL_FROM", "VaniKeys <vanikeys@localhost>", values::mailbox);
    Mail { smtp_url, from, hello: r.get("SMTP_HELLO", public_url.host(), values::host) }
}

fn collector(r: &mut Reader) -> Option<Collector> {
    let endpoint = r.optional("OTEL_EXPORTER_OTLP_ENDPOINT", values::server(&["http", "https"]));
    let headers = r.get("OTEL_EXPORTER_OTLP_HEADERS", "", list(values::header));
    if !headers.is_empty() && !r.has("OTEL_EXPORTER_OTLP_ENDPOINT") {
        r.missing(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "OTEL_EXPORTER_OTLP_HEADERS are for a collector",
            "set it to the collector, like http://127.0.0.1:4318, or unset the headers",
        );
    }
    endpoint.map(|endpoint| Collector { endpoint, headers })
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
            "e-mails and cookies of a fleet need to know it",
            "set it to the address people type, like https://keys.example.org",
        ),
        (
            "SMTP_URL",
            "e-mails of a fleet cannot be files on some host",
            "set it to your mail server, like smtps://user:password@mail.example.org",
        ),
    ] {
        if !r.has(name) {
            r.missing(name, why, fix);
        }
    }
}

/// The tariff, and the packs' prices at Stripe by the number of tokens.
fn tariff(r: &mut Reader) -> (Tariff, BTreeMap<i64, String>) {
    let sold = r.get("TOKEN_PACKS", "100:0.99,500:3.99,2500:14.99,10000:49.99", list(billing::pack));
    let packs: Vec<Pack> = sold.iter().map(|(pack, _)| *pack).collect();
    let prices = sold.into_iter().filter_map(|(pack, id)| Some((pack.tokens, id?))).collect();
    if packs.is_empty() || packs.windows(2).any(|pair| pair[0].tokens >= pair[1].tokens) {
        r.misfit(
            "TOKEN_PACKS",
            "packs must be there and grow",
            "list them from the smallest to the largest, each size once",
        );
    }
    let tariff = Tariff {
        attempts_per_token: r.get("JOB_ATTEMPTS_PER_TOKEN", "1000000", number(1, 1_000_000_000_000)),
        premium_percent: r.get("JOB_PREMIUM_PERCENT", "15", number(0, 1_000)),
        minimum: r.get("JOB_MINIMUM_TOKENS", "100", number(1, 1_000_000_000)),
        largest: r.get("JOB_LARGEST_ATTEMPTS", "1e15", number(1e3, 1e18)),
        packs,
    };
    (tariff, prices)
}
