//! `GET /api/jobs/{id}/events`: a job's state as server-sent events. A signal says "look again", the database says
//! what there is; a slow poll stands behind in case a signal is lost.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::Stream;
use uuid::Uuid;
use vanikeys_core::{
    clients::{
        limits::Place,
        signals::{Subscription, Topic},
    },
    flow::{
        Actor,
        account::authenticate::{With, stands},
        job,
    },
};

use crate::{
    Web,
    error::Problem,
    extract::{Id, Signed},
};

/// Open streams of one user at once.
pub(crate) const MOST: u32 = 5;
/// A look without a signal.
const POLL: Duration = Duration::from_secs(5);
/// A job changes with every report; more often than this nobody needs to know.
const CALM: Duration = Duration::from_millis(500);

/// A stream and all that keeps it going.
struct Watch {
    web: Web,
    actor: Actor,
    with: With,
    job: Uuid,
    signals: Subscription,
    last: String,
    ended: bool,
    place: Place,
}

/// Watch a job
///
/// Server-sent events named `job`; the data of each is the job as `GET /api/jobs/{id}` answers it. The stream ends
/// after the job has, and when the credential that it was opened with ends. At most five open streams a user.
#[utoipa::path(get, path = "/api/jobs/{id}/events", tag = "jobs", operation_id = "watchJob", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])),
    responses((status = 200, body = String, content_type = "text/event-stream"),
        (status = 429, description = "`TOO_MANY_STREAMS` (`limit`)")))]
pub(crate) async fn watch(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let place = web.app.limits.enter(&format!("streams:{}", signed.actor.user), MOST).await;
    let place = place.ok_or_else(|| Problem::too_many_streams(MOST))?;
    // Listening comes before looking: a change in between is not missed.
    let signals = web.app.signals.subscribe(Topic::Job(id));
    job::show(&web.app, &signed.actor, id).await?;
    let Signed { person, actor } = signed;
    let watch = Watch { web, actor, with: person.with, job: id, signals, last: String::new(), ended: false, place };
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
                self.place.keep().await;
                // Whoever signed out meanwhile, or was, sees no more.
                match stands(&self.web.app, self.actor.user, self.with).await {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(_) => continue,
                }
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
