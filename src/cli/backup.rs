//! `vanikeys backup`: a folder with a copy of the embedded database as it is at one moment, and the secrets without which
//! it is of no use. The service may run meanwhile. A fleet is copied by PostgreSQL's own tools, which is said and not
//! done.
//!
//! Not in it: letters (`mail`) and the queue's file, which the outbox fills again.

use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::{Deserialize, Serialize};
use vanikeys_core::{
    app::{DATABASE_FILE, Schema},
    config::{Config, Shape, made::SECRET_KEY_FILE},
    flow::backup::copy_database,
    random,
};

use super::{Common, Failed, figures, must_exist, output, secret_file};

/// Name of the list of what is in a backup.
pub(super) const MANIFEST: &str = "manifest.json";

/// Name of the searcher's key in a data folder and a backup.
pub(super) const SEARCHER_KEY_FILE: &str = "searcher.key";

/// Most bytes of a secret's file.
const SECRET_BYTES: u64 = 64 * 1024;

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The folder to make; it must not exist
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

/// What is in a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Manifest {
    /// Always `vanikeys backup`.
    pub(super) format: String,
    /// The program that made it.
    pub(super) program: String,
    /// Version of the database's schema.
    pub(super) schema: i64,
    /// When.
    pub(super) made_at: String,
    /// Each file and the BLAKE3 of its content.
    pub(super) files: Vec<Entry>,
}

/// One file of a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) blake3: String,
}

impl Backup {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let config = common.configuration(&[])?;
        embedded(&config, "backed up", "`pg_dump --format=custom --file=FILE \"$DATABASE_URL\"`")?;
        must_exist(&config)?;
        secret_file::must_be_free(&self.out)?;
        let draft = draft_beside(&self.out)?;
        secret_file::folder(&draft)?;
        let made = self.fill(common, &config, &draft);
        let placed = made.and_then(|manifest| {
            std::fs::rename(&draft, &self.out).map_err(|error| refused(&self.out, error))?;
            Ok(manifest)
        });
        if placed.is_err() {
            // We made the draft, so it is ours to remove.
            std::fs::remove_dir_all(&draft).ok();
        }
        self.tell(common, &config, &placed?);
        Ok(())
    }

    fn fill(&self, common: &Common, config: &Config, draft: &Path) -> Result<Manifest, Failed> {
        let database = draft.join(DATABASE_FILE);
        // Made first, so that what is copied into it is its owner's alone from the first byte on.
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600).open(&database).map_err(|error| refused(&database, error))?;
        let (schema, now) = common.with_app(Schema::Leave, async |app| {
            let schema = copy_database(&app.db, &database).await.map_err(Failed::work)?;
            Ok((schema, app.clock.now()))
        })?;
        for (from, name) in secrets_of(config) {
            if from.is_file() {
                secret_file::create(&draft.join(name), &secret_file::read(&from, SECRET_BYTES)?)?;
            }
        }
        let mut files = Vec::new();
        for name in [DATABASE_FILE, SECRET_KEY_FILE, SEARCHER_KEY_FILE] {
            if draft.join(name).is_file() {
                files.push(Entry::of(draft, name)?);
            }
        }
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let manifest = Manifest { format: Manifest::FORMAT.to_owned(), program, schema, made_at: now.rfc3339(), files };
        let text = serde_json::to_vec_pretty(&manifest).map_err(Failed::work)?;
        secret_file::create(&draft.join(MANIFEST), &text)?;
        Ok(manifest)
    }

    fn tell(&self, common: &Common, config: &Config, manifest: &Manifest) {
        if common.json {
            output::json(&serde_json::json!({ "folder": self.out, "manifest": manifest }));
        } else {
            output::line(format_args!("The backup is in {}:", self.out.display()));
            for Entry { name, bytes, .. } in &manifest.files {
                #[expect(clippy::cast_precision_loss, reason = "for people's eyes")]
                let bytes = *bytes as f64;
                output::line(format_args!("  {name}  {} bytes", figures::count(bytes)));
            }
        }
        let has = |wanted: &str| manifest.files.iter().any(|file| file.name == wanted);
        if !has(SECRET_KEY_FILE) {
            output::note(format_args!(
                "SECRET_KEY does not come from {}, so it is not in the backup: keep it yourself, or no key under the \
                 service's custody can be opened again.",
                config.data.display()
            ));
        }
        output::note("Whoever has this folder has every key under the service's custody. Keep it like one.");
    }
}

impl Manifest {
    /// What `format` says.
    pub(super) const FORMAT: &str = "vanikeys backup";
}

impl Entry {
    /// A file as it lies in a folder.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn of(folder: &Path, name: &str) -> Result<Self, Failed> {
        let path = folder.join(name);
        let mut hasher = blake3::Hasher::new();
        let hashed = std::fs::File::open(&path).and_then(|mut file| io::copy(&mut file, &mut hasher));
        let bytes = hashed.map_err(|error| Failed::usage(format!("cannot read {}: {error}", path.display())))?;
        Ok(Self { name: name.to_owned(), bytes, blake3: hasher.finalize().to_hex().to_string() })
    }
}

fn secrets_of(config: &Config) -> [(PathBuf, &'static str); 2] {
    [(config.data.join(SECRET_KEY_FILE), SECRET_KEY_FILE), (config.searcher_key_file.clone(), SEARCHER_KEY_FILE)]
}

/// Refuses in a fleet, and says what to do there.
///
/// # Errors
/// Wrong use.
pub(super) fn embedded(config: &Config, done: &str, instead: &str) -> Result<(), Failed> {
    match config.shape {
        Shape::Embedded => Ok(()),
        Shape::Fleet { .. } | Shape::Searcher { .. } => Err(Failed::Usage(format!(
            "a fleet's truth is in PostgreSQL, which is {done} by its own tools: {instead}. Keep SECRET_KEY apart from \
             it. Redis needs nothing: the outbox fills it again. Nothing was {done} here"
        ))),
    }
}

/// A folder name beside `path` that nothing has.
///
/// # Errors
/// No name, or no randomness.
pub(super) fn draft_beside(path: &Path) -> Result<PathBuf, Failed> {
    let random = hex::encode(random::bytes::<8>().map_err(Failed::work)?);
    let name = path.file_name().ok_or_else(|| Failed::usage(format!("{} names no folder", path.display())))?;
    Ok(path.with_file_name(format!(".{}.{random}", name.to_string_lossy())))
}

/// The file system refused.
pub(super) fn refused(path: &Path, error: io::Error) -> Failed {
    Failed::work(format!("cannot write {}: {error}; check that its folder exists and is yours", path.display()))
}
