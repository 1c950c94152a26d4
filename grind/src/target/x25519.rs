//! X25519 public keys: base64 as WireGuard writes them, bech32 as age does.
//!
//! Their bytes are a little-endian number below p, whose text reads the other way round: one bit in the last but one or two characters
//! is always zero, and the nineteen numbers that would be p or more are left out one by one.

use base64::{Engine, prelude::BASE64_STANDARD};
use bech32::{Bech32, ByteIterExt, Fe32IterExt, Hrp};
use num_bigint::BigUint;

use super::{KeyBytes, KeyRange, Scheme};
use crate::alphabet::{Alphabet, BASE64, BECH32, CharSet};

/// base64 characters before the `=`.
const BASE64_LENGTH: usize = 43;
/// bech32 characters before the checksum.
const BECH32_LENGTH: usize = 52;
/// What every age recipient starts with.
const AGE_LEAD: &str = "age1";
const AGE: Hrp = Hrp::parse_unchecked("age");

pub(super) static WIREGUARD: Scheme = Scheme {
    name: "wireguard",
    alphabet: &BASE64,
    lead: "",
    reaches_end: true,
    bytes: KeyBytes::Montgomery,
    encode: |u| BASE64_STANDARD.encode(u)[..BASE64_LENGTH].to_owned(),
    display: |u| BASE64_STANDARD.encode(u),
    ranges: || ranges(&BASE64, BASE64_LENGTH),
};

pub(super) static AGE_RECIPIENT: Scheme = Scheme {
    name: "age",
    alphabet: &BECH32,
    lead: AGE_LEAD,
    reaches_end: false,
    bytes: KeyBytes::Montgomery,
    encode: |u| recipient(u)[AGE_LEAD.len()..][..BECH32_LENGTH].to_owned(),
    display: recipient,
    ranges: || ranges(&BECH32, BECH32_LENGTH),
};

fn recipient(u: &[u8; 32]) -> String {
    u.iter().copied().bytes_to_fes().with_checksum::<Bech32>(&AGE).chars().collect()
}

/// The texts of all numbers below p in so many characters.
fn ranges(alphabet: &Alphabet, digits: usize) -> Vec<KeyRange> {
    let bits = alphabet.base().ilog2() as usize;
    let padding = digits * bits - 256;
    let number = |bytes: &[u8; 32]| BigUint::from_bytes_be(bytes) << padding;
    // p and the numbers above it differ in the first byte alone.
    let beyond = (0xed..=0xff).map(|first| {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (first, 0x7f);
        number(&bytes)
    });
    let tail = tail(alphabet, bits, padding);
    let range = |low, high| KeyRange { lead: Vec::new(), digits, low, high, tail: tail.clone(), weight: 1 };
    let mut ranges = Vec::new();
    let mut low = BigUint::ZERO;
    for number in beyond {
        let next = &number + 1u8;
        ranges.push(range(std::mem::replace(&mut low, next), number));
    }
    ranges.push(range(low, BigUint::from(1u8) << (digits * bits)));
    ranges
}

/// The digits that the last places may hold: the highest bit of the last byte is zero, and so is what fills up the last digit.
fn tail(alphabet: &Alphabet, bits: usize, padding: usize) -> Vec<CharSet> {
    let zero = padding + 7;
    let places = zero / bits + 1;
    let fits = |place: usize, digit: u8| {
        let number = usize::from(digit) << (place * bits);
        number >> zero & 1 == 0 && number & ((1 << padding) - 1) == 0
    };
    let set = |place| (0..alphabet.base() as u8).filter(|&digit| fits(place, digit)).collect();
    (0..places).rev().map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_every_number_below_p() {
        for scheme in [&WIREGUARD, &AGE_RECIPIENT] {
            let ranges = (scheme.ranges)();
            let least: [u8; 32] = [0; 32];
            let mut greatest = [0xff; 32];
            (greatest[0], greatest[31]) = (0xec, 0x7f);
            for (bytes, holds) in [(least, true), (greatest, true), ([0xff; 32], false)] {
                let digits = scheme.alphabet.digits(&(scheme.encode)(&bytes)).expect("its own");
                let bits = scheme.alphabet.base().ilog2();
                let number = digits.iter().fold(BigUint::ZERO, |number, &digit| (number << bits) + digit);
                let found = ranges.iter().any(|range| {
                    let ends = digits.iter().rev().enumerate();
                    (&range.low..&range.high).contains(&&number)
                        && ends.into_iter().all(|(i, d)| range.allowed(i).contains(*d))
                });
                assert_eq!(found, holds, "{} {bytes:x?}", scheme.name);
            }
        }
    }

    /// A recipient of the age specification's test vectors.
    #[test]
    fn published_recipient() {
        let known = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
        let (_, bytes) = bech32::decode(known).expect("bech32");
        assert_eq!(recipient(&bytes.try_into().expect("32 bytes")), known);
    }
}
