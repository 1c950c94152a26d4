//! `GET /api/jobs/{id}/events`: a job's state as server-sent events. A signal says "look again", the database says
//! what there is; a slow poll stands behind in case a signal is lost.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::Stream;
use uuid::Uuid;
use vanikeys_core::{
    clients::signals::{Subscription, Topic},
    flow::{Actor, job},
};

use crate::web::{
    Web,
    error::Problem,
    extract::{Id, Signed},
};

/// Open streams of one user at once.
const MOST: usize = 5;
/// A look without a signal.
const POLL: Duration = Duration::from_secs(5);
/// A job changes with every report; more often than this nobody needs to know.
const CALM: Duration = Duration::from_millis(500);

/// Counts the open streams of each user. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<Uuid, usize>>>);

/// One open stream, until dropped.
#[derive(Debug)]
struct Place {
    streams: Streams,
    user: Uuid,
}

impl Streams {
    fn enter(&self, user: Uuid) -> Result<Place, Problem> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(user).or_default();
        if *count >= MOST {
            return Err(Problem::too_many_streams(MOST));
        }
        *count += 1;
        Ok(Place { streams: self.clone(), user })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

/// A stream and all that keeps it going.
struct Watch {
    web: Web,
    actor: Actor,
    job: Uuid,
    signals: Subscription,
    last: String,
    ended: bool,
    _place: Place,
}

/// Watch a job
///
/// Server-sent events named `job`; the data of each is the job as `GET /api/jobs/{id}` answers it. The stream ends
/// after the job has. At most five open streams a user.
#[utoipa::path(get, path = "/api/jobs/{id}/events", tag = "jobs", operation_id = "watchJob", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub(crate) async fn watch(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let place = web.streams.enter(signed.actor.user)?;
    // Listening comes before looking: a change in between is not missed.
    let signals = web.app.signals.subscribe(Topic::Job(id));
    job::show(&web.app, &signed.actor, id).await?;
    let watch = Watch { web, actor: signed.actor, job: id, signals, last: String::new(), ended: false, _place: place };
    let events = futures::stream::unfold(watch, |mut watch| async {
        let event = watch.next().await?;
        Some((Ok(event), watch))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

impl Watch {
    /// The next event, or none when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        while !self.ended {
            if !self.last.is_empty() {
                self.wait().await?;
            }
            // A database that is away for a moment is asked again.
            let view = match job::show(&self.web.app, &self.actor, self.job).await {
                Ok(view) => view,
                Err(vanikeys_core::flow::Failure::Refused(_)) => return None,
                Err(_) => {
                    self.last.push(' ');
                    continue;
                }
            };
            self.ended = !view.status.is_open();
            let text = serde_json::to_string(&view).ok()?;
            if text != self.last {
                self.last = text;
                return Some(Event::default().event("job").data(&self.last));
            }
        }
        None
    }

    /// Until there may be something new; none when the process stops.
    async fn wait(&mut self) -> Option<()> {
        let signal = async {
            tokio::time::sleep(CALM).await;
            self.signals.changed().await;
        };
        tokio::select! {
            () = signal => Some(()),
            () = tokio::time::sleep(POLL) => Some(()),
            () = self.web.stopping.cancelled() => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sixth_stream_is_refused_and_a_closed_one_makes_room() {
        let (streams, user) = (Streams::default(), Uuid::now_v7());
        let mut open: Vec<_> = (0..MOST).map(|_| streams.enter(user).unwrap()).collect();
        assert_eq!(streams.enter(user).unwrap_err().status.as_u16(), 429);
        assert!(streams.enter(Uuid::now_v7()).is_ok());
        open.pop();
        assert!(streams.enter(user).is_ok());
        drop(open);
        assert!(streams.0.lock().unwrap().is_empty());
    }
}
