//! `vanikeys bench`: keys a second of every kind of search on this machine, beside the naive loop of the same run.

use std::time::Duration;

use clap::Args;
use vanikeys_grind::{
    bench::{self, BenchOptions, BenchReport, Rate, Rates},
    search::Backend,
};

use super::{Common, Failed, backend, figures, output};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub(super) struct Bench {
    /// Rounds; of each rate the middle counts
    #[arg(long, default_value_t = 7, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Milliseconds for each rate in each round
    #[arg(long, default_value_t = 250, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=60_000))]
    milliseconds: u64,
    /// Threads of the second column; all cores without it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Bits of a window of the tables in seed mode; chosen by caches and threads without it
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u32).range(4..=18))]
    window_bits: Option<u32>,
    /// Arithmetic to measure: avx512-ifma, avx2-fma or portable; the fastest that runs here without it
    #[arg(long, value_name = "NAME", value_parser = backend::running)]
    backend: Option<Backend>,
}

impl Bench {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let options = BenchOptions {
            slice: Duration::from_millis(self.milliseconds),
            rounds: self.rounds,
            threads: self.threads.map(usize::from),
            window: self.window_bits,
            backend: self.backend,
        };
        let report = bench::run(&options).map_err(Failed::work)?;
        if common.json {
            output::json(&report);
        } else {
            output::line(text(&report));
        }
        Ok(())
    }
}

fn text(report: &BenchReport) -> String {
    let BenchReport { backend, threads, naive, seed, scalar } = report;
    let mut lines = vec![
        format!("backend {backend}, {threads} threads; naive loop on one thread: {}", figures::rate(*naive)),
        format!("{:18}  {:>24}  {:>24}  {:>7}", "", "one thread", "all threads", "x naive"),
    ];
    for (mode, rates) in [("seed", seed), ("scalar", scalar)] {
        let Rates { prefix, suffix, contains, sequence, regex } = rates;
        let kinds =
            [("prefix", prefix), ("suffix", suffix), ("contains", contains), ("sequence", sequence), ("regex", regex)];
        lines.extend(kinds.map(|(kind, Rate { one_thread, all_threads })| {
            format!(
                "{:18}  {:>24}  {:>24}  {:>7.1}",
                format!("{mode} {kind}"),
                figures::rate(*one_thread),
                figures::rate(*all_threads),
                one_thread / naive
            )
        }));
    }
    lines.join("\n")
}
