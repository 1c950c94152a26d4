//! What commands say about a key, and where the file of a key goes: shared by `grind`, `unseal` and `verify`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Serialize;
use vanikeys_grind::{KeyKind, Target, did};

use super::{Failed, output, secret_file};

/// The public texts of a key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Texts {
    /// In hex.
    pub(super) public_key: String,
    /// As `did:key:z6Mk..`.
    pub(super) did: String,
    /// Those of other targets, by the target's name in camel case.
    #[serde(flatten)]
    others: BTreeMap<String, String>,
}

impl Texts {
    /// All of a public key; those of X25519 software only where the key has no seed, which it would take for the scalar.
    pub(super) fn of(kind: KeyKind, public_key: &[u8; 32]) -> Self {
        let shown = |target: &&Target| match target {
            Target::Did | Target::Hex => false,
            _ => kind == KeyKind::Expanded || !target.is_x25519(),
        };
        let others = Target::ALL.iter().filter(shown);
        Self {
            public_key: hex::encode(public_key),
            did: did::did_key(public_key),
            others: others.map(|target| (camel(target.name()), target.display(public_key))).collect(),
        }
    }

    /// One a line.
    pub(super) fn lines(&self) -> String {
        let Self { public_key, did, others } = self;
        let mut lines = vec![("public key".to_owned(), public_key), ("did".to_owned(), did)];
        for target in Target::ALL {
            if let Some(text) = others.get(&camel(target.name())) {
                lines.push((target.name().replace('-', " "), text));
            }
        }
        lines.iter().map(|(name, text)| format!("{name:15}  {text}")).collect::<Vec<_>>().join("\n")
    }
}

/// `ssh-fingerprint` as `sshFingerprint`.
fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}{}{}", part[..1].to_ascii_uppercase(), &part[1..]))
}

/// Where a private key goes.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// To standard output, which somebody asked for with `--out -`.
    Output,
    /// Into exactly this file.
    File(PathBuf),
    /// Into a file of its own name in this folder.
    Folder(PathBuf),
}

impl Place {
    /// What `--out` means: `-`, a file, a folder, or nothing for the working directory. For several keys it is a folder.
    ///
    /// # Errors
    /// Wrong use: the file exists.
    pub(super) fn of(given: Option<&Path>, several: bool) -> Result<Self, Failed> {
        match given {
            None => Ok(Self::Folder(PathBuf::from("."))),
            Some(path) if path == Path::new("-") => Ok(Self::Output),
            Some(path) if path.is_dir() => Ok(Self::Folder(path.to_owned())),
            Some(path) if several => {
                secret_file::must_be_free(path)?;
                Ok(Self::Folder(path.to_owned()))
            }
            Some(path) => {
                secret_file::must_be_free(path)?;
                Ok(Self::File(path.to_owned()))
            }
        }
    }

    /// Puts a key there under `name`, unless the place has a name of its own. Answers with the file.
    ///
    /// # Errors
    /// The file exists or cannot be written.
    pub(super) fn put(&self, name: &Path, content: &[u8]) -> Result<Option<PathBuf>, Failed> {
        let path = match self {
            Self::Output => return output::file(content).map(|()| None),
            Self::File(path) => path.clone(),
            Self::Folder(folder) => folder.join(name),
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
            secret_file::folder(folder)?;
        }
        secret_file::create(&path, content)?;
        Ok(Some(path))
    }
}

/// A short name for the files of a key, from the text that it was made for.
pub(super) fn stem(target: Target, public_key: &[u8; 32]) -> String {
    let text = target.encode(public_key);
    text.chars().take(16).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_safe_file_names() {
        for target in Target::ALL {
            for fill in 0..=255 {
                let stem = stem(*target, &[fill; 32]);
                assert!((1..=16).contains(&stem.len()) && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
            }
        }
    }
}
