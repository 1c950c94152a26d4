use super::{values::hours, *};

fn sources(environment: &[(&str, &str)], flags: &[(&str, &str)], file: &str) -> Sources {
    let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Sources {
        flags: owned(flags),
        environment: owned(environment),
        file: (!file.is_empty()).then(|| (PathBuf::from("vanikeys.toml"), file.to_owned())),
    }
}

fn problems(environment: &[(&str, &str)], flags: &[(&str, &str)], file: &str) -> Vec<(String, String)> {
    let Problems(all) = Config::load(&sources(environment, flags, file), Purpose::Service).unwrap_err();
    all.into_iter().map(|one| (one.setting.clone(), one.to_string())).collect()
}

const HUSH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const FLEET: &[(&str, &str)] = &[
    ("DATABASE_URL", "postgres://ann:hush@db/keys"),
    ("REDIS_URL", "redis://cache"),
    ("SECRET_KEY", HUSH),
    ("PUBLIC_URL", "https://keys.example.org/"),
    ("SMTP_URL", "smtps://post:hush@mail.example.org"),
    ("MAIL_FROM", "VaniKeys <keys@example.org>"),
];

#[test]
fn nothing_set_is_the_embedded_shape() {
    let config = Config::load(&Sources::default(), Purpose::Service).unwrap();
    assert_eq!(config.shape, Shape::Embedded);
    assert_eq!(config.public_url.origin, "http://localhost:8080");
    assert_eq!((config.welcome_tokens(), config.registration_work_bits, config.free_pulls_per_day), (1_000, 0, 3));
    assert_eq!(config.tariff, Tariff::default());
    assert_eq!(config.in_force().len(), settings::SETTINGS.len());
}

#[test]
fn a_fleet_has_other_defaults() {
    let config = Config::load(&sources(FLEET, &[], ""), Purpose::Service).unwrap();
    assert!(matches!(config.shape, Shape::Fleet { .. }));
    assert_eq!((config.welcome_tokens(), config.registration_work_bits), (0, 18));
    assert!(config.public_url.https && config.mail_is_on());
    assert_eq!(config.public_url.origin, "https://keys.example.org");
}

