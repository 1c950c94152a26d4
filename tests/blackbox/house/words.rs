//! Words that readers stumble over, and that have been replaced once: they do not come back in what people read.

use super::source::{files, relative};

/// What people read, or what it is made of.
const PLACES: [(&str, &str); 11] = [
    ("docs", ".md"),
    ("web/src/templates", ".html"),
    ("web/src/assets/js", ".js"),
    // Comments of these stand in the API's document.
    ("core/src/flow", ".rs"),
    ("web/src/api", ".rs"),
    ("web/src/pages", ".rs"),
    ("web/src/admin", ".rs"),
    ("core/src/mail", ".txt"),
    ("core/src/mail", ".html"),
    ("core/src/domain/happening", ".rs"),
    ("src/cli", ".rs"),
];

const REPLACED: &[&str] = &[
    "so it would look",
    "Where and how it counts",
    "In which text",
    "Capital or small",
    "What would do:",
    "let it stand anywhere",
    "How the price comes about",
    "until it stands there",
    "9 of 10 times",
    "Not this time",
    "Nothing of it this time",
    "All of it. It is yours",
    "by chance:",
    "Only I,",
    "It is being searched",
    "waits for its next searcher",
    "what is out with searchers",
    "Searchers on it",
    "Looking for it",
    "Every movement",
    "Balance with what is held",
    "At least so many",
    "Kept ones only",
    "No pull fits",
    "Send me a letter",
    "Password now",
    "They lie in",
    "To the start",
    "somebody who left",
    "no line",
    "Rather not",
    "begins at zero",
    "Who came",
    "Shall that end",
    "password holds",
    "for those who are signed in",
    "receipt holds",
    "connection is away",
    "Searchers there",
    "Their rate together",
    "Heard of",
    "Nothing wrong",
    "ticked ones",
    "must hold do not",
    "is not written over",
    "count no more",
    "Look the service over",
    "it is not a number",
    "is no private key in",
    "Letters lie",
    "letters lie",
    "No more letters",
    "is over. Your key",
    "to whoever polls",
    "how-manieth",
];

#[test]
fn replaced_words_stay_away() {
    let readme = vanikeys_testkit::workspace().join("README.md");
    let all = PLACES.iter().flat_map(|(folder, ending)| files(folder, ending)).chain([readme]);
    let mut found = Vec::new();
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let said = REPLACED.iter().filter(|phrase| line.contains(**phrase));
            found.extend(said.map(|phrase| format!("{}:{}: {phrase}", relative(&path), number + 1)));
        }
    }
    assert!(found.is_empty(), "say it in plainer words:\n{}", found.join("\n"));
}
