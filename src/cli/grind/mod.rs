//! `vanikeys grind`: searches for keys on this machine, on all cores, and writes each private key into a file.

mod watch;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Args;
use serde::Serialize;
use vanikeys_grind::{
    Pattern, Target,
    export::{Format, export},
    search::{Backend, Outcome},
};

use super::{
    Common, Failed, backend, figures,
    hunt::{Caught, Hunt},
    keys::{Place, stem},
    output,
    pattern::PatternArgs,
    rate,
};
use watch::{Ended, Watch};

/// Arguments of `grind`.
#[derive(Debug, Args)]
pub(super) struct Grind {
    #[command(flatten)]
    pattern: PatternArgs,
    /// How many keys
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// Format of the files: seed-hex, seed-base58, openssh, pkcs8, jwk, solana, did-document, expanded-hex, tor,
    /// wireguard, age, libp2p, stellar, algorand, aptos or sui
    #[arg(long)]
    format: Option<Format>,
    /// File of the private key, or folder for several; `-` prints it. Without it: a file in the working directory
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Threads that search; all cores without it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Bits of a window of the tables; chosen by caches and threads without it
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u32).range(4..=18))]
    window_bits: Option<u32>,
    /// Arithmetic to search with: avx512-ifma, avx2-fma or portable; the fastest that runs here without it
    #[arg(long, value_name = "NAME", value_parser = backend::running)]
    backend: Option<Backend>,
    /// Say nothing while searching
    #[arg(long)]
    quiet: bool,
}

/// One key that was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    text: String,
    /// Which of several patterns it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    public_key: String,
    did: String,
    format: &'static str,
    file: Option<PathBuf>,
    attempts: u64,
    seconds: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    keys: Vec<Key>,
    interrupted: bool,
    attempts: u64,
    seconds: f64,
    rate: f64,
    /// The chance that a search of that length finds a key.
    chance: f64,
}

impl Grind {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let pattern = self.pattern.compile()?;
        let format = self.format.unwrap_or_else(|| usual(pattern.target()));
        let hunt = Hunt::new(&pattern, self.count).window(self.window_bits).backend(self.backend);
        format.check(hunt.kind(), pattern.target()).map_err(Failed::usage)?;
        let place = Place::of(self.out.as_deref(), self.count > 1)?;
        if common.json && matches!(place, Place::Output) {
            return Err(Failed::usage("--json and --out - both want standard output; name a file with --out"));
        }
        let pool = rate::pool(self.threads.map(usize::from))?;
        let watch = Watch::begin(&pattern, !self.quiet)?;
        let (mut keys, mut interrupted) = (Vec::new(), false);
        while keys.len() < self.count as usize {
            let begun = Instant::now();
            let Ended { outcome, cancelled } = watch.run(|limits, progress| hunt.run(&pool, limits, progress))?;
            match outcome {
                Outcome::Found(found) => {
                    let key = self.keep(&pattern, &place, format, found, begun)?;
                    if !common.json {
                        watch.aside(|| tell(&key));
                    }
                    keys.push(key);
                }
                Outcome::Exhausted { .. } | Outcome::Cancelled { .. } => {}
            }
            if cancelled {
                interrupted = true;
                break;
            }
        }
        self.finish(common, watch.end(), keys, interrupted)
    }

    fn keep(
        &self,
        pattern: &Pattern,
        place: &Place,
        format: Format,
        found: Caught,
        begun: Instant,
    ) -> Result<Key, Failed> {
        let Caught { key, public_key, attempts } = found;
        let target = pattern.target();
        let content = export(&key, format).map_err(Failed::work)?;
        let stem = stem(target, &public_key);
        let name = match format {
            // Tor looks for this name, so each key has a folder of its own.
            Format::Tor => Path::new(&format!("{stem}.onion")).join(format.file_name(&stem)),
            _ => PathBuf::from(format.file_name(&stem)),
        };
        Ok(Key {
            text: target.display(&public_key),
            pattern: pattern.which(&target.encode(&public_key)).map(|one| one.spec().text.clone()),
            public_key: hex::encode(public_key),
            did: vanikeys_grind::did::did_key(&public_key),
            format: format.name(),
            file: place.put(&name, &content)?,
            attempts,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    fn finish(&self, common: &Common, sums: watch::Sums, keys: Vec<Key>, interrupted: bool) -> Result<(), Failed> {
        let found = keys.len();
        let watch::Sums { attempts, seconds, rate, chance } = sums;
        if common.json {
            output::json(&Report { keys, interrupted, attempts, seconds, rate, chance });
        }
        if !interrupted {
            return Ok(());
        }
        Err(Failed::Interrupted(format!(
            "interrupted: {} keys tried in {} ({}), {found} of {} found; the chance to have found one was {}",
            figures::count(watch::as_f64(attempts)),
            figures::seconds(seconds),
            figures::rate(rate),
            self.count,
            figures::percent(chance)
        )))
    }
}

fn tell(key: &Key) {
    let Key { text, attempts, seconds, .. } = key;
    let tried = figures::count(watch::as_f64(*attempts));
    match &key.file {
        Some(file) => {
            output::line(text);
            output::note(format_args!("{} after {tried} tries in {}", file.display(), figures::seconds(*seconds)));
        }
        // Standard output holds the private key and nothing else.
        None => output::note(format_args!("{text} after {tried} tries in {}", figures::seconds(*seconds))),
    }
}

/// The format that software for a target reads.
fn usual(target: Target) -> Format {
    match target {
        Target::Solana => Format::Solana,
        Target::Hex => Format::SeedHex,
        _ => Format::of_target(target).unwrap_or(Format::Openssh),
    }
}
