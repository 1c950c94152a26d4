//! A small world to test in: an opened app with a clock that stands still, and people who sign up.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    app::App,
    clients::clock::Clock,
    config::{Config, Secret},
    domain::time::Timestamp,
    flow::{
        Actor, Failure,
        account::{
            AccountRefusal, Credential, Form, Outcome, Password, SignedIn,
            authenticate::authenticate,
            letter,
            login::login,
            register::{Registration, register},
        },
    },
    store::{Db, audit::Origin, migrate},
};
use vanikeys_testkit::{Scratch, postgres};

pub const PASSWORD: &str = "tarragon lantern 9";
pub const SECRET_KEY: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Which database a test runs on.
#[derive(Clone, Copy, Debug)]
pub enum On {
    Sqlite,
    Postgres,
}

/// Runs the body of a test over both databases; a closure beside the world changes its settings.
macro_rules! over_both {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident $(, $change:expr)?) $body:block)*) => {$(
        mod $name {
            use super::*;
            $(#[$doc])*
            async fn body($world: $crate::world::World) $body

            fn change(config: &mut vanikeys_core::config::Config) {
                let _ = &config;
                $(let change: fn(&mut vanikeys_core::config::Config) = $change; change(config);)?
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                body($crate::world::World::with($crate::world::On::Sqlite, change).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                body($crate::world::World::with($crate::world::On::Postgres, change).await).await;
            }
        }
    )*};
}
pub(crate) use over_both;

/// Mail leaves, so addresses have to be confirmed.
pub fn with_mail(config: &mut Config) {
    config.mail.smtp_url = Some(Secret::new("smtp://localhost"));
}

/// An opened app and what keeps its database alive.
pub struct World {
    pub app: App,
    _files: Scratch,
    _postgres: Option<postgres::Database>,
}

impl World {
    pub async fn with(on: On, change: impl FnOnce(&mut Config)) -> Self {
        let files = Scratch::new("accounts");
        let (db, postgres) = match on {
            On::Sqlite => (Db::sqlite(&files.path().join("vanikeys.db")).await.unwrap(), None),
            On::Postgres => {
                let database = postgres::fresh_database();
                (Db::postgres(&database.url(), 20).await.unwrap(), Some(database))
            }
        };
        migrate::up(&db).await.unwrap();
        let mut config = Config::default();
        config.secret_key = Some(Secret::new(SECRET_KEY));
        change(&mut config);
        let clock = Clock::manual(Timestamp::parse("2026-11-21T12:00:00Z").unwrap());
        let app = App::assemble(db, config, clock).unwrap();
        Self { app, _files: files, _postgres: postgres }
    }

    /// Signs somebody up as an API client.
    pub async fn sign_up(&self, name: &str) -> SignedIn {
        register(&self.app, &form(name), Form::AccessToken, &Origin::default()).await.unwrap()
    }

    pub async fn login(&self, name: &str, password: &str, from: &str) -> Outcome<SignedIn> {
        login(&self.app, &address(name), &Password::new(password.to_owned()), Form::Session, &origin(from)).await
    }

    pub async fn is_signed_in(&self, credential: &Credential) -> bool {
        authenticate(&self.app, credential).await.unwrap().is_some()
    }

    pub fn pass(&self, span: Duration) {
        self.app.clock.advance(span);
    }

    /// The tokens in the letters that are owed and still work, newest first, of that kind.
    pub async fn letters(&self, kind: &str) -> Vec<Secret> {
        let sql = format!("SELECT payload FROM outbox WHERE queue = 'emails' AND kind = '{kind}' ORDER BY id DESC");
        let mut tokens = Vec::new();
        for payload in self.texts(&sql).await {
            let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
            let id: Uuid = payload["linkId"].as_str().unwrap().parse().unwrap();
            let mut on = self.app.db.read().await.unwrap();
            if let Some((url, _)) = letter::url(&self.app, &mut on, id).await.unwrap() {
                tokens.push(Secret::new(url.expose().split_once("?token=").unwrap().1));
            }
        }
        tokens
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &str) -> i64 {
        match &self.app.db {
            Db::Postgres(pool) => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap(),
            Db::Sqlite { read, .. } => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(read).await.unwrap(),
        }
    }

    /// A column of texts out of the database.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        match &self.app.db {
            Db::Postgres(pool) => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap(),
            Db::Sqlite { read, .. } => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(read).await.unwrap(),
        }
    }
}

pub fn address(name: &str) -> String {
    format!("{name}@example.org")
}

pub fn form(name: &str) -> Registration {
    Registration {
        email: address(name),
        username: name.to_owned(),
        password: Password::new(PASSWORD.to_owned()),
        referral_code: None,
        accept_terms: true,
        adult: true,
        challenge: None,
        solution: None,
    }
}

pub fn origin(ip: &str) -> Origin {
    Origin { ip: Some(ip.to_owned()), user_agent: Some("a browser".to_owned()), request_id: None }
}

pub fn actor(of: &SignedIn) -> Actor {
    Actor { user: of.user.id, origin: Origin::default() }
}

pub fn shown(of: &SignedIn) -> Credential {
    match of.given.form {
        Form::AccessToken => Credential::AccessToken(of.given.secret.clone()),
        Form::Session => Credential::Session(of.given.secret.clone()),
    }
}

pub fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

/// The refusal that an outcome must be.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(outcome: Outcome<T>) -> AccountRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}
