//! Sample rows: for each migration that makes tables, `migrations/samples` has rows of them in the shape of that
//! version, written once for both databases: `{id 7}` is a UUID, `{bytes 00ff}` a byte string.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{Fixture, empty};
use crate::store::{Db, migrate};

/// The id that `{id 7}` stands for.
pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 | u128::from_str_radix(&number.to_string(), 16).unwrap())
}

/// Both databases with the newest schema and all sample rows.
pub(crate) async fn both_with_samples() -> [Fixture; 2] {
    let both = empty().await;
    for fixture in &both {
        for version in migrate::versions() {
            migrate::up_to(&fixture.db, version).await.unwrap();
            insert(&fixture.db, version).await;
        }
    }
    both
}

/// Inserts the rows of a version, if it has any.
pub(crate) async fn insert(db: &Db, version: i64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/samples");
    let name = format!("{version:04}_");
    let of_version = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&name);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let Some(file) = files.into_iter().find(of_version) else { return };
    let text = rendered(&std::fs::read_to_string(file).unwrap(), matches!(db, Db::Postgres(_)));
    let done = match db {
        Db::Postgres(pool) => sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(pool).await.map(drop),
        Db::Sqlite { write, .. } => sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(write).await.map(drop),
    };
    done.unwrap_or_else(|error| panic!("the sample rows of version {version}: {error}"));
}

fn rendered(text: &str, postgres: bool) -> String {
    let mut parts = text.split('{');
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let value = part.split_once('}').and_then(|(mark, rest)| Some((mark.split_once(' ')?, rest)));
        match value {
            Some((("id", number), rest)) => {
                let id = id(number.parse().unwrap());
                let id = if postgres { format!("'{id}'") } else { format!("x'{}'", id.simple()) };
                all.push_str(&id);
                all.push_str(rest);
            }
            Some((("bytes", hex), rest)) => {
                all.push_str(&if postgres { format!("'\\x{hex}'") } else { format!("x'{hex}'") });
                all.push_str(rest);
            }
            _ => {
                all.push('{');
                all.push_str(part);
            }
        }
    }
    all
}
