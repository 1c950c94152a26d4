//! Packs of VaniTokens by name.

use crate::domain::price::Pack;

/// Names of the usual sizes, as the price list calls them.
const NAMED: [(i64, &str, &str); 4] =
    [(100, "starter", "Starter"), (500, "popular", "Popular"), (2_500, "power", "Power"), (10_000, "whale", "Whale")];

/// The key under which a pack is ordered and stored: `popular`, or the number of tokens of a size without a name.
#[must_use]
pub fn key(pack: &Pack) -> String {
    named(pack).map_or_else(|| pack.tokens.to_string(), |(key, _)| key.to_owned())
}

/// What people call it: `Popular`, or `1000 VaniTokens` where its size has no name.
#[must_use]
pub fn title(pack: &Pack) -> String {
    named(pack).map_or_else(|| format!("{} VaniTokens", pack.tokens), |(_, title)| title.to_owned())
}

/// The pack that is ordered by this key, or by its number of tokens.
#[must_use]
pub fn find(packs: &[Pack], wanted: &str) -> Option<Pack> {
    packs.iter().copied().find(|pack| key(pack) == wanted || pack.tokens.to_string() == wanted)
}

fn named(pack: &Pack) -> Option<(&'static str, &'static str)> {
    NAMED.iter().find(|(tokens, ..)| *tokens == pack.tokens).map(|(_, key, title)| (*key, *title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::price::Tariff;

    #[test]
    fn packs_are_found_by_name_and_by_size() {
        let packs = Tariff::default().packs;
        for (wanted, tokens) in [("starter", 100), ("popular", 500), ("power", 2_500), ("whale", 10_000), ("500", 500)]
        {
            assert_eq!(find(&packs, wanted).map(|pack| pack.tokens), Some(tokens), "{wanted}");
        }
        assert_eq!(find(&packs, "Popular"), None);
        let other = Pack { tokens: 1_000, cents: 700 };
        assert_eq!((key(&other).as_str(), title(&other).as_str()), ("1000", "1000 VaniTokens"));
        assert_eq!(find(&[other], "1000"), Some(other));
    }
}
