//! `vanikeys estimate-multi`: the odds of every score of a sequence, the full one first.

use clap::Args;
use serde::Serialize;
use vanikeys_grind::{Kind, PatternSpec, ScoreOdds, odds};

use super::{Common, Failed, output, pattern, pattern::OptionArgs};

/// Arguments of `estimate-multi`.
#[derive(Debug, Args)]
pub(super) struct EstimateMulti {
    /// The substrings in their order, like `"GO BE AWE SOME"`
    #[arg(value_name = "SUBSTRINGS")]
    text: String,
    #[command(flatten)]
    options: OptionArgs,
}

#[derive(Debug, Serialize)]
struct Report {
    pattern: PatternSpec,
    scores: Vec<ScoreOdds>,
}

impl EstimateMulti {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let pattern = pattern::compile(&self.options.spec(&self.text, Kind::Sequence))?;
        let report = Report { pattern: pattern.spec().clone(), scores: pattern.odds().scores() };
        if common.json {
            output::json(&report);
            return Ok(());
        }
        let line = |s: &ScoreOdds| {
            let at_least = if s.at_least == s.of { "all" } else { "at least" };
            format!("{}/{}  {at_least:8}  {}  ({:.2} attempts)", s.at_least, s.of, odds::human(s.one_in), s.one_in)
        };
        output::line(report.scores.iter().map(line).collect::<Vec<_>>().join("\n"));
        Ok(())
    }
}
