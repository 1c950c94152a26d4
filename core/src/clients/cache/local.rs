//! What is kept in this process.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use super::Answer;
use crate::domain::time::Timestamp;

/// Keys above which those whose answers are over are cleared away.
const CROWDED: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Local(Mutex<HashMap<String, Slot>>);

#[derive(Debug)]
struct Slot {
    ticket: Uuid,
    answer: Option<Answer>,
}

impl Local {
    pub(super) fn look(&self, key: &str, now: Timestamp) -> (Uuid, Option<Answer>) {
        let mut slots = self.lock();
        if slots.len() > CROWDED {
            // Tickets without an answer go too: who holds one keeps nothing.
            slots.retain(|_, slot| slot.answer.as_ref().is_some_and(|answer| answer.until > now));
        }
        let slot = slots.entry(key.to_owned()).or_insert_with(|| Slot { ticket: Uuid::new_v4(), answer: None });
        (slot.ticket, slot.answer.clone())
    }

    pub(super) fn keep(&self, key: String, ticket: Uuid, answer: Answer) {
        if let Some(slot) = self.lock().get_mut(&key).filter(|slot| slot.ticket == ticket) {
            slot.answer = Some(answer);
        }
    }

    pub(super) fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
