//! Stepping through a list.

use super::words;
use crate::extract::Page;

/// Where in a list a page stands, and where its neighbours are.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    /// What is shown, in words; empty if it is everything.
    pub(crate) shown: String,
    /// The address of the part before.
    pub(crate) before: Option<String>,
    /// The address of the part after.
    pub(crate) after: Option<String>,
}

impl Steps {
    /// For the list at `base`, which ends in `?` or `&`.
    pub(crate) fn new(base: &str, page: Page, total: i64) -> Self {
        let (limit, offset) = (i64::from(page.limit), i64::from(page.offset));
        let link = |offset: i64| format!("{base}limit={limit}&offset={offset}");
        let last = (offset + limit).min(total);
        let shown = if total > limit || offset > 0 {
            format!("{} to {} of {}", words::count((offset + 1).min(total)), words::count(last), words::count(total))
        } else {
            String::new()
        };
        Self {
            shown,
            before: (offset > 0).then(|| link((offset - limit).max(0))),
            after: (last < total).then(|| link(last)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_linked() {
        let middle = Steps::new("/x?", Page { limit: 10, offset: 10 }, 25);
        assert_eq!(middle.shown, "11 to 20 of 25");
        assert_eq!(middle.before.as_deref(), Some("/x?limit=10&offset=0"));
        assert_eq!(middle.after.as_deref(), Some("/x?limit=10&offset=20"));
        let all = Steps::new("/x?", Page { limit: 50, offset: 0 }, 3);
        assert!(all.shown.is_empty() && all.before.is_none() && all.after.is_none());
    }
}
