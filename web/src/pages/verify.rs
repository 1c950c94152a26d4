//! `/verify`: a receipt checked by anyone: signature, odds, text and score. The secret shares are never sent here.

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;
use uuid::Uuid;
use vanikeys_core::{
    custody::receipt::{CheckOutcome, ReceiptCheck, SignedReceipt},
    flow::{
        Actor,
        custody::Custody,
        key_files::{KEY_FILE, SEALED},
        pull, receipt,
    },
};

use super::{Frame, failed, page, pretty};
use crate::{
    Web,
    error::{FieldError, Problem},
    extract::{ApiQuery, Form, Viewer},
};

#[derive(Template)]
#[template(path = "pages/verify.html")]
struct Verify {
    frame: Frame,
    receipt: String,
    lines: Vec<Line>,
    holds: Option<bool>,
    /// Where the key file of one's own pull lies, which the page's script can check further.
    own: Option<String>,
    error: Option<Problem>,
}

/// One check with its outcome in words.
struct Line {
    what: &'static str,
    holds: bool,
    words: String,
}

/// A pull of one's own, whose receipt fills the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Own {
    pull: Option<Uuid>,
}

/// The page.
pub(crate) async fn show(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(Own { pull }): ApiQuery<Own>,
) -> Result<Response, Problem> {
    let (receipt, own) = match (viewer.id(), pull) {
        (Some(user), Some(id)) => {
            let pull = pull::show(&web.app, &Actor { user, origin: Default::default() }, id).await?;
            let format = if pull.done.custody == Custody::Sealed { SEALED } else { KEY_FILE };
            let there = pull.erased_at.is_none();
            (pretty(&pull.done.receipt), there.then(|| format!("/app/pulls/{id}/key?format={format}")))
        }
        _ => (String::new(), None),
    };
    let frame = Frame::load(&web, viewer, "Check a receipt").await?.section("verify");
    page(&Verify { frame, receipt, lines: Vec::new(), holds: None, own, error: None })
}

/// A receipt as JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReceiptForm {
    receipt: String,
}

/// Checks it.
pub(crate) async fn check(
    State(web): State<Web>,
    viewer: Viewer,
    Form(form): Form<ReceiptForm>,
) -> Result<Response, Problem> {
    let frame = Frame::load(&web, viewer, "Check a receipt").await?;
    let signed: SignedReceipt = match serde_json::from_str(form.receipt.trim()) {
        Ok(signed) => signed,
        Err(error) => {
            let problem = Problem::invalid(&[FieldError::new("", format!("This is not a receipt: {error}"))]);
            let error = Some(problem.clone());
            let (receipt, lines) = (form.receipt, Vec::new());
            return failed(&problem, &Verify { frame, receipt, lines, holds: None, own: None, error });
        }
    };
    let report = receipt::check(&web.app, signed).await?;
    let lines = report
        .checks
        .iter()
        .filter_map(|(check, outcome)| match outcome {
            CheckOutcome::Holds => Some(Line { what: words(*check), holds: true, words: String::from("holds") }),
            CheckOutcome::Fails(fault) => Some(Line { what: words(*check), holds: false, words: fault.to_string() }),
            CheckOutcome::NotChecked => None,
        })
        .collect();
    page(&Verify { frame, receipt: form.receipt, lines, holds: Some(report.holds()), own: None, error: None })
}

fn words(check: ReceiptCheck) -> &'static str {
    match check {
        ReceiptCheck::Signature => "Signature of this service",
        ReceiptCheck::Odds => "Odds",
        ReceiptCheck::Text => "Text of the key",
        ReceiptCheck::Score => "Score",
        ReceiptCheck::Commitment => "Commitment",
        ReceiptCheck::ClientShare => "Your share",
        ReceiptCheck::Derivation => "Derivation of the key",
    }
}
