//! How many connections there may be at once, and which one makes room for a new one: each costs an open file, and a
//! process that has none left can do nothing any more, not even read its database.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{self, Instant},
};
use tokio_util::sync::CancellationToken;

/// What connections may cost.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// So many at once.
    pub connections: usize,
    /// A new one that has not sent the head of a request by then is closed.
    pub first_request: Duration,
    /// One that has no request under way and begins none for so long is closed. Longer than proxies keep theirs, so that
    /// they do not send a request to a connection that is being closed.
    pub idle: Duration,
}

/// Files that are kept for everything else: database, queues, mail, webhooks.
const OTHER_FILES: u64 = 256;

/// Connections beyond this need another front, not more memory on this one.
const MOST: u64 = 16_384;

/// Fewer are no service.
const LEAST: u64 = 16;

/// How often a new connection looks for one that has become idle while none was.
const LOOK: Duration = Duration::from_millis(50);

/// How often it is said that connections are closed for others.
const SAY: Duration = Duration::from_secs(60);

impl Capacity {
    /// What a process can carry that may have so many files open.
    #[must_use]
    pub fn with_files(files: u64) -> Self {
        let connections = (files - OTHER_FILES.min(files / 2)).clamp(LEAST, MOST);
        Self {
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
            first_request: Duration::from_secs(20),
            idle: Duration::from_secs(75),
        }
    }
}

/// The open connections. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    capacity: Capacity,
    room: Arc<Semaphore>,
    open: Mutex<HashMap<u64, Arc<State>>>,
    next: AtomicU64,
    said: Mutex<Option<Instant>>,
}

/// Room for one connection, until dropped.
#[derive(Debug)]
pub(super) struct Room {
    connections: Connections,
    id: u64,
    state: Arc<State>,
    _permit: OwnedSemaphorePermit,
}

#[derive(Debug)]
struct State {
    activity: Mutex<Activity>,
    close: CancellationToken,
}

#[derive(Clone, Copy, Debug)]
struct Activity {
    requests: usize,
    /// When the last request ended, or the connection was accepted.
    since: Instant,
    /// How long it may stay without a request from then on.
    patience: Duration,
}

/// A request under way, until dropped.
#[derive(Debug)]
pub(super) struct Underway {
    state: Arc<State>,
    idle: Duration,
}

impl Connections {
    pub(super) fn new(capacity: Capacity) -> Self {
        let (open, next, said) = (Mutex::default(), AtomicU64::new(0), Mutex::default());
        Self(Arc::new(Shared { capacity, room: Arc::new(Semaphore::new(capacity.connections)), open, next, said }))
    }

    /// Waits until there is room for one more. While there is none, those that have been idle for longest make room.
    pub(super) async fn room(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = self.0.room.clone().try_acquire_owned() {
                return permit;
            }
            self.close_longest_idle();
            if let Ok(Ok(permit)) = time::timeout(LOOK, self.0.room.clone().acquire_owned()).await {
                return permit;
            }
        }
    }

    /// Gives room to a connection that was accepted just now.
    pub(super) fn enter(&self, permit: OwnedSemaphorePermit) -> Room {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let activity = Activity { requests: 0, since: Instant::now(), patience: self.0.capacity.first_request };
        let state = Arc::new(State { activity: Mutex::new(activity), close: CancellationToken::new() });
        locked(&self.0.open).insert(id, state.clone());
        Room { connections: self.clone(), id, state, _permit: permit }
    }

    fn close_longest_idle(&self) {
        let open = locked(&self.0.open);
        let idle = open.values().filter(|state| !state.close.is_cancelled());
        let idle = idle.map(|state| (*locked(&state.activity), state)).filter(|(activity, _)| activity.requests == 0);
        let Some((_, state)) = idle.min_by_key(|(activity, _)| activity.since) else { return };
        state.close.cancel();
        let mut said = locked(&self.0.said);
        if said.is_none_or(|said| said.elapsed() > SAY) {
            *said = Some(Instant::now());
            let connections = self.0.capacity.connections;
            tracing::warn!(connections, "all connections are taken: idle ones are closed for new ones");
        }
    }
}

impl Room {
    /// Notes that a request has begun.
    pub(super) fn begin(&self) -> Underway {
        locked(&self.state.activity).requests += 1;
        Underway { state: self.state.clone(), idle: self.connections.0.capacity.idle }
    }

    /// Ends when the connection is not worth its room any more.
    pub(super) async fn wanted(&self) {
        tokio::select! {
            () = self.unused() => {}
            () = self.state.close.cancelled() => {}
        }
    }

    async fn unused(&self) {
        loop {
            let Activity { requests, since, patience } = *locked(&self.state.activity);
            // While a request is under way, the earliest end is that of one that ends now.
            let end = if requests == 0 { since + patience } else { Instant::now() + self.connections.0.capacity.idle };
            if end <= Instant::now() {
                return;
            }
            time::sleep_until(end).await;
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        locked(&self.connections.0.open).remove(&self.id);
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let mut activity = locked(&self.state.activity);
        activity.requests -= 1;
        activity.since = Instant::now();
        activity.patience = self.idle;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_left_for_everything_else() {
        for (files, connections) in [(1, 16), (64, 32), (1_024, 768), (65_536, 16_384), (u64::MAX, 16_384)] {
            assert_eq!(Capacity::with_files(files).connections, connections, "{files}");
        }
    }
}
