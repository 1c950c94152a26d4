//! Signals after a commit: who should look again. Losing one costs a little time, nothing else.

use uuid::Uuid;

use crate::{app::App, clients::signals::Topic};

/// A job changed: its page, its owner's lists.
pub(crate) fn job_changed(app: &App, job: Uuid, owner: Uuid) {
    app.signals.publish(Topic::Job(job));
    app.signals.publish(Topic::User(owner));
}

/// A user's notices or settings changed.
pub(crate) fn user_changed(app: &App, user: Uuid) {
    app.signals.publish(Topic::User(user));
}

/// A user was told of something: there is a notice, and maybe letters and webhooks are owed.
pub(crate) fn told(app: &App, user: Uuid) {
    user_changed(app, user);
    app.signals.publish(Topic::Outbox);
}

/// There may be slices to issue.
pub(crate) fn jobs_waiting(app: &App) {
    app.signals.publish(Topic::Coordinator);
}
