//! Rows that a user or a community owns: of the columns `user_id` and `community_id` one is set, by a check.

use uuid::Uuid;

use super::Unreadable;
use crate::domain::owner::Owner;

/// The column that names an owner of this kind.
pub(super) const fn column(owner: Owner) -> &'static str {
    match owner {
        Owner::User(_) => "user_id",
        Owner::Community(_) => "community_id",
    }
}

/// The owner that the two columns of a row name.
///
/// # Errors
/// Both of them are set, or neither.
pub(super) fn read(
    table: &'static str,
    id: Uuid,
    user: Option<Uuid>,
    community: Option<Uuid>,
) -> Result<Owner, Unreadable> {
    match (user, community) {
        (Some(user), None) => Ok(Owner::User(user)),
        (None, Some(community)) => Ok(Owner::Community(community)),
        (Some(_), Some(_)) => Err(Unreadable::new(table, "community_id", &id, "a user owns it too")),
        (None, None) => Err(Unreadable::new(table, "user_id", &id, "nobody owns it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        StoreError, StoreResult, execute,
        testing::{commit, samples},
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn the_schema_refuses_rows_of_nobody_and_of_two() {
        for fixture in samples::both_with_samples().await {
            let db = &fixture.db;
            for table in ["webhook_endpoints", "access_tokens"] {
                for set in ["user_id = NULL, community_id = NULL", "community_id = $1, user_id = $1"] {
                    let text = format!("UPDATE {table} SET {set} WHERE user_id = $1");
                    let done: StoreResult<u64> =
                        commit!(db, tx => execute!(tx, sqlx::AssertSqlSafe(text.as_str()), samples::id(1)));
                    let Err(StoreError::Rule { constraint }) = done else { panic!("{table}: {set}: {done:?}") };
                    assert!(constraint.contains(&format!("{table}_owner")), "{constraint}");
                }
            }
        }
    }

    #[test]
    fn a_row_has_one_owner() {
        let (id, user, community) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        assert_eq!(read("t", id, Some(user), None), Ok(Owner::User(user)));
        assert_eq!(read("t", id, None, Some(community)), Ok(Owner::Community(community)));
        assert_eq!(read("t", id, None, None).unwrap_err().problem, "nobody owns it");
        assert_eq!(read("t", id, Some(user), Some(community)).unwrap_err().problem, "a user owns it too");
    }
}
