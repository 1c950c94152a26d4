//! Which custody an order gets and who its key is sealed to; the same for pulls and jobs.

use serde::{Deserialize, Serialize};

use crate::{app::App, custody::Recipient};

/// Who will be able to read a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Custody {
    /// The user after sign-in, and whoever holds the service's key.
    Service,
    /// The holder of the recipient's age identity.
    Sealed,
    /// The user alone: the service finds an offset only.
    Split,
}

impl Custody {
    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Sealed => "sealed",
            Self::Split => "split",
        }
    }
}

/// Why an order's custody is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "reason", content = "about", rename_all = "snake_case")]
pub enum CustodyRefusal {
    /// `sealed` without someone to seal to.
    #[error("custody \"sealed\" needs a recipient: the age1... line of an age identity that you keep")]
    RecipientMissing,
    /// A recipient where nothing is sealed to one.
    #[error("custody \"{custody}\" takes no recipient; leave it out, or order with custody \"sealed\"")]
    RecipientNotTaken {
        /// The custody asked for.
        custody: String,
    },
    /// The recipient is not one.
    #[error("the recipient is refused: {reason}")]
    Recipient {
        /// What is wrong with it.
        reason: String,
    },
    /// This order cannot have that custody.
    #[error("custody \"{custody}\" is not available for {order}; use \"service\" or \"sealed\"")]
    NotAvailable {
        /// The custody asked for.
        custody: String,
        /// What was ordered.
        order: String,
    },
}

/// Decides custody and recipient of an order.
///
/// # Errors
/// See [`CustodyRefusal`].
pub fn choose(
    app: &App,
    asked: Option<Custody>,
    recipient: Option<&str>,
    order: &str,
) -> Result<(Custody, Recipient), CustodyRefusal> {
    let custody = asked.unwrap_or(if recipient.is_some() { Custody::Sealed } else { Custody::Service });
    match (custody, recipient) {
        (Custody::Service, None) => Ok((custody, app.keyring.recipient().clone())),
        (Custody::Service, Some(_)) => Err(CustodyRefusal::RecipientNotTaken { custody: custody.name().to_owned() }),
        (Custody::Sealed, None) => Err(CustodyRefusal::RecipientMissing),
        (Custody::Sealed, Some(text)) => Recipient::parse(text)
            .map(|recipient| (custody, recipient))
            .map_err(|error| CustodyRefusal::Recipient { reason: error.to_string() }),
        (Custody::Split, _) => {
            Err(CustodyRefusal::NotAvailable { custody: custody.name().to_owned(), order: order.to_owned() })
        }
    }
}
