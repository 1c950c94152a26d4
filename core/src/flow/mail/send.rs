//! Sends one letter that is owed: reads everything anew, writes it, hands it to the mailer, and settles in one
//! transaction. If the process dies in between, the letter leaves twice, under the same `Message-ID`.

use super::compose::{Ready, compose};
use crate::{
    app::App,
    clients::mailer::MailError,
    mail::Envelope,
    queue::{Stop, emails::Email},
    store::{
        StoreError, notices,
        outbox::{self, Claimed},
        transact,
    },
};

/// Sends the letter of a claimed task. One that is not due any more is dropped, which counts as done.
///
/// # Errors
/// [`Stop::Retry`] for what may pass (the mail server is away or busy), [`Stop::Fail`] for what will not (it refuses
/// the recipient), [`Stop::Stale`] if the task was lost meanwhile.
pub async fn send(app: &App, task: &Claimed, email: &Email) -> Result<(), Stop> {
    let mut conn = app.db.read().await?;
    let ready = compose(app, &mut conn, task.user_id, email).await?;
    drop(conn);
    let Some(Ready { to, letter, unsubscribe, notice }) = ready else {
        count("dropped");
        tracing::info!(kind = %task.kind, "a letter is not due any more and was dropped");
        return Ok(());
    };
    let at = app.clock.now();
    let from = &app.config.mail.from;
    let envelope = Envelope { task: task.fence.id, from, to: &to, at, unsubscribe: unsubscribe.as_deref() };
    let message = envelope.enclose(letter).map_err(|error| Stop::Fail(error.to_string()))?;
    if let Err(error) = app.mailer.send(&task.fence.id.to_string(), message).await {
        // Servers repeat the address, and what is said here is kept and logged.
        return Err(match error {
            MailError::Temporary(reason) => {
                count("delayed");
                Stop::Retry(without(&reason, &to))
            }
            MailError::Refused(_) => {
                count("refused");
                Stop::Fail(without(&error.to_string(), &to))
            }
        });
    }
    count("sent");
    let done = transact!(app.db, tx => {
        if !outbox::done(tx, task.fence, at).await? {
            return Ok(false);
        }
        if let Some(notice) = notice {
            notices::email_sent(tx, notice, at).await?;
        }
        Ok::<_, StoreError>(true)
    })?;
    if done { Ok(()) } else { Err(Stop::Stale) }
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
