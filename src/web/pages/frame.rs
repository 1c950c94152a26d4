//! What every page has around its content: title, navigation, who is signed in and what they can spend.

use std::sync::Arc;

use crate::web::{
    Web,
    extract::{Person, Viewer},
};

/// The frame of one page.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The page's title.
    pub(crate) title: &'static str,
    /// The section of the navigation that is current.
    pub(crate) section: &'static str,
    /// Who is signed in.
    pub(crate) person: Option<Arc<Person>>,
    /// Tokens and free pulls, on pages that look them up.
    pub(crate) purse: Option<Purse>,
}

/// What a person can spend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purse {
    /// VaniTokens available.
    pub(crate) tokens: i64,
    /// Free pulls left today.
    pub(crate) free_pulls: i64,
}

impl Frame {
    /// A frame that looks nothing up.
    pub(crate) fn bare(_web: &Web, viewer: Viewer, title: &'static str) -> Self {
        Self { title, section: "", person: viewer.0, purse: None }
    }

    /// The same frame with `section` current in the navigation.
    pub(crate) fn section(self, section: &'static str) -> Self {
        Self { section, ..self }
    }
}
