//! The subscribers within this process.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::Topic;

/// One counter a topic; a change wakes whoever listens.
#[derive(Debug, Default)]
pub(super) struct Channels(Mutex<HashMap<Topic, watch::Sender<u64>>>);

impl Channels {
    /// Wakes the subscribers of a topic.
    pub(super) fn ring(&self, topic: Topic) {
        if let Some(sender) = self.lock().get(&topic) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Wakes everybody: signals may have been lost.
    pub(super) fn ring_all(&self) {
        for sender in self.lock().values() {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// A new subscriber, and whether it is the topic's first.
    pub(super) fn listen(&self, topic: Topic) -> (watch::Receiver<u64>, bool) {
        let mut table = self.lock();
        let first = !table.contains_key(&topic);
        (table.entry(topic).or_insert_with(|| watch::Sender::new(0)).subscribe(), first)
    }

    /// Clears the topic away if nobody listens to it any more, and tells whether it did.
    pub(super) fn forget(&self, topic: Topic) -> bool {
        let mut table = self.lock();
        let empty = table.get(&topic).is_some_and(|sender| sender.receiver_count() == 0);
        if empty {
            table.remove(&topic);
        }
        empty
    }

    /// Every topic that somebody listens to.
    pub(super) fn topics(&self) -> Vec<Topic> {
        self.lock().keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Topic, watch::Sender<u64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
