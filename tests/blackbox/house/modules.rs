//! The modules of a crate and which of them name which, read from the text: `use` trees and paths in code, with names that
//! a module hands on (`pub use`) followed to where they come from. Tests are left out, they may look anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Rust, rust, word};

/// The path of a module from the root of its crate.
pub type Path = Vec<String>;

/// All modules of a crate.
pub struct Modules(BTreeMap<Path, Module>);

struct Module {
    /// Names that `use` brings in, with the paths they stand for.
    uses: BTreeMap<String, Vec<Path>>,
    /// The code without them.
    code: String,
}

/// One module names another beside it, or something inside of that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The module that both are in.
    pub parent: Path,
    /// The one that names.
    pub from: String,
    /// The one that is named.
    pub to: String,
}

impl Modules {
    /// The crate whose source is under `folder`.
    pub fn read(folder: &str) -> Self {
        let mut modules = BTreeMap::new();
        let mut tests: BTreeSet<Path> = BTreeSet::new();
        for file in rust(folder).into_iter().filter(|file| !file.is_test()) {
            let path = module_path(&file, folder);
            let (code, test_modules) = without_tests(&file.code);
            tests.extend(test_modules.into_iter().map(|name| [path.clone(), vec![name]].concat()));
            let (uses, code) = take_uses(&code);
            // A library and a binary may share the root.
            let module: &mut Module =
                modules.entry(path).or_insert_with(|| Module { uses: BTreeMap::new(), code: String::new() });
            for (name, path) in uses {
                module.uses.entry(name).or_default().push(path);
            }
            module.code.push_str(&code);
        }
        modules.retain(|path, _| !(0..=path.len()).any(|length| tests.contains(&path[..length])));
        Self(modules)
    }

    /// Who names whom, each with one place where it does.
    pub fn edges(&self) -> BTreeMap<Edge, String> {
        let mut edges = BTreeMap::new();
        for (from, module) in &self.0 {
            let used = module.uses.values().flatten().cloned();
            for path in used.chain(paths_in(&module.code)) {
                for to in self.places(from, &path) {
                    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
                    if common < from.len() && common < to.len() {
                        let parent = from[..common].to_vec();
                        let edge = Edge { parent, from: from[common].clone(), to: to[common].clone() };
                        edges.entry(edge).or_insert_with(|| format!("{} names {}", from.join("::"), path.join("::")));
                    }
                }
            }
        }
        edges
    }

    /// The module that a path is written through, and the one that it ends in.
    fn places(&self, from: &Path, path: &[String]) -> BTreeSet<Path> {
        let written = self.start(from, path).map(|(start, rest)| self.descend(start, rest).0);
        written.into_iter().chain(self.resolve(from, path, 0)).collect()
    }

    fn start<'a>(&self, from: &Path, path: &'a [String]) -> Option<(Path, &'a [String])> {
        match path.first()?.as_str() {
            "crate" => Some((Vec::new(), &path[1..])),
            "self" => Some((from.clone(), &path[1..])),
            "super" => {
                let up = path.iter().take_while(|part| *part == "super").count();
                Some((from[..from.len().checked_sub(up)?].to_vec(), &path[up..]))
            }
            name => {
                let child = [from.clone(), vec![name.to_owned()]].concat();
                self.0.contains_key(&child).then_some((child, &path[1..]))
            }
        }
    }

    /// Follows names of modules as far as they go.
    fn descend<'a>(&self, mut at: Path, mut rest: &'a [String]) -> (Path, &'a [String]) {
        while let Some(name) = rest.first() {
            at.push(name.clone());
            if !self.0.contains_key(&at) {
                at.pop();
                break;
            }
            rest = &rest[1..];
        }
        (at, rest)
    }

    fn resolve(&self, from: &Path, path: &[String], depth: usize) -> Option<Path> {
        if depth > 8 {
            return None;
        }
        let Some((start, rest)) = self.start(from, path) else {
            let brought = self.0.get(from)?.uses.get(path.first()?)?;
            return brought.iter().find_map(|whole| self.resolve(from, &[whole, &path[1..]].concat(), depth + 1));
        };
        let (at, rest) = self.descend(start, rest);
        let Some(name) = rest.first() else { return Some(at) };
        let handed_on = self.0.get(&at).and_then(|module| module.uses.get(name)).into_iter().flatten();
        let mut sources = handed_on.filter(|whole| whole.as_slice() != path);
        sources.find_map(|whole| self.resolve(&at, &[whole, &rest[1..]].concat(), depth + 1)).or(Some(at))
    }
}

