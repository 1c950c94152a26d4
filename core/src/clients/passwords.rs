//! Hashes and checks passwords with argon2id, on threads of their own and a few at a time: each takes 19 MiB and some
//! 20 ms of a core, so a flood of sign-ins must neither stall the async threads nor take all memory. A turn belongs to
//! the thread that hashes, not to the request that waits: who hangs up frees nothing early.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use tokio::{sync::Semaphore, task::JoinError};
use zeroize::Zeroizing;

/// Checked when there is no account, so that this takes as long as a wrong password. No password has this hash.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hasher. Cheap to clone; clones share their threads.
#[derive(Clone, Debug)]
pub struct Passwords(Arc<Inner>);

/// So many may wait for each thread; at 20 ms each, who came last waits for about a second.
const WAITING_PER_TURN: usize = 48;

#[derive(Debug)]
struct Inner {
    turns: Arc<Semaphore>,
    most_waiting: usize,
    waiting: AtomicUsize,
    checks: AtomicU64,
}

/// One that waits for its turn, until dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// argon2 refused, or a stored hash is not one.
    #[error("argon2: {0}")]
    Argon2(String),
    /// Too many wait already.
    #[error("too many passwords are waiting to be checked")]
    Busy,
    /// The hashing thread ended early, or the program is stopping.
    #[error("the hashing thread ended early")]
    Thread,
}

impl From<JoinError> for PasswordError {
    fn from(_: JoinError) -> Self {
        Self::Thread
    }
}

impl Default for Passwords {
    fn default() -> Self {
        let turns = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self::with_turns(turns, turns * WAITING_PER_TURN)
    }
}

impl Passwords {
    /// So many at a time, and so many that wait.
    fn with_turns(turns: usize, most_waiting: usize) -> Self {
        Self(Arc::new(Inner {
            turns: Arc::new(Semaphore::new(turns)),
            most_waiting,
            waiting: AtomicUsize::new(0),
            checks: AtomicU64::new(0),
        }))
    }

    /// The hash of a password, in PHC form, with a fresh salt.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String, PasswordError> {
        self.on_a_thread(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Argon2(error.to_string()))
        })
        .await
    }

    /// True if the password has that hash. Without a hash the answer is no, and takes as long.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn verify(&self, hash: Option<String>, password: Zeroizing<String>) -> Result<bool, PasswordError> {
        self.0.checks.fetch_add(1, Ordering::Relaxed);
        self.on_a_thread(move || {
            let broken = |error: &dyn std::fmt::Display| PasswordError::Argon2(error.to_string());
            let stored = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).map_err(|error| broken(&error))?;
            let same = Argon2::default().verify_password(password.as_bytes(), &stored).is_ok();
            Ok(same && hash.is_some())
        })
        .await
    }

    /// How many passwords were checked so far.
    #[must_use]
    pub fn checks(&self) -> u64 {
        self.0.checks.load(Ordering::Relaxed)
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turns = self.0.turns.clone();
        let turn = match turns.clone().try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                let others = self.0.waiting.fetch_add(1, Ordering::Relaxed);
                let _waiting = Waiting(&self.0.waiting);
                if others >= self.0.most_waiting {
                    return Err(PasswordError::Busy);
                }
                turns.acquire_owned().await.map_err(|_| PasswordError::Thread)?
            }
        };
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_has_its_hash_only() {
        let passwords = Passwords::default();
        let hash = passwords.hash(secret("tarragon lantern 9")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(secret("tarragon lantern 9")).await.unwrap());
        assert!(passwords.verify(Some(hash.clone()), secret("tarragon lantern 9")).await.unwrap());
        assert!(!passwords.verify(Some(hash), secret("tarragon lantern 8")).await.unwrap());
        assert!(!passwords.verify(None, secret("tarragon lantern 9")).await.unwrap());
        assert!(passwords.verify(Some("not a hash".to_owned()), secret("x")).await.is_err());
        assert_eq!(passwords.checks(), 4);
    }

    /// Takes the only turn until the answer is dropped, on behalf of a request that hung up already.
    async fn hung_up(passwords: &Passwords) -> std::sync::mpsc::Sender<()> {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let (began, begun) = tokio::sync::oneshot::channel();
        let slow = passwords.on_a_thread(move || {
            began.send(()).ok();
            ended.recv().ok();
            Ok(())
        });
        tokio::select! {
            biased;
            _ = slow => panic!("it cannot end before it may"),
            _ = begun => {}
        }
        end
    }

    #[tokio::test]
    async fn who_hangs_up_frees_no_turn_before_the_thread_is_done() {
        let passwords = Passwords::with_turns(1, 8);
        let end = hung_up(&passwords).await;
        assert_eq!(passwords.0.turns.available_permits(), 0, "the thread works on");
        drop(end);
        assert!(!passwords.verify(None, secret("x")).await.unwrap());
    }

    #[tokio::test]
    async fn only_so_many_wait_and_who_hangs_up_makes_room() {
        let passwords = Passwords::with_turns(1, 1);
        let end = hung_up(&passwords).await;
        let mut first = Box::pin(passwords.verify(None, secret("x")));
        assert!(futures::poll!(&mut first).is_pending());
        assert!(matches!(passwords.verify(None, secret("x")).await, Err(PasswordError::Busy)));
        drop(first);
        let mut second = Box::pin(passwords.verify(None, secret("x")));
        assert!(futures::poll!(&mut second).is_pending());
        drop(end);
        assert!(!second.await.unwrap());
        assert_eq!(passwords.0.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn nobodys_hash_costs_what_a_real_one_costs() {
        let real = Passwords::default().hash(secret("tarragon lantern 9")).await.unwrap();
        let shape = |hash: &str| {
            let parts: Vec<&str> = hash.split('$').collect();
            (parts[1].to_owned(), parts[2].to_owned(), parts[3].to_owned(), parts[4].len(), parts[5].len())
        };
        assert_eq!(shape(&real), shape(NOBODY));
    }
}
