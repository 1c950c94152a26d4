//! The 25 words of Algorand wallets: the seed in 24 numbers of eleven bits, and eleven bits of its SHA-512/256 as a checksum.

use std::sync::OnceLock;

use sha2::{Digest, Sha512_256};
use zeroize::Zeroizing;

use super::{Format, ImportError, seed_key};
use crate::secret::SeedKey;

/// Words of a mnemonic, the checksum included.
pub(super) const WORDS: usize = 25;
/// Bits of a word.
const BITS: u32 = 11;

/// The English list of BIP 39, in alphabetical order.
fn list() -> &'static [&'static str] {
    static LIST: OnceLock<Vec<&str>> = OnceLock::new();
    LIST.get_or_init(|| include_str!("../../data/bip39-english.txt").lines().collect())
}

/// The number of the word that checks a seed.
fn checksum(seed: &[u8; 32]) -> u16 {
    let hash = Sha512_256::digest(seed);
    u16::from_le_bytes([hash[0], hash[1]]) & ((1 << BITS) - 1)
}

/// The words, the seed read as a little-endian number.
pub(super) fn write(key: &SeedKey) -> Zeroizing<String> {
    let list = list();
    // No word is longer than eight letters.
    let mut text = Zeroizing::new(String::with_capacity(9 * WORDS));
    let (mut bits, mut held) = (Zeroizing::new(0u32), 0);
    for &byte in key.seed() {
        *bits |= u32::from(byte) << held;
        held += 8;
        if held >= BITS {
            push(&mut text, list[*bits as usize & ((1 << BITS) - 1)]);
            *bits >>= BITS;
            held -= BITS;
        }
    }
    push(&mut text, list[*bits as usize]);
    push(&mut text, list[usize::from(checksum(key.seed()))]);
    text
}

fn push(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

/// The seed of 25 words.
pub(super) fn read(text: &str) -> Result<SeedKey, ImportError> {
    const FORMAT: Format = Format::Algorand;
    let damaged = |reason| ImportError::Damaged { format: FORMAT, reason };
    let mut numbers = Zeroizing::new(Vec::with_capacity(WORDS));
    for word in text.split_whitespace() {
        let number = list().binary_search(&word).map_err(|_| damaged("one of its words is not in the list"))?;
        numbers.push(number as u32);
    }
    let (&check, numbers) = numbers.split_last().ok_or(damaged("it has no words"))?;
    let (mut bits, mut held) = (Zeroizing::new(0u32), 0);
    let mut seed = Zeroizing::new(Vec::with_capacity(33));
    for &number in numbers {
        *bits |= number << held;
        held += BITS;
        while held >= 8 {
            seed.push(*bits as u8);
            *bits >>= 8;
            held -= 8;
        }
    }
    // 24 words hold eight bits more than a seed.
    let (&rest, seed) = seed.split_last().ok_or(damaged("it has too few words"))?;
    let key = seed_key(seed, FORMAT)?;
    if rest != 0 || check != u32::from(checksum(key.seed())) {
        return Err(damaged("its checksum does not hold"));
    }
    Ok(key)
}
