//! E-mail addresses: which ones are taken, and when two are the same.

use super::Wrong;

/// An address that can be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    address: String,
    key: String,
}

const MOST: usize = 254;
const MOST_LOCAL: usize = 64;

impl Email {
    /// Reads an address. Quoted local parts and address literals are legal in mail and unused by people; they are
    /// refused.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let address = text.trim();
        let Some((local, domain)) = address.rsplit_once('@') else {
            return Err("must be an e-mail address, like ann@example.org".into());
        };
        if address.len() > MOST || local.len() > MOST_LOCAL {
            return Err(Wrong::coded("EMAIL_TOO_LONG", "is longer than an e-mail address can be"));
        }
        let atom = |text: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
            !text.is_empty() && text.bytes().all(plain)
        };
        if !local.split('.').all(atom) {
            return Err("has a part before the @ that no mail server takes".into());
        }
        let label = |text: &str| {
            let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            (1..=63).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
        };
        if !domain.contains('.') || !domain.split('.').all(label) {
            return Err("has no full domain after the @, like example.org".into());
        }
        Ok(Self { address: address.to_owned(), key: address.to_ascii_lowercase() })
    }

    /// As it was given.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Equal for addresses that are the same mailbox by its spelling; unique among accounts.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its domain in small letters.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.key.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Equal for addresses that most likely belong to one person: without what follows a `+`, and without the dots
    /// that some providers ignore.
    #[must_use]
    pub fn person(&self) -> String {
        let (local, domain) = self.key.rsplit_once('@').unwrap_or((&self.key, ""));
        let local = local.split_once('+').map_or(local, |(before, _)| before);
        match domain {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
            _ => format!("{local}@{domain}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_taken() {
        for text in ["ann@example.org", " Ann.B+keys@Example.ORG ", "a@b.co", "o'neil_x@mail.example.co.uk"] {
            assert!(Email::parse(text).is_ok(), "{text}");
        }
        assert_eq!(Email::parse(" Ann@Example.ORG ").unwrap().key(), "ann@example.org");
    }

    #[test]
    fn what_no_server_takes_is_refused() {
        let long = format!("{}@example.org", "a".repeat(65));
        let longer = format!("a@{}.org", "a.".repeat(130));
        for text in [
            "",
            "ann",
            "@example.org",
            "ann@",
            "ann@example",
            "ann@@example.org",
            "ann..b@example.org",
            ".ann@example.org",
            "ann @example.org",
            "ann@-example.org",
            "ann@exa_mple.org",
            "\"a b\"@example.org",
            "ann@[127.0.0.1]",
            "ann@example.org\r\nBcc: x@y.zz",
            "änn@example.org",
            &long,
            &longer,
        ] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn aliases_of_one_person_are_recognised() {
        let person = |text| Email::parse(text).unwrap().person();
        assert_eq!(person("a.n.n+keys@gmail.com"), person("ann@googlemail.com"));
        assert_eq!(person("ann+1@example.org"), person("ANN@example.org"));
        assert_ne!(person("a.nn@example.org"), person("ann@example.org"));
    }
}
