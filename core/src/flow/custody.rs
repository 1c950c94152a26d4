//! Which custody an order gets and who its key is for.

use serde::{Deserialize, Serialize};
use vanikeys_grind::split::SplitPoint;

pub use crate::domain::custody::Custody;
use crate::{
    app::App,
    custody::{Hex, Holder, PublicKeyBytes, Recipient, SignatureBytes},
};

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
    /// `split` without a point and its proof.
    #[error(
        "custody \"split\" needs a recipient and a proof: the point and the proof that `vanikeys split new` or the page \
         prints"
    )]
    SplitPointMissing,
    /// The split point or its proof will not do.
    #[error("the split point is refused: {reason}")]
    SplitPoint {
        /// What is wrong with it.
        reason: String,
    },
    /// The split point served a job before: two keys of known difference must not share anything.
    #[error("this split point served a job before, and one point serves one job only; make another with `split new`")]
    SplitPointUsed,
    /// A proof where there is no split point.
    #[error("custody \"{custody}\" takes no proof; leave it out, or order with custody \"split\"")]
    ProofNotTaken {
        /// The custody asked for.
        custody: String,
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

/// Decides custody and recipient of a pull.
///
/// # Errors
/// See [`CustodyRefusal`].
pub fn of_pull(
    app: &App,
    asked: Option<Custody>,
    recipient: Option<&str>,
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
            Err(CustodyRefusal::NotAvailable { custody: custody.name().to_owned(), order: "a pull".to_owned() })
        }
    }
}

/// Decides custody and holder of a job. A split point is checked with its proof, but not yet whether it is new.
///
/// # Errors
/// See [`CustodyRefusal`].
pub fn of_job(
    app: &App,
    asked: Option<Custody>,
    recipient: Option<&str>,
    proof: Option<&str>,
) -> Result<(Custody, Holder), CustodyRefusal> {
    if asked != Some(Custody::Split) {
        let (custody, recipient) = of_pull(app, asked, recipient)?;
        return match proof {
            None => Ok((custody, recipient.into())),
            Some(_) => Err(CustodyRefusal::ProofNotTaken { custody: custody.name().to_owned() }),
        };
    }
    let (Some(point), Some(proof)) = (recipient, proof) else { return Err(CustodyRefusal::SplitPointMissing) };
    let refused = |reason: &dyn std::fmt::Display| CustodyRefusal::SplitPoint { reason: reason.to_string() };
    let point: PublicKeyBytes = point.trim().parse().map_err(|error| refused(&error))?;
    let Hex(signature): SignatureBytes =
        proof.trim().parse().map_err(|error| refused(&format!("its proof: {error}")))?;
    SplitPoint { point: *point.as_bytes(), proof: signature }.check().map_err(|error| refused(&error))?;
    Ok((Custody::Split, Holder::SplitPoint(point)))
}
