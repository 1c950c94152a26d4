//! Rates of whole searches, by mode, kind and backend: `cargo bench -p vanikeys-grind`.
//!
//! An iteration is a fixed number of keys, so that criterion's throughput is keys per second. The naive loop is among the rows.

#![allow(missing_docs, reason = "criterion's macros make public functions")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ed25519_dalek::SigningKey;
use rayon::ThreadPoolBuilder;
use vanikeys_grind::{
    Kind, Pattern, PatternSpec, Target,
    search::{Backend, Progress, ScalarSearch, Search, SearchLimits},
    secret::SeedKey,
};

const PATTERNS: [(Kind, &str); 5] = [
    (Kind::Prefix, "mVaniKeysBench"),
    (Kind::Suffix, "VaniKeysBench"),
    (Kind::Contains, "VaniKeysBench"),
    (Kind::Sequence, "GoBe AweSome Keys"),
    (Kind::Regex, "^m.*[A-C]{5}[x-z]{5}.*[1-3]{5}$"),
];

fn naive(c: &mut Criterion) {
    let mut group = c.benchmark_group("naive");
    group.throughput(Throughput::Elements(1));
    group.bench_function("dalek-bs58", |b| {
        b.iter(|| {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).expect("randomness");
            let key = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
            bs58::encode([&[0xed, 0x01][..], &key].concat()).into_string().starts_with("6MkmVani")
        });
    });
}

fn searches(c: &mut Criterion) {
    let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let point = SeedKey::new([0x42; 32]).public_key();
    for backend in Backend::available() {
        let mut group = c.benchmark_group(backend.name());
        for (kind, text) in PATTERNS {
            let spec = PatternSpec { text: text.to_owned(), kind, target: Target::Did, ..PatternSpec::default() };
            let pattern = Pattern::compile(&spec).expect("a pattern");
            let seed = Search::new(&pattern).backend(backend);
            let limits = SearchLimits::attempts(1 << 16);
            group.throughput(Throughput::Elements(1 << 16));
            group.bench_function(BenchmarkId::new("seed", kind), |b| {
                b.iter(|| seed.run(&pool, &limits, &Progress::new()).expect("a search"));
            });
            let scalar = ScalarSearch::new(&pattern, &point).expect("a point").backend(backend);
            let limits = SearchLimits::attempts(1 << 20);
            group.throughput(Throughput::Elements(1 << 20));
            group.bench_function(BenchmarkId::new("scalar", kind), |b| {
                b.iter(|| scalar.run(&pool, &limits, &Progress::new()).expect("a search"));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = rates;
    config = Criterion::default().sample_size(20);
    targets = naive, searches
}
criterion_main!(rates);
