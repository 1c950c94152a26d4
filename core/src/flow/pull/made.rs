//! The making of a pull's key, without the database's transaction: both shares, the seed that follows from them,
//! the receipt and the sealed key file. Secrets live here only, in types that are wiped.

use uuid::Uuid;
use vanikeys_grind::{Pattern, bonus};
use zeroize::Zeroizing;

use super::{Matched, PullDone, PullOrder, PullRefusal};
use crate::{
    app::App,
    custody::{
        Recipient, SealedFile,
        commitment::{ClientShare, ServiceShare, derive_seed},
        keyfile::{KeyFile, PullProof},
        receipt::{Drawn, DrawnBy, SignedReceipt},
        share_box::{EncryptedShare, decrypt_share},
    },
    domain::time::Timestamp,
    flow::{Failure, custody::Custody},
    secret::Secret,
    store::commitments,
};

/// Both shares and where they came from.
pub(super) struct DrawnShares {
    commitment: Uuid,
    service: ServiceShare,
    client: ClientShare,
    drawn_by: DrawnBy,
}

/// What the shares of a pull turned out to be.
pub(super) enum Shares {
    /// Ready to be used.
    Drawn(DrawnShares),
    /// The commitment served this very request already, in this pull.
    UsedForThis(Uuid),
}

/// A key that was made and sealed.
pub(super) struct Made {
    /// The pull's id.
    pub id: Uuid,
    /// The commitment to use up, if the client took part.
    pub client_commitment: Option<Uuid>,
    /// The public key.
    pub public_key: [u8; 32],
    /// Who the key file is sealed to.
    pub recipient: Recipient,
    /// The sealed key file.
    pub key_file: SealedFile,
    /// The answer, but for what the transaction decides.
    pub answer: PullDone,
}

/// What makes two requests with one commitment the same.
pub(super) fn request_hash(order: &PullOrder, custody: Custody) -> [u8; 32] {
    let client = Zeroizing::new(order.client_share.as_ref().map_or("", Secret::expose).to_ascii_lowercase());
    let content = serde_json::json!([order.pattern, order.commitment_id, custody, order.recipient]);
    let mut hasher = blake3::Hasher::new_derive_key("vanikeys pull request v1");
    hasher.update(client.as_bytes());
    hasher.update(content.to_string().as_bytes());
    *hasher.finalize().as_bytes()
}

/// Draws or loads the shares of a pull.
pub(super) async fn shares(
    app: &App,
    user: Uuid,
    order: &PullOrder,
    request: &[u8; 32],
) -> Result<Shares, Failure<PullRefusal>> {
    let refused = |refusal| Err(Failure::Refused(refusal));
    let (commitment, client) = match (order.commitment_id, &order.client_share) {
        (None, None) => {
            return Ok(Shares::Drawn(DrawnShares {
                commitment: Uuid::now_v7(),
                service: ServiceShare::draw(),
                client: ClientShare::draw(),
                drawn_by: DrawnBy::Service,
            }));
        }
        (Some(commitment), Some(client)) => (commitment, client),
        (Some(_), None) | (None, Some(_)) => return refused(PullRefusal::CommitmentIncomplete),
    };
    let Some(client) = ClientShare::from_hex(client.expose()) else { return refused(PullRefusal::ClientShare) };
    let mut conn = app.db.read().await?;
    let Some(found) = commitments::find(&mut conn, commitment, user).await? else {
        return refused(PullRefusal::CommitmentUnknown);
    };
    drop(conn);
    if let Some(pull) = found.pull_id {
        let same = found.request_hash.as_ref() == Some(request);
        return if same { Ok(Shares::UsedForThis(pull)) } else { refused(PullRefusal::CommitmentUsed) };
    }
    let share = match found.share {
        Some(share) if found.expires_at > app.clock.now() => share,
        Some(_) | None => return refused(PullRefusal::CommitmentExpired),
    };
    let share = EncryptedShare::from_bytes(&share).map_err(Failure::broken)?;
    let service = decrypt_share(&app.keyring, &share, commitment, user).map_err(Failure::broken)?;
    Ok(Shares::Drawn(DrawnShares { commitment, service, client, drawn_by: DrawnBy::Client }))
}

/// Derives the key, scores it, writes the receipt and seals the key file, on a blocking thread.
pub(super) async fn make(
    app: &App,
    shares: DrawnShares,
    pattern: Pattern,
    recipient: Recipient,
    at: Timestamp,
) -> Result<Made, Failure<PullRefusal>> {
    let keyring = app.keyring.clone();
    let making = tokio::task::spawn_blocking(move || made(&keyring, shares, &pattern, recipient, at));
    making.await.map_err(Failure::broken)?
}

fn made(
    keyring: &crate::custody::Keyring,
    shares: DrawnShares,
    pattern: &Pattern,
    recipient: Recipient,
    at: Timestamp,
) -> Result<Made, Failure<PullRefusal>> {
    let id = Uuid::now_v7();
    let secret = derive_seed(&shares.service, &shares.client, shares.commitment);
    let key = pattern.target().key_of_secret(secret);
    let public_key = key.public_key();
    let drawn = Drawn {
        pull_id: id,
        commitment_id: shares.commitment,
        service_share: &shares.service,
        client_share: &shares.client,
        drawn_by: shares.drawn_by,
        pattern,
        public_key: public_key.into(),
        issued_at: at.calendar(),
    };
    let receipt = SignedReceipt::sign(&drawn, keyring).map_err(Failure::broken)?;
    let DrawnShares { commitment, service, client, drawn_by } = shares;
    let proof = PullProof { service_share: service, client_share: client, receipt: receipt.clone() };
    let key_file = KeyFile::of_pull(key, proof).seal(&recipient).map_err(Failure::broken)?;

    let text = receipt.receipt.text.clone();
    let score = pattern.score(&text);
    let bonus = bonus::finds(&text);
    let answer = PullDone {
        id,
        pattern: pattern.spec().clone(),
        public_key: hex::encode(public_key),
        did: vanikeys_grind::did::did_key(&public_key),
        display: pattern.target().display(&public_key),
        text,
        score: Matched { matched: score.matched, of: score.of },
        is_win: score.is_full(),
        matches: score.matches,
        missing: score.missing,
        bonus,
        one_in: receipt.receipt.one_in.clone(),
        receipt: serde_json::to_value(&receipt).map_err(Failure::broken)?,
        custody: Custody::Service,
        tokens_spent: 0,
        tokens_remaining: 0,
        free_pull: false,
        free_pulls_left: None,
        pull_number: 0,
        key_expires_at: at,
        created_at: at,
    };
    let client_commitment = (drawn_by == DrawnBy::Client).then_some(commitment);
    Ok(Made { id, client_commitment, public_key, recipient, key_file, answer })
}
