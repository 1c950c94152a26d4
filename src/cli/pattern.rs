//! The arguments that name a pattern, the same for every command that takes one.

use clap::Args;
use vanikeys_grind::{Kind, Pattern, PatternSpec, Target};

use super::Failed;

/// A pattern as typed.
#[derive(Debug, Args)]
pub(super) struct PatternArgs {
    /// What the key is to show, like `moon`, or `"GO BE AWE SOME"` for several pieces in this order; of several patterns any
    /// one will do
    #[arg(value_name = "PATTERN", required = true)]
    texts: Vec<String>,
    /// prefix, suffix, contains, regex or sequence; without it a prefix, or a sequence where there is white space
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
    #[command(flatten)]
    options: OptionArgs,
}

/// What a pattern is matched against, and how.
#[derive(Debug, Args)]
pub(super) struct OptionArgs {
    /// Which text of the key: did, solana, ssh, ssh-fingerprint, onion, hex, wireguard, age, libp2p,
    /// stellar, algorand, aptos or sui
    #[arg(long, default_value_t)]
    target: Target,
    /// Upper and lower case count as equal
    #[arg(long)]
    case_insensitive: bool,
    /// Look-alikes count as equal: 0~O 1~I~L 3~E 4~A 5~S 7~T 8~B
    #[arg(long)]
    fuzzy: bool,
}

impl PatternArgs {
    /// The pattern as asked for.
    pub(super) fn spec(&self) -> PatternSpec {
        let one = |text: &String| {
            let several = text.split_whitespace().nth(1).is_some();
            let kind = self.kind.unwrap_or(if several { Kind::Sequence } else { Kind::Prefix });
            self.options.spec(text, kind)
        };
        match self.texts.as_slice() {
            [text] => one(text),
            texts => PatternSpec::any(texts.iter().map(one).collect()),
        }
    }

    /// The pattern, checked.
    ///
    /// # Errors
    /// Wrong use, with what is wrong and what would do.
    pub(super) fn compile(&self) -> Result<Pattern, Failed> {
        compile(&self.spec())
    }
}

impl OptionArgs {
    /// A pattern of these options.
    pub(super) fn spec(&self, text: &str, kind: Kind) -> PatternSpec {
        let Self { target, case_insensitive, fuzzy } = *self;
        PatternSpec { text: text.to_owned(), kind, target, case_insensitive, fuzzy, any: Vec::new() }
    }
}

/// Checks a pattern.
///
/// # Errors
/// Wrong use, with what is wrong and what would do.
pub(super) fn compile(spec: &PatternSpec) -> Result<Pattern, Failed> {
    Pattern::compile(spec).map_err(Failed::usage)
}
