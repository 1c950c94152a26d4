//! SHA-512 of 32-byte seeds that differ in their last eight bytes only, as many at once as there are lanes (FIPS 180-4); for X25519
//! keys, whose secret is the scalar itself, those bytes as they are.
//!
//! Such a message is one block. The first three rounds see only the fixed words and run once per base; the words of the
//! padding are constants that the compiler folds into the round constants.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::lanes::Lanes;
use super::portable::Portable;

const ROUND: [u64; 80] = [
    0x428a2f98d728ae22,
    0x7137449123ef65cd,
    0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc,
    0x3956c25bf348b538,
    0x59f111f1b605d019,
    0x923f82a4af194f9b,
    0xab1c5ed5da6d8118,
    0xd807aa98a3030242,
    0x12835b0145706fbe,
    0x243185be4ee4b28c,
    0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f,
    0x80deb1fe3b1696b1,
    0x9bdc06a725c71235,
    0xc19bf174cf692694,
    0xe49b69c19ef14ad2,
    0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5,
    0x240ca1cc77ac9c65,
    0x2de92c6f592b0275,
    0x4a7484aa6ea6e483,
    0x5cb0a9dcbd41fbd4,
    0x76f988da831153b5,
    0x983e5152ee66dfab,
    0xa831c66d2db43210,
    0xb00327c898fb213f,
    0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2,
    0xd5a79147930aa725,
    0x06ca6351e003826f,
    0x142929670a0e6e70,
    0x27b70a8546d22ffc,
    0x2e1b21385c26c926,
    0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df,
    0x650a73548baf63de,
    0x766a0abb3c77b2a8,
    0x81c2c92e47edaee6,
    0x92722c851482353b,
    0xa2bfe8a14cf10364,
    0xa81a664bbc423001,
    0xc24b8b70d0f89791,
    0xc76c51a30654be30,
    0xd192e819d6ef5218,
    0xd69906245565a910,
    0xf40e35855771202a,
    0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8,
    0x1e376c085141ab53,
    0x2748774cdf8eeb99,
    0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63,
    0x4ed8aa4ae3418acb,
    0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc,
    0x78a5636f43172f60,
    0x84c87814a1f0ab72,
    0x8cc702081a6439ec,
    0x90befffa23631e28,
    0xa4506cebde82bde9,
    0xbef9a3f7b2c67915,
    0xc67178f2e372532b,
    0xca273eceea26619c,
    0xd186b8c721c0c207,
    0xeada7dd6cde0eb1e,
    0xf57d4f7fee6ed178,
    0x06f067aa72176fba,
    0x0a637dc5a2c898a6,
    0x113f9804bef90dae,
    0x1b710b35131c471b,
    0x28db77f523047d84,
    0x32caab7b40c72493,
    0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6,
    0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec,
    0x6c44198c4a475817,
];

const INITIAL: [u64; 8] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
];

/// Where the words of the message that are the same for all seeds have led to.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Midstate {
    hashed: bool,
    words: [u64; 3],
    state: [u64; 8],
}

impl Midstate {
    /// After the first three big-endian words of a seed.
    pub(crate) fn new(words: [u64; 3]) -> Self {
        let mut state = INITIAL;
        for (word, round) in words.iter().zip(ROUND) {
            state = step(Portable, &state, round.wrapping_add(*word));
        }
        Self { hashed: true, words, state }
    }

    /// For X25519: nothing is hashed, and results are u instead of y.
    pub(crate) const fn x25519(words: [u64; 3]) -> Self {
        Self { hashed: false, words, state: INITIAL }
    }

    /// Whether this is for X25519.
    pub(crate) const fn is_x25519(&self) -> bool {
        !self.hashed
    }

    /// The first half of the hash, as big-endian words, of the seeds that end with the given words; for X25519 the secret bytes, the last
    /// of them rotated left by a byte, so that what is counted up does not touch the fixed bits.
    #[inline(always)]
    pub(crate) fn finish<L: Lanes>(&self, lanes: L, last: L::Word) -> [L::Word; 4] {
        if !self.hashed {
            let [a, b, c] = self.words;
            return [lanes.splat(a), lanes.splat(b), lanes.splat(c), lanes.rotr::<56>(last)];
        }
        let zero = lanes.splat(0);
        let mut w = [zero; 16];
        w[0] = lanes.splat(self.words[0]);
        w[1] = lanes.splat(self.words[1]);
        w[2] = lanes.splat(self.words[2]);
        w[3] = last;
        w[4] = lanes.splat(1 << 63);
        w[15] = lanes.splat(256);

        let mut state = [zero; 8];
        let mut i = 0;
        while i < 8 {
            state[i] = lanes.splat(self.state[i]);
            i += 1;
        }
        i = 3;
        while i < 16 {
            state = step(lanes, &state, lanes.add(w[i], lanes.splat(ROUND[i])));
            i += 1;
        }
        // Written out once, where most words of the schedule are still known.
        state = sixteen(lanes, &mut w, state, 1);
        let mut block = 2;
        while block < 5 {
            state = sixteen(lanes, &mut w, state, block);
            block += 1;
        }
        [
            lanes.add(state[0], lanes.splat(INITIAL[0])),
            lanes.add(state[1], lanes.splat(INITIAL[1])),
            lanes.add(state[2], lanes.splat(INITIAL[2])),
            lanes.add(state[3], lanes.splat(INITIAL[3])),
        ]
    }
}

/// One round; `input` is the word of the schedule plus the round constant.
#[inline(always)]
fn step<L: Lanes>(l: L, state: &[L::Word; 8], input: L::Word) -> [L::Word; 8] {
    let [a, b, c, d, e, f, g, h] = *state;
    let sum1 = l.xor3(l.rotr::<14>(e), l.rotr::<18>(e), l.rotr::<41>(e));
    let t1 = l.add(l.add(h, input), l.add(sum1, l.choose(e, f, g)));
    let sum0 = l.xor3(l.rotr::<28>(a), l.rotr::<34>(a), l.rotr::<39>(a));
    let t2 = l.add(sum0, l.majority(a, b, c));
    [l.add(t1, t2), a, b, c, l.add(d, t1), e, f, g]
}

/// Sixteen rounds, each with its next word of the schedule.
#[inline(always)]
fn sixteen<L: Lanes>(l: L, w: &mut [L::Word; 16], mut state: [L::Word; 8], block: usize) -> [L::Word; 8] {
    let mut i = 0;
    while i < 16 {
        extend(l, w, i);
        state = step(l, &state, l.add(w[i], l.splat(ROUND[16 * block + i])));
        i += 1;
    }
    state
}

/// Replaces word i of the schedule by word i + 16.
#[inline(always)]
fn extend<L: Lanes>(l: L, w: &mut [L::Word; 16], i: usize) {
    let (x, y) = (w[(i + 1) & 15], w[(i + 14) & 15]);
    let sigma0 = l.xor3(l.rotr::<1>(x), l.rotr::<8>(x), l.shr(x, 7));
    let sigma1 = l.xor3(l.rotr::<19>(y), l.rotr::<61>(y), l.shr(y, 6));
    w[i] = l.add(l.add(w[i], w[(i + 9) & 15]), l.add(sigma0, sigma1));
}
