//! The first step of a verifiable pull: the service draws its share and promises it.

use std::time::Duration;

use uuid::Uuid;

use super::PullRefusal;
use crate::{
    app::App,
    custody::{
        commitment::{ServiceShare, SignedCommitment},
        share_box::encrypt_share,
    },
    domain::time::Timestamp,
    flow::{Actor, Failure},
    store::{
        commitments::{self, NewCommitment},
        transact,
    },
};

/// How long a commitment can be used.
const USABLE: Duration = Duration::from_secs(10 * 60);

/// How many may be open at once.
const MOST: i64 = 100;

/// Draws a share for the user, stores it encrypted and answers the signed commitment to it.
///
/// # Errors
/// [`PullRefusal::TooManyCommitments`], or the store's.
pub async fn commit(app: &App, actor: &Actor) -> Result<SignedCommitment, Failure<PullRefusal>> {
    let at = app.clock.now();
    let expires = at + USABLE;
    let id = Uuid::now_v7();
    let share = ServiceShare::draw();
    let signer = app.keyring.receipt_signer();
    let signed = SignedCommitment::sign(&share, id, expires.calendar(), signer).map_err(Failure::broken)?;
    let encrypted = encrypt_share(&app.keyring, &share, id, actor.user);
    transact!(app.db, tx => {
        if commitments::open(tx, actor.user, at).await? >= MOST {
            return Err(Failure::Refused(PullRefusal::TooManyCommitments { limit: MOST }));
        }
        let new = NewCommitment {
            id,
            user: actor.user,
            share: encrypted.as_bytes(),
            commitment: signed.commitment.as_bytes(),
            signature: signed.signature.as_bytes(),
            key_id: signer.id().to_string(),
            at,
            expires,
        };
        commitments::insert(tx, &new).await?;
        Ok(())
    })?;
    Ok(signed)
}

/// A commitment that can still be used.
#[derive(Clone, Debug)]
pub struct OpenCommitment {
    /// The commitment in hexadecimal.
    pub commitment: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A commitment of the user, while it can be used.
///
/// # Errors
/// The store's.
pub async fn commitment(app: &App, actor: &Actor, id: Uuid) -> Result<Option<OpenCommitment>, Failure<PullRefusal>> {
    let mut conn = app.db.read().await?;
    let open = commitments::promised(&mut conn, id, actor.user, app.clock.now()).await?;
    Ok(open.map(|(commitment, expires_at)| OpenCommitment { commitment: hex::encode(commitment), expires_at }))
}
