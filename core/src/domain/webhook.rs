//! Outgoing webhooks: what an endpoint may be, when one that keeps failing is given up, and what an answer means. Which
//! events there are is in [`happening`](super::happening).

use std::{str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::happening::Event;

/// Name of the event that an owner sends to try an endpoint out. Nobody subscribes to it.
pub const TEST_EVENT: &str = "webhook.test";

/// What a delivery tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Something happened.
    Event(Event),
    /// Its owner tries the endpoint out.
    Test,
}

impl Occasion {
    /// The name that the delivery carries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Event(event) => event.name(),
            Self::Test => TEST_EVENT,
        }
    }
}

impl FromStr for Occasion {
    type Err = strum::ParseError;

    fn from_str(name: &str) -> Result<Self, strum::ParseError> {
        if name == TEST_EVENT { Ok(Self::Test) } else { name.parse().map(Self::Event) }
    }
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum DeliveryState {
    /// It is tried, or will be again.
    Waiting,
    /// It arrived.
    Delivered,
    /// It was given up.
    Dead,
}

impl DeliveryState {
    /// Its name in the store and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Endpoints that a user may have.
pub const MOST_ENDPOINTS: i64 = 10;
/// Bytes that an endpoint's address may have.
pub const LONGEST_URL: usize = 2_048;
/// Characters that a description may have.
pub const LONGEST_DESCRIPTION: usize = 200;
/// An endpoint at which nothing arrived for so long, though it was tried, is disabled.
pub const GIVEN_UP_AFTER: Duration = Duration::from_secs(5 * 24 * 60 * 60);
/// The longest wait that an endpoint may ask for with `Retry-After`.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Why an endpoint will not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum EndpointProblem {
    /// Not an absolute URL.
    #[error("the address is not a URL; give one like https://example.org/hooks")]
    NotUrl,
    /// Neither https nor http.
    #[error("the address must start with https://")]
    Scheme,
    /// Plain http outside of the networks that the operator allows.
    #[error("the address must start with https://; http is only for networks that the operator of this service allows")]
    Plain,
    /// A name and password in the address.
    #[error("the address must not carry a user name or password; verify the signature instead")]
    Credentials,
    /// Too long.
    #[error("the address is longer than {most} bytes")]
    TooLong {
        /// How long it may be.
        most: usize,
    },
    /// An address that nobody but this service's own network reaches.
    #[error("the address leads into a private or reserved network; give one that is reachable from the internet")]
    Private,
    /// Nothing to be told about.
    #[error("no event is chosen; choose from {}", names())]
    NoEvents,
    /// Not an event.
    #[error("there is no event {name:?}; choose from {}", names())]
    UnknownEvent {
        /// What was given.
        name: String,
    },
    /// Description too long.
    #[error("the description is longer than {most} characters")]
    LongDescription {
        /// How long it may be.
        most: usize,
    },
}

fn names() -> String {
    Event::ALL.iter().map(|event| event.name()).collect::<Vec<_>>().join(", ")
}

/// Reads the events that an endpoint subscribes to: at least one, each once, in a fixed order.
///
/// # Errors
/// None at all, or one that does not exist.
pub fn events(given: &[String]) -> Result<Vec<Event>, EndpointProblem> {
    let read = |name: &String| {
        name.parse::<Event>().map_err(|_| EndpointProblem::UnknownEvent { name: name.chars().take(60).collect() })
    };
    let given = given.iter().map(read).collect::<Result<Vec<Event>, _>>()?;
    let chosen: Vec<Event> = Event::ALL.iter().copied().filter(|event| given.contains(event)).collect();
    if chosen.is_empty() { Err(EndpointProblem::NoEvents) } else { Ok(chosen) }
}

/// Checks an endpoint's description.
///
/// # Errors
/// It is too long.
pub fn description(text: &str) -> Result<(), EndpointProblem> {
    let fits = text.chars().count() <= LONGEST_DESCRIPTION;
    if fits { Ok(()) } else { Err(EndpointProblem::LongDescription { most: LONGEST_DESCRIPTION }) }
}

/// What an endpoint's answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It took the event.
    Delivered,
    /// It did not; try again, after this long if it said so.
    Again(Option<Duration>),
    /// It wants no more events at all.
    Gone,
}

/// Reads an answer: any 2xx is success, 410 ends the endpoint, everything else is tried again (redirects too: they are
/// not followed, since they could lead anywhere).
#[must_use]
pub fn verdict(status: u16, retry_after: Option<&str>) -> Verdict {
    match status {
        200..=299 => Verdict::Delivered,
        410 => Verdict::Gone,
        429 | 503 => {
            let wait = retry_after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
            Verdict::Again(wait.map(|wait| wait.min(LONGEST_WAIT)))
        }
        _ => Verdict::Again(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_chosen_once_each_and_unknown_ones_are_told() {
        let given = ["pull.won", "job.completed", "pull.won"].map(String::from);
        assert_eq!(events(&given), Ok(vec![Event::JobCompleted, Event::PullWon]));
        assert_eq!(events(&[]), Err(EndpointProblem::NoEvents));
        let unknown = events(&[String::from("payment.dreamed")]).unwrap_err().to_string();
        assert_eq!(
            unknown,
            format!(
                "there is no event \"payment.dreamed\"; choose from {}",
                <Event as strum::VariantNames>::VARIANTS.join(", ")
            )
        );
        assert!(events(&[TEST_EVENT.to_owned()]).is_err());
    }

    #[test]
    fn names_read_back() {
        for occasion in Event::ALL.iter().map(|event| Occasion::Event(*event)).chain([Occasion::Test]) {
            assert_eq!(occasion.name().parse(), Ok(occasion));
        }
        for state in [DeliveryState::Waiting, DeliveryState::Delivered, DeliveryState::Dead] {
            assert_eq!((state.name().parse(), serde_json::to_value(state).unwrap()), (Ok(state), state.name().into()));
        }
    }

    #[test]
    fn descriptions_are_counted_in_characters() {
        assert_eq!(description(&"ä".repeat(LONGEST_DESCRIPTION)), Ok(()));
        assert!(description(&"a".repeat(LONGEST_DESCRIPTION + 1)).is_err());
    }

    #[test]
    fn answers_are_read_by_their_status() {
        for (status, after, want) in [
            (200, None, Verdict::Delivered),
            (204, Some("9"), Verdict::Delivered),
            (301, None, Verdict::Again(None)),
            (404, None, Verdict::Again(None)),
            (410, None, Verdict::Gone),
            (429, Some(" 120 "), Verdict::Again(Some(Duration::from_secs(120)))),
            (503, Some("999999999"), Verdict::Again(Some(LONGEST_WAIT))),
            (503, Some("Fri, 31 Dec 1999 23:59:59 GMT"), Verdict::Again(None)),
            (500, Some("120"), Verdict::Again(None)),
        ] {
            assert_eq!(verdict(status, after), want, "{status}");
        }
    }
}
