//! What every page has around its content: title, navigation, who is signed in and what they can spend.

use std::sync::Arc;

use uuid::Uuid;
use vanikeys_core::flow::{Actor, wallet};

use crate::web::{
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

/// What a person can spend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purse {
    /// VaniTokens available.
    pub(crate) tokens: i64,
    /// Free pulls left today; none if they are not limited.
    pub(crate) free_pulls: Option<i64>,
}

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
                Some(Purse { tokens: wallet.available, free_pulls: wallet.free_pulls_left })
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
}
