//! The work that a registration costs. A challenge is signed and stored nowhere; that it was used is noted before
//! anything else is done for the registration, so each counts once, refused or not.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::Serialize;

use super::{AccountRefusal, Outcome, refusal::WorkProblem};
use crate::{
    app::App,
    custody::keyring::HashPurpose,
    domain::{account::work, time::Timestamp},
    flow::Failure,
    random,
    store::{Tx, challenges},
};

/// Time to solve one.
const LASTS: Duration = Duration::from_secs(10 * 60);
const BODY: usize = 16 + 8 + 1;

/// What a client has to solve: find a text so that SHA-256 of `challenge:solution` begins with `bits` zero bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Challenge {
    /// Opaque text.
    pub challenge: String,
    /// How many zero bits are asked for; 0 if registration costs nothing.
    pub bits: u8,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

/// A fresh challenge.
///
/// # Errors
/// No randomness.
pub fn new(app: &App) -> Outcome<Challenge> {
    let bits = app.config.registration_work_bits;
    let id: [u8; 16] = random::bytes().map_err(Failure::broken)?;
    let expires_at = Timestamp::from_micros((app.clock.now() + LASTS).seconds() * 1_000_000);
    let mut body = Vec::with_capacity(BODY + 32);
    body.extend_from_slice(&id);
    body.extend_from_slice(&expires_at.micros().to_be_bytes());
    body.push(bits);
    let tag = app.keyring.credential_hash(HashPurpose::Challenge, &body);
    body.extend_from_slice(&tag);
    Ok(Challenge { challenge: BASE64.encode(body), bits, expires_at })
}

/// A challenge that was solved and may be used.
#[derive(Debug)]
pub(super) struct Solved {
    id: [u8; 16],
    expires: Timestamp,
}

/// Checks what a registration shows. None is needed while registration costs nothing.
pub(super) fn check(app: &App, challenge: Option<&str>, solution: Option<&str>) -> Outcome<Option<Solved>> {
    if app.config.registration_work_bits == 0 {
        return Ok(None);
    }
    let (Some(challenge), Some(solution)) = (challenge, solution) else {
        return Err(Failure::Refused(AccountRefusal::WorkMissing));
    };
    let refused = |reason| Failure::Refused(AccountRefusal::WorkRefused { reason });
    let (id, expires, bits) = read(app, challenge).ok_or_else(|| refused(WorkProblem::Unknown))?;
    if expires <= app.clock.now() {
        return Err(refused(WorkProblem::Expired));
    }
    // The operator may have asked for more since the challenge was made.
    if bits < app.config.registration_work_bits || !work::is_solved(challenge, solution, bits) {
        return Err(refused(WorkProblem::Unsolved));
    }
    Ok(Some(Solved { id, expires }))
}

fn read(app: &App, challenge: &str) -> Option<([u8; 16], Timestamp, u8)> {
    if challenge.len() > 128 {
        return None;
    }
    let bytes = BASE64.decode(challenge).ok()?;
    let (body, tag) = bytes.split_at_checked(BODY)?;
    let tag = blake3::Hash::from(<[u8; 32]>::try_from(tag).ok()?);
    // blake3::Hash compares in constant time.
    let tags = app.keyring.credential_hashes(HashPurpose::Challenge, body);
    if !tags.into_iter().any(|good| blake3::Hash::from(good) == tag) {
        return None;
    }
    let id = body[..16].try_into().ok()?;
    let expires = i64::from_be_bytes(body[16..24].try_into().ok()?);
    Some((id, Timestamp::from_micros(expires), body[24]))
}

/// Uses a solved challenge up.
pub(super) async fn spend(tx: &mut Tx, solved: &Solved) -> Outcome<()> {
    if challenges::use_once(tx, &solved.id, solved.expires).await? {
        Ok(())
    } else {
        Err(Failure::Refused(AccountRefusal::WorkRefused { reason: WorkProblem::Used }))
    }
}
