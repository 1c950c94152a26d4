//! A letter with its headers, ready to leave.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::Letter;
use crate::domain::time::Timestamp;

/// What goes around a letter.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    /// The task that owes it: makes the `Message-ID`, so that a letter sent twice is the same letter.
    pub task: Uuid,
    /// The sender, as configured.
    pub from: &'a str,
    /// The recipient's address.
    pub to: &'a str,
    /// When it is written.
    pub at: Timestamp,
    /// Where letters of this kind are ended with one click, for those that may be.
    pub unsubscribe: Option<&'a str>,
}

/// Why a letter cannot be put into an envelope.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Sender or recipient is not an address.
    #[error("the {0} is not a mail address")]
    Address(&'static str),
    /// The message could not be built.
    #[error("the e-mail cannot be built: {0}")]
    Build(#[from] lettre::error::Error),
}

impl Envelope<'_> {
    /// The whole message. No user's text gets into a header but the encoded subject.
    ///
    /// # Errors
    /// [`EnvelopeError`].
    pub fn enclose(&self, letter: Letter) -> Result<Message, EnvelopeError> {
        let from: Mailbox = self.from.parse().map_err(|_| EnvelopeError::Address("sender"))?;
        let to: Address = self.to.parse().map_err(|_| EnvelopeError::Address("recipient"))?;
        let since_epoch = u64::try_from(self.at.micros()).unwrap_or(0);
        let mut builder = Message::builder()
            .message_id(Some(format!("<{}@{}>", self.task, from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(since_epoch))
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            // Answering machines stay silent (RFC 3834).
            .raw_header(ascii("Auto-Submitted", "auto-generated"));
        if let Some(url) = self.unsubscribe {
            builder = builder
                .raw_header(ascii("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(ascii("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        Ok(builder.multipart(MultiPart::alternative_plain_html(letter.text, letter.html))?)
    }
}

/// A header whose value is ours, and ASCII.
fn ascii(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}
