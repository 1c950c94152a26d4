//! What is owed to webhook endpoints: which event, to whom, when, and how often it was tried.

use crate::{policy::Policy, random::Random};

/// Seconds after which a delivery that failed is tried again, by attempt. Stripe goes on for three days.
const RETRIES: [i64; 9] = [60, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];

/// One copy of an event on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) event: String,
    pub(crate) endpoint: String,
    /// Unix milliseconds.
    pub(crate) due: i64,
    /// Attempts that failed so far.
    pub(crate) failed: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    pub(crate) policy: Policy,
    owed: Vec<Owed>,
}

impl Deliveries {
    /// Plans the copies that the policy wants of an event.
    pub(crate) fn owe(&mut self, event: &str, kind: &str, endpoint: &str, now: i64, random: &mut Random) {
        for delay in self.policy.copies(kind, random) {
            let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
            self.owed.push(Owed {
                event: event.to_owned(),
                endpoint: endpoint.to_owned(),
                due: now.saturating_add(delay),
                failed: 0,
            });
        }
    }

    /// Everything that is owed.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Owed> {
        self.owed.iter()
    }

    /// Owes again what was owed before.
    pub(crate) fn restore(&mut self, owed: Owed) {
        self.owed.push(owed);
    }

    /// Takes the deliveries that are due, the earliest first.
    pub(crate) fn take_due(&mut self, now: i64) -> Vec<Owed> {
        let (mut due, later): (Vec<_>, Vec<_>) = self.owed.drain(..).partition(|owed| owed.due <= now);
        self.owed = later;
        due.sort_by_key(|owed| owed.due);
        due
    }

    /// When the next one is due, in Unix milliseconds.
    pub(crate) fn next(&self) -> Option<i64> {
        self.owed.iter().map(|owed| owed.due).min()
    }

    /// Plans the next attempt of one that failed, until Stripe would give up.
    pub(crate) fn retry(&mut self, mut owed: Owed, now: i64) {
        if let Some(wait) = RETRIES.get(owed.failed) {
            owed.failed += 1;
            owed.due = now + wait * 1000;
            self.owed.push(owed);
        }
    }

    /// Takes all copies of this event, due or not.
    pub(crate) fn take_event(&mut self, event: &str) -> Vec<Owed> {
        let (taken, others) = self.owed.drain(..).partition(|owed| owed.event == event);
        self.owed = others;
        taken
    }
}
