//! Time that passes: everything that falls due, in the order in which it does, by the system's clock or a test clock.

use serde_json::Value;

use crate::{fields::Fields, world::World};

/// Seconds after which a subscription or update that nobody paid is given up.
pub(crate) const GIVEN_UP: i64 = 23 * 3600;

/// Something that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Session,
    Intent,
    Refund,
    Draft,
    Retry,
    Update,
    Incomplete,
    TrialWarning,
    Resume,
    Cancel,
    Period,
}

impl World {
    /// Does what has fallen due by the clock. Looks at most once a second, because it looks at everything.
    pub(crate) fn pass_time(&mut self) {
        if self.looked_at == self.now {
            return;
        }
        self.looked_at = self.now;
        let now = self.now;
        self.pass("", now);
    }

    /// Something may be due in this very second.
    pub(crate) fn look_again(&mut self) {
        self.looked_at = 0;
    }

    /// What a subscription or a payment waits for falls due, so many seconds ago: the end of its period, or the answer of the
    /// bank. None if it waits for nothing.
    pub(crate) fn bring_due(&mut self, id: &str, ago: i64) -> Option<Value> {
        let mut object = self.objects.any(id)?.clone();
        let due = self.now - ago;
        if object.has("_settles") {
            object["_settles"].set("at", due);
        } else if object.text("object") == "subscription" {
            let shift = due - super::period::end(&object);
            let moved = |object: &mut Value, name: &str| {
                if object.has(name) {
                    object.set(name, object.int(name) + shift);
                }
            };
            for item in object["items"]["data"].as_array_mut()? {
                moved(item, "current_period_start");
                moved(item, "current_period_end");
            }
            moved(&mut object, "billing_cycle_anchor");
            moved(&mut object, "cancel_at");
        } else {
            return None;
        }
        self.objects.put(&object);
        self.look_again();
        Some(object.shown())
    }

    /// Does what falls due until this moment for the customers of a test clock, or for those without one.
    pub(crate) fn pass(&mut self, clock: &str, until: i64) {
        while let Some((at, due, id)) = self.earliest(clock, until) {
            self.now = at;
            let Some(object) = self.objects.any(&id).cloned() else { continue };
            match due {
                Due::Session => drop(self.expire_session(&id)),
                Due::Intent => self.settle(object),
                Due::Refund => self.refund_settles(object),
                Due::Draft => self.finalize_and_try(&id),
                Due::Retry => self.try_again(&id),
                Due::Update => self.give_up_update(object),
                Due::Incomplete => self.expire_incomplete(&id),
                Due::TrialWarning => self.warn_of_trial_end(object),
                Due::Resume => self.resume_collection(object),
                Due::Cancel => drop(self.end_subscription(object, "cancellation_requested")),
                Due::Period => self.renew(object),
            }
        }
        self.now = until;
    }

    fn earliest(&self, clock: &str, until: i64) -> Option<(i64, Due, String)> {
        let mut all: Vec<(i64, Due, &Value)> = Vec::new();
        for session in self.objects.of("checkout.session").filter(|session| session.text("status") == "open") {
            all.push((session.int("expires_at"), Due::Session, session));
        }
        for intent in self.objects.of("payment_intent").filter(|intent| intent.has("_settles")) {
            all.push((intent["_settles"].int("at"), Due::Intent, intent));
        }
        for refund in self.objects.of("refund").filter(|refund| refund.has("_settles")) {
            all.push((refund["_settles"].int("at"), Due::Refund, refund));
        }
        for invoice in self.objects.of("invoice") {
            match invoice.text("status") {
                "draft" if invoice.has("automatically_finalizes_at") => {
                    all.push((invoice.int("automatically_finalizes_at"), Due::Draft, invoice));
                }
                "open" if invoice.has("next_payment_attempt") => {
                    all.push((invoice.int("next_payment_attempt"), Due::Retry, invoice));
                }
                _ => {}
            }
        }
        for subscription in self.objects.of("subscription") {
            all.extend(due_of(subscription).map(|(at, due)| (at, due, subscription)));
        }
        let due = all.into_iter().filter(|(at, _, object)| *at <= until && self.clock_of(object) == clock);
        due.min_by_key(|(at, due, _)| (*at, *due)).map(|(at, due, object)| (at, due, object.text("id").to_owned()))
    }

    /// The test clock that an object lives by, or the empty text.
    fn clock_of(&self, object: &Value) -> &str {
        let customer = self.objects.any(object.text("customer"));
        customer.map_or("", |customer| customer.text("test_clock"))
    }
}

fn due_of(subscription: &Value) -> impl Iterator<Item = (i64, Due)> {
    let mut due = Vec::new();
    let status = subscription.text("status");
    if status == "incomplete" {
        due.push((subscription.int("created") + GIVEN_UP, Due::Incomplete));
    }
    if subscription.has("pending_update") {
        due.push((subscription["pending_update"].int("expires_at"), Due::Update));
    }
    if ["active", "trialing", "past_due", "unpaid"].contains(&status) {
        due.push((super::period::end(subscription), Due::Period));
        if subscription.has("cancel_at") {
            due.push((subscription.int("cancel_at"), Due::Cancel));
        }
        let resumes = &subscription["pause_collection"];
        if resumes.has("resumes_at") {
            due.push((resumes.int("resumes_at"), Due::Resume));
        }
    }
    if status == "trialing" && !subscription.is("_warned") {
        due.push((subscription.int("trial_end") - 3 * 86400, Due::TrialWarning));
    }
    due.into_iter()
}
