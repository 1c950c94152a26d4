//! README and docs: every relative link leads somewhere, to the right heading too.

use std::path::{Path, PathBuf};

use super::source::{files, relative};

/// README.md and everything in Markdown elsewhere in the project.
pub fn documents() -> Vec<PathBuf> {
    files("", ".md")
}

#[test]
fn every_relative_link_resolves() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            if let Err(reason) = resolve(&document, &text, &link) {
                broken.push(format!("{}: {link}: {reason}", relative(&document)));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

fn resolve(document: &Path, text: &str, link: &str) -> Result<(), &'static str> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = document.parent().unwrap().join(file);
    let other;
    let text = if file.is_empty() {
        text
    } else if !target.exists() {
        return Err("no such file");
    } else if heading.is_empty() || target.extension().is_none_or(|ending| ending != "md") {
        return Ok(());
    } else {
        other = std::fs::read_to_string(&target).map_err(|_| "not a text file")?;
        &other
    };
    let found = heading.is_empty() || outside_fences(text).any(|line| anchor(line).as_deref() == Some(heading));
    if found { Ok(()) } else { Err("no such heading") }
}

fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in outside_fences(text) {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("](") {
            let Some((link, after)) = after.split_once(')') else { break };
            // An odd number of backticks before it means that it is inside code.
            if before.matches('`').count() % 2 == 0 {
                links.push(link.split(' ').next().unwrap().to_owned());
            }
            rest = after;
        }
        let definition = line.strip_prefix('[').and_then(|line| line.split_once("]: "));
        links.extend(definition.map(|(_, link)| link.trim().to_owned()));
    }
    links
}

fn outside_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// The anchor that code forges give to a heading.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim().to_lowercase();
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.map(|c| if c == ' ' { '-' } else { c }).collect())
}
