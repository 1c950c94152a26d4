//! Prints the rates of searches for every target, and for sixteen words at once beside one, on one thread, in turns:
//! `cargo run --release -p vanikeys-grind --example targets`. The ratios are to the naive loop of the same run.

#![allow(clippy::print_stdout, reason = "it is what the example is for")]

use std::time::{Duration, Instant};

use rayon::ThreadPool;
use vanikeys_grind::{
    Kind, Pattern, PatternSpec, SeedKey, Target,
    search::{Backend, ExpandedSearch, Mode, Progress, Search, SearchLimits},
};

const ROUNDS: usize = 5;
const SLICE: Duration = Duration::from_millis(200);
/// Sixteen words that are not found, each of characters that every alphabet but the smallest has.
const WORDS: &str = "aaccee2222 cceeaa3333 eeccaa4444 aaeecc5555 ccaaee6666 eeaacc7777 ccccaa2345 eeeeaa3456 aaaacc4567 eeeecc7654 \
                     aaaaee6543 ccccee5432 aceace2424 caecae3535 ecaeca4646 aeccea5757";

fn words(target: Target) -> Vec<String> {
    let words = WORDS.split_whitespace().map(str::to_owned);
    match target {
        // What can follow the fixed characters.
        Target::Did => words.map(|word| format!("m{word}")).collect(),
        Target::Libp2p => words.map(|word| format!("Q{word}")).collect(),
        Target::Algorand => words.map(|word| word.to_uppercase()).collect(),
        Target::Stellar => words.map(|word| format!("A{}", word.to_uppercase())).collect(),
        Target::Ssh => words.map(|word| format!("M{word}")).collect(),
        Target::Solana => words.map(|word| format!("A{word}")).collect(),
        // bech32 has no `b`, `i`, `o` or `1`, and the words none of them.
        _ => words.collect(),
    }
}

fn rate(pool: &ThreadPool, pattern: &Pattern, mode: Mode) -> f64 {
    let (progress, begun) = (Progress::new(), Instant::now());
    let limits = SearchLimits::until(begun + SLICE);
    match mode {
        Mode::Seed => drop(Search::new(pattern).run(pool, &limits, &progress)),
        Mode::Scalar => drop(ExpandedSearch::new(pattern).run(pool, &limits, &progress)),
    }
    progress.attempts() as f64 / begun.elapsed().as_secs_f64()
}

/// Random-looking seeds, their keys by `ed25519-dalek`, and the text of each.
fn naive() -> f64 {
    let (mut tried, begun) = (0u64, Instant::now());
    while begun.elapsed() < SLICE {
        let seed = blake3::hash(&tried.to_le_bytes());
        let text = Target::Did.encode(&SeedKey::new(*seed.as_bytes()).public_key());
        assert!(!text.starts_with("vanikeys"));
        tried += 1;
    }
    tried as f64 / begun.elapsed().as_secs_f64()
}

fn middle(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    println!("{}, one thread, the middle of {ROUNDS} rounds of {SLICE:?}", Backend::fastest().name());
    println!(
        "{:16} {:8} {:6} {:>12} {:>8} {:>12} {:>8}",
        "target", "kind", "mode", "one/s", "naive", "sixteen/s", "of one"
    );
    for &target in Target::ALL {
        for kind in [Kind::Prefix, Kind::Contains] {
            let specs: Vec<_> =
                words(target).iter().map(|word| PatternSpec::new(kind, word.as_str()).target(target)).collect();
            let one = Pattern::compile(&specs[0])?;
            let sixteen = Pattern::compile(&PatternSpec::any(specs))?;
            for mode in Mode::ALL {
                rate(&pool, &one, mode);
                let (mut ones, mut sixteens, mut naives) = (Vec::new(), Vec::new(), Vec::new());
                for _ in 0..ROUNDS {
                    ones.push(rate(&pool, &one, mode));
                    sixteens.push(rate(&pool, &sixteen, mode));
                    naives.push(naive());
                }
                let (one, sixteen, naive) = (middle(&mut ones), middle(&mut sixteens), middle(&mut naives));
                let (target, kind, mode) = (target.name(), kind.name(), mode.name());
                println!(
                    "{target:16} {kind:8} {mode:6} {one:>12.0} {:>7.1}x {sixteen:>12.0} {:>7.0}%",
                    one / naive,
                    100.0 * sixteen / one
                );
            }
        }
    }
    Ok(())
}
