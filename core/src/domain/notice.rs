//! What notices say. A notice is stored as a kind and particulars; its words are made when it is read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::time::Timestamp;

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
    /// A heist took points.
    pub const HEIST_SUCCESS: &str = "HEIST_SUCCESS";
    /// Somebody took points.
    pub const HEIST_VICTIM: &str = "HEIST_VICTIM";
    /// A referral earned Heist Tokens.
    pub const TOKEN_EARNED: &str = "TOKEN_EARNED";
    /// A shield blocked a heist.
    pub const SHIELD_ACTIVATED: &str = "SHIELD_ACTIVATED";
    /// A shield's time was over.
    pub const SHIELD_EXPIRED: &str = "SHIELD_EXPIRED";

    /// The kinds that belong to the game.
    pub const GAME: [&str; 5] = [HEIST_SUCCESS, HEIST_VICTIM, TOKEN_EARNED, SHIELD_ACTIVATED, SHIELD_EXPIRED];
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
        kind::HEIST_SUCCESS
        | kind::HEIST_VICTIM
        | kind::TOKEN_EARNED
        | kind::SHIELD_ACTIVATED
        | kind::SHIELD_EXPIRED => game(kind, about),
        other => Words { title: other.to_lowercase().replace('_', " "), message: String::new(), actions: Vec::new() },
    }
}

/// Notices of the game. Names are not stored; whoever reads the notice puts them beside the ids.
fn game(kind: &str, about: &Value) -> Words {
    let name = |field: &str| about[field].as_str().unwrap_or("somebody who left").to_owned();
    let number = |field: &str| about[field].as_i64().unwrap_or_default();
    let (title, message, label, route) = match kind {
        kind::HEIST_SUCCESS => (
            "Your heist succeeded",
            format!(
                "You took {} from {} and have {} now.",
                points(number("points")),
                name("victimName"),
                points(number("newTotal"))
            ),
            "Look at your heists",
            "/heists",
        ),
        kind::HEIST_VICTIM => (
            "You were robbed",
            format!(
                "{} took {} from you; {} are left. You are protected until {}.",
                name("attackerName"),
                points(number("points")),
                number("newTotal"),
                until(&about["protectionUntil"])
            ),
            "Buy a shield",
            "/heists",
        ),
        kind::TOKEN_EARNED => (
            "A referral was rewarded",
            format!(
                "{} signed up with your code: {} and {} for you.",
                name("referredName"),
                heist_tokens(number("tokens")),
                points(number("points"))
            ),
            "Choose a target",
            "/leaderboard",
        ),
        kind::SHIELD_ACTIVATED => (
            "Your shield blocked a heist",
            format!("{} tried to rob you and lost a token. The shield is used up.", name("attackerName")),
            "Buy another",
            "/heists",
        ),
        _ => (
            "Your shield expired",
            String::from("Seven days are over and nobody tried. You can be robbed again."),
            "Buy another",
            "/heists",
        ),
    };
    let action = Action { label: label.to_owned(), route: route.to_owned() };
    Words { title: title.to_owned(), message, actions: vec![action] }
}

fn until(time: &Value) -> String {
    let time = time.as_str().unwrap_or("later");
    Timestamp::parse(time).map_or_else(|_| time.to_owned(), Timestamp::minute)
}

fn points(count: i64) -> String {
    if count == 1 { String::from("1 point") } else { format!("{count} points") }
}

fn heist_tokens(count: i64) -> String {
    if count == 1 { String::from("1 Heist Token") } else { format!("{count} Heist Tokens") }
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
        assert_eq!(words("BADGE_EARNED", &Value::Null).title, "badge earned");
    }

    #[test]
    fn notices_of_the_game_name_both_sides() {
        let about = json!({ "attackerName": "ann", "victimName": "bob", "points": 1, "newTotal": 19,
            "protectionUntil": "2026-11-23T12:00:00Z", "tokens": 1, "referredName": "cleo" });
        assert_eq!(
            words(kind::HEIST_VICTIM, &about).message,
            "ann took 1 point from you; 19 are left. You are protected until 2026-11-23 12:00 UTC."
        );
        assert_eq!(words(kind::HEIST_SUCCESS, &about).message, "You took 1 point from bob and have 19 points now.");
        assert!(words(kind::TOKEN_EARNED, &about).message.starts_with("cleo signed up with your code: 1 Heist Token"));
        for kind in kind::GAME {
            assert!(words(kind, &json!({})).actions[0].route.starts_with('/'), "{kind}");
        }
    }
}
