//! Letters: a folder each, with its data and subject in `mod.rs`, its text and its HTML beside it. Pure rendering:
//! who gets a letter, and whether, is decided in `flow::mail`; how it leaves is `clients::mailer`'s.

pub mod address_changed;
pub mod change_address;
pub mod change_asked;
pub mod confirm_address;
mod envelope;
pub mod job_failed;
pub mod key_found;
pub mod notice;
pub mod pull_won;
pub mod reset_password;
#[cfg(test)]
mod tests;

pub use envelope::{Envelope, EnvelopeError};

/// A letter in words.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// For those who read text.
    pub text: String,
    /// For those who read HTML; says the same.
    pub html: String,
}

/// What all letters show.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Where the service is, like `https://keys.example.org`.
    pub origin: String,
    /// Who it is to.
    pub username: String,
    /// Where to end letters of this kind, for those that may be ended.
    pub unsubscribe: Option<String>,
}

/// Something that can be written as a letter.
pub trait Write {
    /// The letter.
    ///
    /// # Errors
    /// The template's, which cannot happen with a `String` to write to.
    fn write(&self, frame: &Frame) -> askama::Result<Letter>;
}

/// Letters carry links that are secrets, so they are not printed.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// Puts other people's text on one line: what breaks or hides lines becomes a space, so that nobody writes paragraphs
/// or headers of their own into our letters.
#[must_use]
pub fn line(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let spaced: String = text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Implements [`Write`] for a letter by its subject and its two templates, in which it is `letter`, and what all letters
/// show is `frame`.
macro_rules! letter {
    ($name:ident, $subject:expr, $text:literal, $html:literal) => {
        #[derive(askama::Template)]
        #[template(path = $text)]
        struct Text<'a> {
            frame: &'a $crate::mail::Frame,
            letter: &'a $name,
        }

        #[derive(askama::Template)]
        #[template(path = $html)]
        struct Html<'a> {
            frame: &'a $crate::mail::Frame,
            letter: &'a $name,
        }

        impl $crate::mail::Write for $name {
            fn write(&self, frame: &$crate::mail::Frame) -> askama::Result<$crate::mail::Letter> {
                use askama::Template;
                let subject: fn(&$name) -> String = $subject;
                Ok($crate::mail::Letter {
                    subject: $crate::mail::line(&subject(self)),
                    text: Text { frame, letter: self }.render()?,
                    html: Html { frame, letter: self }.render()?,
                })
            }
        }
    };
}
use letter;
