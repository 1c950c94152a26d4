//! How a column becomes a value: enums are kept as words, times as microseconds, patterns as JSON. An enum that is
//! stored derives `Clone, Copy, EnumString, IntoStaticStr, VariantNames` of `strum` in `domain` and is named, with its
//! columns, in [`words!`] below; it can then be bound, and be a field of a row. A row is a plain struct and a line
//! `row! { Job from jobs: id, user_id, status }`, key first, which gives it `Job::COLUMNS` and reads it: a value that
//! cannot be read is [`StoreError::Unreadable`](super::StoreError) with table, column, key and value.

use std::{fmt::Display, str::FromStr};

use serde::Serialize;
use sqlx::{ColumnIndex, Decode, Row, Type};
use uuid::Uuid;
use vanikeys_grind::{PatternSpec, Target};

use super::{StoreError, StoreResult, Unreadable};
use crate::domain::{
    account::{AccountStatus, Purpose, Role},
    audit, billing,
    custody::Custody,
    happening::{EmailChoice, NoticeKind},
    heist, job,
    ledger::{self, HoldState},
    plan::Plan,
    points::PointKind,
    price::Source,
    season::Season,
    task::{Queue, TaskState},
    time::Timestamp,
    webhook::DeliveryState,
    word,
};

/// What a column of a row may be.
pub(crate) trait Column: Sized {
    /// What the database keeps.
    type Raw;

    /// Makes the value of it.
    ///
    /// # Errors
    /// What is wrong, with the value as it is stored.
    fn read(raw: Self::Raw) -> Result<Self, String>;
}

/// One column of a row; for [`row!`].
pub(crate) fn read<'r, R, T>(
    row: &'r R,
    table: &'static str,
    column: &'static str,
    key: &impl Display,
) -> Result<T, sqlx::Error>
where
    R: Row,
    T: Column,
    T::Raw: Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    let problem = match row.try_get::<T::Raw, _>(column) {
        Ok(raw) => match T::read(raw) {
            Ok(value) => return Ok(value),
            Err(problem) => problem,
        },
        Err(sqlx::Error::ColumnDecode { source, .. }) => source.to_string(),
        Err(error) => return Err(error),
    };
    Err(sqlx::Error::Decode(Box::new(Unreadable::new(table, column, key, problem))))
}

/// The column that names a row; for [`row!`].
pub(crate) fn key<'r, R, T>(row: &'r R, table: &'static str, column: &'static str) -> Result<T, sqlx::Error>
where
    R: Row,
    T: Column,
    T::Raw: Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    read(row, table, column, &"of which this is the key")
}

/// What several columns make; for [`row!`].
pub(crate) fn part<C, T: TryFrom<C, Error: Into<Unreadable>>>(columns: C) -> Result<T, sqlx::Error> {
    T::try_from(columns).map_err(|error| sqlx::Error::Decode(Box::<Unreadable>::new(error.into())))
}

/// Reads a struct from a row, and lists its columns: `row! { Job from jobs: id, price; state of Ending: status, failure }`.
/// The first column is the key, which errors name. What several columns make together (here the field `state`) is made
/// with `TryFrom` of a row that has them (`Ending`).
macro_rules! row {
    (
        $row:ident from $table:ident: $key:ident $(, $column:ident)* $(,)?
        $(; $part:ident of $parts:ident: $($more:ident),*)?
    ) => {
        impl $row {
            /// The columns, as a `SELECT` lists them.
            #[allow(dead_code, reason = "a statement that reads few columns may list them itself")]
            pub(crate) const COLUMNS: &'static str =
                concat!(stringify!($key) $(, ", ", stringify!($column))* $($(, ", ", stringify!($more))*)?);
        }
        row! { @PgRow postgres $row $table $key [$($column)*] $($part $parts)? }
        row! { @SqliteRow sqlite $row $table $key [$($column)*] $($part $parts)? }
    };
    (@$from:ident $driver:ident $row:ident $table:ident $key:ident [$($column:ident)*] $($part:ident $parts:ident)?) => {
        impl<'r> sqlx::FromRow<'r, sqlx::$driver::$from> for $row {
            fn from_row(row: &'r sqlx::$driver::$from) -> Result<Self, sqlx::Error> {
                let $key = $crate::store::stored::key(row, stringify!($table), stringify!($key))?;
                Ok(Self {
                    $($column: $crate::store::stored::read(row, stringify!($table), stringify!($column), &$key)?,)*
                    $($part: $crate::store::stored::part(<$parts as sqlx::FromRow<'r, _>>::from_row(row)?)?,)?
                    $key,
                })
            }
        }
    };
}
pub(crate) use row;

macro_rules! as_is {
    ($($kind:ty),*) => {
        $(impl Column for $kind {
            type Raw = Self;

            fn read(raw: Self) -> Result<Self, String> {
                Ok(raw)
            }
        })*
    };
}
as_is!(Uuid, String, Vec<u8>, i64, f64, bool);

impl<T: Column> Column for Option<T> {
    type Raw = Option<T::Raw>;

    fn read(raw: Self::Raw) -> Result<Self, String> {
        raw.map(T::read).transpose()
    }
}

impl Column for [u8; 32] {
    type Raw = Vec<u8>;

    fn read(raw: Vec<u8>) -> Result<Self, String> {
        raw.try_into().map_err(|raw: Vec<u8>| format!("{} bytes instead of 32", raw.len()))
    }
}

macro_rules! as_text {
    ($($kind:ty),*) => {
        $(impl Column for $kind {
            type Raw = String;

            fn read(raw: String) -> Result<Self, String> {
                raw.parse().map_err(|error| format!("{raw:?}: {error}"))
            }
        })*
    };
}
as_text!(Season, Target);

/// What goes when its owner's account is deleted: an empty text is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasable<T>(pub Option<T>);

impl<T: FromStr<Err: Display>> Column for Erasable<T> {
    type Raw = String;

    fn read(raw: String) -> Result<Self, String> {
        if raw.is_empty() {
            return Ok(Self(None));
        }
        raw.parse().map(|value| Self(Some(value))).map_err(|error| format!("{raw:?}: {error}"))
    }
}

impl<T: Display> Display for Erasable<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |value| value.fmt(f))
    }
}

