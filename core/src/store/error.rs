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
    /// The database cannot be reached right now.
    #[error("the database does not answer: {0}")]
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
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(db) => {
                let code = db.code().unwrap_or_default();
                // 40001 serialization, 40P01 deadlock; SQLite: 5 busy, 6 locked, and their extended codes.
                let raced = matches!(code.as_ref(), "40001" | "40P01" | "5" | "6" | "261" | "262" | "517" | "518");
                // 57P0x: the server is shutting down or starting; 53300: too many connections.
                let down = matches!(code.as_ref(), "57P01" | "57P02" | "57P03" | "53300");
                let constraint = db.constraint().map_or_else(|| db.message().to_owned(), str::to_owned);
                match db.kind() {
                    _ if raced => Self::Serialization,
                    _ if down => Self::Down(error),
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
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
                Self::Down(error)
            }
            _ => Self::Other(error),
        }
    }
}

impl StoreError {
    /// For a stored value of the wrong form; `column` names where.
    #[must_use]
    pub fn corrupt(column: &str) -> Self {
        Self::Corrupt(column.to_owned())
    }

    /// True if this is a uniqueness violation that mentions `column`.
    #[must_use]
    pub fn is_unique(&self, column: &str) -> bool {
        matches!(self, Self::Unique { constraint } if constraint.contains(column))
    }
}
