//! Signals after a commit: who should look again. Losing one costs a little time, nothing else.

use uuid::Uuid;

use crate::{app::App, clients::signals::Topic};

/// A job changed: its page, its owner's lists.
pub(crate) fn job_changed(app: &App, job: Uuid, owner: Uuid) {
    app.signals.publish(Topic::Job(job));
    app.signals.publish(Topic::User(owner));
}

/// There may be slices to issue.
pub(crate) fn jobs_waiting(app: &App) {
    app.signals.publish(Topic::Coordinator);
}
