//! Checking a receipt: where the public keys come from, and the report as people and programs read it.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;
use uuid::Uuid;
use vanikeys_core::{
    app::Schema,
    custody::{
        KeyFile,
        keyfile::PullProof,
        receipt::{CheckOutcome, ReceiptCheck, ReceiptReport, Shares, SignedReceipt},
        receipt_keys::ReceiptKeys,
    },
    flow::receipt,
};

use super::super::{Common, Failed, must_exist, secret_file};

/// Most bytes of a list of keys that are read.
const MOST: u64 = 1024 * 1024;

/// What came of a receipt.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Checked {
    holds: bool,
    pull_id: Uuid,
    text: String,
    one_in: String,
    drawn_by: String,
    checks: BTreeMap<&'static str, CheckOutcome>,
    #[serde(skip)]
    report: ReceiptReport,
}

impl Checked {
    /// Checks a receipt, with the shares of the pull's key file if it was given.
    ///
    /// # Errors
    /// Wrong use: the key file is not that of a pull.
    pub(super) fn of(signed: &SignedReceipt, keys: &ReceiptKeys, file: Option<&KeyFile>) -> Result<Self, Failed> {
        let proof = match file.map(KeyFile::pull) {
            Some(None) => {
                return Err(Failed::usage(
                    "the key file named by --key-file is not that of a pull, so it has no shares",
                ));
            }
            Some(Some(proof)) => Some(proof),
            None => None,
        };
        Ok(Self::check(signed, keys, proof))
    }

    /// Checks the receipt inside the key file of a pull.
    pub(super) fn of_pull(proof: &PullProof, keys: &ReceiptKeys) -> Self {
        Self::check(&proof.receipt, keys, Some(proof))
    }

    fn check(signed: &SignedReceipt, keys: &ReceiptKeys, proof: Option<&PullProof>) -> Self {
        let shares = proof.map(|proof| Shares { service: &proof.service_share, client: &proof.client_share });
        let report = signed.verify(keys, shares);
        let receipt = &signed.receipt;
        Self {
            holds: report.holds(),
            pull_id: receipt.pull_id,
            text: receipt.pattern.target.display(receipt.public_key.as_bytes()),
            one_in: receipt.one_in.clone(),
            drawn_by: format!("{:?}", receipt.drawn_by).to_lowercase(),
            checks: report.checks.iter().map(|(check, outcome)| (name(*check), outcome.clone())).collect(),
            report,
        }
    }

    /// A line for each check.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![format!("receipt of pull {}: {}, odds 1 in {}", self.pull_id, self.text, self.one_in)];
        lines.extend(self.report.checks.iter().map(|(check, outcome)| {
            let came = match outcome {
                CheckOutcome::Holds => "holds".to_owned(),
                CheckOutcome::NotChecked => {
                    "not checked: it needs the shares in the pull's key file (--key-file)".to_owned()
                }
                CheckOutcome::Fails(fault) => format!("FAILS: {fault}"),
            };
            format!("{:11}  {came}", label(*check))
        }));
        lines.join("\n")
    }

    /// Failed if a check fails.
    ///
    /// # Errors
    /// The receipt does not hold.
    pub(super) fn end(&self) -> Result<(), Failed> {
        let failing = self.report.faults().count();
        match failing {
            0 => Ok(()),
            _ => Err(Failed::work(format!("the receipt is not valid: {failing} of its checks failed"))),
        }
    }
}

/// Reads a receipt, alone or as the answer of the API that carries it.
///
/// # Errors
/// It is none.
pub(super) fn parse(content: &[u8]) -> Result<SignedReceipt, String> {
    let value: serde_json::Value =
        serde_json::from_slice(content).map_err(|error| format!("it is not JSON: {error}"))?;
    let receipt = value.get("receipt").cloned().unwrap_or(value);
    serde_json::from_value(receipt).map_err(|error| format!("it is not a receipt: {error}"))
}

/// The published keys: from a file, or of the service that is configured here.
///
/// # Errors
/// Wrong use: neither is there.
pub(super) fn keys(file: Option<&Path>, common: &Common) -> Result<ReceiptKeys, Failed> {
    match file {
        Some(path) => {
            let content = secret_file::read(path, MOST)?;
            serde_json::from_slice(&content).map_err(|error| {
                Failed::usage(format!("{}: it is not a list of receipt keys: {error}", path.display()))
            })
        }
        None => of_service(common),
    }
}

fn of_service(common: &Common) -> Result<ReceiptKeys, Failed> {
    let config = common.configuration(&[])?;
    let address = format!("{}/.well-known/vanikeys-receipt-keys.json", config.public_url.origin);
    must_exist(&config).map_err(|failed| {
        Failed::usage(format!(
            "{failed}; or save the keys that the service publishes (like {address}) and name them with --keys"
        ))
    })?;
    common.with_app(Schema::Leave, async |app| receipt::keys(&app).await.map_err(Failed::work))
}

/// Each check as people read it.
fn label(check: ReceiptCheck) -> &'static str {
    match check {
        ReceiptCheck::ClientShare => "your share",
        other => name(other),
    }
}

/// Each check in JSON, as the pages name it.
const fn name(check: ReceiptCheck) -> &'static str {
    match check {
        ReceiptCheck::Signature => "signature",
        ReceiptCheck::Odds => "odds",
        ReceiptCheck::Text => "text",
        ReceiptCheck::Score => "score",
        ReceiptCheck::Commitment => "commitment",
        ReceiptCheck::ClientShare => "clientShare",
        ReceiptCheck::Derivation => "derivation",
    }
}
