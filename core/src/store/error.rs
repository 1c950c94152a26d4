//! What can go wrong in the store, by kind, so that callers can tell a race from a broken rule from a database
//! that is away.

use std::fmt::Display;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A uniqueness rule was broken; `constraint` names it (or its columns, on SQLite).
    #[error("a value that must be unique exists already ({constraint})")]
    Unique {
        /// Constraint or column names as the database gives them.
        constraint: String,
    },
    /// A check or foreign key was broken: a bug in the caller, stopped by the database.
    #[error("the database refused a change that breaks a rule ({constraint})")]
    Rule {
        /// Constraint name or the database's message.
        constraint: String,
    },
    /// The transaction lost a race and may run again.
    #[error("another transaction came first")]
    Serialization,
    /// The database cannot be reached, or cannot read or write its files, right now.
    #[error("the database cannot be used right now: {0}")]
    Down(#[source] sqlx::Error),
    /// A stored value does not read back as what it must be; names the row.
    #[error(transparent)]
    Unreadable(Unreadable),
    /// Stored values contradict each other, or what is stored cannot be read.
    #[error("a stored value cannot be read: {0}")]
    Corrupt(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Other(#[source] sqlx::Error),
}

/// A stored value that cannot be what it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{table}.{column} of the row {key} cannot be read: {problem}")]
pub struct Unreadable {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub key: String,
    /// What is wrong, with the value.
    pub problem: String,
}

impl Unreadable {
    /// That value of that row.
    pub(crate) fn new(
        table: &'static str,
        column: &'static str,
        key: &impl Display,
        problem: impl Into<String>,
    ) -> Self {
        Self { table, column, key: key.to_string(), problem: problem.into() }
    }
}

impl From<std::convert::Infallible> for Unreadable {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// Result of a store function.
pub type StoreResult<T> = Result<T, StoreError>;

impl From<sqlx::Error> for StoreError {
    #[allow(clippy::wildcard_enum_match_arm, reason = "errors of a library that may get more")]
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(db) => {
                let code = db.code().unwrap_or_default();
                let passing = match db.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
                    Some(_) if damaged(&code) => return Self::Corrupt(format!("the database file: {}", db.message())),
                    Some(_) => sqlite(&code),
                    None => postgres(&code),
                };
                let constraint = db.constraint().map_or_else(|| db.message().to_owned(), str::to_owned);
                match db.kind() {
                    _ if passing == Some(Passing::Raced) => Self::Serialization,
                    _ if passing == Some(Passing::Down) => Self::Down(error),
                    ErrorKind::UniqueViolation => Self::Unique { constraint },
                    ErrorKind::CheckViolation | ErrorKind::ForeignKeyViolation | ErrorKind::NotNullViolation => {
                        Self::Rule { constraint }
                    }
                    _ => Self::Other(error),
                }
            }
            sqlx::Error::Decode(source) => match source.downcast_ref::<Unreadable>() {
                Some(unreadable) => Self::Unreadable(unreadable.clone()),
                None => Self::Corrupt(error.to_string()),
            },
            sqlx::Error::ColumnDecode { .. } => Self::Corrupt(error.to_string()),
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_)
            | sqlx::Error::WorkerCrashed => Self::Down(error),
            _ => Self::Other(error),
        }
    }
}

/// What a database says of itself that has nothing to do with the statement, and may be over soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passing {
    Raced,
    Down,
}

/// Reads an SQLSTATE of PostgreSQL.
fn postgres(state: &str) -> Option<Passing> {
    match state {
        // Serialization failure, deadlock.
        "40001" | "40P01" => Some(Passing::Raced),
        // A standby that was not promoted yet takes no writes.
        "25006" => Some(Passing::Down),
        // Shutting down, crashed or starting.
        state if state.starts_with("57P") => Some(Passing::Down),
        // Connection lost; disk, memory or connections used up; files that cannot be read or written.
        state if ["08", "53", "58"].iter().any(|class| state.starts_with(class)) => Some(Passing::Down),
        _ => None,
    }
}

/// Whether SQLite found its file damaged: CORRUPT, NOTADB.
fn damaged(code: &str) -> bool {
    matches!(code.parse::<u32>().map(|code| code & 0xff), Ok(11 | 26))
}

/// Reads a result code of SQLite; what an extended code adds to its primary one does not matter here.
fn sqlite(code: &str) -> Option<Passing> {
    match code.parse::<u32>().ok()? & 0xff {
        // BUSY, LOCKED.
        5 | 6 => Some(Passing::Raced),
        // NOMEM, READONLY, IOERR, FULL, CANTOPEN.
        7 | 8 | 10 | 13 | 14 => Some(Passing::Down),
        _ => None,
    }
}

impl StoreError {
    /// For a stored value of the wrong form; `column` names where.
    #[must_use]
    pub fn corrupt(column: &str) -> Self {
        Self::Corrupt(column.to_owned())
    }

    /// The same for somebody else whom it befell too.
    pub(super) fn again(&self) -> Self {
        if matches!(self, Self::Serialization) {
            return Self::Serialization;
        }
        Self::Down(sqlx::Error::Protocol(self.to_string()))
    }

    /// True if this is a uniqueness violation that mentions `column`.
    #[must_use]
    pub fn is_unique(&self, column: &str) -> bool {
        matches!(self, Self::Unique { constraint } if constraint.contains(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_away_or_cannot_use_its_disk_is_down_and_may_pass() {
        for state in ["57P01", "57P03", "53300", "53100", "08006", "58030", "25006"] {
            assert_eq!(postgres(state), Some(Passing::Down), "{state}");
        }
        // IOERR, IOERR_WRITE, IOERR_FSYNC, FULL, CANTOPEN, READONLY.
        for code in ["10", "778", "1034", "13", "14", "8"] {
            assert_eq!(sqlite(code), Some(Passing::Down), "{code}");
        }
        for code in ["11", "26", "267", "523"] {
            assert!(damaged(code) && sqlite(code).is_none(), "{code}");
        }
        for error in [sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into()), sqlx::Error::WorkerCrashed] {
            assert!(matches!(StoreError::from(error), StoreError::Down(_)));
        }
    }

    #[test]
    fn lost_races_and_mistakes_are_told_apart() {
        for (state, code) in [("40001", "5"), ("40P01", "6"), ("40001", "517"), ("40001", "773")] {
            assert_eq!((postgres(state), sqlite(code)), (Some(Passing::Raced), Some(Passing::Raced)));
        }
        // Syntax errors, a missing table, a broken constraint: the statement's fault.
        for (state, code) in [("42601", "1"), ("42P01", "1"), ("23505", "2067")] {
            assert_eq!((postgres(state), sqlite(code)), (None, None));
        }
    }
}
