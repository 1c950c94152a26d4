//! Somebody signs up.

use std::{net::IpAddr, time::Duration};

use uuid::Uuid;

use super::{
    AccountRefusal, Form, Outcome, Password, SignedIn, challenge, credential, field, invalid, letter, welcome,
};
use crate::{
    app::App,
    domain::{
        account::{
            Email, FieldProblem, ReferralCode, Role, Username, Wrong, backoff::neighbourhood, check_password, suspicion,
        },
        audit::Action,
    },
    flow::{Failure, points, referral, switch::Switch},
    random,
    store::{
        StoreError, Tx,
        audit::{self, Entry, Origin},
        mail_links::Purpose,
        transact, users,
        users::{NewUser, User},
    },
};

/// What somebody writes to sign up.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The address.
    pub email: String,
    /// The name others will see.
    pub username: String,
    /// The password.
    pub password: Password,
    /// The code of whoever referred them.
    pub referral_code: Option<String>,
    /// Terms accepted.
    pub accept_terms: bool,
    /// At least 18 years old.
    pub adult: bool,
    /// A challenge from [`challenge::new`].
    pub challenge: Option<String>,
    /// Its solution.
    pub solution: Option<String>,
}

/// A registration whose fields are fine.
struct Checked {
    email: Email,
    username: Username,
    referral: Option<ReferralCode>,
}

/// An account that can be written.
pub(crate) struct Prepared {
    email: Email,
    username: Username,
    password_hash: String,
}

/// Makes an account and signs its owner in.
///
/// # Errors
/// See [`AccountRefusal`]; every refused field is named at once.
pub async fn register(app: &App, form: &Registration, wanted: Form, origin: &Origin) -> Outcome<SignedIn> {
    let checked = check(form)?;
    if !Switch::Registration.is_on(&mut app.db.read().await?).await? {
        return Err(Failure::Refused(AccountRefusal::RegistrationClosed));
    }
    let solved = challenge::check(app, form.challenge.as_deref(), form.solution.as_deref())?;
    if let Some(solved) = solved {
        // Committed at once: a registration that is refused has cost its work all the same.
        transact!(app.db, tx => challenge::spend(tx, &solved).await)?;
    }
    let password_hash = form.password.hash(app).await?;
    let signed_in: Outcome<SignedIn> = async {
        transact!(app.db, tx => {
            let user = write(tx, app, &checked, &password_hash, origin).await?;
            let given = credential::give(tx, app, user.id, wanted, origin).await?;
            Ok(SignedIn { user, given })
        })
    }
    .await;
    let signed_in = signed_in?;
    letter::owed(app);
    referral::rewarded(app, &signed_in.user);
    Ok(signed_in)
}

fn check(form: &Registration) -> Outcome<Checked> {
    let mut problems = Vec::new();
    let email = field(&mut problems, "email", Email::parse(&form.email));
    let username = field(&mut problems, "username", Username::parse(&form.username));
    field(&mut problems, "password", check_password(&form.password.0, form.email.trim(), form.username.trim()));
    let code = form.referral_code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let referral = code.and_then(|code| field(&mut problems, "referralCode", ReferralCode::parse(code)));
    if !form.accept_terms {
        problems.push(FieldProblem::new("acceptTerms", "must be true: an account needs the terms to be accepted"));
    }
    if !form.adult {
        problems.push(FieldProblem::new("adult", "must be true: accounts are for people of 18 years or more"));
    }
    match (email, username) {
        (Some(email), Some(username)) if problems.is_empty() => Ok(Checked { email, username, referral }),
        _ => invalid(problems),
    }
}

/// Checks what an admin's account is made of and hashes its password.
pub(crate) async fn prepare(app: &App, email: &str, username: &str, password: &Password) -> Outcome<Prepared> {
    let mut problems = Vec::new();
    field(&mut problems, "password", check_password(&password.0, email.trim(), username.trim()));
    let email = field(&mut problems, "email", Email::parse(email));
    let username = field(&mut problems, "username", Username::parse(username));
    match (email, username) {
        (Some(email), Some(username)) if problems.is_empty() => {
            Ok(Prepared { email, username, password_hash: password.hash(app).await? })
        }
        _ => invalid(problems),
    }
}

