//! The master table of what points are given for, as admins see and change it.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::App,
    domain::{audit::Action, points::PointKind},
    flow::{By, Failure},
    store::{
        StoreError,
        audit::{self, Entry},
        point_kinds::{self, Stored},
        transact,
    },
};

/// Points that a kind may give at most.
const MOST_POINTS: i64 = 1_000_000;

/// Characters of a name, and of a description, at most.
const LONGEST: (usize, usize) = (60, 300);

/// What points are given for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KindView {
    /// Its name in the ledger and the API.
    #[cfg_attr(feature = "openapi", schema(example = "CHECKIN"))]
    pub kind: String,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Points it gives.
    pub points: i64,
    /// Whether it gives any.
    pub active: bool,
}

/// What is changed; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindChange {
    /// Its name for people.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Points it gives.
    pub points: Option<i64>,
    /// Whether it gives any.
    pub active: Option<bool>,
}

/// Why a kind cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum KindRefusal {
    /// There is none of that name.
    #[error("there is no such kind of points")]
    Unknown,
    /// Points of a heist follow from the target's.
    #[error("points of a heist follow from the target's points; only its words can be changed")]
    NotAnAward,
    /// Out of range.
    #[error("points are a number from 0 to {most}")]
    Points {
        /// The most.
        most: i64,
    },
    /// Empty or too long.
    #[error("a name has from 1 to {name} characters, a description at most {description}")]
    Words {
        /// Characters of a name.
        name: usize,
        /// Characters of a description.
        description: usize,
    },
}

/// Every kind.
///
/// # Errors
/// The store's.
pub async fn kinds(app: &App) -> Result<Vec<KindView>, StoreError> {
    let stored = point_kinds::list(&mut app.db.read().await?).await?;
    Ok(stored.into_iter().map(KindView::from).collect())
}

/// Changes a kind, for events from now on.
///
/// # Errors
/// See [`KindRefusal`].
pub async fn change_kind(
    app: &App,
    by: &By,
    name: &str,
    change: &KindChange,
) -> Result<KindView, Failure<KindRefusal>> {
    let kind: PointKind = name.parse().map_err(|_| Failure::Refused(KindRefusal::Unknown))?;
    let now = app.clock.now();
    transact!(app.db, tx => {
        let before = point_kinds::list(tx).await?.into_iter().find(|stored| stored.kind == kind);
        let before = before.ok_or(Failure::Refused(KindRefusal::Unknown))?;
        let after = changed(kind, before, change.clone()).map_err(Failure::Refused)?;
        point_kinds::change(tx, &after, by.admin, now).await?;
        let detail = json!({ "kind": name, "points": after.points, "active": after.active });
        let entry = Entry::new(by.id(), Action::PointsKind, None, detail);
        audit::record(tx, &entry, &by.origin, now).await?;
        Ok(KindView::from(after))
    })
}

fn changed(kind: PointKind, before: Stored, change: KindChange) -> Result<Stored, KindRefusal> {
    if !kind.is_award() && (change.points.is_some() || change.active.is_some()) {
        return Err(KindRefusal::NotAnAward);
    }
    let after = Stored {
        name: change.name.unwrap_or(before.name),
        description: change.description.unwrap_or(before.description),
        points: change.points.unwrap_or(before.points),
        active: change.active.unwrap_or(before.active),
        kind: before.kind,
    };
    if !(0..=MOST_POINTS).contains(&after.points) {
        return Err(KindRefusal::Points { most: MOST_POINTS });
    }
    let (name, description) = (after.name.chars().count(), after.description.chars().count());
    if name == 0 || name > LONGEST.0 || description > LONGEST.1 {
        return Err(KindRefusal::Words { name: LONGEST.0, description: LONGEST.1 });
    }
    Ok(after)
}

impl From<Stored> for KindView {
    fn from(stored: Stored) -> Self {
        let Stored { kind, name, description, points, active } = stored;
        Self { kind: kind.to_string(), name, description, points, active }
    }
}
