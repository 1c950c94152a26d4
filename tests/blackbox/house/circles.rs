//! Modules beside each other never import each other in a circle, in no folder of no crate; those of `flow` have an order
//! of layers besides; and a module has one place.

use std::collections::{BTreeMap, BTreeSet};

use vanikeys_testkit::workspace;

use super::{
    modules::{Edge, Modules},
    source::{files, relative},
};

/// The layers of `flow`, lowest first; a module may use its own layer and those below. `docs/ARCHITECTURE.md` has the same
/// table.
const FLOW: [(&str, &[&str]); 7] = [
    ("ground", &["actor", "failure", "nudge", "once", "outside", "pattern", "switch", "tasks"]),
    ("money", &["forfeit", "wallet"]),
    ("notices", &["mail_choices", "notices", "notify"]),
    ("keys", &["custody", "key_files", "receipt"]),
    ("play", &["billing", "debts", "grant", "heist", "job", "points", "pull", "purchase", "referral", "webhooks"]),
    ("people", &["account"]),
    ("operation", &["admin", "backup", "demo", "doctor", "mail", "ready"]),
];

/// The folders with the source of each crate.
fn sources() -> Vec<String> {
    let manifests = files("", "Cargo.toml");
    let folders = manifests.iter().filter_map(|manifest| Some(relative(&manifest.parent()?.join("src"))));
    folders.filter(|folder| workspace().join(folder).is_dir()).collect()
}

#[test]
fn no_folder_has_a_circle_of_imports() {
    let mut wrong = Vec::new();
    for folder in sources() {
        let mut edges = Modules::read(&folder).edges();
        // What nobody names, or names nobody, is in no circle; without it others may be out of it too.
        loop {
            let before = edges.len();
            let ends = |end: fn(&Edge) -> &String| -> BTreeSet<_> {
                edges.keys().map(|edge| (edge.parent.clone(), end(edge).clone())).collect()
            };
            let (name, named) = (ends(|edge| &edge.from), ends(|edge| &edge.to));
            edges.retain(|Edge { parent, from, to }, _| {
                named.contains(&(parent.clone(), from.clone())) && name.contains(&(parent.clone(), to.clone()))
            });
            if edges.len() == before {
                break;
            }
        }
        wrong.extend(edges.into_values().map(|place| format!("{folder}: {place}")));
    }
    assert!(wrong.is_empty(), "these imports close a circle:\n{}", wrong.join("\n"));
}

#[test]
fn layers_of_flow_import_downwards() {
    let layer = |module: &str| FLOW.iter().position(|(_, modules)| modules.contains(&module));
    let mut wrong = Vec::new();
    for (edge, place) in Modules::read("core/src").edges() {
        if edge.parent != ["flow"] {
            continue;
        }
        match (layer(&edge.from), layer(&edge.to)) {
            (Some(own), Some(other)) if own >= other => {}
            _ => wrong.push(place),
        }
    }
    assert!(wrong.is_empty(), "these go up, or to a module without a layer in {}:\n{}", file!(), wrong.join("\n"));
}

#[test]
fn the_layers_of_flow_are_those_of_the_architecture() {
    let document = std::fs::read_to_string(workspace().join("docs/ARCHITECTURE.md")).unwrap();
    for (name, modules) in FLOW {
        let modules: Vec<String> = modules.iter().map(|module| format!("`{module}`")).collect();
        let row = format!("| {name} | {} |", modules.join(", "));
        assert!(document.contains(&row), "docs/ARCHITECTURE.md has no row {row}");
    }
    let mut listed: Vec<&str> = FLOW.iter().flat_map(|(_, modules)| modules.iter().copied()).collect();
    listed.sort_unstable();
    let mut there: Vec<String> = std::fs::read_dir(workspace().join("core/src/flow"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
        .filter(|name| name != "mod")
        .collect();
    there.sort_unstable();
    assert_eq!(listed, there, "every module of flow has a layer");
}

#[test]
fn a_module_with_children_is_a_folder_with_a_mod_file() {
    let mut wrong = BTreeMap::new();
    for path in files("", ".rs") {
        let folder = relative(&path.with_extension(""));
        if !files(&folder, ".rs").is_empty() {
            wrong.insert(relative(&path), "has a folder of its name beside it");
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let elsewhere = text.lines().filter(|line| line.trim_start().starts_with("#[path"));
        if elsewhere.filter(|line| !line.contains("../")).count() > 0 {
            wrong.insert(relative(&path), "names another file for a module");
        }
    }
    assert!(wrong.is_empty(), "a module is x.rs alone or x/mod.rs: {wrong:#?}");
}
