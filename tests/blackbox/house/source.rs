//! Reading the project's files: Rust with comments and strings told apart from code, Markdown, and everything else.
//! It is a reader of text, not a parser; that is enough for rules about names.

use std::path::{Path, PathBuf};

use vanikeys_testkit::workspace;

/// A Rust file with its comments blanked out and its string literals taken out.
pub struct Rust {
    /// Path from the root of the workspace.
    pub path: String,
    /// The code alone.
    pub code: String,
    /// The contents of all string literals.
    pub strings: Vec<String>,
}

impl Rust {
    /// Whether it is a test's own file: tests may look where the program may not.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("tests.rs")
    }
}

/// All files under `folder` (from the root) whose name ends with `ending`, without what is built or fetched.
pub fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![workspace().join(folder)];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let skipped =
                ["target", "node_modules", ".git", "artefacts", "__pycache__", "fuzz"].contains(&name.as_str());
            if path.is_dir() && !skipped {
                left.push(path);
            } else if name.ends_with(ending) && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The path from the root of the workspace.
pub fn relative(path: &Path) -> String {
    path.strip_prefix(workspace()).unwrap_or(path).to_string_lossy().into_owned()
}

/// All Rust files under `folder`.
pub fn rust(folder: &str) -> Vec<Rust> {
    let read = |path: PathBuf| {
        let (code, strings) = split(&std::fs::read_to_string(&path).unwrap());
        Rust { path: relative(&path), code, strings }
    };
    files(folder, ".rs").into_iter().map(read).collect()
}

/// The names that follow `root::` in the code, inside groups too: `crate::{a::b, c}` gives `a` and `c`.
pub fn names_under(code: &str, root: &str) -> Vec<String> {
    let needle = format!("{root}::");
    let mut names = Vec::new();
    for (at, _) in code.match_indices(&needle) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + needle.len()..];
        match rest.strip_prefix('{') {
            None => names.extend(word(rest)),
            Some(group) => names.extend(heads_of_group(group)),
        }
    }
    names
}

fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut heads) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                heads.extend(word(group[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    heads
}

/// The name that the text begins with.
pub fn word(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// Splits Rust text into code (comments and strings blanked) and the strings.
fn split(text: &str) -> (String, Vec<String>) {
    let (mut code, mut strings) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some((length, content)) = string_at(rest, &code) {
            strings.push(content);
            length
        } else if c == '\'' {
            character_at(rest)
        } else {
            0
        };
        if skipped == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.push(' ');
            rest = &rest[skipped..];
        }
    }
    (code, strings)
}

/// Length and content of a string literal that starts here.
fn string_at(rest: &str, before: &str) -> Option<(usize, String)> {
    if let Some(body) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = body.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        return Some((end + 2, body[..end].to_owned()));
    }
    let inside_word = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    let body = rest.strip_prefix('r').filter(|_| !inside_word)?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let body = body[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close)?;
    Some((1 + hashes + 1 + end + close.len(), body[..end].to_owned()))
}

/// Length of a character literal that starts here, or 0 for a lifetime.
fn character_at(rest: &str) -> usize {
    let body = &rest[1..];
    let Some(first) = body.chars().next() else { return 0 };
    if first == '\\' {
        return body[1..].find('\'').map_or(0, |end| if end == 0 { 4 } else { end + 3 });
    }
    if body[first.len_utf8()..].starts_with('\'') { first.len_utf8() + 2 } else { 0 }
}

#[test]
fn code_is_told_from_words() {
    let text = "use crate::{a::b, c::{d, e}}; // crate::no\n/* crate::no */ let x = \"crate::no \\\" SELECT\"; 'a: loop {} \
                let q = '\"'; r#\"raw \" crate::no\"#; crate::f::g();";
    let (code, strings) = split(text);
    assert_eq!(names_under(&code, "crate"), ["a", "c", "f"]);
    assert_eq!(strings.len(), 2);
    assert!(code.contains("'a: loop"));
}
