//! Prefixes as ranges of the first six bytes of the key, which the lowest limb of y holds.
//!
//! A prefix of digits is a range of the number behind them, and with the number the key rises, so each prefix is a range of keys.

use num_bigint::BigUint;

use crate::{Pattern, Target, alphabet::CharSet, target::KeyRange};

/// Most prefixes that a pattern with several characters per place is written out as; further places are left to the plain
/// matcher.
const MOST: usize = 1 << 12;
/// Ranges that are compared one by one.
const FEW: usize = 8;
/// Bits of the key that are looked at.
const BITS: u32 = 48;
/// Bits of the key that select an entry of the coarse table.
const COARSE: u32 = 16;

/// Ranges of the first six bytes of a key, read as a big-endian number.
#[derive(Debug)]
pub(in crate::search) struct LeadingSieve {
    /// First and last number, in rising order, with gaps between them.
    ranges: Vec<(u64, u64)>,
    /// A bit for each value of the first bytes: whether a range has a number that starts so.
    coarse: Vec<u64>,
}

impl LeadingSieve {
    pub(super) fn new(pattern: &Pattern) -> Self {
        let target = pattern.target();
        let key_ranges = target.ranges();
        let prefixes = pattern.prefixes().unwrap_or_default();
        let of =
            |sets: &[CharSet]| key_ranges.iter().flat_map(|range| leading(target, range, sets)).collect::<Vec<_>>();
        let mut ranges: Vec<_> = prefixes.into_iter().flat_map(of).collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, range| {
            let joined = next.0 <= range.1.saturating_add(1);
            if joined {
                range.1 = range.1.max(next.1);
            }
            joined
        });
        let mut coarse = vec![0; 1 << (COARSE - 6)];
        for (first, last) in &ranges {
            for start in first >> (BITS - COARSE)..=last >> (BITS - COARSE) {
                coarse[start as usize / 64] |= 1 << (start % 64);
            }
        }
        Self { ranges, coarse }
    }

    /// The ranges, in rising order: first and last number of the first six bytes.
    #[cfg(test)]
    pub(in crate::search) fn ranges(&self) -> &[(u64, u64)] {
        &self.ranges
    }

    /// A few ranges that cover all, as first number and length, for all eight bytes that the engine compares; where there are too
    /// many, those with the smallest gaps between them are joined.
    pub(in crate::search) fn few_ranges(&self) -> Vec<(u64, u64)> {
        let mut few = self.ranges.clone();
        while few.len() > FEW {
            let gaps = few.windows(2).map(|pair| pair[1].0 - pair[0].1).enumerate();
            let Some((at, _)) = gaps.min_by_key(|&(_, gap)| gap) else { break };
            few[at].1 = few.remove(at + 1).1;
        }
        let rest = 64 - BITS;
        few.iter()
            .map(|(first, last)| (first << rest, ((last - first) << rest | ((1 << rest) - 1)).saturating_add(1)))
            .collect()
    }

    /// Whether a key with this low limb may match.
    #[inline]
    pub(in crate::search) fn admits(&self, low_limb: u64) -> bool {
        let leading = low_limb.swap_bytes() >> (64 - BITS);
        let start = leading >> (BITS - COARSE);
        self.coarse[start as usize / 64] >> (start % 64) & 1 == 1 && self.holds(leading)
    }

    fn holds(&self, leading: u64) -> bool {
        let after = self.ranges.partition_point(|&(first, _)| first <= leading);
        after > 0 && leading <= self.ranges[after - 1].1
    }
}

/// The ranges of keys, by their first bytes, whose numbers lie in `range` and whose texts begin as the sets say.
fn leading(target: Target, range: &KeyRange, sets: &[CharSet]) -> Vec<(u64, u64)> {
    let lead = range.lead.len().min(sets.len());
    let fits = range.lead.iter().zip(sets).all(|(&digit, set)| set.contains(digit));
    if !fits || range.length() < sets.len() {
        return Vec::new();
    }
    let base = target.alphabet().base() as u32;
    let mut starts = vec![BigUint::ZERO];
    let mut left = range.digits as u32;
    for set in &sets[lead..] {
        if starts.len() * set.len() > MOST {
            break;
        }
        starts = starts.iter().flat_map(|start| set.iter().map(move |digit| start * base + digit)).collect();
        left -= 1;
    }
    let unit = BigUint::from(base).pow(left);
    let keys = |start: &BigUint| {
        let first = (start * &unit).max(range.low.clone());
        let end = ((start + 1u8) * &unit).min(range.high.clone());
        (first < end).then(|| (key(target, range, first), key(target, range, end - 1u8)))
    };
    starts.iter().filter_map(keys).map(|(first, last)| (top(first), top(last))).collect()
}

/// The least key with a number, read as big-endian. The one range of a did or a peer id begins with the key of zeros; Base64 and bech32 of
/// 32 bytes end in zero bits.
fn key(target: Target, range: &KeyRange, number: BigUint) -> BigUint {
    match target {
        Target::Did | Target::Libp2p => number - &range.low,
        Target::Wireguard | Target::SshFingerprint => number >> 2,
        Target::Age => number >> 4,
        _ => number * range.weight,
    }
}

/// The first six bytes of a key.
fn top(key: BigUint) -> u64 {
    (key >> (256 - BITS)).iter_u64_digits().next().unwrap_or(0)
}