fn module_path(file: &Rust, folder: &str) -> Path {
    let inside = file.path.trim_start_matches(folder).trim_start_matches('/').trim_end_matches(".rs");
    let mut path: Path = inside.split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str())) {
        path.pop();
    }
    path
}

/// The code without items that are for tests alone, and the names of the modules among these.
fn without_tests(code: &str) -> (String, Vec<String>) {
    let (mut kept, mut modules, mut rest) = (String::new(), Vec::new(), code);
    let next = |text: &str| ["#[cfg(test)]", "#[cfg(all(test"].iter().filter_map(|mark| text.find(mark)).min();
    while let Some(at) = next(rest) {
        kept.push_str(&rest[..at]);
        let item = &rest[at..];
        let mut depth = 0;
        let end = item.char_indices().find(|(_, c)| {
            match c {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                _ => {}
            }
            depth == 0 && ['}', ';'].contains(c)
        });
        let end = end.map_or(item.len(), |(end, _)| end + 1);
        let words: Vec<&str> = item[..end].split_whitespace().collect();
        let name = words.iter().position(|word| *word == "mod").and_then(|place| words.get(place + 1));
        modules.extend(name.map(|name| name.trim_end_matches(';').to_owned()));
        rest = &item[end..];
    }
    kept.push_str(rest);
    (kept, modules)
}

/// What `use` brings in, and the code without it.
fn take_uses(code: &str) -> (Vec<(String, Path)>, String) {
    let (mut uses, mut kept, mut rest) = (Vec::new(), String::new(), code);
    while let Some(at) = rest.find("use ") {
        let inside_word = rest[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let end = if inside_word { at + 4 } else { rest[at..].find(';').map_or(rest.len(), |end| at + end + 1) };
        kept.push_str(&rest[..at]);
        if inside_word {
            kept.push_str(&rest[at..end]);
        } else {
            uses.extend(expand(rest[at + 4..end].trim_end_matches(';')));
        }
        rest = &rest[end..];
    }
    kept.push_str(rest);
    (uses, kept)
}

/// The names that a tree of `use` brings in, with the paths they stand for.
fn expand(tree: &str) -> Vec<(String, Path)> {
    let parts =
        |text: &str| -> Path { text.split("::").map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect() };
    let tree = tree.trim();
    let Some((lead, group)) = tree.split_once('{') else {
        let (whole, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let path = parts(whole);
        let name = if alias.is_empty() { path.last().cloned() } else { Some(alias.trim().to_owned()) };
        return name.map(|name| (name, path)).into_iter().collect();
    };
    let lead = parts(lead);
    let mut brought = Vec::new();
    for branch in branches(group) {
        for (name, path) in expand(branch) {
            let itself = path == ["self"];
            let path = if itself { lead.clone() } else { [lead.clone(), path].concat() };
            let name = if name == "self" { lead.last().cloned().unwrap_or_default() } else { name };
            brought.push((name, path));
        }
    }
    brought
}

/// The parts of a group between commas of its own level.
fn branches(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&group[start..at]);
                return parts;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&group[start..]);
    parts
}

/// Every path of two names or more in the code.
fn paths_in(code: &str) -> Vec<Path> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("::") {
        let start = rest[..at].rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |before| before + 1);
        let mut path = vec![rest[start..at].to_owned()];
        let mut end = at;
        while let Some(name) = rest[end..].strip_prefix("::").and_then(word) {
            end += 2 + name.len();
            path.push(name);
        }
        if path.len() > 1 && !path[0].is_empty() {
            found.push(path);
        }
        rest = &rest[end.max(at + 2)..];
    }
    found
}

#[test]
fn names_are_followed_to_where_they_come_from() {
    let module = |code: &str| {
        let (code, _) = without_tests(code);
        let (uses, code) = take_uses(&code);
        let mut module = Module { uses: BTreeMap::new(), code };
        for (name, path) in uses {
            module.uses.entry(name).or_default().push(path);
        }
        module
    };
    let path = |text: &str| -> Path { text.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect() };
    let modules = Modules(BTreeMap::from([
        (path(""), module("pub mod a; pub mod b; mod c; pub use c::Word;")),
        (path("a"), module("use crate::{Word, b::{self, inner as other}}; fn f() { other::g(); }")),
        (path("b"), module("pub fn inner() {} #[cfg(test)] mod tests { use crate::a; }")),
        (path("c"), module("pub struct Word; fn f() { super::b::inner(); }")),
    ]));
    let edges: Vec<String> = modules.edges().into_keys().map(|edge| format!("{}>{}", edge.from, edge.to)).collect();
    assert_eq!(edges, ["a>b", "a>c", "c>b"]);
}