/// Writes the account of an admin.
pub(crate) async fn insert_admin(tx: &mut Tx, app: &App, account: &Prepared) -> Outcome<User> {
    let id = Uuid::now_v7();
    let code = ReferralCode::from_random(random::bytes().map_err(Failure::broken)?);
    let at = app.clock.now();
    let new = NewUser {
        id,
        email: account.email.address(),
        email_key: account.email.key(),
        person_key: &account.email.person(),
        username: account.username.shown(),
        username_key: &account.username.key(),
        password_hash: &account.password_hash,
        role: Role::Admin,
        email_confirmed_at: Some(at),
        referral_code: code.as_str(),
        referred_by: None,
        network: None,
        flag_reason: None,
        at,
    };
    users::insert(tx, &new).await.map_err(taken)?;
    users::find(tx, id).await?.ok_or(Failure::Refused(AccountRefusal::Gone))
}

async fn write(tx: &mut Tx, app: &App, checked: &Checked, password_hash: &str, origin: &Origin) -> Outcome<User> {
    let now = app.clock.now();
    let network = origin.ip.as_deref().and_then(|ip| ip.parse::<IpAddr>().ok()).map(neighbourhood);
    let id = Uuid::now_v7();
    let code = ReferralCode::from_random(random::bytes().map_err(Failure::broken)?);
    let flag = suspicious(tx, app, &checked.email, network.as_deref()).await?;
    let new = NewUser {
        id,
        email: checked.email.address(),
        email_key: checked.email.key(),
        person_key: &checked.email.person(),
        username: checked.username.shown(),
        username_key: &checked.username.key(),
        password_hash,
        role: Role::User,
        // Where no letter leaves, nobody could confirm.
        email_confirmed_at: (!app.config.mail_is_on()).then_some(now),
        referral_code: code.as_str(),
        referred_by: referrer(tx, checked).await?,
        network: network.as_deref(),
        flag_reason: flag.as_deref(),
        at: now,
    };
    users::insert(tx, &new).await.map_err(taken)?;
    let entry = Entry::new(Some(id), Action::AccountRegister, Some(id), serde_json::json!({}));
    audit::record(tx, &entry, origin, now).await?;
    if app.config.mail_is_on() {
        letter::owe_link(tx, app, id, Purpose::Confirm, checked.email.address(), origin).await?;
    }
    let user = users::find(tx, id).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
    welcome::give_if_due(tx, app, &user).await?;
    if user.flagged_at.is_none() {
        points::give_signup(tx, app, id).await?;
    }
    referral::give_if_due(tx, app, &user).await?;
    Ok(user)
}

/// Which rule an insert broke.
pub(super) fn taken(error: StoreError) -> Failure<AccountRefusal> {
    if error.is_unique("email_key") {
        Failure::Refused(AccountRefusal::EmailTaken)
    } else if error.is_unique("username_key") {
        Failure::Refused(AccountRefusal::UsernameTaken)
    } else if error.is_unique("referral_code") {
        // One chance in 10^12 a pair: draw another.
        Failure::Store(StoreError::Serialization)
    } else {
        error.into()
    }
}

async fn referrer(tx: &mut Tx, checked: &Checked) -> Outcome<Option<Uuid>> {
    let Some(code) = &checked.referral else { return Ok(None) };
    let own = Wrong::coded("REFERRAL_OWN", "is your own; referring yourself earns nothing");
    let nobodys = Wrong::coded("REFERRAL_UNKNOWN", "is nobody's; check it, or leave it out");
    match users::by_referral_code(tx, code.as_str()).await? {
        Some((_, person)) if person.as_deref() == Some(&checked.email.person()) => {
            invalid(vec![FieldProblem::new("referralCode", own)])
        }
        Some((referrer, _)) => Ok(Some(referrer)),
        None => invalid(vec![FieldProblem::new("referralCode", nobodys)]),
    }
}

async fn suspicious(tx: &mut Tx, app: &App, email: &Email, network: Option<&str>) -> Outcome<Option<String>> {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let now = app.clock.now();
    let (mut in_hour, mut in_day) = (0, 0);
    // On one's own machine everybody comes from the same address.
    if let Some(network) = network.filter(|_| !app.config.public_url.loopback) {
        in_hour = users::signups_from(tx, network, now - HOUR).await?;
        in_day = users::signups_from(tx, network, now - 24 * HOUR).await?;
    }
    let same_person = users::of_person(tx, &email.person()).await?;
    let signup = suspicion::Signup { email, from_network_in_hour: in_hour, from_network_in_day: in_day, same_person };
    Ok(suspicion::judge(&signup))
}
