//! The queue `searches`: a searcher takes a slice, checks the service's signature, searches a few seconds on all its
//! threads and reports. It needs Redis, its own key and the service's public slice keys, and no database.

mod announce;
mod rates;
mod slice;

use std::{sync::Arc, time::Duration};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::time;
use tokio_util::sync::CancellationToken;
use vanikeys_core::{
    clients::{
        clock::Clock,
        signals::{Signals, Topic},
    },
    custody::{
        SearcherKey,
        slice::{SignedSlice, SliceKeys},
    },
    domain::{
        rate::{Mode, Task},
        task::Queue,
    },
    patterns::Patterns,
    queue::{reports::Message, transport::Transport},
};
use vanikeys_grind::{Kind, search::Backend};

use rates::Rates;

use crate::{
    health::Health,
    supervisor::{Deliver, Post, Verdict, supervise},
};

/// A report that cannot be sent is kept so long; then the slice is searched again by somebody else.
const KEPT: Duration = Duration::from_secs(60);

/// What a searcher works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Searcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    key: SearcherKey,
    slice_keys: SliceKeys,
    transport: Transport,
    signals: Signals,
    clock: Clock,
    patterns: Patterns,
    pool: ThreadPool,
    backend: Backend,
    /// Bits of a window of the seed search's table, where somebody chose them.
    window: Option<u32>,
    rates: Rates,
}

/// Where a searcher's slices come from and whose reports go back.
#[derive(Debug)]
pub struct Equipment {
    /// Its own key.
    pub key: SearcherKey,
    /// The service's public slice keys.
    pub slice_keys: SliceKeys,
    /// The queues.
    pub transport: Transport,
    /// Wakes it.
    pub signals: Signals,
    /// The clock.
    pub clock: Clock,
    /// Threads that search.
    pub threads: usize,
    /// The arithmetic; the fastest that runs here if none.
    pub backend: Option<Backend>,
    /// Bits of a window of the seed search's table; chosen by backend, caches and threads if none.
    pub window: Option<u32>,
}

impl Searcher {
    /// Makes the threads.
    ///
    /// # Errors
    /// The operating system's, if it has no threads to give.
    pub fn new(equipment: Equipment) -> Result<Self, ThreadPoolBuildError> {
        let Equipment { key, slice_keys, transport, signals, clock, threads, backend, window } = equipment;
        let pool =
            ThreadPoolBuilder::new().num_threads(threads).thread_name(|number| format!("search-{number}")).build()?;
        let (patterns, rates) = (Patterns::default(), Rates::default());
        let backend = backend.unwrap_or_else(Backend::fastest);
        Ok(Self(Arc::new(Inner { key, slice_keys, transport, signals, clock, patterns, pool, backend, window, rates })))
    }

    /// Threads that search.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.0.pool.current_num_threads()
    }

    /// Attempts a second of all threads at prefixes of seed keys: measured at the start, then from slice to slice.
    #[must_use]
    pub fn rate(&self) -> u64 {
        self.0.rates.of(Task { mode: Mode::Seed, kind: Kind::Prefix })
    }
}

/// Searches until told to stop (`stop` takes no new slice, `hurry` cuts the running one short and reports what was
/// tried).
pub(crate) async fn search(searcher: Searcher, health: Health, stop: CancellationToken, hurry: CancellationToken) {
    slice::measure(&searcher).await;
    let Inner { transport, signals, .. } = &*searcher.0;
    let post = Post {
        queue: Queue::Searches,
        transport: transport.clone(),
        signals: signals.clone(),
        // A slice takes all threads.
        concurrency: 1,
        health: health.clone(),
        stop: stop.clone(),
    };
    let deliver = Slices { searcher: searcher.clone(), health: health.clone(), hurry };
    let announcing = tokio::spawn(announce::run(searcher, health, stop));
    supervise(post, deliver).await;
    announcing.abort();
}

/// Searches slices.
#[derive(Clone)]
struct Slices {
    searcher: Searcher,
    health: Health,
    hurry: CancellationToken,
}

impl Deliver for Slices {
    async fn deliver(&self, item: Vec<u8>) -> Verdict {
        let Ok(signed) = serde_json::from_slice::<SignedSlice>(&item) else {
            return Verdict::Unreadable("it is no slice");
        };
        if self.hurry.is_cancelled() {
            return Verdict::Unhandled;
        }
        let id = signed.claimed_slice_id();
        let slice = match signed.verify(&self.searcher.0.slice_keys) {
            Ok(slice) => slice,
            Err(error) => {
                tracing::warn!(slice.id = %id, %error, "dropped a slice");
                self.health.task_ended(false, self.searcher.0.clock.now());
                return Verdict::Finished;
            }
        };
        match slice::search(&self.searcher, slice, &self.hurry).await {
            Ok(report) => {
                let sent = self.send(&Message::Report(report)).await;
                self.health.task_ended(sent, self.searcher.0.clock.now());
            }
            Err(error) => {
                tracing::error!(slice.id = %id, %error, "a slice could not be searched");
                self.health.task_ended(false, self.searcher.0.clock.now());
            }
        }
        Verdict::Finished
    }
}

impl Slices {
    /// Sends a report, for as long as it takes Redis to come back, within reason.
    async fn send(&self, message: &Message) -> bool {
        let sending = async {
            let mut pause = Duration::from_millis(100);
            while let Err(error) = self.searcher.tell(message).await {
                tracing::warn!(%error, "a report waits for the queue");
                time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(2));
            }
        };
        let patience = async {
            self.hurry.cancelled().await;
            time::sleep(Duration::from_secs(2)).await;
        };
        tokio::select! {
            () = sending => true,
            () = patience => false,
            () = time::sleep(KEPT) => false,
        }
    }
}

impl Searcher {
    async fn tell(&self, message: &Message) -> Result<(), vanikeys_core::queue::transport::TransportError> {
        self.0.transport.push_message(Queue::Reports, message).await?;
        self.0.signals.publish(Topic::Queue(Queue::Reports));
        Ok(())
    }
}
