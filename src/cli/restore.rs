//! `vanikeys restore`: makes a data folder from a backup, checked before and after, and never over one that exists.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;
use vanikeys_core::{app::DATABASE_FILE, config::made::SECRET_KEY_FILE, flow::backup::examine_copy, store::migrate};

use super::{
    Common, Failed,
    backup::{Entry, MANIFEST, Manifest, SEARCHER_KEY_FILE, draft_beside, embedded, refused},
    block_on, output, secret_file,
};

/// Most bytes of a manifest.
const MANIFEST_BYTES: u64 = 64 * 1024;

/// Arguments of `restore`; the folder to make, which must not exist or be empty, is that of every command (--data).
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The folder that `vanikeys backup` made
    #[arg(value_name = "BACKUP")]
    from: PathBuf,
}

impl Restore {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let config = common.configuration(&[])?;
        embedded(&config, "restored", "`pg_restore --clean --if-exists --dbname=\"$DATABASE_URL\" FILE`")?;
        let data = &config.data;
        must_be_empty(data)?;
        let manifest = self.manifest()?;
        let draft = draft_beside(data)?;
        secret_file::folder(&draft)?;
        let filled = self.fill(&manifest, &draft).and_then(|()| {
            // Takes the place of an empty folder, and of nothing else.
            std::fs::rename(&draft, data).map_err(|error| refused(data, error))
        });
        if filled.is_err() {
            // We made the draft, so it is ours to remove.
            std::fs::remove_dir_all(&draft).ok();
        }
        filled?;
        let Manifest { made_at, schema, .. } = &manifest;
        if common.json {
            output::json(&json!({ "data": data, "madeAt": made_at, "schema": schema }));
        } else {
            output::line(format_args!("{} is as it was at {made_at}.", data.display()));
        }
        if !manifest.files.iter().any(|file| file.name == SECRET_KEY_FILE) {
            output::note("The backup holds no SECRET_KEY: set the one that was in force, or keys cannot be opened.");
        }
        Ok(())
    }

    /// What the backup holds, each file compared with its hash.
    fn manifest(&self) -> Result<Manifest, Failed> {
        let path = self.from.join(MANIFEST);
        let wrong = |why: String| Failed::usage(format!("{} is no whole backup: {why}", self.from.display()));
        let text = secret_file::read(&path, MANIFEST_BYTES).map_err(|error| wrong(error.to_string()))?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| wrong(format!("{MANIFEST}: {error}")))?;
        if manifest.format != Manifest::FORMAT {
            return Err(wrong(format!("{MANIFEST} is of another program")));
        }
        if manifest.schema > migrate::newest() {
            return Err(wrong(format!(
                "its schema is version {}, and this program knows {}; take a newer program",
                manifest.schema,
                migrate::newest()
            )));
        }
        for entry in &manifest.files {
            // Names are taken from the list of those that there are, never from the file.
            if ![DATABASE_FILE, SECRET_KEY_FILE, SEARCHER_KEY_FILE].contains(&entry.name.as_str()) {
                return Err(wrong(format!("it has a file that no backup has: {:?}", entry.name)));
            }
            if Entry::of(&self.from, &entry.name)?.blake3 != entry.blake3 {
                return Err(wrong(format!("{} was changed after the backup was made", entry.name)));
            }
        }
        if !manifest.files.iter().any(|file| file.name == DATABASE_FILE) {
            return Err(wrong("it has no database".to_owned()));
        }
        Ok(manifest)
    }

    fn fill(&self, manifest: &Manifest, draft: &Path) -> Result<(), Failed> {
        for Entry { name, .. } in &manifest.files {
            copy(&self.from.join(name), &draft.join(name))?;
        }
        let version = block_on(examine_copy(&draft.join(DATABASE_FILE)))?.map_err(Failed::work)?;
        if version == manifest.schema {
            Ok(())
        } else {
            Err(Failed::work("the database is not the one in the manifest"))
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Failed> {
    let copied = || -> io::Result<()> {
        let mut source = File::open(from)?;
        let mut target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
        io::copy(&mut source, &mut target)?;
        target.sync_all()
    };
    copied().map_err(|error| refused(to, error))
}

fn must_be_empty(data: &Path) -> Result<(), Failed> {
    let there = match std::fs::read_dir(data) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    if !there {
        return Ok(());
    }
    Err(Failed::usage(format!("{} already exists; move it away, or choose another folder with --data", data.display())))
}
