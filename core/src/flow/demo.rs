//! A small lively world to look at: a few made-up people with pulls, jobs and shared keys. Their names begin with
//! `demo-` and their addresses end in `demo.invalid`, so nobody takes them for real; made once, through the same use
//! cases as everything else.

use vanikeys_grind::{Kind, PatternSpec};

use super::{
    Actor, Failure,
    account::{
        self, AccountRefusal, Form, Password,
        register::{Registration, register},
    },
    job::{self, JobOrder},
    pull::{self, PullOrder},
};
use crate::{
    app::App,
    domain::account::work,
    store::{audit::Origin, users},
};

/// How to sign in to the demo world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAccount {
    /// The address of its first person.
    pub email: &'static str,
    /// The password of all of them; only ever used where `--demo` was asked for.
    pub password: &'static str,
}

/// The person whom a visitor becomes.
pub const ACCOUNT: DemoAccount = DemoAccount { email: "ada@demo.invalid", password: "split-flap-board" };

struct Person {
    email: &'static str,
    name: &'static str,
    pulls: &'static [(&'static str, Kind)],
    jobs: &'static [&'static str],
}

const PEOPLE: [Person; 3] = [
    Person {
        email: ACCOUNT.email,
        name: "demo-ada",
        pulls: &[("GO BE AWE SOME", Kind::Sequence), ("m", Kind::Prefix), ("ada", Kind::Contains)],
        jobs: &["gem", "moss", "heLLo"],
    },
    Person {
        email: "brun@demo.invalid",
        name: "demo-brun",
        pulls: &[("xyz", Kind::Suffix), ("sun moon", Kind::Sequence)],
        jobs: &["fox"],
    },
    Person { email: "cleo@demo.invalid", name: "demo-cleo", pulls: &[("key", Kind::Contains)], jobs: &["owLs"] },
];

/// Makes the demo world, unless it is there already; answers how to sign in to it.
///
/// # Errors
/// The store's, or a use case that refuses what the demo asks for.
pub async fn seed(app: &App) -> Result<DemoAccount, Failure<AccountRefusal>> {
    let mut conn = app.db.read().await?;
    let there = users::by_email(&mut conn, ACCOUNT.email).await?.is_some();
    drop(conn);
    if !there {
        for person in &PEOPLE {
            settle_in(app, person).await?;
        }
    }
    Ok(ACCOUNT)
}

async fn settle_in(app: &App, person: &Person) -> Result<(), Failure<AccountRefusal>> {
    let challenge = account::challenge::new(app)?;
    let solution = work::solve(&challenge.challenge, challenge.bits);
    let form = Registration {
        email: person.email.to_owned(),
        username: person.name.to_owned(),
        password: Password::new(ACCOUNT.password.to_owned()),
        referral_code: None,
        accept_terms: true,
        adult: true,
        challenge: Some(challenge.challenge),
        solution: Some(solution),
    };
    let signed_in = register(app, &form, Form::Session, &Origin::default()).await?;
    let actor = Actor { user: signed_in.user.id, origin: Origin::default() };
    for (text, kind) in person.pulls {
        let mut pattern = PatternSpec::new(*kind, *text);
        if *kind != Kind::Prefix {
            pattern = pattern.case_insensitive().fuzzy();
        }
        let order = PullOrder { pattern, commitment_id: None, client_share: None, custody: None, recipient: None };
        let done = pull::execute(app, &actor, None, &order).await.map_err(Failure::unexpected)?;
        if done.score.matched > 0 {
            pull::keep(app, &actor, done.id).await.map_err(Failure::unexpected)?;
            pull::share(app, &actor, done.id).await.map_err(Failure::unexpected)?;
        }
    }
    for text in person.jobs {
        let pattern = PatternSpec::new(Kind::Prefix, *text);
        let order = JobOrder { pattern, ..JobOrder::default() };
        job::create(app, &actor, None, &order).await.map_err(Failure::unexpected)?;
    }
    Ok(())
}
