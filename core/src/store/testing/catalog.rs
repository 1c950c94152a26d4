//! What the databases themselves say of their schema, and what is in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::{Db, dialect, sql};

/// Tables with their columns. The migrator's own table and those of SQLite are left out.
pub(crate) async fn tables(db: &Db) -> BTreeMap<String, Vec<String>> {
    let text = match db {
        Db::Postgres(_) => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' ORDER BY table_name, ordinal_position"
        }
        Db::Sqlite { .. } => {
            "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name <> '_sqlx_migrations' AND t.name NOT LIKE 'sqlite_%' \
             ORDER BY t.name, c.cid"
        }
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in pairs(db, text).await {
        tables.entry(table).or_default().push(column);
    }
    tables
}

/// Columns that name a user, each `table.column`: foreign keys to `users`, and what is called as such a column is.
pub(crate) async fn user_columns(db: &Db) -> BTreeSet<String> {
    let text = match db {
        Db::Postgres(_) => {
            "SELECT CAST(c.conrelid::regclass AS TEXT), CAST(a.attname AS TEXT) FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
             WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass"
        }
        Db::Sqlite { .. } => {
            "SELECT t.name, f.\"from\" FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f \
             WHERE t.type = 'table' AND f.\"table\" = 'users'"
        }
    };
    let keys = pairs(db, text).await.into_iter();
    let named = tables(db).await.into_iter().flat_map(|(table, columns)| {
        let columns = columns.into_iter().filter(|column| names_a_user(column));
        columns.map(|column| (table.clone(), column)).collect::<Vec<_>>()
    });
    keys.chain(named).map(|(table, column)| format!("{table}.{column}")).collect()
}

fn names_a_user(column: &str) -> bool {
    let person = ["user", "owner", "actor", "subject", "scope", "attacker", "victim", "member", "invit", "refer"];
    let word = column.trim_end_matches("_id");
    column.ends_with("_by")
        || person.iter().any(|name| word.starts_with(name) && (column.ends_with("_id") || word == *name))
}

/// Rows of these columns as text, sorted.
pub(crate) async fn rows(db: &Db, table: &str, columns: &[String]) -> Vec<String> {
    let text = |column: &String| match db {
        Db::Postgres(_) => format!("COALESCE(CAST(\"{column}\" AS TEXT), '-')"),
        Db::Sqlite { .. } => format!("quote(\"{column}\")"),
    };
    let list = columns.iter().map(text).collect::<Vec<_>>().join(" || ' | ' || ");
    let text = format!("SELECT {list} FROM {table} ORDER BY 1");
    let mut conn = db.read().await.unwrap();
    let rows: Vec<String> =
        sql!(&mut conn, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).fetch_all(c).await).unwrap();
    rows
}

async fn pairs(db: &Db, text: &'static str) -> Vec<(String, String)> {
    let mut conn = db.read().await.unwrap();
    sql!(&mut conn, c => sqlx::query_as(text).fetch_all(c).await).unwrap()
}

/// Which database it is, for messages.
pub(crate) async fn name(db: &Db) -> &'static str {
    dialect::name(&mut db.read().await.unwrap())
}

#[cfg(test)]
mod tests {
    use super::names_a_user;

    #[test]
    fn columns_that_name_users_are_known_by_their_names() {
        for name in ["user_id", "owner", "owner_id", "actor", "attacker_id", "updated_by", "referrer_id", "subject"] {
            assert!(names_a_user(name), "{name}");
        }
        for name in ["id", "job_id", "user_agent", "username", "referral_code", "endpoint_id"] {
            assert!(!names_a_user(name), "{name}");
        }
    }
}
