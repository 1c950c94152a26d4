//! Statements name states by their words, not by binding them, because partial indexes (`WHERE state = 'ready'`) serve
//! only statements that say the same. So a renamed word would leave a statement that matches nothing; this test reads
//! the statements, and the checks of the schema.

use std::{fs, path::Path};

use super::WORDS;

/// Columns that are compared with a literal and keep no enum.
const FREE: [&str; 10] = [
    "asset",
    "name",
    "contype",
    "type",
    "tbl_name",
    "table_schema",
    "table_name",
    "confrelid",
    "receipt",
    "last_error",
];

/// A word that a text sets or compares a column with.
struct Literal<'a> {
    column: &'a str,
    word: &'a str,
}

#[test]
fn literals_in_statements_are_stored_words() {
    let mut wrong = Vec::new();
    for (path, source) in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/store"))) {
        for statement in strings(&source) {
            for literal in literals(&statement) {
                if !FREE.contains(&literal.column) && !known(&statement, &literal) {
                    wrong.push(format!("{path}: {} is never {:?}", literal.column, literal.word));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The columns' checks in both schemas, `column TEXT .. CHECK (column IN ('word', ..))`, list the enum's words.
#[test]
fn checks_list_the_stored_words() {
    let mut checked = 0;
    for database in ["postgres", "sqlite"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(database);
        for (path, text) in sources(&folder) {
            let table = |at: usize| text[..at].rsplit_once("CREATE TABLE ").map(|(_, name)| first_word(name));
            for (at, _) in text.match_indices("CHECK (") {
                let (column, rest) = text[at + "CHECK (".len()..].split_once(" IN (").unwrap_or_default();
                let place = format!("{}.{column}", table(at).unwrap_or_default());
                let Some(kept) = WORDS.iter().find(|kept| kept.columns.contains(&place.as_str())) else { continue };
                let listed = rest.split(')').next().unwrap_or_default();
                let listed: Vec<&str> = listed.split(',').map(|word| word.trim().trim_matches('\'')).collect();
                assert!(listed.iter().all(|word| kept.words.contains(word)), "{path}: {place}: {listed:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 0);
}

fn known(statement: &str, literal: &Literal<'_>) -> bool {
    let all: Vec<_> = WORDS
        .iter()
        .flat_map(|kept| kept.columns.iter().map(|place| (place.split_once('.').unwrap_or_default(), kept.words)))
        .filter(|((_, column), _)| *column == literal.column)
        .collect();
    let named = |table: &str| words(statement).any(|word| word == table);
    let here = all.iter().any(|((table, _), _)| named(table));
    all.iter().any(|((table, _), words)| (!here || named(table)) && words.contains(&literal.word))
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn first_word(text: &str) -> &str {
    words(text).next().unwrap_or_default()
}

/// What statements compare with: `column = 'word'`, `column <> 'word'`, `column [NOT] IN ('word', ..)`. A word that
/// stands elsewhere (`VALUES ('word')`, `THEN 'word'`) comes with an empty column if it is a stored one.
fn literals(statement: &str) -> Vec<Literal<'_>> {
    let mut found = Vec::new();
    let pieces: Vec<&str> = statement.split('\'').collect();
    let mut column = "";
    for (&before, &word) in pieces.iter().zip(pieces.iter().skip(1)).step_by(2) {
        if before.trim() != "," {
            let before = before.trim_end();
            let compared = ["=", "<>", "IN ("].into_iter().find_map(|operator| before.strip_suffix(operator));
            let compared = compared.map(|left| left.trim_end().trim_end_matches(" NOT"));
            column = compared.and_then(|left| words(left).next_back()).unwrap_or_default();
        }
        let stored = WORDS.iter().any(|kept| kept.words.contains(&word));
        // Sentences and JSON are no words.
        let a_word = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c));
        if a_word && (!column.is_empty() || stored) {
            found.push(Literal { column, word });
        }
    }
    found
}

/// The string literals of a source file, without its tests.
fn strings(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
        .replace("'\"'", "");
    code.split('"').skip(1).step_by(2).map(|text| text.replace("\\\n", " ")).collect()
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if !path.ends_with("tests.rs") && !path.ends_with("literals.rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn literals_are_found() {
    let text = "UPDATE jobs SET status = 'running' WHERE j.status NOT IN ('queued', 'failed') AND x = $1";
    let found: Vec<(&str, &str)> = literals(text).iter().map(|literal| (literal.column, literal.word)).collect();
    assert_eq!(found, [("status", "running"), ("status", "queued"), ("status", "failed")]);
    let known = |word| super::literals::known(text, &Literal { column: "status", word });
    assert!(known("queued") && !known("quewed"));
}
