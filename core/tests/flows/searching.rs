//! A searcher for tests: enrolled like a real one, with real keys and signatures.

use vanikeys_core::{
    custody::{
        Holder, SearcherKey,
        keyfile::KeyFile,
        report::{Found, SignedReport},
        slice::{SignedSlice, Slice, SliceKeys},
    },
    flow::job::{self, Announcement},
};
use vanikeys_grind::{
    KeyKind, KeyMaterial, Pattern,
    search::{ExpandedSearch, Outcome, Progress, ScalarSearch, Search, SearchLimits},
};

use crate::world::World;

pub struct Searcher {
    pub key: SearcherKey,
    keys: SliceKeys,
}

impl Searcher {
    pub async fn enrolled(world: &World) -> Self {
        let key = SearcherKey::generate();
        let public = key.id().public_key();
        job::enrol_searcher(&world.app, "test", public.as_bytes()).await.unwrap();
        let about = Announcement { threads: 1, rate: 1e6, rates: Vec::new() };
        job::searcher_announced(&world.app, public.as_bytes(), about).await.unwrap();
        Self { key, keys: SliceKeys::new(&world.app.keyring.slice_keys()).unwrap() }
    }

    pub fn open(&self, slice: &SignedSlice) -> Slice {
        slice.clone().verify(&self.keys).unwrap()
    }

    pub fn attempts(&self, slice: &Slice, attempts: u64) -> SignedReport {
        SignedReport::sign(slice, attempts, 1_000, None, &self.key).unwrap()
    }

    /// Really searches until found, in the mode that the slice asks for.
    pub fn find(&self, slice: &Slice) -> (SignedReport, [u8; 32]) {
        let pattern = Pattern::compile(&slice.pattern).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let (limits, progress) = (SearchLimits::default(), Progress::default());
        if let Holder::SplitPoint(point) = &slice.recipient {
            let search = ScalarSearch::new(&pattern, point.as_bytes()).unwrap();
            let found = found(search.run(&pool, &limits, &progress).unwrap());
            let offset = Found::offset(&found.public_key, found.offset);
            return (self.found(slice, found.attempts, offset), found.public_key);
        }
        match slice.key_kind() {
            KeyKind::Seed => {
                let found = found(Search::new(&pattern).run(&pool, &limits, &progress).unwrap());
                (self.report(slice, found.key, found.attempts), found.public_key)
            }
            KeyKind::Expanded => {
                let found = found(ExpandedSearch::new(&pattern).run(&pool, &limits, &progress).unwrap());
                (self.report(slice, found.key, found.attempts), found.public_key)
            }
        }
    }

    /// A whole key, sealed to the slice's recipient.
    pub fn report(&self, slice: &Slice, key: impl Into<KeyMaterial>, attempts: u64) -> SignedReport {
        let file = KeyFile::of_job(key, slice.pattern.target);
        let found = Found::of(&file, slice, slice.recipient.recipient().unwrap()).unwrap();
        self.found(slice, attempts, found)
    }

    pub fn found(&self, slice: &Slice, attempts: u64, found: Found) -> SignedReport {
        SignedReport::sign(slice, attempts, 1_000, Some(found), &self.key).unwrap()
    }
}

fn found<F: std::fmt::Debug>(outcome: Outcome<F>) -> F {
    match outcome {
        Outcome::Found(found) => found,
        other => panic!("an unlimited search ends with a key: {other:?}"),
    }
}
