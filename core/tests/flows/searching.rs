//! A searcher for tests: enrolled like a real one, with real keys and signatures.

use vanikeys_core::{
    custody::{
        SearcherKey,
        keyfile::KeyFile,
        report::{Found, SignedReport},
        slice::{SignedSlice, Slice, SliceKeys},
    },
    flow::job::{self, Announcement},
};
use vanikeys_grind::{
    Pattern, SeedKey,
    search::{Outcome, Progress, Search, SearchLimits},
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
        let about = Announcement { threads: 1, rate: 1e6 };
        job::searcher_announced(&world.app, public.as_bytes(), about).await.unwrap();
        Self { key, keys: SliceKeys::new(&world.app.keyring.slice_keys()).unwrap() }
    }

    pub fn open(&self, slice: &SignedSlice) -> Slice {
        slice.clone().verify(&self.keys).unwrap()
    }

    pub fn attempts(&self, slice: &Slice, attempts: u64) -> SignedReport {
        SignedReport::sign(slice, attempts, 1_000, None, &self.key).unwrap()
    }

    /// Really searches until found.
    pub fn find(&self, slice: &Slice) -> (SignedReport, [u8; 32]) {
        let pattern = Pattern::compile(&slice.pattern).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let outcome = Search::new(&pattern).run(&pool, &SearchLimits::default(), &Progress::default()).unwrap();
        let Outcome::Found(found) = outcome else { panic!("an unlimited search ends with a key") };
        (self.report(slice, found.key, found.attempts), found.public_key)
    }

    pub fn report(&self, slice: &Slice, key: SeedKey, attempts: u64) -> SignedReport {
        let pattern = Pattern::compile(&slice.pattern).unwrap();
        let (file, key) = sealed(key, &pattern, slice);
        SignedReport::sign(slice, attempts, 1_000, Some(Found::sealed(&key, slice, file)), &self.key).unwrap()
    }
}

fn sealed(key: SeedKey, pattern: &Pattern, slice: &Slice) -> (vanikeys_core::custody::SealedFile, SeedKey) {
    let again = SeedKey::new(*key.seed());
    let file = KeyFile::of_job(key, pattern.target()).seal(&slice.recipient).unwrap();
    (file, again)
}
