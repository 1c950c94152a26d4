//! Rules of the ledger: what a movement does to an account's balance, hold and debt. Words follow the field:
//! a *transfer* moves tokens, a *hold* reserves them, a hold is *settled* once by *posting* part and *releasing* the rest.

mod balance;
mod hold;
mod kind;
mod movement;
mod taking;

pub use balance::{Balance, Credited, Refusal};
pub use hold::HoldState;
pub use kind::Kind;
pub use movement::{Content, Difference, Movement};
pub use taking::{Cause, Claim, Standing, Taking};

use uuid::Uuid;

/// What an account counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asset {
    /// What pulls and jobs are paid with.
    VaniToken,
    /// What one heist costs.
    HeistToken,
    /// Points of one season, named like `2026-11`.
    Points(String),
}

impl std::fmt::Display for Asset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::VaniToken => f.write_str("vani_token"),
            Self::HeistToken => f.write_str("heist_token"),
            Self::Points(season) => write!(f, "points:{season}"),
        }
    }
}

impl std::str::FromStr for Asset {
    type Err = UnknownAsset;

    fn from_str(name: &str) -> Result<Self, UnknownAsset> {
        match name {
            "vani_token" => Ok(Self::VaniToken),
            "heist_token" => Ok(Self::HeistToken),
            _ => name.strip_prefix("points:").map(|season| Self::Points(season.to_owned())).ok_or(UnknownAsset),
        }
    }
}

/// The name is not one of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such asset")]
pub struct UnknownAsset;

/// The house's side of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum House {
    /// Where new tokens come from.
    Issuance,
    /// Where spent tokens go.
    Revenue,
    /// Where tokens that are given back come from.
    Refunds,
    /// Where the balance of a deleted account goes.
    Forfeits,
    /// Where tokens of refunded and disputed purchases go.
    Clawback,
}

impl House {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Issuance, Self::Revenue, Self::Refunds, Self::Forfeits, Self::Clawback];

    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issuance => "issuance",
            Self::Revenue => "revenue",
            Self::Refunds => "refunds",
            Self::Forfeits => "forfeits",
            Self::Clawback => "clawback",
        }
    }

    /// The account's id: fixed by name and asset, so that nobody has to look it up.
    #[must_use]
    pub fn account(self, asset: &Asset) -> Uuid {
        let digest = blake3::derive_key("vanikeys house account v1", format!("{}/{asset}", self.name()).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_assets_read_back() {
        for asset in [Asset::VaniToken, Asset::HeistToken, Asset::Points("2026-11".to_owned())] {
            assert_eq!(asset.to_string().parse(), Ok(asset));
        }
        assert_eq!("gold".parse::<Asset>(), Err(UnknownAsset));
    }
}
