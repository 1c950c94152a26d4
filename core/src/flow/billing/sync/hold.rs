//! Tokens of a purchase that are held back while it may be fraud.

use serde_json::json;
use uuid::Uuid;

use super::super::refusal::{BillingRefusal, Outcome};
use crate::{
    app::App,
    domain::{
        audit::Action,
        ledger::{Asset, Kind, Movement},
        time::Timestamp,
    },
    flow::Failure,
    store::{
        Tx,
        audit::{self, Entry, Origin},
        billing::purchases::{self, Purchase},
        ledger,
    },
};

fn movement(row: &Purchase, amount: i64, key: String, at: Timestamp) -> Movement<'static> {
    Movement {
        user: row.user_id,
        asset: Asset::VaniToken,
        amount,
        kind: Kind::Freeze,
        key,
        subject: Some(row.id),
        note: None,
        at,
    }
}

/// Holds back what is still there of a purchase's tokens, once, and alerts.
pub(super) async fn freeze(tx: &mut Tx, row: &mut Purchase, warning: &str, at: Timestamp) -> Outcome<()> {
    row.warning_id = Some(warning.to_owned());
    let account = ledger::lock_account(tx, row.user_id, &Asset::VaniToken, at).await?;
    let frozen = account.state().available().min(row.tokens);
    if frozen > 0 {
        let (hold, _) = ledger::hold(tx, &movement(row, frozen, format!("freeze:{}", row.id), at)).await?;
        row.hold_id = Some(hold);
    }
    let detail = json!({ "purchase": row.id, "warning": warning, "frozen": frozen });
    let entry = Entry::new(None, Action::BillingFreeze, Some(row.user_id), detail);
    audit::record(tx, &entry, &Origin::default(), at).await?;
    tracing::error!(
        purchase.id = %row.id,
        frozen,
        alert = "early_fraud_warning",
        "the card's issuer warns of fraud ({warning}); the purchase's tokens are frozen: refund it, or let them go"
    );
    Ok(())
}

/// Lets held tokens go; answers whether there were any.
pub(crate) async fn release(tx: &mut Tx, app: &App, row: &mut Purchase) -> Outcome<bool> {
    let Some(hold) = row.hold_id.take() else { return Ok(false) };
    let released = movement(row, 0, format!("freeze:{}:release", row.id), app.clock.now());
    ledger::settle(tx, hold, &released).await.map_err(Failure::<BillingRefusal>::from)?;
    Ok(true)
}

/// Lets all tokens of a user go that were held back, before the account is forfeited.
pub(crate) async fn release_all(tx: &mut Tx, app: &App, user: Uuid) -> Outcome<()> {
    for mut row in purchases::frozen(tx, user).await? {
        release(tx, app, &mut row).await?;
        purchases::save(tx, &row).await?;
    }
    Ok(())
}
