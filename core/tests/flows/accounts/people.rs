//! People who sign up, on top of the world that every flow is tested in.

use uuid::Uuid;
use vanikeys_core::{
    config::Config,
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
    secret::Secret,
    store::audit::Origin,
};

use crate::world::World;

pub const PASSWORD: &str = "tarragon lantern 9";

/// Mail leaves, so addresses have to be confirmed.
pub fn with_mail(config: &mut Config) {
    config.mail.smtp_url = Some(Secret::new("smtp://localhost"));
}

impl World {
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
