//! Prints the rates of this machine and their ratios to the naive loop: `cargo run --release -p vanikeys-grind --example rates`.

#![allow(clippy::print_stdout, reason = "it is what the example is for")]

use vanikeys_grind::{
    bench::{self, BenchOptions, Rates},
    search::Backend,
};

fn main() -> Result<(), bench::BenchError> {
    let window = std::env::args().nth(1).and_then(|bits| bits.parse().ok());
    for backend in Backend::available() {
        let options = BenchOptions { backend: Some(backend), window, ..BenchOptions::default() };
        let report = bench::run(&options)?;
        println!(
            "{}, naive loop {:.0} keys/s, ratios with one thread and {}:",
            report.backend, report.naive, report.threads
        );
        print("seed", &report.seed, report.naive);
        print("scalar", &report.scalar, report.naive);
    }
    Ok(())
}

fn print(mode: &str, rates: &Rates, naive: f64) {
    let rows = [
        ("prefix", rates.prefix),
        ("suffix", rates.suffix),
        ("contains", rates.contains),
        ("sequence", rates.sequence),
        ("regex", rates.regex),
    ];
    for (kind, rate) in rows {
        let (one, all) = (rate.one_thread, rate.all_threads);
        println!("{mode:>8} {kind:<9} {one:>12.0} {:>7.1}x {all:>12.0} {:>7.1}x", one / naive, all / naive);
    }
}
