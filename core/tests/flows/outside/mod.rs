//! Effects outside: claim, act, settle, with a process that dies between any two of them. The outside here is a shop
//! in the test's own process.

mod requests;
mod tasks;

use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;
use uuid::Uuid;
use vanikeys_core::{
    clients::acting::Acting,
    domain::{
        happening::{Happening, NoticeKind},
        time::Timestamp,
    },
    store::{
        StoreResult, Tx,
        notices::{self, NewNotice},
    },
};

use crate::world::World;

/// What the shop does when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Sells,
    Declines,
    Away,
    /// It sells, but its answer never arrives.
    Mute,
}

/// Somebody outside, who keeps a list of the ids under which they were called.
struct Shop {
    mood: Mutex<Mood>,
    calls: Mutex<Vec<Uuid>>,
    called: Notify,
}

impl Shop {
    fn new(mood: Mood) -> Self {
        Self { mood: Mutex::new(mood), calls: Mutex::default(), called: Notify::new() }
    }

    fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    async fn call(&self, acting: &Acting) -> Mood {
        self.calls().push(acting.id());
        self.called.notify_one();
        let mood = *self.mood.lock().unwrap();
        if mood == Mood::Mute {
            std::future::pending::<()>().await;
        }
        mood
    }

    fn calls(&self) -> MutexGuard<'_, Vec<Uuid>> {
        self.calls.lock().unwrap()
    }

    /// Runs something until the shop was called, and lets it die there.
    async fn dies_when_called<T>(&self, work: impl Future<Output = T>) {
        tokio::select! {
            _ = work => panic!("it did not wait for the shop"),
            () = self.called.notified() => {}
        }
    }
}

/// Leaves a trace of a settlement, a new one each time.
async fn trace(tx: &mut Tx, user: Uuid, at: Timestamp) -> StoreResult<()> {
    let what = Happening::ShieldExpired { shield_id: Uuid::now_v7(), expired_at: at };
    let new = NewNotice {
        id: Uuid::now_v7(),
        user_id: user,
        kind: NoticeKind::ShieldExpired,
        subject: what.subject(),
        data: what.data().unwrap(),
    };
    notices::add(tx, &[new], at).await
}

/// How many traces there are.
async fn traces(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM notices").await
}
