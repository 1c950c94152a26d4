//! The table of all settings: their names, which of them are secrets, and a line about each. A setting that is not in
//! this table does not exist.

/// One setting, by its environment name. In `vanikeys.toml` it has the same name in small letters, without `vanikeys_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Name in the environment.
    pub name: &'static str,
    /// How much of its value may be shown.
    pub shown: Shown,
    /// What it does, for `vanikeys config`.
    pub about: &'static str,
}

/// How much of a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// All of it.
    Open,
    /// A URL without its password.
    Url,
    /// Nothing: it is a secret as a whole.
    Never,
}

impl Setting {
    /// Its key in `vanikeys.toml`.
    #[must_use]
    pub fn key(&self) -> String {
        self.name.strip_prefix("VANIKEYS_").unwrap_or(self.name).to_ascii_lowercase()
    }

    /// True if it may also be given as `<NAME>_FILE`.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.shown != Shown::Open
    }

    /// `value` as it may be shown.
    #[must_use]
    pub fn masked(&self, value: &str) -> String {
        match self.shown {
            Shown::Open => value.to_owned(),
            Shown::Never => MASK.to_owned(),
            Shown::Url => mask_url(value),
        }
    }
}

const MASK: &str = "********";

/// Hides the password of a URL, and everything of a text that is not clearly a URL.
fn mask_url(text: &str) -> String {
    let Ok(mut url) = url::Url::parse(text) else { return MASK.to_owned() };
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return MASK.to_owned();
    }
    // Drivers also take passwords as query parameters (`?password=..`), under names that are theirs to choose.
    if url.query().is_some() {
        url.set_query(Some(MASK));
    }
    url.to_string()
}

const fn open(name: &'static str, about: &'static str) -> Setting {
    Setting { name, shown: Shown::Open, about }
}

const fn url(name: &'static str, about: &'static str) -> Setting {
    Setting { name, shown: Shown::Url, about }
}

const fn secret(name: &'static str, about: &'static str) -> Setting {
    Setting { name, shown: Shown::Never, about }
}

