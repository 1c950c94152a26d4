//! Sends one e-mail that is owed: reads everything anew, writes it, hands it to the mailer, and settles. If the process
//! dies in between, the e-mail leaves twice, under the same `Message-ID`.

use lettre::Message;
use uuid::Uuid;

use super::compose::{Ready, compose};
use crate::{
    app::App,
    clients::{
        acting::Acting,
        mailer::{MailError, Mailer},
    },
    domain::time::Timestamp,
    flow::outside::tasks::{Effect, perform},
    mail::Envelope,
    queue::{Stop, emails::Email},
    store::{StoreResult, Tx, notices, outbox::Claimed},
};

/// Sends the e-mail of a claimed task. One that is not due any more is dropped, which counts as done.
///
/// # Errors
/// [`Stop::Retry`] for what may pass (the mail server is away or busy), [`Stop::Fail`] for what will not (it refuses
/// the recipient), [`Stop::Stale`] if the task was lost meanwhile.
pub async fn send(app: &App, task: &Claimed, email: &Email) -> Result<(), Stop> {
    let mut conn = app.db.read().await?;
    let ready = compose(app, &mut conn, email).await?;
    drop(conn);
    let Some(Ready { to, letter, unsubscribe, notice }) = ready else {
        count("dropped");
        tracing::info!(kind = %task.kind, "an e-mail is not due any more and was dropped");
        return Ok(());
    };
    let (at, from) = (app.clock.now(), &app.config.mail.from);
    let envelope = Envelope { task: task.fence.id, from, to: &to, at, unsubscribe: unsubscribe.as_deref() };
    let message = envelope.enclose(letter).map_err(|error| Stop::Fail(error.to_string()))?;
    perform(app, task, &Sending { mailer: &app.mailer, message, to, notice }).await
}

/// An e-mail that is ready to leave.
struct Sending<'a> {
    mailer: &'a Mailer,
    message: Message,
    to: String,
    /// The notice that it repeats.
    notice: Option<Uuid>,
}

impl Effect for Sending<'_> {
    type Outcome = Result<(), Stop>;

    async fn act(&self, acting: &Acting) -> Result<(), Stop> {
        // Servers repeat the address, and what is said here is kept and logged.
        match self.mailer.send(acting, self.message.clone()).await {
            Ok(()) => {
                count("sent");
                Ok(())
            }
            Err(MailError::Temporary(reason)) => {
                count("delayed");
                Err(Stop::Retry(without(&reason, &self.to)))
            }
            Err(error @ MailError::Refused(_)) => {
                count("refused");
                Err(Stop::Fail(without(&error.to_string(), &self.to)))
            }
        }
    }

    async fn settle(&self, tx: &mut Tx, sent: &Result<(), Stop>, at: Timestamp) -> StoreResult<Result<(), Stop>> {
        if let (Ok(()), Some(notice)) = (sent, self.notice) {
            notices::email_sent(tx, notice, at).await?;
        }
        Ok(sent.clone())
    }
}

fn without(text: &str, address: &str) -> String {
    let (lower, address) = (text.to_ascii_lowercase(), address.to_ascii_lowercase());
    let (mut clean, mut from) = (String::with_capacity(text.len()), 0);
    for (at, found) in lower.match_indices(&address) {
        clean.push_str(&text[from..at]);
        clean.push_str("(the recipient)");
        from = at + found.len();
    }
    clean.push_str(&text[from..]);
    clean
}

fn count(outcome: &'static str) {
    metrics::counter!("vanikeys_letters_total", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn an_address_is_taken_out_of_what_a_server_said() {
        let said = "550 <Ann@Example.org>: no ann@example.org here, ä";
        assert_eq!(without(said, "ann@example.org"), "550 <(the recipient)>: no (the recipient) here, ä");
        assert_eq!(without("451 later", "ann@example.org"), "451 later");
    }
}
