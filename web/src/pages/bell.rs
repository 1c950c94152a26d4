//! `/notifications/bell`: how many notices wait to be read, as server-sent events. A signal says "look again", the
//! database says how many; a slow poll stands behind in case a signal is lost.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::Stream;
use vanikeys_core::{
    clients::{
        limits::Place,
        signals::{Subscription, Topic},
    },
    flow::{
        Actor,
        account::authenticate::{With, stands},
        notices,
    },
};

use crate::{Web, api::events::MOST, error::Problem, extract::Signed};

/// A look without a signal.
const POLL: Duration = Duration::from_secs(20);

/// A stream and all that keeps it going.
struct Bell {
    web: Web,
    actor: Actor,
    with: With,
    signals: Subscription,
    last: Option<i64>,
    place: Place,
}

/// The stream.
pub(crate) async fn listen(
    State(web): State<Web>,
    signed: Signed,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let place = web.app.limits.enter(&format!("streams:{}", signed.actor.user), MOST).await;
    let place = place.ok_or_else(|| Problem::too_many_streams(MOST))?;
    // Listening comes before looking: a change in between is not missed.
    let signals = web.app.signals.subscribe(Topic::User(signed.actor.user));
    let Signed { person, actor } = signed;
    let bell = Bell { web, actor, with: person.with, signals, last: None, place };
    let events = futures::stream::unfold(bell, |mut bell| async {
        let event = bell.next().await?;
        Some((Ok(event), bell))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

impl Bell {
    /// The next count that differs from the last; none when the process stops or the credential has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if matches!(stands(&self.web.app, self.actor.user, self.with).await, Ok(false)) {
                return None;
            }
            let unread = notices::unread(&self.web.app, &self.actor).await.ok();
            if unread.is_some() && unread != self.last {
                self.last = unread;
                return Some(Event::default().event("unread").data(unread.unwrap_or_default().to_string()));
            }
            tokio::select! {
                () = self.signals.changed() => {}
                () = tokio::time::sleep(POLL) => {}
                () = self.web.stopping.cancelled() => return None,
            }
            self.place.keep().await;
        }
    }
}
