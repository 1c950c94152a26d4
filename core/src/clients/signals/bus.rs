//! Signals between processes, through Redis publish and subscribe. One task publishes, one listens; both reconnect
//! for as long as there is anybody to tell. After a reconnection everybody looks again, since signals may be lost.

use std::{collections::HashSet, sync::Weak, time::Duration};

use futures::StreamExt as _;
use redis::{Client, RedisResult};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time,
};

use super::{Topic, channel::Channels};

/// Channels in Redis are called so, followed by the topic.
const PREFIX: &str = "vanikeys:";

/// Signals that wait to be published; more are dropped, since a slow look follows anyway.
const WAITING: usize = 10_000;

/// Longest pause between two tries to reach Redis.
const PATIENCE: Duration = Duration::from_secs(2);

/// An answer that takes longer counts as none.
const ANSWER: Duration = Duration::from_secs(5);

/// The way to the two tasks. They end when the last clone is dropped.
#[derive(Clone, Debug)]
pub(super) struct Bus {
    outgoing: mpsc::Sender<Topic>,
    requests: mpsc::UnboundedSender<Request>,
}

#[derive(Clone, Copy, Debug)]
enum Request {
    Subscribe(Topic),
    Unsubscribe(Topic),
}

impl Bus {
    pub(super) fn start(client: Client, channels: Weak<Channels>) -> Self {
        let (outgoing, publishes) = mpsc::channel(WAITING);
        let (requests, wanted) = mpsc::unbounded_channel();
        tokio::spawn(publish_all(client.clone(), publishes));
        tokio::spawn(listen_for_ever(client, channels, wanted));
        Self { outgoing, requests }
    }

    pub(super) fn publish(&self, topic: Topic) {
        if let Err(TrySendError::Full(topic)) = self.outgoing.try_send(topic) {
            tracing::debug!(%topic, "a signal was dropped: too many wait for Redis");
        }
    }

    pub(super) fn listen(&self, topic: Topic) {
        self.requests.send(Request::Subscribe(topic)).ok();
    }

    pub(super) fn unsubscribe(&self, topic: Topic) {
        self.requests.send(Request::Unsubscribe(topic)).ok();
    }
}

/// Publishes what comes, everything that waits in one round trip, each topic once.
async fn publish_all(client: Client, mut publishes: mpsc::Receiver<Topic>) {
    let mut batch = Vec::new();
    let mut connection = None;
    while publishes.recv_many(&mut batch, 500).await > 0 {
        let topics: HashSet<Topic> = batch.drain(..).collect();
        let mut pipe = redis::pipe();
        for topic in &topics {
            pipe.cmd("PUBLISH").arg(format!("{PREFIX}{topic}")).arg("").ignore();
        }
        // A batch that fails is tried once more over a new connection, then dropped.
        for _ in 0..2 {
            if connection.is_none() {
                connection = patient(client.get_multiplexed_async_connection()).await;
            }
            let Some(open) = &mut connection else { continue };
            if patient(pipe.query_async::<()>(open)).await.is_some() {
                break;
            }
            connection = None;
        }
    }
}

async fn patient<T>(answer: impl Future<Output = RedisResult<T>>) -> Option<T> {
    match time::timeout(ANSWER, answer).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::debug!(%error, "Redis does not take signals");
            None
        }
        Err(_) => None,
    }
}

async fn listen_for_ever(client: Client, channels: Weak<Channels>, mut wanted: mpsc::UnboundedReceiver<Request>) {
    let mut pause = Duration::from_millis(50);
    loop {
        match listen(&client, &channels, &mut wanted, &mut pause).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "signals from Redis are interrupted; they come again when it answers"),
        }
        time::sleep(pause).await;
        pause = (pause * 2).min(PATIENCE);
    }
}

/// Listens until the connection breaks (an error) or nobody is left to tell (`Ok`).
async fn listen(
    client: &Client,
    channels: &Weak<Channels>,
    wanted: &mut mpsc::UnboundedReceiver<Request>,
    pause: &mut Duration,
) -> RedisResult<()> {
    let opened = time::timeout(ANSWER, client.get_async_pubsub()).await.map_err(|_| broken())??;
    let (mut sink, mut stream) = opened.split();
    let Some(known) = channels.upgrade().map(|table| table.topics()) else { return Ok(()) };
    for topic in known {
        sink.subscribe(format!("{PREFIX}{topic}")).await?;
    }
    *pause = Duration::from_millis(50);
    ring(channels, Channels::ring_all);
    let mut alive = time::interval(Duration::from_secs(10));
    loop {
        tokio::select! {
            message = stream.next() => {
                let Some(message) = message else { return Err(broken()) };
                if let Some(Ok(topic)) = message.get_channel_name().strip_prefix(PREFIX).map(str::parse) {
                    ring(channels, |table| table.ring(topic));
                }
            }
            request = wanted.recv() => match request {
                Some(Request::Subscribe(topic)) => sink.subscribe(format!("{PREFIX}{topic}")).await?,
                // Somebody may have begun to listen between the last one's end and now.
                Some(Request::Unsubscribe(topic)) if listened(channels, topic) => {}
                Some(Request::Unsubscribe(topic)) => sink.unsubscribe(format!("{PREFIX}{topic}")).await?,
                None => return Ok(()),
            },
            // A half-open connection shows by not answering.
            _ = alive.tick() => {
                time::timeout(ANSWER, sink.ping::<redis::Value>()).await.map_err(|_| broken())??;
            }
        }
    }
}

fn ring(channels: &Weak<Channels>, f: impl FnOnce(&Channels)) {
    if let Some(table) = channels.upgrade() {
        f(&table);
    }
}

fn listened(channels: &Weak<Channels>, topic: Topic) -> bool {
    channels.upgrade().is_some_and(|table| table.topics().contains(&topic))
}

fn broken() -> redis::RedisError {
    std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the connection for signals broke").into()
}
