//! An admin gives a user VaniTokens.

use uuid::Uuid;

use super::Failure;
use crate::{
    app::App,
    domain::ledger::{Asset, Balance, House, Kind, Refusal},
    store::{
        audit::{self, Deed, Origin},
        ledger::{self, Entry},
        transact,
    },
};

/// Gives `amount` tokens under the id `grant`; a repeat of the same grant changes nothing.
///
/// # Errors
/// [`Refusal::NotPositive`], or the store's.
pub async fn grant_tokens(
    app: &App,
    grant: Uuid,
    user: Uuid,
    amount: i64,
    note: Option<&str>,
) -> Result<Balance, Failure<Refusal>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
            let entry =
                Entry { kind: Kind::Grant, key: format!("grant:{grant}"), subject: Some(grant), note, at };
            let after = ledger::credit(tx, user, &Asset::VaniToken, House::Issuance, amount, &entry).await?;
            let detail = serde_json::json!({ "grant": grant, "amount": amount, "note": note });
            let deed = Deed { actor: None, action: "tokens.grant", subject: Some(user), detail };
            audit::record(tx, &deed, &Origin::default(), at).await?;
            Ok(after)
    })
}
