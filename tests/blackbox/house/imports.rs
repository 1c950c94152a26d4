//! Which part may know which: `grind` <- `core` <- `workers` and `web` <- `src`, and inside core `domain` <- `store` <- `queue`
//! <- `flow`, with what touches the outside world beside them.

use super::source::{Rust, names_under, rust};

const CRATES: [(&str, &[&str]); 6] = [
    ("grind", &[]),
    // Its binary uses its library.
    ("sandbox", &["vanikeys_sandbox"]),
    ("core", &["vanikeys_grind"]),
    // Its binary uses its library.
    ("workers", &["vanikeys_grind", "vanikeys_core", "vanikeys_workers"]),
    ("web", &["vanikeys_grind", "vanikeys_core", "vanikeys_sandbox"]),
    ("src", &["vanikeys_grind", "vanikeys_core", "vanikeys_workers", "vanikeys_web", "vanikeys_sandbox"]),
];
const OURS: [&str; 6] =
    ["vanikeys_grind", "vanikeys_core", "vanikeys_workers", "vanikeys_web", "vanikeys_sandbox", "vanikeys"];

/// The layers of core, lowest first; a module may use its own layer and those below.
const LAYERS: [&[&str]; 5] = [
    &["domain", "random", "secret"],
    &["clients", "config", "custody", "mail", "patterns"],
    &["store"],
    // `app` is what every use case is given: the database, the clients, the settings.
    &["app", "queue", "signals"],
    &["flow", "ops"],
];

#[test]
fn crates_import_one_way() {
    let mut wrong = Vec::new();
    for (folder, allowed) in CRATES {
        let source = if folder == "src" { folder.to_owned() } else { format!("{folder}/src") };
        for file in rust(&source) {
            // Unit tests may call the stand-in for Stripe: it is among their dev-dependencies.
            let tests = file.path.contains("/tests/") && folder != "grind";
            let allowed = |name: &&&str| allowed.contains(*name) || (tests && **name == "vanikeys_sandbox");
            for other in OURS.iter().filter(|name| !allowed(name)) {
                if !names_under(&file.code, other).is_empty() {
                    wrong.push(format!("{} uses {other}", file.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the direction:\n{}", wrong.join("\n"));
}

#[test]
fn manifests_depend_one_way() {
    for (folder, allowed) in CRATES {
        let manifest = if folder == "src" { "Cargo.toml".to_owned() } else { format!("{folder}/Cargo.toml") };
        let text = std::fs::read_to_string(vanikeys_testkit::workspace().join(&manifest)).unwrap();
        let mut section = "";
        for line in text.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let name = line.split(['.', ' ', '=']).next().unwrap().replace('-', "_");
            let ours = OURS.contains(&name.as_str()) && section == "[dependencies]";
            assert!(!ours || allowed.contains(&name.as_str()), "{manifest} depends on {name}");
        }
    }
}

#[test]
fn layers_of_core_import_downwards() {
    let mut wrong = Vec::new();
    for file in rust("core/src") {
        let module = file.path.trim_start_matches("core/src/").split(['/', '.']).next().unwrap();
        if module == "lib" {
            continue;
        }
        let Some(own) = layer(module) else {
            wrong.push(format!("{}: the module `{module}` has no layer in {}", file.path, file!()));
            continue;
        };
        for used in names_under(&file.code, "crate") {
            match layer(&used) {
                Some(other) if other > own => wrong.push(format!("{} uses `{used}`", file.path)),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the direction:\n{}", wrong.join("\n"));
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn web_and_workers_call_flows_and_never_the_store() {
    let files: Vec<Rust> = rust("web/src").into_iter().chain(rust("workers/src")).collect();
    let wrong: Vec<&str> = files
        .iter()
        .filter(|file| !file.is_test())
        .filter(|file| names_under(&file.code, "vanikeys_core").iter().any(|name| name == "store"))
        .map(|file| file.path.as_str())
        .collect();
    assert!(wrong.is_empty(), "these use vanikeys_core::store: {wrong:?}");
}

#[test]
fn the_domain_touches_nothing() {
    let outside = ["tokio", "sqlx", "reqwest", "redis", "getrandom", "std::fs", "std::net", "std::env", "Instant::now"];
    let mut wrong = Vec::new();
    for file in rust("core/src/domain") {
        for name in outside {
            if file.code.contains(&format!("{name}::")) || file.code.contains(&format!("{name}(")) {
                wrong.push(format!("{} uses {name}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "the domain has no I/O, clock or randomness:\n{}", wrong.join("\n"));
}
