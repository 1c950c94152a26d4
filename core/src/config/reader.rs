//! Turns texts into typed values, one setting at a time. A bad value is noted and its default goes on in its place, so
//! that every problem is found in one run.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use serde::Serialize;

use super::{
    problem::Problem,
    settings,
    sources::{Found, Source},
};

/// Why a text is not a value of a setting, and what to do.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) why: String,
    pub(super) fix: String,
}

pub(super) fn wrong(why: impl Into<String>, fix: impl Into<String>) -> Wrong {
    Wrong { why: why.into(), fix: fix.into() }
}

/// A setting as it is in force, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InForce {
    /// The setting.
    pub name: &'static str,
    /// Its value, masked; none if nothing is set and nothing is the default.
    pub value: Option<String>,
    /// Where it came from.
    pub source: String,
    /// What it does.
    pub about: &'static str,
}

/// Reads settings and gathers what is wrong with them.
#[derive(Debug)]
pub(super) struct Reader {
    found: BTreeMap<&'static str, Found>,
    pub(super) problems: Vec<Problem>,
    pub(super) in_force: Vec<InForce>,
}

impl Reader {
    pub(super) fn new(found: BTreeMap<&'static str, Found>, problems: Vec<Problem>) -> Self {
        Self { found, problems, in_force: Vec::new() }
    }

    /// True if somebody set it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.found.contains_key(name)
    }

    /// A value, or what `default` says.
    ///
    /// # Panics
    /// If `default` itself does not parse, which the tests of this module rule out.
    pub(super) fn get<T>(&mut self, name: &'static str, default: &str, parse: impl Fn(&str) -> Result<T, Wrong>) -> T {
        if let Some(value) = self.parsed(name, &parse) {
            return value;
        }
        if !self.has(name) {
            self.show(name, Some(default), &Source::Default);
        }
        parse(default).expect("defaults are valid")
    }

    /// A value, if somebody set it and it is right.
    pub(super) fn optional<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        let value = self.parsed(name, &parse);
        if !self.has(name) {
            self.show(name, None, &Source::Default);
        }
        value
    }

    /// Notes that something is missing.
    pub(super) fn missing(&mut self, name: &'static str, why: &str, fix: &str) {
        self.problems.push(Problem {
            setting: name.to_owned(),
            value: None,
            source: "nowhere".to_owned(),
            why: why.to_owned(),
            fix: fix.to_owned(),
        });
    }

    /// Notes that a value that is right in itself does not go with the others.
    pub(super) fn misfit(&mut self, name: &'static str, why: &str, fix: &str) {
        let found = self.found.get(name);
        let value = found.and_then(|found| settings::by_name(name).map(|setting| setting.masked(&found.text)));
        self.problems.push(Problem {
            setting: name.to_owned(),
            value,
            source: found.map_or_else(|| "default".to_owned(), |found| found.source.to_string()),
            why: why.to_owned(),
            fix: fix.to_owned(),
        });
    }

    fn parsed<T>(&mut self, name: &'static str, parse: &impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        let Found { text, source } = self.found.get(name)?.clone();
        match parse(text.trim()) {
            Ok(value) => {
                self.show(name, Some(&text), &source);
                Some(value)
            }
            Err(Wrong { why, fix }) => {
                let setting = settings::by_name(name);
                let value = setting.filter(|setting| !setting.is_secret()).map(|_| text);
                self.problems.push(Problem { setting: name.to_owned(), value, source: source.to_string(), why, fix });
                None
            }
        }
    }

    fn show(&mut self, name: &'static str, value: Option<&str>, source: &Source) {
        let Some(setting) = settings::by_name(name) else { return };
        self.in_force.push(InForce {
            name,
            // What is not set hides nothing.
            value: value.map(|value| if value.is_empty() { String::new() } else { setting.masked(value) }),
            source: source.to_string(),
            about: setting.about,
        });
    }
}

/// A whole number within bounds.
pub(super) fn number<T>(least: T, most: T) -> impl Fn(&str) -> Result<T, Wrong>
where
    T: FromStr + PartialOrd + Display + Copy,
{
    move |text| match text.replace('_', "").parse::<T>() {
        Ok(number) if number >= least && number <= most => Ok(number),
        Ok(_) => Err(wrong("out of range", format!("give a number from {least} to {most}"))),
        Err(_) => Err(wrong("not a number", format!("give a number from {least} to {most}"))),
    }
}

/// A list with commas between its items; empty items are wrong, an empty text is an empty list.
pub(super) fn list<T>(item: impl Fn(&str) -> Result<T, Wrong>) -> impl Fn(&str) -> Result<Vec<T>, Wrong> {
    move |text| {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        text.split(',').map(|part| item(part.trim())).collect()
    }
}
