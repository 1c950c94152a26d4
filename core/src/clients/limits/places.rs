//! Places: so many may do something at the same time. Counted like rates, in this process and, in a fleet, by all
//! processes together; there a place is a lease, so that those of a process that died come free.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::Limits;

/// A place that is not kept ends after this time.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// A place is kept at most this often, whoever asks how often.
const KEPT: Duration = Duration::from_secs(15);

/// Places held in this process, by key.
#[derive(Debug, Default)]
pub(super) struct Held(Mutex<HashMap<String, u32>>);

impl Held {
    fn take(&self, key: &str, most: u32) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(key.to_owned()).or_default();
        let free = *count < most;
        *count += u32::from(free);
        free
    }

    fn leave(&self, key: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                held.remove(key);
            }
        }
    }
}

/// A place, held until dropped.
#[derive(Debug)]
pub struct Place {
    limits: Limits,
    key: String,
    id: Uuid,
    kept: Instant,
}

impl Limits {
    /// Takes one of the `most` places of `key`, if one is free.
    pub async fn enter(&self, key: &str, most: u32) -> Option<Place> {
        if !self.held.take(key, most) {
            return None;
        }
        // From here on dropping it leaves, even if this future is dropped first.
        let place = Place { limits: self.clone(), key: key.to_owned(), id: Uuid::now_v7(), kept: Instant::now() };
        let free = match &self.shared {
            Some(shared) => shared.enter(key, place.id, most).await.unwrap_or(true),
            None => true,
        };
        free.then_some(place)
    }
}

impl Place {
    /// To be called again and again for as long as the place is held.
    pub async fn keep(&mut self) {
        if let Some(shared) = &self.limits.shared
            && self.kept.elapsed() >= KEPT
        {
            self.kept = Instant::now();
            // Whoever has a place keeps it, even if Redis forgot it and gave others away.
            shared.enter(&self.key, self.id, u32::MAX).await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.limits.held.leave(&self.key);
        if let Some(shared) = self.limits.shared.clone()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (key, id) = (std::mem::take(&mut self.key), self.id);
            // If Redis is away, the lease ends by itself.
            runtime.spawn(async move { shared.leave(&key, id).await });
        }
    }
}

#[cfg(test)]
mod tests {
    use vanikeys_testkit::redis::Server;

    use super::*;
    use crate::clients::clock::Clock;

    #[tokio::test]
    async fn a_place_is_free_again_when_it_is_left() {
        let limits = Limits::in_process(Clock::System);
        let (first, second) = (limits.enter("a", 2).await.unwrap(), limits.enter("a", 2).await.unwrap());
        assert!(limits.enter("a", 2).await.is_none());
        assert!(limits.enter("b", 2).await.is_some(), "keys count apart");
        drop(first);
        let third = limits.enter("a", 2).await.unwrap();
        assert!(limits.enter("a", 2).await.is_none());
        drop((second, third));
        assert!(limits.held.0.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn processes_share_places_in_redis() {
        let server = Server::start();
        let [one, two] = [0, 1].map(|_| Limits::redis(&server.url(), Clock::System).unwrap());
        let held = one.enter("a", 2).await.unwrap();
        let _other = two.enter("a", 2).await.unwrap();
        assert!(one.enter("a", 2).await.is_none() && two.enter("a", 2).await.is_none());
        assert!(one.held.take("a", 2), "who was refused holds nothing here");
        one.held.leave("a");
        drop(held);
        let again = async {
            loop {
                if let Some(place) = two.enter("a", 2).await {
                    return place;
                }
                tokio::task::yield_now().await;
            }
        };
        let mut again = tokio::time::timeout(Duration::from_secs(10), again).await.expect("the place comes free");
        let ttl = server.command("PTTL vanikeys:places:a");
        let ttl: u64 = ttl.trim_start_matches(':').trim().parse().unwrap();
        assert!(ttl > 0 && ttl <= 60_000, "a process that dies leaves its places: {ttl}");
        server.command("DEL vanikeys:places:a");
        again.kept = Instant::now().checked_sub(KEPT).unwrap();
        again.keep().await;
        assert!(server.command("ZCARD vanikeys:places:a").starts_with(":1"), "a place is kept");
    }

    #[tokio::test]
    async fn without_redis_places_are_counted_in_the_process() {
        let mut server = Server::start();
        let limits = Limits::redis(&server.url(), Clock::System).unwrap();
        server.stop();
        let _held = limits.enter("a", 1).await.unwrap();
        assert!(limits.enter("a", 1).await.is_none());
    }
}
