//! What a letter says, read anew when it is written: the task that owes it carries ids alone. What is gone by then (a
//! deleted user, a link that was used, a choice that was changed) needs no letter any more.

use uuid::Uuid;
use vanikeys_grind::PatternSpec;

use super::unsubscribe;
use crate::{
    app::App,
    domain::happening::{EmailChoice, EmailForm},
    flow::{account::letter as links, notices, notify},
    mail::{
        Frame, Letter, Write, address_changed::AddressChanged, change_address::ChangeAddress,
        change_asked::ChangeAsked, confirm_address::ConfirmAddress, job_failed::JobFailed, key_found::KeyFound, line,
        notice::Notice, pull_won::PullWon, reset_password::ResetPassword,
    },
    queue::{Stop, emails::Email},
    store::{
        Conn,
        jobs::{self, Job},
        mail_choices,
        mail_links::{self, MailLink},
        pulls, users,
    },
};

/// A letter that is ready to leave.
pub(super) struct Ready {
    /// Its recipient's address.
    pub(super) to: String,
    /// The letter.
    pub(super) letter: Letter,
    /// Where letters of this kind are ended, if they may be.
    pub(super) unsubscribe: Option<String>,
    /// The notice that it repeats.
    pub(super) notice: Option<Uuid>,
}

/// Writes the letter that a task owes, or nothing if it is not due any more.
pub(super) async fn compose(app: &App, on: &mut Conn, email: &Email) -> Result<Option<Ready>, Stop> {
    match *email {
        Email::ConfirmAddress { link_id } => with_link(app, on, link_id, |url| Box::new(ConfirmAddress { url })).await,
        Email::ChangeAddress { link_id } => with_link(app, on, link_id, |url| Box::new(ChangeAddress { url })).await,
        Email::ChangeAsked { link_id } => {
            let letter = ChangeAsked { url: format!("{}/forgot", app.config.public_url.origin) };
            // Once the link is used up there is nothing left to stop.
            to_previous(app, on, link_id, |link| link.used_at.is_none(), &letter).await
        }
        Email::AddressChanged { link_id } => {
            let letter = AddressChanged { origin: app.config.public_url.origin.clone() };
            to_previous(app, on, link_id, |_| true, &letter).await
        }
        Email::ResetPassword { link_id } => with_link(app, on, link_id, |url| Box::new(ResetPassword { url })).await,
        Email::Notice { notice_id } => about_notice(app, on, notice_id).await,
    }
}

/// The e-mail about something that happened: it says what the notice says, or has a form of its own.
async fn about_notice(app: &App, on: &mut Conn, id: Uuid) -> Result<Option<Ready>, Stop> {
    let Some((notice, view)) = notices::find(on, id).await? else { return Ok(None) };
    let Some((form, choice)) = notify::email_of(app, &notice.what) else { return Ok(None) };
    let write: Box<dyn Write + Send + Sync> = match form {
        EmailForm::Notice => {
            let Some(action) = view.actions.first() else { return Ok(None) };
            Box::new(Notice {
                title: line(&view.title),
                message: line(&view.message),
                label: line(&action.label),
                url: format!("{}{}", app.config.public_url.origin, action.route),
            })
        }
        EmailForm::KeyFound { job_id } => {
            let Some(job) = jobs::get(on, job_id).await? else { return Ok(None) };
            let Some(found) = job.state.found() else { return Ok(None) };
            Box::new(KeyFound {
                pattern: line(&job.pattern.text),
                text: shown(&job.pattern, &found.public_key),
                url: page(app, &job),
            })
        }
        EmailForm::JobFailed { job_id } => {
            let Some(job) = jobs::get(on, job_id).await? else { return Ok(None) };
            let Some(cause) = job.state.cause() else { return Ok(None) };
            Box::new(JobFailed {
                pattern: line(&job.pattern.text),
                reason: line(cause.sentence()),
                released: job.released.unwrap_or_default(),
                url: page(app, &job),
            })
        }
        EmailForm::PullWon { pull_id } => {
            let Some(pull) = pulls::find(on, pull_id, notice.user_id).await? else { return Ok(None) };
            let url = format!("{}/app/pulls/{pull_id}", app.config.public_url.origin);
            Box::new(PullWon { text: shown(&pull.pattern, &pull.public_key), one_in: pull.one_in, url })
        }
    };
    to_user(app, on, notice.user_id, choice, id, write.as_ref()).await
}

type Linked = fn(crate::secret::Secret) -> Box<dyn Write + Send>;

/// A letter around a link; it goes to the address that the link proves.
async fn with_link(app: &App, on: &mut Conn, link: Uuid, write: Linked) -> Result<Option<Ready>, Stop> {
    let Some((url, MailLink { user_id, email, .. })) = links::url(app, on, link).await? else { return Ok(None) };
    let Some(user) = users::find(on, user_id).await?.filter(|user| user.deleted_at.is_none()) else { return Ok(None) };
    let letter = written(write(url).as_ref(), &frame(app, user.username.as_deref(), None))?;
    Ok(Some(Ready { to: email, letter, unsubscribe: None, notice: None }))
}

/// A letter to the address that an account had when a link to another one was sent.
async fn to_previous(
    app: &App,
    on: &mut Conn,
    link: Uuid,
    due: fn(&MailLink) -> bool,
    write: &(dyn Write + Sync),
) -> Result<Option<Ready>, Stop> {
    let Some(link) = mail_links::find(on, link).await?.filter(due) else { return Ok(None) };
    let Some(to) = link.previous_email else { return Ok(None) };
    let user = users::find(on, link.user_id).await?.filter(|user| user.deleted_at.is_none());
    let Some(user) = user else { return Ok(None) };
    let letter = written(write, &frame(app, user.username.as_deref(), None))?;
    Ok(Some(Ready { to, letter, unsubscribe: None, notice: None }))
}

/// An e-mail to the user's address once that is confirmed; one that has a choice may be ended.
async fn to_user(
    app: &App,
    on: &mut Conn,
    user: Uuid,
    choice: Option<EmailChoice>,
    notice: Uuid,
    write: &(dyn Write + Sync),
) -> Result<Option<Ready>, Stop> {
    let user =
        users::find(on, user).await?.filter(|user| user.deleted_at.is_none() && user.email_confirmed_at.is_some());
    let Some((user, to)) = user.and_then(|mut user| user.email.take().map(|to| (user, to))) else { return Ok(None) };
    if let Some(choice) = choice
        && !mail_choices::of(on, [user.id]).await?.wants(user.id, choice)
    {
        return Ok(None);
    }
    let unsubscribe = choice.map(|choice| unsubscribe::url(app, user.id, choice));
    let letter = written(write, &frame(app, user.username.as_deref(), unsubscribe.clone()))?;
    Ok(Some(Ready { to, letter, unsubscribe, notice: Some(notice) }))
}

fn frame(app: &App, username: Option<&str>, unsubscribe: Option<String>) -> Frame {
    Frame { origin: app.config.public_url.origin.clone(), username: line(username.unwrap_or("there")), unsubscribe }
}

fn written(letter: &dyn Write, frame: &Frame) -> Result<Letter, Stop> {
    letter.write(frame).map_err(|error| Stop::Fail(format!("the e-mail cannot be written: {error}")))
}

/// A key as its target shows it.
fn shown(pattern: &PatternSpec, public_key: &[u8; 32]) -> String {
    line(&pattern.target.display(public_key))
}

fn page(app: &App, job: &Job) -> String {
    format!("{}/app/jobs/{}", app.config.public_url.origin, job.id)
}