#[test]
fn a_host_that_only_searches_needs_redis_alone() {
    let only = sources(&[("REDIS_URL", "redis://cache")], &[], "");
    assert!(matches!(Config::load(&only, Purpose::Searcher).unwrap().shape, Shape::Searcher { .. }));
    assert!(Config::load(&only, Purpose::Service).is_err());
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_defaults() {
    let file = "free_pulls_per_day = 7\njob_stall_hours = 7\nlog_format = \"json\"";
    let all = sources(
        &[("FREE_PULLS_PER_DAY", "8"), ("JOB_STALL_HOURS", "8"), ("PULL_KEY_HOURS", "")],
        &[("FREE_PULLS_PER_DAY", "9")],
        file,
    );
    let config = Config::load(&all, Purpose::Service).unwrap();
    assert_eq!((config.free_pulls_per_day, config.job_stall, config.log_format), (9, hours(8), LogFormat::Json));
    assert_eq!(config.pull_key_retention, hours(24));
    let shown = config.in_force();
    let source = |name| shown.iter().find(|one| one.name == name).unwrap().source.clone();
    assert_eq!(source("FREE_PULLS_PER_DAY"), "command line");
    assert_eq!(source("JOB_STALL_HOURS"), "environment");
    assert_eq!(source("LOG_FORMAT"), "vanikeys.toml");
    assert_eq!(source("PULL_KEY_HOURS"), "default");
}

#[test]
fn every_bad_value_is_refused_with_its_reason() {
    for (name, value, says) in [
        ("VANIKEYS_LISTEN", "8080", "not an address and port"),
        ("PUBLIC_URL", "keys.example.org", "not a URL"),
        ("PUBLIC_URL", "ftp://keys.example.org", "not an http or https address"),
        ("PUBLIC_URL", "https://keys.example.org/shop", "more than scheme, host and port"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy", "\"proxy\" is neither"),
        ("DATABASE_CONNECTIONS", "1", "from 2 to 1000"),
        ("SLICE_KEYS", "abcd", "not a public key"),
        ("MAIL_FROM", "nobody", "not a mail address"),
        ("FREE_PULLS_PER_DAY", "-1", "from 0 to 10000"),
        ("TOKEN_PACKS", "100", "has no price"),
        ("TOKEN_PACKS", "100:1.999", "no price in dollars and cents"),
        ("TOKEN_PACKS", "0:0.99", "above zero"),
        ("TOKEN_PACKS", "500:3.99,100:0.99", "packs must be there and grow"),
        ("JOB_ATTEMPTS_PER_TOKEN", "0", "from 1 to"),
        ("JOB_PREMIUM_PERCENT", "lots", "not a number"),
        ("JOB_MINIMUM_TOKENS", "0", "from 1 to"),
        ("JOB_LARGEST_ATTEMPTS", "NaN", "out of range"),
        ("JOB_STALL_HOURS", "0", "from 1 to 8760"),
        ("WELCOME_TOKENS", "1.5", "not a number"),
        ("REGISTRATION_WORK_BITS", "31", "from 0 to 30"),
        ("PULL_KEY_HOURS", "0", "from 1 to 8760"),
        ("HEIST_ENABLED", "perhaps", "true or false"),
        ("HEIST_ROLLOUT_PERCENT", "101", "from 0 to 100"),
        ("HEIST_COOLDOWN_HOURS", "-1", "from 0 to 8760"),
        ("HEIST_TARGET_COOLDOWN_HOURS", "8761", "from 0 to 8760"),
        ("HEIST_STEAL_PERCENTAGE", "0", "from 1 to 100"),
        ("HEIST_MAX_STEAL_POINTS", "0", "from 1 to 1000000000"),
        ("HEIST_MIN_TARGET_POINTS", "-1", "from 0 to 1000000000"),
        ("HEIST_MAX_PER_DAY", "0", "from 1 to 100000"),
        ("HEIST_RATE_LIMIT_PER_MINUTE", "0", "from 1 to 100000"),
        ("HEIST_EMAIL_ENABLED", "yes", "true or false"),
        ("HEIST_SHIELD_TOKENS", "0", "from 1 to 1000000000"),
        ("HEIST_TOKENS_PER_REFERRAL", "1001", "from 0 to 1000"),
        ("HEIST_TOKEN_CAP", "0", "from 1 to 1000000000"),
        ("HEIST_TOKEN_EXPIRY_DAYS", "0", "from 1 to 36500"),
        ("REFERRAL_AWARD", "later", "signup or confirmed"),
        ("LOG_LEVEL", "loud", "not a log level"),
        ("LOG_FORMAT", "xml", "give text or json"),
    ] {
        let found = problems(&[(name, value)], &[], "");
        assert_eq!(found.len(), 1, "{name}={value}: {found:?}");
        let (setting, text) = &found[0];
        assert_eq!(setting, name);
        assert!(text.contains(says) && text.contains(value) && text.contains("environment"), "{text}");
    }
}

#[test]
fn a_collector_of_traces_is_checked_and_its_headers_are_not_shown() {
    let endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let found = problems(&[(endpoint, "ftp://collector"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=b,hush")], &[], "");
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [endpoint, "OTEL_EXPORTER_OTLP_HEADERS"]);
    assert!(found.iter().all(|(_, text)| !text.contains("hush")), "{found:?}");
    assert_eq!(problems(&[("OTEL_EXPORTER_OTLP_HEADERS", "key=hush")], &[], "")[0].0, endpoint);

    let all =
        sources(&[(endpoint, "http://127.0.0.1:4318"), ("OTEL_EXPORTER_OTLP_HEADERS", "a = b, key=c=d")], &[], "");
    let collector = Config::load(&all, Purpose::Service).unwrap().collector.unwrap();
    let headers: Vec<_> = collector.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!((collector.endpoint.expose(), headers), ("http://127.0.0.1:4318", vec![("a", "b"), ("key", "c=d")]));
    assert_eq!(Config::default().collector, None);
}

#[test]
fn every_problem_is_told_at_once() {
    let environment = [
        ("DATABASE_URL", "mysql://ann:hush@db"),
        ("FREE_PULLS_PER_DAY", "many"),
        ("SECRET_KEY_FILE", "/nowhere/at/all"),
    ];
    let found = problems(
        &environment,
        &[("SMTP_URL", "smtp://x"), ("NOTHING", "1")],
        "welcome_token = 5\nlog_level = { a = 1 }",
    );
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "log_level",
        "welcome_token",
        "SECRET_KEY_FILE",
        "NOTHING",
        "SMTP_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "FREE_PULLS_PER_DAY",
    ];
    assert_eq!(names, expected);
    let all: String = found.iter().map(|(_, text)| text.as_str()).collect();
    assert!(all.contains("did you mean welcome_tokens"), "{all}");
    assert!(!all.contains("hush"), "{all}");
}

#[test]
fn what_a_fleet_lacks_is_told() {
    let found = problems(&FLEET[..2], &[], "");
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["SECRET_KEY", "PUBLIC_URL", "SMTP_URL"]);
    assert_eq!(problems(&[("SMTP_URL", "smtp://mail")], &[], "")[0].0, "MAIL_FROM");
}

#[test]
fn a_broken_file_names_its_line_and_shows_nothing_of_it() {
    let found = problems(&[], &[], "log_format = \"text\"\nsecret_key = hush hush");
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("line 2") && !found[0].1.contains("hush"), "{}", found[0].1);
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("smtp");
    std::fs::write(&file, "smtps://post:hush@mail.example.org\n").unwrap();
    let path = file.to_str().unwrap();
    let all = sources(&[("SMTP_URL_FILE", path), ("MAIL_FROM", "a@example.org"), ("SECRET_KEY", HUSH)], &[], "");
    let config = Config::load(&all, Purpose::Service).unwrap();
    assert_eq!(config.mail.smtp_url.as_ref().unwrap().expose(), "smtps://post:hush@mail.example.org");
    let shown = format!("{}{:?}{}", config.print(), config, serde_json::to_string(&config.in_force()).unwrap());
    assert!(
        shown.contains("smtps://post:********@mail.example.org") && !shown.contains("hush") && !shown.contains(HUSH),
        "{shown}"
    );
    let both = problems(&[("SMTP_URL_FILE", path), ("SMTP_URL", "smtp://x"), ("MAIL_FROM", "a@example.org")], &[], "");
    assert_eq!(both[0].0, "SMTP_URL_FILE");
}

