//! The pattern form with what came of it: a picture of the key, exact odds and prices, or why there are none and what
//! would mend it.

use uuid::Uuid;
use vanikeys_core::{
    domain::time::Timestamp,
    flow::{
        Failure,
        pattern::{self, Estimate},
    },
};
use vanikeys_grind::{Kind, PatternError, PatternSpec, Target};

use super::{
    board::Board,
    encode, example,
    pattern_form::{PatternForm, field, place, query, target_words},
    words,
};
use crate::{
    Web,
    error::{Problem, Refuse},
};

/// The form as a page shows it, with what came of it.
#[derive(Debug)]
pub(crate) struct Asked {
    /// What the fields hold.
    pub(crate) spec: PatternSpec,
    /// Where the form goes.
    pub(crate) action: &'static str,
    /// A picture of such a key.
    pub(crate) board: Board,
    /// What stands before the board's text.
    pub(crate) lead: String,
    /// What the board shows, in a word.
    pub(crate) note: &'static str,
    /// Odds and prices, or why not.
    pub(crate) answer: Option<Result<Box<Estimate>, Refused>>,
    /// The service's promise, where it was asked for without a script.
    pub(crate) commitment: Option<Promise>,
    /// Whether the options wait folded until somebody wants them.
    pub(crate) compact: bool,
}

/// A commitment as the form shows it.
#[derive(Debug)]
pub(crate) struct Promise {
    /// Its id.
    pub(crate) id: Uuid,
    /// The commitment in hexadecimal.
    pub(crate) hash: String,
    /// Until when it can be used.
    pub(crate) expires_at: Timestamp,
}

/// A pattern that was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    /// What happened, why, what to do.
    pub(crate) message: String,
    /// The pattern letter by letter, with the one that cannot be; empty where none is to blame.
    pub(crate) tiles: Vec<(char, bool)>,
    /// The nearest patterns that are possible: what to change, and the query that has it changed.
    pub(crate) suggestions: Vec<(String, String)>,
}

impl Asked {
    /// The form with its answer.
    pub(crate) async fn answer(
        web: &Web,
        viewer: Option<Uuid>,
        form: &PatternForm,
        action: &'static str,
    ) -> Result<Self, Problem> {
        let Some(spec) = form.spec() else { return Ok(Self::nothing(form.target.unwrap_or_default(), action)) };
        let answer = match pattern::estimate(&web.app, viewer, &spec).await {
            Ok(estimate) => Ok(Box::new(estimate)),
            Err(Failure::Refused(refusal)) => Err(Refused::new(&spec, &refusal)),
            Err(failure) => return Err(failure.into()),
        };
        let board = if answer.is_ok() { example::of(&spec) } else { example::plain(spec.target) };
        let lead = format!("{}…", lead(spec.target));
        let note = if answer.is_ok() { "example" } else { "any key" };
        Ok(Self { spec, action, board, lead, note, answer: Some(answer), commitment: None, compact: false })
    }

    fn nothing(target: Target, action: &'static str) -> Self {
        let spec = PatternSpec { target, ..PatternSpec::default() };
        let first = target == Target::Did;
        let board = if first { example::first() } else { example::plain(target) };
        let note = if first { "GO BE AWE SOME: three of four" } else { "any key" };
        Self {
            spec,
            action,
            board,
            lead: format!("{}…", lead(target)),
            note,
            answer: None,
            commitment: None,
            compact: false,
        }
    }

    /// Whether an option differs from what it is at first.
    pub(crate) fn chosen(&self) -> bool {
        let first = PatternSpec { text: self.spec.text.clone(), ..PatternSpec::default() };
        self.spec != first
    }

    /// The pattern as a query string.
    pub(crate) fn query(&self) -> String {
        query(&self.spec)
    }

    /// Where to go after signing up, as a value of a query.
    pub(crate) fn next(&self) -> String {
        encode(&format!("/app?{}", self.query()))
    }

