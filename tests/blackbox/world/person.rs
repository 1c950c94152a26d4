//! A user of the service: registers, has a credential, orders, waits, reads the ledger.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde_json::{Value, json};
use vanikeys_testkit::eventually;

use super::{Api, World};

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Person {
    pub api: Api,
    pub username: String,
    pub email: String,
    pub password: String,
}

impl World {
    /// Registers through the API and, where mail is on, confirms the address by the link in the letter.
    pub async fn register(&self, username: &str) -> Person {
        self.register_by(username, None).await
    }

    /// The same with somebody's referral code.
    pub async fn register_by(&self, username: &str, referral_code: Option<&str>) -> Person {
        let email = format!("{username}@example.org");
        let password = format!("correct horse {username}");
        let body = json!({
            "email": email, "username": username, "password": password, "acceptTerms": true, "adult": true,
            "referralCode": referral_code,
        });
        let answer = self.api().post("/auth/register", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let account = answer.ok();
        let api = self.api().with_access(account["accessToken"].as_str().expect("an access token"));
        let person = Person { api, username: username.to_owned(), email, password };
        self.confirm(&person).await;
        person
    }

    async fn confirm(&self, person: &Person) {
        let Some(sink) = &self.mail else { return };
        let letter = sink
            .wait_for("confirm the address", |mail| mail.to.contains(&person.email) && mail.text().contains("confirm"))
            .await;
        let secret = secret_in(&letter.text());
        self.api().post("/auth/email/confirm", json!({ "token": secret })).await.ok();
    }
}

/// The secret in the link of a letter.
pub fn secret_in(text: &str) -> String {
    let (_, rest) = text.split_once("token=").expect("the letter has a link with a secret");
    rest.chars().take_while(|c| c.is_alphanumeric() || "-_.".contains(*c)).collect()
}

impl Person {
    /// The balance document.
    pub async fn balance(&self) -> Value {
        self.api.get("/api/tokens/balance").await.ok()
    }

    /// Tokens that can be spent now.
    pub async fn available(&self) -> i64 {
        self.balance().await["available"].as_i64().expect("available is a number")
    }

    /// Orders a guaranteed job and returns its id.
    pub async fn order(&self, pattern: &Value, custody: Value) -> String {
        let mut body = custody;
        body["pattern"] = pattern.clone();
        let answer = self.api.post("/api/jobs/create", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.ok()["id"].as_str().expect("an id").to_owned()
    }

    /// The job as it stands.
    pub async fn job(&self, id: &str) -> Value {
        self.api.get(&format!("/api/jobs/{id}")).await.ok()
    }

    /// Asks until the job has ended, and returns it.
    pub async fn wait_for_end(&self, id: &str, deadline: Duration) -> Value {
        // Most jobs end at once; for the others there is room for a rate limit of 120 a minute between two questions.
        let pause = &AtomicU64::new(50);
        eventually(&format!("job {id} ends"), deadline, || async move {
            let job = self.job(id).await;
            let ended = ["completed", "cancelled", "failed"].iter().any(|state| job["status"] == *state);
            if !ended {
                let wait = pause.load(Ordering::Relaxed);
                pause.store((wait * 2).min(500), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            ended.then_some(job)
        })
        .await
    }

    /// Reads the job's event stream until it says that the job has ended, and returns all that it said.
    pub async fn listen_to_end(&self, id: &str, deadline: Duration) -> Vec<Value> {
        let request = self.api.request(reqwest::Method::GET, &format!("/api/jobs/{id}/events")).timeout(deadline);
        let mut stream = request.send().await.unwrap();
        assert_eq!(stream.status(), 200);
        let (mut text, mut events) = (String::new(), Vec::new());
        while let Some(chunk) = stream.chunk().await.expect("the stream lasts until the job ends") {
            text.push_str(&String::from_utf8_lossy(&chunk));
            while let Some((event, rest)) = text.clone().split_once("\n\n") {
                let data = event.lines().filter_map(|line| line.strip_prefix("data:"));
                let data: String = data.collect();
                events.extend(serde_json::from_str::<Value>(data.trim()));
                text = rest.to_owned();
            }
            let last = events.last().map(|event| event["status"].clone()).unwrap_or_default();
            if ["completed", "cancelled", "failed"].iter().any(|state| last == *state) {
                break;
            }
        }
        events
    }

    /// All movements of this user's tokens, newest first.
    pub async fn transactions(&self) -> Vec<Value> {
        let page = self.api.get("/api/tokens/transactions?limit=100").await.ok();
        page["items"].as_array().expect("a list").clone()
    }
}
