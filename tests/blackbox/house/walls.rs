//! What may be written where: SQL, HTML, `unsafe`, searches, and marks of unfinished work.

use super::source::{files, relative, rust};

#[test]
fn sql_is_written_in_the_store_only() {
    let mut wrong = Vec::new();
    // The transport's are about the tables of the queue library, in a file of their own.
    let allowed = ["core/src/store/", "core/src/queue/transport/"];
    for folder in ["core/src", "workers/src", "web/src", "src", "grind/src", "sandbox/src"] {
        for file in rust(folder).into_iter().filter(|file| !file.is_test()) {
            if allowed.iter().any(|place| file.path.starts_with(place)) {
                continue;
            }
            let statement = file.strings.iter().find(|text| looks_like_sql(text));
            if let Some(text) = statement {
                wrong.push(format!("{}: {}", file.path, text.trim().lines().next().unwrap_or_default()));
            }
            if file.code.contains("sqlx::query") {
                wrong.push(format!("{}: sqlx::query", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "SQL outside core/src/store:\n{}", wrong.join("\n"));
}

fn looks_like_sql(text: &str) -> bool {
    let text = text.trim_start();
    let second = || text.split_whitespace().nth(1).unwrap_or_default();
    match text.split_whitespace().next() {
        Some("SELECT") => text.contains(" FROM ") || text.contains('('),
        Some("INSERT") => second() == "INTO",
        Some("DELETE") => second() == "FROM",
        Some("UPDATE") => text.contains(" SET "),
        Some("CREATE" | "ALTER" | "DROP") => ["TABLE", "INDEX", "UNIQUE"].contains(&second()),
        _ => false,
    }
}

#[test]
fn only_claim_act_settle_may_call_outside() {
    let mut wrong = Vec::new();
    for file in rust("core/src") {
        let allowed = ["core/src/flow/outside/", "core/src/clients/"].iter().any(|place| file.path.starts_with(place));
        if file.code.contains("Acting::new") && !allowed {
            wrong.push(file.path);
        }
    }
    assert!(wrong.is_empty(), "these give themselves leave to call outside: {wrong:?}");
}

#[test]
fn workers_have_no_html() {
    for file in rust("workers/src") {
        let html = file.strings.iter().find(|text| text.contains("</") || text.contains("text/html"));
        assert!(html.is_none(), "{} has HTML: {html:?}", file.path);
        assert!(!file.code.contains("askama"), "{} uses templates", file.path);
    }
}

#[test]
fn the_web_starts_no_search() {
    for file in rust("web/src") {
        let searches = ["vanikeys_grind::search", "vanikeys_grind::Search", "Search::new", "rayon::"];
        let found = searches.iter().find(|name| file.code.contains(*name));
        assert!(found.is_none(), "{} uses {found:?}", file.path);
    }
}

#[test]
fn unsafe_is_in_the_vector_backends_only() {
    const BACKENDS: [&str; 2] = ["grind/src/engine/avx2/", "grind/src/engine/avx512/"];
    let mut wrong = Vec::new();
    for folder in ["grind", "core", "sandbox", "workers", "web", "src", "tests"] {
        for file in rust(folder) {
            let mut words = file.code.split(|c: char| !c.is_alphanumeric() && c != '_');
            let found = words.any(|word| matches!(word, "unsafe" | "asm"));
            if found && !BACKENDS.iter().any(|backend| file.path.starts_with(backend)) {
                wrong.push(file.path);
            }
        }
    }
    assert!(wrong.is_empty(), "`unsafe` or assembly outside the vector backends: {wrong:?}");
}

#[test]
fn nothing_is_left_undone() {
    // Put together here, so that this file does not contain them.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]].map(|parts| parts.concat());
    let mut wrong = Vec::new();
    for ending in
        [".rs", ".toml", ".md", ".sql", ".html", ".css", ".js", ".mjs", ".py", ".sh", ".service", ".txt", "test"]
    {
        for path in files("", ending).into_iter().filter(|path| !relative(path).contains("vendor")) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for (number, line) in text.lines().enumerate() {
                let words = line.split(|c: char| !c.is_alphanumeric());
                if words.into_iter().any(|word| marks.iter().any(|mark| mark == word)) {
                    wrong.push(format!("{}:{}: {}", relative(&path), number + 1, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "marks of unfinished work:\n{}", wrong.join("\n"));
}
