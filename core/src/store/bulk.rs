//! Many rows by one statement. Rows are cut into a few fixed lengths, so that a database keeps a handful of prepared
//! statements however many rows there are.

use std::{collections::BTreeSet, fmt::Write as _};

use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Sql, StoreResult, sql};

/// Rows of one statement, the longest first.
const LENGTHS: [usize; 4] = [64, 16, 4, 1];

/// Ids of one statement.
pub(super) const IDS: usize = 64;

/// `rows` in pieces of those lengths, in order.
pub(super) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = LENGTHS.into_iter().find(|length| *length <= rows.len())?;
        let (piece, rest) = rows.split_at(length);
        rows = rest;
        Some(piece)
    })
}

/// `head VALUES ($1, $2), ($3, $4) .. tail`.
pub(super) fn insert(head: &str, rows: usize, width: usize, tail: &str) -> String {
    let mut text = format!("{head} VALUES ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            let comma = if column == 0 { "" } else { ", " };
            // Writing into a string cannot fail.
            write!(text, "{comma}${}", row * width + column + 1).ok();
        }
        text.push(')');
    }
    text.push(' ');
    text.push_str(tail);
    text
}

/// Placeholders for [`IDS`] ids, from `$first` on.
pub(super) fn id_list(first: usize) -> String {
    (first..first + IDS).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// A piece of at most [`IDS`] ids, filled up to that many by repeating the last. Not for an empty piece.
pub(super) fn filled(ids: &[Uuid]) -> impl Iterator<Item = Uuid> {
    let last = ids.last().copied().unwrap_or_default();
    ids.iter().copied().chain(std::iter::repeat(last)).take(IDS)
}

/// The rows of a statement that ends its conditions with [`id_list`], for these ids in their order, each once. `first` is
/// bound before them.
///
/// # Errors
/// The database's.
pub(super) async fn by_ids<T>(
    on: &mut impl Sql,
    text: &str,
    first: &[&str],
    ids: impl IntoIterator<Item = Uuid>,
) -> StoreResult<Vec<T>>
where
    T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
{
    let ids: Vec<Uuid> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut all = Vec::new();
    for piece in ids.chunks(IDS) {
        let found: Vec<T> = sql!(on, c => {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text));
            for value in first {
                query = query.bind(*value);
            }
            for id in filled(piece) {
                query = query.bind(id);
            }
            query.fetch_all(c).await
        })?;
        all.extend(found);
    }
    Ok(all)
}

/// Runs an insert over rows in pieces: `insert_many!(tx, head, width, tail, rows, |query, row| query.bind(row.id))`.
macro_rules! insert_many {
    ($tx:expr, $head:expr, $width:expr, $tail:expr, $rows:expr, |$query:ident, $row:ident| $bound:expr) => {{
        let rows = $rows;
        for piece in $crate::store::bulk::pieces(rows) {
            let text = $crate::store::bulk::insert($head, piece.len(), $width, $tail);
            $crate::store::sql!($tx, c => {
                let mut $query = sqlx::query(sqlx::AssertSqlSafe(text.as_str()));
                for $row in piece {
                    $query = $bound;
                }
                $query.execute(c).await.map(drop)
            })?;
        }
    }};
}
pub(super) use insert_many;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_fixed_lengths_in_order() {
        let rows: Vec<usize> = (0..150).collect();
        let lengths: Vec<usize> = pieces(&rows).map(<[usize]>::len).collect();
        assert_eq!(lengths, [64, 64, 16, 4, 1, 1]);
        assert_eq!(pieces(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(pieces::<u8>(&[]).count(), 0);
    }

    #[test]
    fn statements_number_their_places() {
        assert_eq!(insert("INSERT INTO t (a, b)", 2, 2, "X"), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) X");
    }
}
