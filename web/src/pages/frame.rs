//! What every page has around its content: title, navigation, who is signed in and what they can spend.

use std::sync::Arc;

use uuid::Uuid;
use vanikeys_core::flow::{Actor, notices, wallet};

use crate::{
    Web,
    error::Problem,
    extract::{Person, Signed, Viewer},
};

/// The frame of one page.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The page's title.
    pub(crate) title: String,
    /// The section of the navigation that is current.
    pub(crate) section: &'static str,
    /// Who is signed in.
    pub(crate) person: Option<Arc<Person>>,
    /// Tokens and free pulls, on pages that look them up.
    pub(crate) purse: Option<Purse>,
    /// A fresh idempotency key for the page's forms, so that a double click does a thing once.
    pub(crate) once: Uuid,
}

/// What a person can spend, and what waits to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purse {
    /// VaniTokens available.
    pub(crate) tokens: i64,
    /// Free pulls left today; none if they are not limited.
    pub(crate) free_pulls: Option<i64>,
    /// Notices that were not read.
    pub(crate) unread: i64,
}

/// Section, address and name.
type Links = &'static [(&'static str, &'static str, &'static str)];

/// The main navigation of somebody signed in.
const OWN: Links = &[
    ("pull", "/app", "Pull"),
    ("jobs", "/app/jobs", "Jobs"),
    ("history", "/app/history", "History"),
    ("leaderboard", "/leaderboard", "Leaderboard"),
    ("heists", "/heists", "Heists"),
    ("odds", "/odds", "Odds"),
];

/// The same for somebody who does not see heists yet: points, check-in and leaderboard are there all the same.
const QUIET: Links = &[
    ("pull", "/app", "Pull"),
    ("jobs", "/app/jobs", "Jobs"),
    ("history", "/app/history", "History"),
    ("leaderboard", "/leaderboard", "Leaderboard"),
    ("heists", "/heists", "Points"),
    ("odds", "/odds", "Odds"),
];

/// The main navigation of everybody else.
const OPEN: Links = &[
    ("odds", "/odds", "Odds"),
    ("how", "/how-it-works", "How it works"),
    ("pricing", "/pricing", "Pricing"),
    ("verify", "/verify", "Receipts"),
];

impl Frame {
    /// A frame that looks nothing up.
    pub(crate) fn bare(viewer: Viewer, title: impl Into<String>) -> Self {
        Self { title: title.into(), section: "", person: viewer.0, purse: None, once: Uuid::now_v7() }
    }

    /// A frame that shows what the viewer can spend.
    pub(crate) async fn load(web: &Web, viewer: Viewer, title: impl Into<String>) -> Result<Self, Problem> {
        let purse = match viewer.id() {
            Some(user) => {
                let actor = Actor { user, origin: Default::default() };
                let wallet = wallet::balance(&web.app, &actor).await?;
                let unread = notices::unread(&web.app, &actor).await?;
                Some(Purse { tokens: wallet.available, free_pulls: wallet.free_pulls_left, unread })
            }
            None => None,
        };
        Ok(Self { purse, ..Self::bare(viewer, title) })
    }

    /// The frame of a page for somebody signed in.
    pub(crate) async fn signed(web: &Web, signed: &Signed, title: impl Into<String>) -> Result<Self, Problem> {
        Self::load(web, Viewer(Some(signed.person.clone())), title).await
    }

    /// The same frame with `section` current in the navigation.
    pub(crate) fn section(self, section: &'static str) -> Self {
        Self { section, ..self }
    }

    /// The main navigation.
    pub(crate) fn navigation(&self) -> Links {
        match &self.person {
            Some(person) if person.plays => OWN,
            Some(_) => QUIET,
            None => OPEN,
        }
    }

    /// Whether heists are shown to the one who looks.
    pub(crate) fn plays(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.plays)
    }

    /// VaniTokens that can be spent.
    pub(crate) fn tokens(&self) -> i64 {
        self.purse.map_or(0, |purse| purse.tokens)
    }

    /// Whether there are so many tokens; unknown counts as yes, the ledger decides anyway.
    pub(crate) fn can_pay(&self, tokens: &i64) -> bool {
        self.purse.is_none_or(|purse| purse.tokens >= *tokens)
    }

    /// Whether the next pull is free.
    pub(crate) fn pulls_free(&self) -> bool {
        self.purse.is_some_and(|purse| purse.free_pulls != Some(0))
    }

    /// How many more free pulls there are today, in words.
    pub(crate) fn free_left(&self) -> String {
        match self.purse.and_then(|purse| purse.free_pulls) {
            Some(left) => left.to_string(),
            None => String::from("any number"),
        }
    }
}
