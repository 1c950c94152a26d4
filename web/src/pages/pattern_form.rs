//! The pattern form, the same on `/`, `/odds` and `/app`: what it holds, and how a pattern is written as a query and
//! in words.

use serde::{Deserialize, Deserializer, de::Error as _};
use uuid::Uuid;
use vanikeys_grind::{Kind, PatternSpec, Target};

use super::{encode, words};

/// The form's fields, as a query or as part of a posted form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PatternForm {
    /// What is to appear.
    pub(crate) text: String,
    /// Where.
    #[serde(deserialize_with = "kind")]
    pub(crate) kind: Option<Kind>,
    /// The key type.
    pub(crate) target: Option<Target>,
    /// A checkbox: any value is yes.
    pub(crate) case_insensitive: Option<String>,
    /// A checkbox: any value is yes.
    pub(crate) fuzzy: Option<String>,
    /// A commitment that was asked for without a script.
    pub(crate) commitment: Option<Uuid>,
}

impl PatternForm {
    /// The pattern, if anything is asked for.
    pub(crate) fn spec(&self) -> Option<PatternSpec> {
        let text = self.text.trim();
        if text.is_empty() {
            return None;
        }
        let kind = self.kind.unwrap_or(if text.contains(char::is_whitespace) { Kind::Sequence } else { Kind::Prefix });
        let one = |kind, text: &str| PatternSpec {
            text: text.to_owned(),
            kind,
            target: self.target.unwrap_or_default(),
            case_insensitive: self.case_insensitive.is_some(),
            fuzzy: self.fuzzy.is_some(),
            any: Vec::new(),
        };
        match kind {
            Kind::Any => Some(serde_json::from_str(text).unwrap_or_else(|_| {
                PatternSpec::any(text.split_whitespace().map(|word| one(Kind::Prefix, word)).collect())
            })),
            kind => Some(one(kind, text)),
        }
    }
}

/// A kind as the form has it: of one pattern, or any of several.
pub(crate) fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Kind>, D::Error> {
    match Option::<String>::deserialize(deserializer)?.as_deref() {
        None | Some("") => Ok(None),
        Some("any") => Ok(Some(Kind::Any)),
        Some(name) => name.parse().map(Some).map_err(D::Error::custom),
    }
}

/// A target in words.
pub(crate) fn target_words(target: Target) -> &'static str {
    match target {
        Target::Did => "did:key",
        Target::Solana => "Solana address",
        Target::Ssh => "SSH public key",
        Target::SshFingerprint => "SSH fingerprint",
        Target::Onion => "Tor onion address",
        Target::Hex => "key in hexadecimal",
        Target::Wireguard => "WireGuard public key",
        Target::Age => "age recipient",
        Target::Libp2p => "libp2p peer id",
        Target::Stellar => "Stellar account",
        Target::Algorand => "Algorand address",
        Target::Aptos => "Aptos address",
        Target::Sui => "Sui address",
    }
}

/// Where a pattern is looked for, in a few words: `at the start of a did:key, any case`.
pub(crate) fn place(spec: &PatternSpec) -> String {
    let place = match spec.kind {
        Kind::Prefix => "at the start of",
        Kind::Suffix => "at the end of",
        Kind::Contains => "anywhere in",
        Kind::Sequence => "in this order in",
        Kind::Any if spec.any.iter().all(|one| one.kind == Kind::Prefix) => "any one of these at the start of",
        Kind::Any => "any one of these in",
        Kind::Regex => "matched in",
    };
    let first = spec.first();
    let case = if first.case_insensitive { ", any case" } else { "" };
    let fuzzy = if first.fuzzy { ", look-alikes count" } else { "" };
    let an =
        matches!(spec.target, Target::SshFingerprint | Target::Ssh | Target::Age | Target::Algorand | Target::Aptos);
    let article = if an { "an" } else { "a" };
    format!("{place} {article} {}{case}{fuzzy}", target_words(spec.target))
}

/// How many pulls it takes for an even chance, in words.
pub(crate) fn half(one_in: &f64) -> String {
    let needed = if *one_in <= 1.0 { 1.0 } else { (0.5_f64.ln() / (-1.0 / one_in).ln_1p()).ceil().max(1.0) };
    // Below a million every pull counts.
    #[expect(clippy::cast_possible_truncation, reason = "below a million")]
    if needed < 1e6 { words::count(needed as i64) } else { words::large(needed) }
}

/// A pattern as a query string that fills the form.
pub(crate) fn query(spec: &PatternSpec) -> String {
    let mut query = format!("text={}&kind={}&target={}", encode(&field(spec)), spec.kind, spec.target);
    let first = spec.first();
    if first.case_insensitive {
        query.push_str("&caseInsensitive=on");
    }
    if first.fuzzy {
        query.push_str("&fuzzy=on");
    }
    query
}

/// What the field of the form holds for a pattern: its text, or the JSON of several that are not all prefixes with the same
/// options, which the form has no other place for.
pub(crate) fn field(spec: &PatternSpec) -> String {
    let Some(first) = spec.any.first() else { return spec.text.clone() };
    let as_first = |one: &PatternSpec| PatternSpec { text: one.text.clone(), ..first.clone() } == *one;
    if first.kind == Kind::Prefix && spec.any.iter().all(as_first) {
        return spec.text.clone();
    }
    serde_json::to_string(spec).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_survives_the_form() {
        let spec = PatternSpec::new(Kind::Sequence, "GO & BE").fuzzy();
        let form: PatternForm = serde_urlencoded::from_str(&query(&spec)).unwrap();
        assert_eq!(form.spec(), Some(spec));
    }

    #[test]
    fn several_patterns_survive_the_form() {
        let of = |kinds: [Kind; 2]| {
            let [a, b] = kinds;
            PatternSpec::any(vec![PatternSpec::new(a, "moon").fuzzy(), PatternSpec::new(b, "sun").fuzzy()])
        };
        for spec in [of([Kind::Prefix, Kind::Prefix]), of([Kind::Prefix, Kind::Contains])] {
            let form: PatternForm = serde_urlencoded::from_str(&query(&spec)).unwrap();
            assert_eq!(form.spec(), Some(spec));
        }
        assert_eq!(field(&of([Kind::Prefix, Kind::Prefix])), "moon sun");
        assert!(serde_urlencoded::from_str::<PatternForm>("text=a&kind=sideways").is_err());
    }

    #[test]
    fn an_empty_form_asks_for_nothing() {
        let form: PatternForm = serde_urlencoded::from_str("text=+&kind=prefix").unwrap();
        assert_eq!(form.spec(), None);
    }

    #[test]
    fn a_place_reads_as_a_sentence_does() {
        let spec = PatternSpec::new(Kind::Suffix, "x").target(Target::Ssh).case_insensitive();
        assert_eq!(place(&spec), "at the end of an SSH public key, any case");
        assert_eq!((half(&1.0), half(&2.0), half(&630.0)), ("1".into(), "1".into(), "437".into()));
    }
}