/// Every setting, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    open("VANIKEYS_LISTEN", "address and port of the web front"),
    open("VANIKEYS_DATA", "folder for the embedded database, generated secrets and e-mails"),
    open("PUBLIC_URL", "where people reach the web front"),
    open("TRUSTED_PROXIES", "networks whose X-Forwarded-For is believed"),
    url("DATABASE_URL", "PostgreSQL of the fleet; without it the shape is embedded"),
    open("DATABASE_CONNECTIONS", "most connections of one process to PostgreSQL"),
    url("REDIS_URL", "Redis of the fleet"),
    secret("SECRET_KEY", "32-byte secrets, hexadecimal or base64, the current one first"),
    open("SLICE_KEYS", "public keys with which a searcher without a database checks slices"),
    open("SEARCHER_KEY_FILE", "file of this searcher's own key"),
    url("SMTP_URL", "mail server; without it e-mails are saved as .eml files in the data folder"),
    open("MAIL_FROM", "sender of e-mails"),
    open("SMTP_HELLO", "name under which this host greets the mail server; the host of PUBLIC_URL without it"),
    open("CA_BUNDLE", "PEM file with authorities to trust besides the public ones: mail, webhooks, traces"),
    open("WEBHOOK_ALLOW_NETWORKS", "private networks that webhooks may reach, by plain HTTP too"),
    open("FREE_PULLS_PER_DAY", "free pulls a day on the free plan"),
    open(
        "TOKEN_PACKS",
        "packs on sale, smallest first: tokens:dollars, or tokens:dollars:price with an id of Stripe's",
    ),
    open("JOB_ATTEMPTS_PER_TOKEN", "attempts that one token buys in a job"),
    open("JOB_PREMIUM_PERCENT", "surcharge of a job for its guarantee"),
    open("JOB_MINIMUM_TOKENS", "the least that a job costs"),
    open("JOB_LARGEST_ATTEMPTS", "the largest expected number of attempts that a job may have"),
    open("JOB_STALL_HOURS", "hours without any searcher after which a job fails"),
    open("QUOTE_RATE", "attempts a second that quotes assume while no searcher is there"),
    open(
        "SEARCH_BACKEND",
        "arithmetic of the search: avx512-ifma, avx2-fma or portable; the fastest that runs here without it",
    ),
    open(
        "SEARCH_WINDOW_BITS",
        "bits of a window of the search's tables; without it chosen by backend, caches and threads",
    ),
    open("WELCOME_TOKENS", "tokens for a new account"),
    open("REGISTRATION_WORK_BITS", "proof of work that a registration costs, in bits; 0 is none"),
    open("PULL_KEY_HOURS", "hours after which the key of a pull that was not kept is erased"),
    open("AUDIT_ADDRESS_DAYS", "days after which an audit entry forgets the address and browser of its request"),
    open("HEIST_ENABLED", "false switches heists off, whatever the admin page says"),
    open("HEIST_ROLLOUT_PERCENT", "share of users who see heists, always the same ones"),
    open("HEIST_COOLDOWN_HOURS", "hours that a robber waits after a successful heist"),
    open("HEIST_TARGET_COOLDOWN_HOURS", "hours for which a robbed player is protected"),
    open("HEIST_STEAL_PERCENTAGE", "share of the target's monthly points that a heist takes"),
    open("HEIST_MAX_STEAL_POINTS", "the most that a heist takes"),
    open("HEIST_MIN_TARGET_POINTS", "monthly points below which nobody is robbed"),
    open("HEIST_MAX_PER_DAY", "heists of a player a UTC day"),
    open("HEIST_RATE_LIMIT_PER_MINUTE", "heists that a player may ask for a minute"),
    open("HEIST_EMAIL_ENABLED", "whether e-mails about heists are sent, to those who want them"),
    open("HEIST_SHIELD_TOKENS", "VaniTokens that a shield costs"),
    open("HEIST_TOKENS_PER_REFERRAL", "Heist Tokens for a referral"),
    open("HEIST_TOKEN_CAP", "most Heist Tokens that a player may have; unset: no cap"),
    open("HEIST_TOKEN_EXPIRY_DAYS", "days after which an unspent Heist Token is gone; unset: never"),
    open("REFERRAL_AWARD", "when a referral is rewarded: signup or confirmed"),
    open("BILLING_ENABLED", "false: nothing can be bought or changed; what was bought stays"),
    secret("STRIPE_SECRET_KEY", "key of the Stripe account that payments go to; without it nothing is sold"),
    open("STRIPE_PUBLISHABLE_KEY", "key for Stripe's scripts, for API clients with a front of their own"),
    secret("STRIPE_WEBHOOK_SECRET", "what Stripe signs webhooks with; several with commas while one is replaced"),
    open("STRIPE_API_BASE", "where Stripe's API is; a stand-in may play it"),
    open("STRIPE_PRICE_PRO", "Stripe's id of the monthly price of the plan pro"),
    open("STRIPE_PRICE_UNLIMITED", "Stripe's id of the monthly price of the plan unlimited"),
    open("STRIPE_PRICE_BASIC", "Stripe's id of the monthly price of the community tier basic"),
    open("STRIPE_PRICE_PREMIUM", "Stripe's id of the monthly price of the community tier premium"),
    open("STRIPE_PRICE_EXCLUSIVE", "Stripe's id of the monthly price of the community tier exclusive"),
    open("STRIPE_PRICE_ELITE", "Stripe's id of the monthly price of the community tier elite"),
    open("STRIPE_PRICE_BADGE", "Stripe's id of the price of a badge"),
    open("STRIPE_PRICE_BOOST", "Stripe's id of the monthly price of a boost"),
    open("BILLING_GRACE_HOURS", "hours for which a renewal may stay unpaid"),
    open("BILLING_AUDIT_RETENTION_DAYS", "days for which Stripe's events are kept whole, sealed"),
    open("BILLING_TAX", "off, or stripe: Stripe Tax computes taxes on top of prices"),
    open("PURCHASES_PER_DAY", "purchases of an account a day"),
    open("DEMO_CHECKOUT", "true: a sandbox in this process plays Stripe; embedded, on loopback, without Stripe's keys"),
    open("LOG_LEVEL", "what is logged, like info or vanikeys=debug,info"),
    open("LOG_FORMAT", "text or json"),
    url("OTEL_EXPORTER_OTLP_ENDPOINT", "OpenTelemetry collector that gets the traces, by OTLP over HTTP"),
    secret("OTEL_EXPORTER_OTLP_HEADERS", "headers for that collector, name=value,.."),
];

/// The setting of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// The setting nearest to a misspelt name or key, if one is near.
#[must_use]
pub fn nearest(wrong: &str) -> Option<&'static Setting> {
    let wrong = wrong.to_ascii_uppercase();
    let near = SETTINGS.iter().map(|setting| {
        let short = setting.name.strip_prefix("VANIKEYS_").unwrap_or(setting.name);
        (distance(setting.name, &wrong).min(distance(short, &wrong)), setting)
    });
    near.filter(|(far, _)| *far <= 3).min_by_key(|(far, _)| *far).map(|(_, setting)| setting)
}

/// Edit distance (Levenshtein), for short names.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_are_unique() {
        let mut keys: Vec<String> = SETTINGS.iter().map(Setting::key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), SETTINGS.len());
    }

    #[test]
    fn passwords_in_urls_are_masked() {
        let setting = by_name("DATABASE_URL").unwrap();
        for (given, shown) in [
            ("postgres://ann:s3cret@db/keys", "postgres://ann:********@db/keys"),
            ("postgres://db/keys", "postgres://db/keys"),
            ("postgres://db/keys?password=s3cret", "postgres://db/keys?********"),
            ("s3cret", "********"),
        ] {
            assert_eq!(setting.masked(given), shown);
        }
        assert_eq!(by_name("SECRET_KEY").unwrap().masked("s3cret"), "********");
    }

    #[test]
    fn a_misspelt_name_is_recognised() {
        assert_eq!(nearest("welcome_token").unwrap().name, "WELCOME_TOKENS");
        assert_eq!(nearest("listn").unwrap().name, "VANIKEYS_LISTEN");
        assert_eq!(nearest("something_else_entirely"), None);
    }
}
