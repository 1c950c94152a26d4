//! Dashboard and alerts draw what is measured and documented.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde_json::Value;
use vanikeys_testkit::workspace;

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap()
}

/// Every metric that a text names.
fn metrics(text: &str) -> BTreeSet<String> {
    let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = names.filter(|name| name.starts_with("vanikeys_"));
    ours.map(|name| name.trim_end_matches("_bucket").to_owned()).collect()
}

#[test]
fn dashboard_and_alerts_draw_what_is_measured() {
    let documented = metrics(&read("docs/OPERATIONS.md"));
    let _: Value = serde_json::from_str(&read("deploy/dashboard.json")).unwrap();
    for file in ["deploy/dashboard.json", "deploy/alerts.yml"] {
        let unknown: Vec<_> = metrics(&read(file)).difference(&documented).cloned().collect();
        assert!(unknown.is_empty(), "{file} uses metrics that docs/OPERATIONS.md does not list: {unknown:?}");
    }
    let mut source = String::new();
    for folder in ["core/src", "workers/src", "web/src", "src"] {
        collect(&workspace().join(folder), &mut source);
    }
    let measured = metrics(&source);
    let invented: Vec<_> = documented.difference(&measured).collect();
    assert!(invented.is_empty(), "docs/OPERATIONS.md lists metrics that nothing measures: {invented:?}");
}

fn collect(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
