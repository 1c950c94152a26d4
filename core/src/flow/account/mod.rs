//! Accounts: from signing up to being deleted. One identity stands behind both credentials, the browser's session
//! cookie and the API's access token.

mod access_token;
pub mod authenticate;
pub mod challenge;
pub mod change_email;
pub mod change_password;
pub mod confirm_email;
mod credential;
pub mod delete;
pub mod export;
pub mod forgot_password;
mod guard;
pub mod letter;
pub mod login;
pub mod logout;
mod refusal;
pub mod register;
pub mod reset_password;
pub mod show;
pub mod sweep;
pub(crate) mod welcome;

pub use authenticate::Authenticated;
pub use credential::{Credential, Form, Given, SignedIn};
pub use refusal::AccountRefusal;

pub use crate::store::users::User;

use tracing::Instrument;
use zeroize::Zeroizing;

use crate::{
    app::App,
    clients::passwords::PasswordError,
    domain::account::{FieldProblem, Wrong},
    flow::Failure,
};

/// How an account flow ends.
pub type Outcome<T> = Result<T, Failure<AccountRefusal>>;

/// A password on its way to being hashed: wiped when dropped, not printable.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    fn text(&self) -> Zeroizing<String> {
        self.0.clone()
    }

    /// True if this is the password of that hash; `None` takes as long and is false.
    async fn is(&self, app: &App, hash: Option<String>) -> Outcome<bool> {
        app.passwords.verify(hash, self.text()).await.map_err(unhashed)
    }

    async fn hash(&self, app: &App) -> Outcome<String> {
        app.passwords.hash(self.text()).await.map_err(unhashed)
    }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "passed on as it is")]
fn unhashed(error: PasswordError) -> Failure<AccountRefusal> {
    match error {
        PasswordError::Busy => Failure::Refused(AccountRefusal::Busy),
        other => Failure::broken(other),
    }
}

/// Lets work end even if whoever asked for it hangs up: what a password check found must be counted.
async fn to_its_end<T: Send + 'static>(work: impl Future<Output = Outcome<T>> + Send + 'static) -> Outcome<T> {
    tokio::spawn(work.in_current_span()).await.map_err(Failure::broken)?
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

/// Notes what is wrong with a field, or hands its value on.
fn field<T>(problems: &mut Vec<FieldProblem>, name: &str, value: Result<T, impl Into<Wrong>>) -> Option<T> {
    value.map_err(|wrong| problems.push(FieldProblem::new(name, wrong))).ok()
}

fn invalid<T>(problems: Vec<FieldProblem>) -> Outcome<T> {
    Err(Failure::Refused(AccountRefusal::Invalid { fields: problems }))
}
