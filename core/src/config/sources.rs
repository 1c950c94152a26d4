//! Where settings come from, and which source wins: flags over the environment over `vanikeys.toml` over defaults.
//! Secrets may stand in a file of their own, named by `<NAME>_FILE`.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use super::{
    problem::Problem,
    settings::{self, SETTINGS, Setting},
};

/// Everything that may set something, gathered but not judged.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// From the command line, by setting name.
    pub flags: BTreeMap<String, String>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// `vanikeys.toml`: where it is and what it says.
    pub file: Option<(PathBuf, String)>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// The environment.
    Environment,
    /// The configuration file.
    File(PathBuf),
    /// A file that `<NAME>_FILE` names.
    SecretFile(PathBuf),
    /// Nobody set it.
    Default,
    /// Made once and kept in the data folder.
    Made,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("command line"),
            Self::Environment => f.write_str("environment"),
            Self::File(path) | Self::SecretFile(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
            Self::Made => f.write_str("made in the data folder"),
        }
    }
}

/// A value as text, and where it came from.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) source: Source,
}

/// The name of the configuration file that is looked for in the working directory.
const FILE: &str = "vanikeys.toml";

impl Sources {
    /// The process's environment, and the file `config` (or `VANIKEYS_CONFIG`, or `vanikeys.toml` here if there is one).
    ///
    /// # Errors
    /// A file that was named and cannot be read.
    pub fn gather(config: Option<&Path>, flags: BTreeMap<String, String>) -> Result<Self, Problem> {
        let environment: BTreeMap<String, String> = std::env::vars().collect();
        let named = config.map(Path::to_owned).or_else(|| environment.get("VANIKEYS_CONFIG").map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| PathBuf::from(FILE));
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => Some((path, text)),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(Problem {
                    setting: "VANIKEYS_CONFIG".to_owned(),
                    value: Some(path.display().to_string()),
                    source: if config.is_some() { Source::Flag } else { Source::Environment }.to_string(),
                    why: format!("the configuration file cannot be read: {error}"),
                    fix: "name a file that exists and may be read, or leave it out".to_owned(),
                });
            }
        };
        Ok(Self { flags, environment, file })
    }

    /// Each setting that somebody set, from its strongest source; and what is wrong with the sources themselves.
    pub(super) fn merge(&self) -> (BTreeMap<&'static str, Found>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut found = BTreeMap::new();
        if let Some((path, text)) = &self.file {
            let entries = read_toml(path, text, &mut problems);
            let source = Source::File(path.clone());
            layer(&mut found, &|setting| entries.get(&setting.key()), "_file", &source, &mut problems);
        }
        let environment = |name: &str| self.environment.get(name).filter(|value| !value.is_empty());
        for setting in SETTINGS {
            let file = format!("{}_FILE", setting.name);
            let pair = (environment(setting.name), environment(&file).filter(|_| setting.is_secret()));
            take(&mut found, setting, pair, &Source::Environment, &file, &mut problems);
        }
        for (name, value) in &self.flags {
            match settings::by_name(name) {
                Some(setting) if !setting.is_secret() => {
                    found.insert(setting.name, Found { text: value.clone(), source: Source::Flag });
                }
                Some(setting) => problems.push(Problem {
                    setting: setting.name.to_owned(),
                    value: None,
                    source: Source::Flag.to_string(),
                    why: "everyone on this host can read command lines, so secrets do not belong there".to_owned(),
                    fix: format!("put it into the environment, or into a file named by {}_FILE", setting.name),
                }),
                None => problems.push(unknown(name, &Source::Flag)),
            }
        }
        (found, problems)
    }
}

/// The files that hold what must stay secret.
pub(super) fn with_secrets(found: &BTreeMap<&'static str, Found>) -> Vec<PathBuf> {
    let secret = found.iter().filter(|(name, _)| settings::by_name(name).is_some_and(Setting::is_secret));
    let mut files: Vec<PathBuf> = secret
        .filter_map(|(_, found)| match &found.source {
            Source::File(path) | Source::SecretFile(path) => Some(path.clone()),
            Source::Flag | Source::Environment | Source::Default | Source::Made => None,
        })
        .collect();
    files.sort();
    files.dedup();
    files
}

