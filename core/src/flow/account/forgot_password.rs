//! Somebody forgot the password. The answer is the same whether or not the address has an account, and comes as
//! soon: what is done about it is done after the answer.

use tokio::task::JoinHandle;
use tracing::Instrument;

use super::{AccountRefusal, Outcome, letter};
use crate::{
    app::App,
    domain::audit::Action,
    flow::Failure,
    store::{
        audit::{self, Entry, Origin},
        mail_links::Purpose,
        transact, users,
    },
};

/// Has a letter with a link owed to whoever has this address, if anybody does. Whoever answers a request does not wait
/// for the task: its time would tell whether there is an account.
pub fn forgot_password(app: &App, email: &str, origin: &Origin) -> JoinHandle<()> {
    let (app, email, origin) = (app.clone(), email.to_owned(), origin.clone());
    let work = async move {
        if let Err(error) = owe(&app, &email, &origin).await {
            tracing::error!(%error, "an e-mail for a forgotten password could not be owed");
        }
    };
    tokio::spawn(work.in_current_span())
}

async fn owe(app: &App, email: &str, origin: &Origin) -> Outcome<()> {
    let email_key = email.trim().to_ascii_lowercase();
    let owed = async {
        transact!(app.db, tx => {
            // Asking for addresses that nobody has leaves no trace, so it fills nothing.
            let Some(user) = users::by_email(tx, &email_key).await? else { return Ok(()) };
            let Some(address) = user.email else { return Ok(()) };
            letter::owe_link(tx, app, user.id, Purpose::Reset, &address, origin).await?;
            let entry = Entry::new(None, Action::AccountPasswordForgot, Some(user.id), serde_json::json!({}));
            Ok(audit::record(tx, &entry, origin, app.clock.now()).await?)
        })
    };
    match owed.await {
        Ok(()) => {
            letter::owed(app);
            Ok(())
        }
        // Their mailbox got enough of them.
        Err(Failure::Refused(AccountRefusal::TooManyLetters)) => Ok(()),
        other => other,
    }
}
