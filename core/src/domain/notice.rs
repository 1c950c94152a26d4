//! What notices say. A notice is stored as a kind and particulars; its words are made when it is read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The kinds of notices.
pub mod kind {
    /// A job delivered its key.
    pub const JOB_COMPLETED: &str = "JOB_COMPLETED";
    /// A job failed.
    pub const JOB_FAILED: &str = "JOB_FAILED";
    /// A pull matched in full.
    pub const PULL_WON: &str = "PULL_WON";
    /// An endpoint was disabled because nothing arrived there.
    pub const WEBHOOK_DISABLED: &str = "WEBHOOK_DISABLED";
}

/// Where a notice leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Action {
    /// Words on the button.
    pub label: String,
    /// The page.
    pub route: String,
}

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// A few words.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// What to do about it.
    pub actions: Vec<Action>,
}

/// Puts a notice into words. A kind that this program does not know (an old row) still has some.
#[must_use]
pub fn words(kind: &str, about: &Value) -> Words {
    let text = |name: &str| about[name].as_str().unwrap_or_default();
    let action = |label: &str, route: String| vec![Action { label: label.to_owned(), route }];
    let job = || format!("/app/jobs/{}", text("jobId"));
    match kind {
        kind::JOB_COMPLETED => Words {
            title: String::from("Your key was found"),
            message: format!(
                "The search for {} is over: {}. Fetch the key on the job's page.",
                text("pattern"),
                text("did")
            ),
            actions: action("Get the key", job()),
        },
        kind::JOB_FAILED => Words {
            title: String::from("A job failed"),
            message: format!(
                "The search for {} ended without a key: {}. {} went back to your balance.",
                text("pattern"),
                text("reason"),
                tokens(about["released"].as_i64().unwrap_or_default())
            ),
            actions: action("Look at the job", job()),
        },
        kind::PULL_WON => Words {
            title: String::from("A pull matched in full"),
            message: format!("1 in {}: {}. Keep it before its key is erased.", text("oneIn"), text("did")),
            actions: action("Look at the pull", format!("/app/pulls/{}", text("pullId"))),
        },
        kind::WEBHOOK_DISABLED => Words {
            title: String::from("A webhook endpoint was disabled"),
            message: format!("{} gets no more events: {}. Repair it and enable it again.", text("url"), text("reason")),
            actions: action("Look at your endpoints", String::from("/account")),
        },
        other => Words { title: other.to_lowercase().replace('_', " "), message: String::new(), actions: Vec::new() },
    }
}

fn tokens(count: i64) -> String {
    if count == 1 { String::from("1 VaniToken") } else { format!("{count} VaniTokens") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_says_what_happened_and_leads_somewhere() {
        let done = words(kind::JOB_COMPLETED, &json!({ "jobId": "j", "pattern": "gacha", "did": "did:key:z6Mkgacha" }));
        assert!(done.message.contains("gacha") && done.message.contains("did:key:z6Mkgacha"), "{}", done.message);
        assert_eq!(done.actions[0].route, "/app/jobs/j");
        let failed = words(kind::JOB_FAILED, &json!({ "pattern": "x", "reason": "no searcher came", "released": 1 }));
        assert!(failed.message.contains("no searcher came. 1 VaniToken went"), "{}", failed.message);
        for kind in [kind::PULL_WON, kind::WEBHOOK_DISABLED] {
            assert!(!words(kind, &json!({})).actions.is_empty());
        }
    }

    #[test]
    fn a_kind_from_elsewhere_still_has_a_title() {
        assert_eq!(words("SHIELD_EXPIRED", &Value::Null).title, "shield expired");
    }
}
