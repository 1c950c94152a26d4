//! Both databases have the same migrations under the same names, each with its way back.

use std::collections::BTreeSet;

use vanikeys_testkit::workspace;

use super::source::files;

fn names(database: &str) -> BTreeSet<String> {
    let folder = format!("migrations/{database}");
    files(&folder, "").iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(names("postgres"), names("sqlite"));
}

#[test]
fn every_migration_has_a_way_back() {
    let names = names("postgres");
    for name in &names {
        let other = match name.strip_suffix(".up.sql") {
            Some(stem) => format!("{stem}.down.sql"),
            None => name.replace(".down.sql", ".up.sql"),
        };
        assert!(name.ends_with(".sql") && names.contains(&other), "{name} has no {other}");
    }
    let numbers: Vec<&str> = names.iter().filter(|n| n.ends_with(".up.sql")).map(|n| &n[..4]).collect();
    let unique: BTreeSet<&&str> = numbers.iter().collect();
    assert_eq!(numbers.len(), unique.len(), "two migrations share a number: {numbers:?}");
}

/// What the programs of the last release still use must not go, and they cannot fill a new column that must have a value.
#[test]
fn migrations_since_the_last_release_only_add() {
    let text = std::fs::read_to_string(workspace().join("core/src/store/migrate/mod.rs")).unwrap();
    let (_, rest) = text.split_once("pub const OLDEST: i64 = ").unwrap();
    let oldest: u32 = rest.split(';').next().unwrap().parse().unwrap();
    let newer = files("migrations", ".up.sql").into_iter().filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name[..4].parse::<u32>().unwrap() > oldest
    });
    for path in newer {
        let text = std::fs::read_to_string(&path).unwrap().to_uppercase();
        for statement in text.split(';') {
            let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            let removes = ["DROP TABLE", "DROP COLUMN", " RENAME "].iter().any(|gone| words.contains(gone));
            let demands = words.contains("ADD COLUMN") && words.contains("NOT NULL") && !words.contains("DEFAULT");
            assert!(!removes && !demands, "{}: {words}", path.display());
        }
    }
}