macro_rules! as_json {
    ($($kind:ty),*) => {
        $(impl Column for $kind {
            type Raw = String;

            fn read(raw: String) -> Result<Self, String> {
                serde_json::from_str(&raw).map_err(|error| format!("{raw:?}: {error}"))
            }
        })*
    };
}
as_json!(PatternSpec, job::Spans, heist::HeistRefusal);

/// A value as JSON columns keep it.
pub(crate) fn json(value: &impl Serialize) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}

impl Column for Timestamp {
    type Raw = i64;

    fn read(raw: i64) -> Result<Self, String> {
        Ok(Self::from_micros(raw))
    }
}

/// Makes a type bindable as what it is stored as.
macro_rules! bound {
    ($kind:ty, $raw:ty, |$value:ident| $inner:expr) => {
        impl<DB: sqlx::Database> Type<DB> for $kind
        where
            $raw: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$raw as Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <$raw as Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $kind
        where
            $raw: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                let $value = *self;
                <$raw as sqlx::Encode<'q, DB>>::encode_by_ref(&$inner, buffer)
            }
        }
    };
}
bound!(Timestamp, i64, |time| time.micros());

/// For a statement that reads a moment and few other things, too few for a row.
impl<'r, DB: sqlx::Database> Decode<'r, DB> for Timestamp
where
    i64: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        i64::decode(value).map(Self::from_micros)
    }
}

/// An enum's columns and words.
#[cfg(test)]
pub(crate) struct Words {
    /// Columns that keep it, each `table.column`.
    pub(crate) columns: &'static [&'static str],
    /// Its words.
    pub(crate) words: &'static [&'static str],
}

/// Enums that are kept as words, and where.
macro_rules! words {
    ($($kind:ty: [$($column:literal),+]),* $(,)?) => {
        $(
            impl Column for $kind {
                type Raw = String;

                fn read(raw: String) -> Result<Self, String> {
                    word::read(&raw).map_err(|unknown| unknown.to_string())
                }
            }
            bound!($kind, &'static str, |word| <&'static str>::from(word));
        )*

        /// Every enum that is kept as a word.
        #[cfg(test)]
        pub(crate) const WORDS: &[Words] =
            &[$(Words { columns: &[$($column),+], words: <$kind as strum::VariantNames>::VARIANTS }),*];
    };
}

words! {
    job::Status: ["jobs.status"],
    job::Cause: ["jobs.failure"],
    job::SliceState: ["slices.state"],
    Custody: ["jobs.custody", "pulls.custody"],
    heist::Status: ["heists.status"],
    Queue: ["outbox.queue", "queues.name"],
    TaskState: ["outbox.state"],
    Purpose: ["mail_links.purpose"],
    Source: ["pattern_credits.source"],
    HoldState: ["holds.state"],
    DeliveryState: ["webhook_deliveries.state"],
    NoticeKind: ["notices.kind"],
    EmailChoice: ["mail_choices.letter"],
    AccountStatus: ["users.status"],
    Role: ["users.role"],
    Plan: ["users.plan"],
    PointKind: ["point_kinds.kind"],
    ledger::Kind: ["transfers.kind", "holds.kind"],
    ledger::Cause: ["takings.cause"],
    audit::Action: ["audit.action"],
    billing::Mode: ["billing_customers.mode", "purchases.mode", "subscriptions.mode", "billing_events.mode"],
    billing::purchase::Way: ["purchases.way"],
    billing::purchase::State: ["purchases.state"],
    billing::subscription::Kind: ["subscriptions.kind"],
    billing::subscription::Status: ["subscriptions.status"],
    billing::refund::RefundStatus: ["refunds.status"],
    billing::refund::DisputeStatus: ["disputes.status"],
    billing::event::EventState: ["billing_events.state"],
}

#[cfg(test)]
mod literals;
#[cfg(test)]
mod tests;
