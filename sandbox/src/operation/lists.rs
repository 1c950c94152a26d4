//! Pages of a list (`limit`, `starting_after`, `ending_before`, `has_more`) and of a search (`page`, `next_page`).

use serde_json::{Value, json};

use super::grammar::{Kind, Param, may};
use crate::{
    failure::{Answer, Failure},
    fields::Fields,
};

/// The parameters of every list.
pub(crate) const LIMIT: Param = may("limit", Kind::Int);
pub(crate) const AFTER: Param = may("starting_after", Kind::Text);
pub(crate) const BEFORE: Param = may("ending_before", Kind::Text);

/// The page that was asked for, of objects that are given newest first.
///
/// # Errors
/// For a limit outside 1 to 100 and a cursor that names nothing.
pub(crate) fn page<'a>(url: &str, params: &Value, all: impl Iterator<Item = &'a Value>) -> Answer {
    let limit = limit(params)?;
    let mut found: Vec<&Value> = all.filter(|object| in_range(object.int("created"), &params["created"])).collect();
    let at = |found: &[&Value], key: &str| {
        let id = params.text(key);
        let place = found.iter().position(|object| object.text("id") == id);
        place.ok_or_else(|| Failure::missing("object", id, key))
    };
    let mut has_more = false;
    if params.has("ending_before") {
        let end = at(&found, "ending_before")?;
        let start = end.saturating_sub(limit);
        has_more = start > 0;
        found = found.drain(start..end).collect();
    } else if params.has("starting_after") {
        let start = at(&found, "starting_after")? + 1;
        found.drain(..start);
    }
    has_more |= found.len() > limit;
    found.truncate(limit);
    Ok(json!({ "object": "list", "url": url, "has_more": has_more, "data": found }))
}

/// The page of a search.
///
/// # Errors
/// For a limit outside 1 to 100 and a page that no answer named.
pub(crate) fn search_page<'a>(url: &str, params: &Value, all: impl Iterator<Item = &'a Value>) -> Answer {
    let limit = limit(params)?;
    let start = match params.text("page") {
        "" => 0,
        page => page.parse::<usize>().map_err(|_| Failure::invalid("Invalid page.").param("page"))?,
    };
    let found: Vec<&Value> = all.skip(start).take(limit + 1).collect();
    let has_more = found.len() > limit;
    let next = has_more.then(|| (start + limit).to_string());
    let data = &found[..found.len().min(limit)];
    Ok(json!({ "object": "search_result", "url": url, "has_more": has_more, "next_page": next, "data": data }))
}

fn limit(params: &Value) -> Result<usize, Failure> {
    match params["limit"].as_u64() {
        None if !params.has("limit") => Ok(10),
        Some(limit @ 1..=100) => Ok(usize::try_from(limit).unwrap_or(100)),
        _ => Err(Failure::invalid("This value must be between 1 and 100, inclusive.").param("limit")),
    }
}

/// Whether a moment lies in a range as the grammar reads it, or no range is given.
pub(crate) fn in_range(moment: i64, range: &Value) -> bool {
    let bound = |key: &str| range.get(key).and_then(Value::as_i64);
    match range {
        Value::Number(exact) => exact.as_i64() == Some(moment),
        _ => {
            bound("gt").is_none_or(|bound| moment > bound)
                && bound("gte").is_none_or(|bound| moment >= bound)
                && bound("lt").is_none_or(|bound| moment < bound)
                && bound("lte").is_none_or(|bound| moment <= bound)
        }
    }
}
