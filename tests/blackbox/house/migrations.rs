//! Both databases have the same migrations under the same names, each with its way back.

use std::collections::BTreeSet;

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