fn layer<'a>(
    found: &mut BTreeMap<&'static str, Found>,
    get: &dyn Fn(&Setting) -> Option<&'a Entry>,
    suffix: &str,
    source: &Source,
    problems: &mut Vec<Problem>,
) {
    for setting in SETTINGS {
        if let Some(entry) = get(setting) {
            let pair = (entry.plain.as_ref(), entry.file.as_ref());
            take(found, setting, pair, source, &format!("{}{suffix}", setting.key()), problems);
        }
    }
}

/// Takes a setting from one source, either given plainly or by a file.
fn take(
    found: &mut BTreeMap<&'static str, Found>,
    setting: &'static Setting,
    given: (Option<&String>, Option<&String>),
    source: &Source,
    file_name: &str,
    problems: &mut Vec<Problem>,
) {
    let mut problem = |value: Option<&String>, why: String, fix: &str| {
        problems.push(Problem {
            setting: file_name.to_owned(),
            value: value.cloned(),
            source: source.to_string(),
            why,
            fix: fix.to_owned(),
        });
    };
    match given {
        (None, None) => {}
        (Some(_), Some(path)) => {
            problem(Some(path), format!("{} is set too, and only one can count", setting.name), "remove one of them");
        }
        (Some(text), None) => {
            found.insert(setting.name, Found { text: text.clone(), source: source.clone() });
        }
        (None, Some(path)) => match std::fs::read_to_string(path) {
            Ok(text) => {
                let source = Source::SecretFile(PathBuf::from(path));
                found.insert(setting.name, Found { text: text.trim_end_matches(['\r', '\n']).to_owned(), source });
            }
            Err(error) => {
                let why = format!("the file cannot be read: {error}");
                problem(Some(path), why, "name a file that exists and that this user may read");
            }
        },
    }
}

/// What `vanikeys.toml` says about one setting.
#[derive(Default)]
struct Entry {
    plain: Option<String>,
    file: Option<String>,
}

fn read_toml(path: &Path, text: &str, problems: &mut Vec<Problem>) -> BTreeMap<String, Entry> {
    let source = Source::File(path.to_owned());
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => {
            problems.push(Problem {
                setting: FILE.to_owned(),
                value: None,
                source: source.to_string(),
                // The parser's own rendering quotes the line, which may hold a secret.
                why: format!("it is not TOML: {}{}", error.message(), line_of(text, error.span())),
                fix: "write settings as name = \"value\", one a line".to_owned(),
            });
            return entries;
        }
    };
    for (key, value) in table {
        let by_key = |key: &str| SETTINGS.iter().find(|setting| setting.key() == key);
        let by_file = key.strip_suffix("_file").and_then(by_key).filter(|setting| setting.is_secret());
        let (setting, is_file) = match (by_key(&key), by_file) {
            (Some(setting), _) => (setting, false),
            (None, Some(setting)) => (setting, true),
            (None, None) => {
                problems.push(unknown(&key, &source));
                continue;
            }
        };
        let Some(text) = scalar(&value) else {
            problems.push(Problem {
                setting: key,
                value: None,
                source: source.to_string(),
                why: format!("a {} cannot be a setting", value.type_str()),
                fix: "give a text, a number, true or false, or a list of those".to_owned(),
            });
            continue;
        };
        let entry = entries.entry(setting.key()).or_default();
        if is_file { entry.file = Some(text) } else { entry.plain = Some(text) }
    }
    entries
}

fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    span.and_then(|span| text.get(..span.start))
        .map_or_else(String::new, |before| format!(", in line {}", before.matches('\n').count() + 1))
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(yes) => Some(yes.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(scalar).collect();
            texts.map(|texts| texts.join(","))
        }
        toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

fn unknown(name: &str, source: &Source) -> Problem {
    let fix = match settings::nearest(name) {
        Some(setting) if matches!(source, Source::File(_)) => format!("did you mean {}", setting.key()),
        Some(setting) => format!("did you mean {}", setting.name),
        None => "remove it; `vanikeys config` shows every setting there is".to_owned(),
    };
    Problem {
        setting: name.to_owned(),
        value: None,
        source: source.to_string(),
        why: "there is no such setting".to_owned(),
        fix,
    }
}
