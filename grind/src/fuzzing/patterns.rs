//! Patterns: whatever is asked for is answered or refused with a reason, and the automaton agrees with the plain matcher.

use super::{spelled, target};
use crate::{Kind, Pattern, PatternError, PatternSpec};

/// Two bytes choose kind, target and options, the rest is the text, as it stands or in the target's characters.
pub fn patterns(data: &[u8]) {
    let [choice, options, rest @ ..] = data else { return };
    let target = target(*options >> 3);
    let text = if options & 4 == 0 {
        String::from_utf8_lossy(rest).into_owned()
    } else {
        let words = rest.split(|&byte| byte < 40).map(|word| spelled(target.alphabet(), word).collect::<String>());
        words.collect::<Vec<_>>().join(" ")
    };
    let kind = Kind::ALL[usize::from(*choice) % Kind::ALL.len()];
    let spec = PatternSpec {
        text,
        kind,
        target,
        case_insensitive: options & 1 == 1,
        fuzzy: options & 2 == 2,
        any: Vec::new(),
    };
    match Pattern::compile(&spec) {
        Ok(pattern) => agree(&pattern, data),
        Err(PatternError::Impossible(impossible)) => {
            assert!(impossible.position <= spec.text.chars().count(), "{spec:?}: {impossible:?}");
            for suggestion in impossible.suggestions {
                assert!(Pattern::compile(&suggestion.pattern).is_ok(), "{spec:?}: {suggestion:?}");
            }
        }
        Err(error) => assert!(error.to_string().len() > 20, "{spec:?}: {error}"),
    }
}

/// Matcher, score and automaton on a few keys.
fn agree(pattern: &Pattern, data: &[u8]) {
    let odds = pattern.odds();
    assert!(odds.probability() > 0.0 && odds.probability() <= 1.0 && odds.one_in() >= 1.0, "{pattern:?}");
    let random = *blake3::hash(data).as_bytes();
    let mut low = [0; 32];
    low[..data.len().min(32)].copy_from_slice(&data[..data.len().min(32)]);
    for key in [random, low, [0; 32], [0xff; 32]] {
        let text = pattern.target().encode(&key);
        let digits = pattern.target().alphabet().digits(&text).unwrap_or_else(|| panic!("{text} has other characters"));
        let (score, by_automaton) = (pattern.score(&text), pattern.dfa().run(&digits));
        assert_eq!(pattern.matches_key(&key), by_automaton == pattern.dfa().full(), "{pattern:?} {text}");
        assert_eq!(score.matched, by_automaton, "{pattern:?} {text}");
    }
}