    /// The answer in one sentence, for those who hear the page.
    pub(crate) fn said(&self) -> String {
        match &self.answer {
            None => String::new(),
            Some(Err(refused)) => refused.message.clone(),
            Some(Ok(estimate)) => {
                let job = match &estimate.job_price {
                    Some(price) => format!("; for certain {}", words::tokens(price.tokens)),
                    None => String::new(),
                };
                let pull = words::tokens(estimate.tokens_per_pull);
                format!("{}. A pull costs {pull}{job}.", words::odds(estimate.one_in))
            }
        }
    }

    /// What the field of the form holds.
    pub(crate) fn field(&self) -> String {
        field(&self.spec)
    }

    /// Whether the pattern's own option, or that of several, is chosen.
    pub(crate) fn case_insensitive(&self) -> bool {
        self.spec.first().case_insensitive
    }

    /// The same for look-alikes.
    pub(crate) fn fuzzy(&self) -> bool {
        self.spec.first().fuzzy
    }

    /// What the pattern means, in a sentence.
    pub(crate) fn explained(&self) -> String {
        format!("“{}” {}.", self.spec.text, place(&self.spec))
    }

    /// An example for the empty field.
    pub(crate) fn placeholder(&self) -> &'static str {
        "mvp"
    }

    /// Every kind, for the form.
    pub(crate) fn kinds() -> [(Kind, &'static str); 6] {
        [
            (Kind::Prefix, "at the start"),
            (Kind::Suffix, "at the end"),
            (Kind::Contains, "anywhere"),
            (Kind::Sequence, "several words in this order"),
            (Kind::Any, "any one of several words, at the start"),
            (Kind::Regex, "a regular expression"),
        ]
    }

    /// Every target, for the form.
    pub(crate) fn targets() -> Vec<(Target, &'static str)> {
        Target::ALL.iter().map(|&target| (target, target_words(target))).collect()
    }
}

/// What people see before the part that patterns are matched against.
fn lead(target: Target) -> &'static str {
    if target.lead().is_empty() { target_words(target) } else { target.lead() }
}

impl Refused {
    fn new(spec: &PatternSpec, error: &PatternError) -> Self {
        let with = |words: &str, spec: PatternSpec| (words.to_owned(), query(&spec));
        let suggestions = match error {
            PatternError::Impossible(impossible) => {
                impossible.suggestions.iter().map(|one| (one.description.clone(), query(&one.pattern))).collect()
            }
            PatternError::WhiteSpace { .. } => {
                let joined = spec.text.split_whitespace().collect::<String>();
                vec![
                    with("look for the words in this order", PatternSpec { kind: Kind::Sequence, ..spec.clone() }),
                    with("write it as one word", PatternSpec { text: joined, ..spec.clone() }),
                ]
            }
            PatternError::OptionNotForRegex { .. } => {
                let without = PatternSpec { case_insensitive: false, fuzzy: false, ..spec.clone() };
                vec![with("leave the options out", without)]
            }
            PatternError::BadRegex { .. } => {
                vec![with("look for it as plain text", PatternSpec { kind: Kind::Contains, ..spec.clone() })]
            }
            PatternError::Empty
            | PatternError::TooManySubstrings { .. }
            | PatternError::SubstringTooLong { .. }
            | PatternError::TooLong { .. }
            | PatternError::TooComplex { .. }
            | PatternError::NoSuffix { .. }
            | PatternError::NotSoMany { .. }
            | PatternError::Nested
            | PatternError::SeveralTargets { .. }
            | PatternError::OneOf { .. } => Vec::new(),
        };
        let (message, blamed) = match error {
            PatternError::Impossible(impossible) => {
                (format!("No key can match: {}.", impossible.reason), Some(impossible.position))
            }
            PatternError::WhiteSpace { .. } => {
                let message = "That is more than one word, and only one can stand there. Several words are looked for \
                    in their order, with anything between them.";
                (message.to_owned(), None)
            }
            PatternError::BadRegex { position, .. } => (error.problem().message.into_owned(), *position),
            other => (other.problem().message.into_owned(), None),
        };
        let letters = spec.text.chars().enumerate().take(48);
        let tiles = blamed.map(|at| letters.map(|(place, letter)| (letter, place == at)).collect()).unwrap_or_default();
        Self { message, tiles, suggestions }
    }
}
