use super::*;
use crate::store::{
    Db, StoreError, StoreResult, execute,
    testing::{both, commit},
    users::{self, NewUser},
};

/// The words as they stand in databases out there: whoever changes one must migrate them.
#[test]
fn stored_words_are_stable() {
    let line = |kept: &Words| format!("{}: {}\n", kept.columns.join(" "), kept.words.join(" "));
    assert_eq!(
        WORDS.iter().map(line).collect::<String>(),
        "jobs.status: queued running completed cancelled failed\n\
         users.role: user admin\n\
         users.plan: free pro unlimited\n"
    );
}

async fn user(db: &Db) -> Uuid {
    let new = NewUser {
        id: Uuid::now_v7(),
        email: "ann@example.org",
        email_key: "ann@example.org",
        person_key: "ann@example.org",
        username: "ann",
        username_key: "ann",
        password_hash: "",
        role: Role::User,
        email_confirmed_at: None,
        referral_code: "ANN",
        referred_by: None,
        network: None,
        flag_reason: None,
        at: Timestamp::from_micros(1),
    };
    commit!(db, tx => users::insert(tx, &new).await).unwrap();
    new.id
}

/// Puts a word into a column of a row that no check would let in, and back what was there after `seen` looked.
async fn spoil(db: &Db, (table, column): (&str, &str), id: Uuid) {
    lift_checks(db, table).await;
    let text = format!("UPDATE {table} SET {column} = 'spoiled' WHERE id = $1");
    let rows: StoreResult<u64> = commit!(db, tx => execute!(tx, sqlx::AssertSqlSafe(text.as_str()), id));
    assert_eq!(rows.unwrap(), 1);
}

async fn lift_checks(db: &Db, table: &str) {
    match db {
        Db::Postgres(pool) => {
            let text = format!(
                "DO $$ DECLARE c name; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE contype = 'c' \
                 AND conrelid = '{table}'::regclass LOOP EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', c); \
                 END LOOP; END $$"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(pool).await.unwrap();
        }
        Db::Sqlite { write, .. } => {
            sqlx::raw_sql("PRAGMA ignore_check_constraints = ON").execute(write).await.unwrap();
        }
    }
}

fn names<T: std::fmt::Debug>(read: StoreResult<T>, place: &str, id: Uuid) {
    let error = read.unwrap_err();
    assert!(matches!(error, StoreError::Unreadable(_)), "{error:?}");
    let text = error.to_string();
    let begin = format!("{place} of the row {id} cannot be read: \"spoiled\" is none of ");
    assert!(text.starts_with(&begin), "{text}");
}

#[tokio::test]
async fn an_unreadable_word_is_an_error_that_names_its_row() {
    for fixture in both().await {
        let db = &fixture.db;
        let id = user(db).await;
        spoil(db, ("users", "plan"), id).await;
        let mut on = db.read().await.unwrap();
        names(crate::store::plans::of(&mut on, id, Timestamp::from_micros(1)).await, "users.plan", id);
        spoil(db, ("users", "role"), id).await;
        names(users::find(&mut on, id).await, "users.role", id);
    }
}
