//! Field arithmetic of every backend held against big integers: what the tests and the fuzz target call.

use num_bigint::BigUint;

#[cfg(target_arch = "x86_64")]
use super::avx512::Avx512;
use super::{
    field::{FieldElement, LIMB_MASK},
    lanes::{Kernel, Lanes, MAX_LANES},
    portable::Portable,
};

/// What every operation gives in every lane, as numbers below p.
struct All {
    a: [FieldElement; MAX_LANES],
    b: [FieldElement; MAX_LANES],
    c: [FieldElement; MAX_LANES],
}

#[derive(Debug, PartialEq)]
struct Answers {
    product: BigUint,
    square: BigUint,
    sub_mul: BigUint,
    sub_square: BigUint,
    inverse: BigUint,
    low: u64,
}

impl<L: Lanes> Kernel<L> for All {
    type Output = Vec<Answers>;

    #[inline(always)]
    fn run(self, l: L) -> Vec<Answers> {
        let (a, b, c) = (l.load_limbs(&self.a), l.load_limbs(&self.b), l.load_limbs(&self.c));
        let product = l.mul(&a, &b);
        let square = l.square(&a);
        let sub_mul = l.sub_mul(&c, &a, &b);
        let sub_square = l.sub_square(&c, &product, &a);
        let inverse = l.invert(&product);
        let low = l.store(l.mul_low(&a, &b));
        // Every result is tight, and its words are those of the number below p.
        let mut numbers = Vec::new();
        for element in [product, square, sub_mul, sub_square, inverse] {
            let words = l.to_words(&element);
            let words = [l.store(words[0]), l.store(words[1]), l.store(words[2]), l.store(words[3])];
            let elements = l.store_limbs(&element);
            for lane in 0..L::LANES {
                assert!(elements[lane].0.iter().all(|&limb| limb < (1 << 51) + (1 << 15)), "not tight");
                let bytes: Vec<u8> = words.iter().flat_map(|word| word[lane].to_le_bytes()).collect();
                numbers.push(BigUint::from_bytes_le(&bytes));
            }
        }
        let number = |operation: usize, lane: usize| numbers[operation * L::LANES + lane].clone();
        (0..L::LANES)
            .map(|lane| Answers {
                product: number(0, lane),
                square: number(1, lane),
                sub_mul: number(2, lane),
                sub_square: number(3, lane),
                inverse: number(4, lane),
                low: low[lane],
            })
            .collect()
    }
}

fn number(limbs: &FieldElement) -> BigUint {
    limbs.0.iter().rev().fold(BigUint::ZERO, |number, &limb| (number << 51) + limb)
}

fn expected(a: &FieldElement, b: &FieldElement, c: &FieldElement) -> Answers {
    let p = (BigUint::from(1u8) << 255) - 19u8;
    let (a, b, c) = (number(a), number(b), number(c));
    let product = &a * &b % &p;
    let square = &a * &a % &p;
    let room = &p * 8u8;
    let low = (&product & BigUint::from(LIMB_MASK)).iter_u64_digits().next().unwrap_or(0);
    Answers {
        sub_mul: (&c + &room - &product) % &p,
        sub_square: (&c + &room - &product - &square) % &p,
        inverse: product.modpow(&(&p - 2u8), &p),
        product,
        square,
        low,
    }
}

/// Where a carry ran through the top limb, or stopped just before that, the low limb may be another than the real one.
fn low_agrees(answer: u64, expected: &Answers) -> bool {
    let top = &expected.product >> 216u32;
    answer == expected.low || top == BigUint::ZERO || top == (BigUint::from(1u8) << 39) - 1u8
}

/// Holds every operation of every backend against big integers. Limbs are loose: below 2^52.
pub(crate) fn check(a: [FieldElement; MAX_LANES], b: [FieldElement; MAX_LANES], c: [FieldElement; MAX_LANES]) {
    let mut backends = vec![Portable.enter(All { a, b, c })];
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = Avx512::detect() {
        backends.push(avx512.enter(All { a, b, c }));
    }
    for answers in backends {
        let lanes = answers.len();
        let expected: Vec<Answers> = (0..lanes).map(|lane| expected(&a[lane], &b[lane], &c[lane])).collect();
        // An element that is zero makes the inverse of all lanes zero.
        let any_zero = expected.iter().any(|expected| expected.product == BigUint::ZERO);
        for (lane, (answer, mut expected)) in answers.into_iter().zip(expected).enumerate() {
            assert!(low_agrees(answer.low, &expected), "low limb of lane {lane}");
            expected.low = answer.low;
            if any_zero {
                expected.inverse = BigUint::ZERO;
            }
            assert_eq!(answer, expected, "lane {lane}");
        }
    }
}

/// Elements from any bytes, extremes often among the limbs.
pub(crate) fn check_bytes(data: &[u8]) {
    let loose = (1u64 << 52) - 1;
    let extremes = [0, 1, 18, 19, 20, LIMB_MASK - 19, LIMB_MASK - 18, LIMB_MASK, LIMB_MASK + 1, loose - 1, loose];
    let mut bytes = data.iter().copied().cycle().take(if data.is_empty() { 0 } else { usize::MAX });
    let mut limb = || {
        let kind = usize::from(bytes.next().unwrap_or(0));
        if kind < 8 * extremes.len() {
            return extremes[kind % extremes.len()];
        }
        (0..7).fold(0, |limb, _| limb << 8 | u64::from(bytes.next().unwrap_or(0))) & loose
    };
    let mut elements = || std::array::from_fn(|_| FieldElement(std::array::from_fn(|_| limb())));
    check(elements(), elements(), elements());
}
