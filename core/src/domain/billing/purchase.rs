//! What a purchase of a pack is, by what Stripe says of its Checkout Session and payment intent.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// How a pack is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PurchaseWay))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Way {
    /// On Stripe's page.
    Checkout,
    /// By a payment intent, on a page of the client's own.
    Intent,
}

/// How a purchase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PurchaseState))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum State {
    /// Stripe is being asked for a way to pay it.
    Wanted,
    /// It can be paid.
    Open,
    /// Its payment is under way, which may take days.
    Processing,
    /// It is paid, and its tokens were credited.
    Paid,
    /// Its payment failed for good.
    Failed,
    /// Nobody paid it in time.
    Expired,
    /// It was canceled.
    Canceled,
}

impl State {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether Stripe may still bring something else without anybody's asking.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Wanted | Self::Open | Self::Processing => true,
            Self::Paid | Self::Failed | Self::Expired | Self::Canceled => false,
        }
    }
}

/// A Checkout Session as far as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session<'a> {
    /// `open`, `complete` or `expired`.
    pub status: &'a str,
    /// `paid`, `unpaid` or `no_payment_required`.
    pub payment_status: &'a str,
}

/// A status word that this program does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} has the unknown status {word:?}")]
pub struct Unknown {
    /// Of what.
    pub what: &'static str,
    /// The word.
    pub word: String,
}

impl Unknown {
    fn of(what: &'static str, word: &str) -> Self {
        Self { what, word: word.to_owned() }
    }
}

/// How a purchase stands. Money decides before the page: an intent that succeeded is paid whatever its session says, and
/// a session that is complete but unpaid waits for its intent.
///
/// # Errors
/// A status that this program does not know.
pub fn state(session: Option<Session<'_>>, intent: Option<&str>) -> Result<State, Unknown> {
    let by_intent = intent.map(of_intent).transpose()?;
    let Some(session) = session else { return Ok(by_intent.unwrap_or(State::Wanted)) };
    match by_intent {
        Some(State::Paid) => return Ok(State::Paid),
        Some(State::Processing) => return Ok(State::Processing),
        Some(State::Wanted | State::Open | State::Failed | State::Expired | State::Canceled) | None => {}
    }
    match (session.status, session.payment_status) {
        ("complete", "paid" | "no_payment_required") => Ok(State::Paid),
        // A delayed payment that came back: the page is closed, and there is no other way to pay it.
        ("complete", "unpaid") => Ok(match by_intent {
            Some(State::Canceled) => State::Canceled,
            Some(_) => State::Failed,
            None => State::Processing,
        }),
        ("complete", word) => Err(Unknown::of("a Checkout Session's payment", word)),
        ("open", _) => Ok(State::Open),
        ("expired", _) => Ok(State::Expired),
        (word, _) => Err(Unknown::of("a Checkout Session", word)),
    }
}

/// A payment intent whose last attempt failed can be tried again by whoever holds its secret, so it stays open.
fn of_intent(status: &str) -> Result<State, Unknown> {
    match status {
        "requires_payment_method" | "requires_confirmation" | "requires_action" => Ok(State::Open),
        "processing" | "requires_capture" => Ok(State::Processing),
        "succeeded" => Ok(State::Paid),
        "canceled" => Ok(State::Canceled),
        word => Err(Unknown::of("a payment intent", word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session<'a>(status: &'a str, payment_status: &'a str) -> Option<Session<'a>> {
        Some(Session { status, payment_status })
    }

    #[test]
    fn money_decides_and_the_page_comes_second() {
        for (session, intent, expected) in [
            (None, None, State::Wanted),
            (None, Some("requires_payment_method"), State::Open),
            (None, Some("requires_action"), State::Open),
            (None, Some("processing"), State::Processing),
            (None, Some("succeeded"), State::Paid),
            (None, Some("canceled"), State::Canceled),
            (session("open", "unpaid"), None, State::Open),
            (session("open", "unpaid"), Some("requires_payment_method"), State::Open),
            (session("open", "unpaid"), Some("succeeded"), State::Paid),
            (session("complete", "paid"), Some("succeeded"), State::Paid),
            (session("complete", "no_payment_required"), None, State::Paid),
            (session("complete", "unpaid"), Some("processing"), State::Processing),
            (session("complete", "unpaid"), Some("succeeded"), State::Paid),
            (session("complete", "unpaid"), Some("requires_payment_method"), State::Failed),
            (session("complete", "unpaid"), Some("canceled"), State::Canceled),
            (session("expired", "unpaid"), None, State::Expired),
            (session("expired", "unpaid"), Some("canceled"), State::Expired),
            (session("expired", "unpaid"), Some("succeeded"), State::Paid),
        ] {
            assert_eq!(state(session, intent), Ok(expected), "{session:?} {intent:?}");
        }
    }

    #[test]
    fn a_word_that_nobody_knows_is_no_state() {
        assert_eq!(state(None, Some("lost")).unwrap_err().word, "lost");
        assert_eq!(state(session("parked", "unpaid"), None).unwrap_err().word, "parked");
        assert_eq!(state(session("complete", "half"), None).unwrap_err().word, "half");
    }

    #[test]
    fn only_what_may_still_be_paid_is_open() {
        let open: Vec<_> = State::VARIANTS.iter().filter(|name| name.parse::<State>().unwrap().is_open()).collect();
        assert_eq!(open, [&"wanted", &"open", &"processing"]);
    }
}
