//! What a pull is asked for, and what comes of it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vanikeys_grind::{PatternSpec, bonus::Bonus, pattern::SubMatch};

use crate::{domain::time::Timestamp, flow::custody::Custody, secret::Secret};

/// What a pull is asked for.
#[derive(Clone, Debug)]
pub struct PullOrder {
    /// What the key should look like.
    pub pattern: PatternSpec,
    /// The commitment whose share is used, if the client takes part.
    pub commitment_id: Option<Uuid>,
    /// The client's share in hexadecimal, together with the commitment or not at all.
    pub client_share: Option<Secret>,
    /// Who will be able to read the key.
    pub custody: Option<Custody>,
    /// Who it is sealed to.
    pub recipient: Option<String>,
}

/// The score as an answer shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Matched {
    /// Substrings matched.
    pub matched: u8,
    /// Substrings asked for.
    pub of: u8,
}

/// What came of a pull.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PullDone {
    /// The pull's id.
    pub id: Uuid,
    /// What was asked for.
    pub pattern: PatternSpec,
    /// The public key in hexadecimal.
    pub public_key: String,
    /// The key as a DID.
    pub did: String,
    /// The key as its target shows it.
    pub display: String,
    /// The part of it that the pattern is matched against; positions count in it.
    pub text: String,
    /// How much matched.
    pub score: Matched,
    /// The substrings that matched.
    pub matches: Vec<SubMatch>,
    /// The substrings that did not.
    pub missing: Vec<String>,
    /// Words that happen to stand in the key.
    pub bonus: Vec<Bonus>,
    /// Whether everything matched.
    pub is_win: bool,
    /// Exact odds, as a decimal.
    pub one_in: String,
    /// Who can read the private key.
    pub custody: Custody,
    /// What it cost.
    pub tokens_spent: i64,
    /// VaniTokens available afterwards.
    pub tokens_remaining: i64,
    /// Whether it was a free pull.
    pub free_pull: bool,
    /// Free pulls left today; none if they are not limited.
    pub free_pulls_left: Option<i64>,
    /// The number of the pull among the user's.
    pub pull_number: i64,
    /// When the private key is erased, unless the pull is kept.
    pub key_expires_at: Timestamp,
    /// When.
    pub created_at: Timestamp,
    /// The signed receipt.
    pub receipt: serde_json::Value,
}
