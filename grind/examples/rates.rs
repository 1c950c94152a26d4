//! Prints the rates of this machine and their ratios to the naive loop: `cargo run --release -p vanikeys-grind --example rates`. After `--` it takes names of
//! backends and the bits of a window; without names all backends that run here are measured.

#![allow(clippy::print_stdout, reason = "it is what the example is for")]

use vanikeys_grind::{
    bench::{self, BenchOptions, Rates},
    search::Backend,
};

fn main() -> Result<(), bench::BenchError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let window = arguments.iter().find_map(|argument| argument.parse().ok());
    let chosen: Vec<Backend> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    for backend in Backend::available().filter(|backend| chosen.is_empty() || chosen.contains(backend)) {
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