#[test]
fn welcome_tokens_away_from_loopback_cost_work() {
    let tokens = |environment: &[(&str, &str)]| {
        Config::load(&sources(environment, &[], ""), Purpose::Service).unwrap().welcome_tokens()
    };
    assert_eq!(tokens(&[("VANIKEYS_LISTEN", "0.0.0.0:80")]), 0);
    assert_eq!(tokens(&[("PUBLIC_URL", "https://keys.example.org")]), 0);
    assert_eq!(tokens(&[("VANIKEYS_LISTEN", "0.0.0.0:80"), ("REGISTRATION_WORK_BITS", "18")]), 1_000);
}

#[test]
fn the_embedded_shape_makes_its_secret_once() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deep/data");
    let start = || {
        let mut config = Config { data: data.clone(), ..Config::default() };
        config.make_missing().map(|()| config.secret_key.unwrap())
    };
    let starts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
    });
    assert!(starts.iter().all(|secret| *secret == starts[0]) && starts[0].expose().len() == 64);
    let path = data.join(made::SECRET_KEY_FILE);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(start(), Err(made::MadeError::Open { mode: 0o644, .. })));
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(start(), Err(made::MadeError::Empty { .. })));
}

#[test]
fn a_bundle_of_authorities_that_cannot_be_read_is_a_problem() {
    let found = problems(&[("CA_BUNDLE", "/nowhere/ca.pem")], &[], "");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "CA_BUNDLE");
    assert!(found[0].1.contains("/nowhere/ca.pem") && found[0].1.contains("cannot be read"), "{}", found[0].1);
}
