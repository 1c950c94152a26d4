//! Each migration over sample rows, in both databases: what was there means the same afterwards, and after the way
//! down and up again. A table without sample rows fails.

use std::collections::BTreeMap;

use super::{OLDEST, SQLITE, applied, down, newest, up_to, versions};
use crate::store::{
    Db, execute,
    testing::{
        catalog::{self, tables},
        commit, empty, samples,
    },
};

/// Columns whose values a migration means to change or remove, by its name; what they become has a test of its own.
const CHANGED: &[(&str, &str)] = &[("job failures", "jobs.failure")];

/// What is in the tables: by table, the columns and their rows.
type Contents = BTreeMap<String, (Vec<String>, Vec<String>)>;

async fn contents(db: &Db) -> Contents {
    let mut all = Contents::new();
    for (table, columns) in tables(db).await {
        let rows = catalog::rows(db, &table, &columns).await;
        all.insert(table, (columns, rows));
    }
    all
}

/// What a version is called.
fn described(version: i64) -> &'static str {
    SQLITE.iter().find(|one| one.version == version).map_or("", |one| &*one.description)
}

/// A database in which a migration was just applied over sample rows.
async fn just_after(db: &Db, description: &str) {
    for version in versions() {
        up_to(db, version).await.unwrap();
        if described(version) == description {
            return;
        }
        samples::insert(db, version).await;
    }
    panic!("no migration is called {description}");
}

/// Everything of `before` is still there; `version` may have added to it.
async fn same(db: &Db, before: &Contents, version: i64, when: &str) {
    let name = catalog::name(db).await;
    let now = tables(db).await;
    let description = described(version);
    for (table, (columns, rows)) in before {
        let changed = |column: &str| CHANGED.contains(&(description, format!("{table}.{column}").as_str()));
        let kept: Vec<String> = columns.iter().filter(|column| !changed(column)).cloned().collect();
        let Some(there) = now.get(table) else { panic!("{name}: {when} of version {version}: {table} is gone") };
        let gone: Vec<&String> = kept.iter().filter(|column| !there.contains(column)).collect();
        assert!(gone.is_empty(), "{name}: {when} of version {version}: {table} lost {gone:?}");
        let found = catalog::rows(db, table, &kept).await;
        let cells = |row: &String| -> Vec<String> { row.split(" | ").map(str::to_owned).collect() };
        let without = |row: &String| {
            let cells = cells(row).into_iter().zip(columns).filter(|(_, column)| !changed(column));
            cells.map(|(cell, _)| cell).collect::<Vec<_>>()
        };
        let (mut found, mut rows): (Vec<_>, Vec<_>) =
            (found.iter().map(cells).collect(), rows.iter().map(without).collect());
        found.sort();
        rows.sort();
        assert_eq!(found, rows, "{name}: {when} of version {version}: rows of {table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_migration_keeps_what_was_there() {
    for fixture in empty().await {
        let db = &fixture.db;
        let mut before = Contents::new();
        for version in versions() {
            up_to(db, version).await.unwrap();
            same(db, &before, version, "the way up").await;
            samples::insert(db, version).await;
            down(db, version - 1).await.unwrap();
            same(db, &before, version, "the way down").await;
            assert_eq!(
                tables(db).await.into_keys().collect::<Vec<_>>(),
                before.keys().cloned().collect::<Vec<_>>(),
                "version {version} leaves tables behind"
            );
            up_to(db, version).await.unwrap();
            same(db, &before, version, "the second way up").await;
            samples::insert(db, version).await;
            before = contents(db).await;
            let name = catalog::name(db).await;
            let empty: Vec<&String> = before.iter().filter(|(_, (_, rows))| rows.is_empty()).map(|one| one.0).collect();
            assert!(empty.is_empty(), "{name}: version {version} has no sample rows (migrations/samples) of {empty:?}");
        }
    }
}

/// Debt from before there were causes becomes rows: of grants that were taken back, as repayments filled them, and of
/// what nobody explains.
#[tokio::test(flavor = "multi_thread")]
async fn old_debts_become_takings() {
    for fixture in empty().await {
        let db = &fixture.db;
        just_after(db, "takings").await;
        let columns = ["cause", "gave", "asked", "covered", "taken", "repaid", "open", "forgiven"].map(str::to_owned);
        let quote = |row: &String| row.replace('\'', "");
        let takings: Vec<String> = catalog::rows(db, "takings", &columns).await.iter().map(quote).collect();
        assert_eq!(takings, ["grant | 500 | 500 | 0 | 250 | 200 | 50 | 0", "unknown | 7 | 7 | 0 | 0 | 0 | 7 | 0"]);
        let settled = catalog::rows(db, "holds", &["kind", "settle_key"].map(str::to_owned)).await;
        let mut settled: Vec<String> = settled.iter().map(quote).map(|row| row.replace("NULL", "-")).collect();
        // The databases sort nothing to different ends.
        settled.sort();
        assert_eq!(settled, ["job | -", "job | -", "job | job:223:settle"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn why_an_old_job_failed_becomes_a_word() {
    for fixture in empty().await {
        just_after(&fixture.db, "job failures").await;
        let failures = catalog::rows(&fixture.db, "jobs", &["failure".to_owned()]).await;
        assert_eq!(failures.iter().filter(|failure| failure.trim_matches('\'') == "no_searcher").count(), 1);
    }
}

/// A program of the last release goes on beside the first one of the next.
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_left_alone_and_one_that_is_too_new_refused() {
    for fixture in empty().await {
        let db = &fixture.db;
        super::up(db).await.unwrap();
        let newer = newest() + 1;
        let text = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                    SELECT $1, 'of a newer program', success, checksum, execution_time FROM _sqlx_migrations \
                    WHERE version = 1";
        commit!(db, tx => execute!(tx, text, newer)).unwrap();
        super::up(db).await.unwrap();
        assert_eq!(applied(&mut db.read().await.unwrap()).await.unwrap(), newer);
        let refused = down(db, 1).await.unwrap_err();
        assert!(refused.to_string().contains("only the program that made it"), "{refused}");
        for too_new in [Some(newer.to_string()), None] {
            let text = "UPDATE settings SET value = $1 WHERE name = 'schema.oldest'";
            commit!(db, tx => execute!(tx, text, too_new.clone().unwrap_or_default())).unwrap();
            let refused = super::up(db).await.unwrap_err();
            assert!(refused.to_string().contains("more than one release older"), "{refused}");
        }
    }
}

#[test]
fn the_last_release_knew_no_more_than_this_one() {
    assert!(versions().contains(&OLDEST), "{OLDEST}");
}
