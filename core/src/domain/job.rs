//! The life of a job: `queued -> running -> completed`, or `cancelled`, `failed`; and what a report on one of its
//! slices does to it.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};
use vanikeys_grind::{PatternSpec, bonus::Bonus, pattern::SubMatch};

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = JobStatus))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Status {
    /// Ordered, and nobody searches: it has not been its turn yet, or no searcher is there.
    Queued,
    /// Being searched.
    Running,
    /// Its key is delivered.
    Completed,
    /// Its owner ended it.
    Cancelled,
    /// It could not be delivered; nothing was charged.
    Failed,
}

impl Status {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it is still to be searched.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// Where a job is, with what that brought.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Ordered.
    Queued,
    /// Being searched.
    Running,
    /// Its key is delivered.
    Completed(Found),
    /// Its owner ended it.
    Cancelled,
    /// It could not be delivered.
    Failed(Cause),
}

impl State {
    /// The same without what it brought.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Queued => Status::Queued,
            Self::Running => Status::Running,
            Self::Completed(_) => Status::Completed,
            Self::Cancelled => Status::Cancelled,
            Self::Failed(_) => Status::Failed,
        }
    }

    /// Whether it is still to be searched.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.status().is_open()
    }

    /// The key that was found.
    #[must_use]
    pub const fn found(&self) -> Option<&Found> {
        match self {
            Self::Completed(found) => Some(found),
            Self::Queued | Self::Running | Self::Cancelled | Self::Failed(_) => None,
        }
    }

    /// Why it failed.
    #[must_use]
    pub const fn cause(&self) -> Option<Cause> {
        match self {
            Self::Failed(cause) => Some(*cause),
            Self::Queued | Self::Running | Self::Cancelled | Self::Completed(_) => None,
        }
    }
}

/// What everybody may see of a found key.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The public key.
    pub public_key: [u8; 32],
    /// The part of it that the pattern was matched against.
    pub text: String,
    /// What stands in that.
    pub spans: Spans,
}

/// What stands in the text of a found key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spans {
    /// Where the pattern stands.
    pub matches: Vec<SubMatch>,
    /// Words that happen to stand there.
    pub bonus: Vec<Bonus>,
    /// Which pattern it was, where any of several would do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<PatternSpec>,
}

/// Why a job failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// Thirty times the expected attempts without a hit.
    Hopeless,
    /// No searcher for too long.
    NoSearcher,
    /// The pattern does not compile any more.
    Unsearchable,
}

impl Cause {
    /// What its owner is told.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Hopeless => "30 times the expected attempts were made without a hit, so something is wrong here",
            Self::NoSearcher => "no searcher was there to work on it for too long",
            Self::Unsearchable => "this pattern can no longer be searched",
        }
    }
}

/// How a slice of a job stands. One that expired may still be settled by a late report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum SliceState {
    /// On the queue, or with a searcher.
    Issued,
    /// Its report counts.
    Settled,
    /// Given up: its report is overdue.
    Expired,
}

/// Settled attempts, in multiples of the expected number, after which a job fails: the chance of getting there
/// without a hit is e^-30, so something is wrong.
pub const HOPELESS: f64 = 30.0;

/// A job as a settled slice meets it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Where it is.
    pub status: Status,
    /// Whether its owner wants it cancelled.
    pub cancelling: bool,
    /// Attempts settled, this slice's included.
    pub attempts: f64,
    /// Expected attempts.
    pub expected: f64,
    /// Slices that are still out, without this one.
    pub out: i64,
}

/// What a settled or expired slice leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The search goes on.
    GoOn,
    /// The hit is delivered and the hold posted.
    Deliver,
    /// The cancellation can be settled now.
    Cancel,
    /// The job fails.
    Fail,
    /// The job is over; the slice changes nothing but its own row.
    Nothing,
}

impl Standing {
    /// Decides. A hit wins any open job, but one that is being cancelled throws it away: whichever of the two
    /// transactions came first has decided.
    #[must_use]
    pub fn after_slice(&self, hit: bool) -> Step {
        if !self.status.is_open() {
            return Step::Nothing;
        }
        match (self.cancelling, hit) {
            (true, _) if self.out == 0 => Step::Cancel,
            (true, _) => Step::GoOn,
            (false, true) => Step::Deliver,
            (false, false) if self.attempts >= HOPELESS * self.expected => Step::Fail,
            (false, false) => Step::GoOn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing() -> Standing {
        Standing { status: Status::Running, cancelling: false, attempts: 10.0, expected: 100.0, out: 1 }
    }

    #[test]
    fn a_slice_leads_to_exactly_one_step() {
        assert_eq!(standing().after_slice(false), Step::GoOn);
        assert_eq!(standing().after_slice(true), Step::Deliver);
        assert_eq!(Standing { cancelling: true, ..standing() }.after_slice(true), Step::GoOn);
        assert_eq!(Standing { cancelling: true, out: 0, ..standing() }.after_slice(true), Step::Cancel);
        assert_eq!(Standing { attempts: 3_000.0, ..standing() }.after_slice(false), Step::Fail);
        assert_eq!(Standing { attempts: 3_000.0, ..standing() }.after_slice(true), Step::Deliver);
        assert_eq!(Standing { status: Status::Cancelled, ..standing() }.after_slice(true), Step::Nothing);
    }
}
