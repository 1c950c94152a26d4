//! Field arithmetic of every backend held against big integers: what the tests and the fuzz target call.

use num_bigint::{BigInt, BigUint};

#[cfg(target_arch = "x86_64")]
use super::{avx2::Avx2, avx512::Avx512};
use super::{
    doubles::{self, Model},
    field::{FieldElement, LIMB_MASK},
    form::Form,
    lanes::{Kernel, LOW_BITS, Lanes, Limbs, MAX_LANES},
    portable::Portable,
};

/// The radix of a form of numbers, and what a tight element is bounded by.
#[derive(Clone, Copy)]
struct Shape {
    bits: u32,
    limbs: Limb,
    /// Low limbs are right unless so many bits of the product below p are all the same.
    low_agreed: u32,
}

/// What the words of an element are.
#[derive(Clone, Copy)]
enum Limb {
    /// Integers below `limb`, the top one below `top`.
    Integer { limb: u64, top: u64 },
    /// Doubles, as fractions of a limb, that are at most so far from zero.
    Double { most: u64 },
}

impl Shape {
    const fn of(form: Form) -> Self {
        const FULL: u64 = (1 << 51) + (1 << 15);
        match form {
            Form::Limbs51 => Self { bits: 51, limbs: Limb::Integer { limb: FULL, top: FULL }, low_agreed: 39 },
            Form::Limbs52 => {
                let limbs = Limb::Integer { limb: 1 << 52, top: (1 << 47) + (1 << 10) };
                Self { bits: 52, limbs, low_agreed: 39 }
            }
            Form::Doubles => Self { bits: 51, limbs: Limb::Double { most: doubles::TIGHT }, low_agreed: 44 },
        }
    }

    /// A tight element of this shape from any limbs below 2^52, with extremes where the limbs have them.
    fn tight(self, element: &FieldElement) -> FieldElement {
        let limbs = element.0;
        match self.limbs {
            Limb::Integer { limb: most, .. } => {
                let [a, b, c, d, e] = limbs.map(|limb| if limb >= most { limb % most } else { limb });
                FieldElement([a, b, c, d, if self.bits == 51 { e } else { (limbs[4] >> 5) + (limbs[4] & 1023) }])
            }
            // From the middle outwards, so that small numbers are near zero and large ones, in turns, at either end.
            Limb::Double { most } => FieldElement(limbs.map(|limb| {
                let away = (limb / 2).min(most) as f64 * doubles::ONE;
                if limb % 2 == 0 { away.to_bits() } else { (-away).to_bits() }
            })),
        }
    }

    fn number(self, limbs: &FieldElement) -> BigUint {
        let value = |word: u64| match self.limbs {
            Limb::Integer { .. } => BigInt::from(word),
            Limb::Double { .. } => BigInt::from((f64::from_bits(word) * doubles::UNIT) as i64),
        };
        let number = limbs.0.iter().rev().fold(BigInt::ZERO, |number, &word| (number << self.bits) + value(word));
        // 32 p are more than any element is below zero.
        (number + BigInt::from(prime() << 5)).to_biguint().expect("not negative") % prime()
    }

    fn is_tight(self, words: &[u64; 5]) -> bool {
        match self.limbs {
            Limb::Integer { limb, top } => words[..4].iter().all(|&word| word < limb) && words[4] < top,
            Limb::Double { most } => words.iter().all(|&word| {
                let limb = f64::from_bits(word) * doubles::UNIT;
                limb.abs() <= most as f64 && limb.fract() == 0.0
            }),
        }
    }
}

/// What every operation gives in every lane, as numbers below p.
struct All {
    shape: Shape,
    a: [FieldElement; MAX_LANES],
    b: [FieldElement; MAX_LANES],
    c: [FieldElement; MAX_LANES],
}

#[derive(Debug, PartialEq)]
struct Answers {
    /// In the order in which `expected` has them.
    numbers: Vec<BigUint>,
    low: [u64; 5],
}

#[inline(always)]
fn load<L: Lanes>(l: L, elements: &[FieldElement; MAX_LANES]) -> Limbs<L::Word> {
    let mut columns = [[0; MAX_LANES]; 5];
    for (lane, element) in elements.iter().enumerate() {
        for (column, limb) in columns.iter_mut().zip(element.0) {
            column[lane] = limb;
        }
    }
    [l.load(&columns[0]), l.load(&columns[1]), l.load(&columns[2]), l.load(&columns[3]), l.load(&columns[4])]
}

impl<L: Lanes> Kernel<L> for All {
    type Output = Vec<Answers>;

    #[inline(always)]
    fn run(self, l: L) -> Vec<Answers> {
        let (a, b, c) = (load(l, &self.a), load(l, &self.b), load(l, &self.c));
        let product = l.mul(&a, &b);
        let sum = l.tidy(&l.sum(&a, &b));
        let minus = l.negate_where(&c, l.splat(1 << 63));
        let same = l.negate_where(&c, l.splat(u64::MAX >> 1));
        let run = l.less_loose_tidied(&a, &l.loose_less(&l.columns(&a, &b), &c));
        let tight = [
            l.tidy(&product),
            l.sub_settle(&c, &l.columns(&a, &b)),
            l.sub_settle(&c, &l.columns(&a, &l.sum(&a, &b))),
            l.invert(&product),
        ];
        let products = [
            a,
            product,
            l.square(&a),
            l.square(&product),
            l.mul(&product, &l.sum(&a, &b)),
            l.mul(&product, &l.less_loose(&a, &l.loose_less(&l.columns(&a, &b), &c))),
            l.mul(&product, &l.less_loose(&minus, &l.loose_less(&l.columns(&product, &sum), &minus))),
            l.mul(&product, &l.less_loose(&c, &l.loose_less(&l.square_columns(&a), &same))),
            l.mul(&product, &l.less_loose(&minus, &a)),
            l.mul(&product, &l.less_loose(&a, &minus)),
            l.mul(&product, &l.less_loose(&b, &l.loose_less_twice(&l.square_columns(&c), &a, &sum))),
            l.mul(&product, &l.less_loose(&b, &l.loose_less_twice(&l.square_columns(&c), &a, &run))),
            l.mul(&product, &l.less_loose_tidied(&a, &l.loose_less_twice(&l.square_columns(&c), &a, &run))),
            l.plus(&a, &b),
            l.minus(&a, &b),
            l.settle_rows(&l.row_columns(&l.lazy_add(&a, &b), &c, &l.rows(&a))),
            l.settle_rows(&l.row_columns(&l.lazy_add(&a, &b), &product, &l.rows(&product))),
        ];
        let factor = L::low_factor(&FieldElement(CONSTANT));
        let other = L::low_factor(&FieldElement(CONSTANT).square());
        let terms = [[factor, other, factor, other], [other, factor, factor, factor]];
        let [plus1, minus1, plus2, minus2] = l.low_bits([&a, &b, &c, &product], &terms);
        let low = [
            l.store(l.mul_low(&product, &l.sum(&a, &b))),
            l.store(plus1),
            l.store(minus1),
            l.store(plus2),
            l.store(minus2),
        ];
        let mut answers = Vec::new();
        for lane in 0..L::LANES {
            let mut numbers = Vec::new();
            for element in tight {
                let limbs = element.map(|limb| l.store(limb)[lane]);
                assert!(self.shape.is_tight(&limbs), "not tight: {limbs:x?}");
                numbers.push(self.shape.number(&FieldElement(limbs)));
            }
            for element in tight.iter().chain(&products) {
                let words = l.to_words(element);
                let bytes: Vec<u8> = words.iter().flat_map(|&word| l.store(word)[lane].to_le_bytes()).collect();
                numbers.push(BigUint::from_bytes_le(&bytes));
            }
            let mut low = low.map(|low| low[lane] & LIMB_MASK);
            for bits in &mut low[1..] {
                *bits &= (1 << LOW_BITS) - 1;
            }
            answers.push(Answers { numbers, low });
        }
        answers
    }
}

/// Any constant.
const CONSTANT: [u64; 5] =
    [750_599_938_057_297, 1_501_199_875_790_165, 750_599_937_895_082, 1_501_199_875_790_165, 2_050_599_937_895_082];

fn prime() -> BigUint {
    (BigUint::from(1u8) << 255) - 19u8
}

fn expected(shape: Shape, a: &FieldElement, b: &FieldElement, c: &FieldElement) -> (Answers, [BigUint; 5]) {
    let p = prime();
    let [a, b, c] = [a, b, c].map(|element| shape.number(element));
    let product = &a * &b % &p;
    let tight = [product.clone(), &c + &p - &product, &c + &p - &a * (&a + &b) % &p, product.modpow(&(&p - 2u8), &p)];
    let products = [
        a.clone(),
        product.clone(),
        &a * &a,
        &product * &product,
        &product * (&a + &b),
        &product * (&a + &c + &p - &product),
        &product * (&p + &p + &p - &c - &c - &product * (&a + &b) % &p),
        &product * (&c + &c + &p - &a * &a % &p),
        &product * (&p + &p - &c - &a),
        &product * (&a + &c),
        &product * (&a + &p - &c * &c % &p),
        &product * (&b + &a + &p - &c * &c % &p + &product + &p - &c),
        &product * (&a + &a + &p - &c * &c % &p + &product + &p - &c),
        &a + &b,
        &a + &p - &b,
        &a + &b + &a * &c,
        &a + &b + &product * &product,
    ];
    let factor = Shape::of(Form::Limbs51).number(&FieldElement(CONSTANT));
    let other = &factor * &factor % &p;
    let (s1, t1) = ((&a * &factor + &b * &other) % &p, (&c * &factor + &product * &other) % &p);
    let (s2, t2) = ((&a * &other + &b * &factor) % &p, (&c * &factor + &product * &factor) % &p);
    let of_low = [&product * (&a + &b), &s1 + &t1, &s1 + &p - &t1, &s2 + &t2, &s2 + &p - &t2].map(|number| number % &p);
    let low = of_low.each_ref().map(|number| number.iter_u64_digits().next().unwrap_or(0));
    let low = std::array::from_fn(|i| low[i] & if i == 0 { LIMB_MASK } else { (1 << LOW_BITS) - 1 });
    let numbers = tight.iter().chain(&tight).chain(&products).map(|number| number % &p).collect();
    (Answers { numbers, low }, of_low)
}

/// Where a carry ran through so many of the top bits, or stopped just before that, low bits may be others than the real ones.
fn low_agrees(answer: u64, expected: u64, number: &BigUint, bits: u32, room: u32) -> bool {
    let top = number >> (255 - bits);
    answer == expected || top < BigUint::from(room) || top + room >= BigUint::from(1u8) << bits
}

/// Holds every operation of every backend against big integers.
pub(crate) fn check(a: [FieldElement; MAX_LANES], b: [FieldElement; MAX_LANES], c: [FieldElement; MAX_LANES]) {
    check_backend(Portable, [a, b, c]);
    check_backend(Model, [a, b, c]);
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(avx2) = Avx2::detect() {
            check_backend(avx2, [a, b, c]);
        }
        if let Some(avx512) = Avx512::detect() {
            check_backend(avx512, [a, b, c]);
        }
    }
}

fn check_backend<L: Lanes>(l: L, elements: [[FieldElement; MAX_LANES]; 3]) {
    let shape = Shape::of(L::FORM);
    let [a, b, c] = elements.map(|elements| elements.map(|element| shape.tight(&element)));
    let answers = l.enter(All { shape, a, b, c });
    let expected: Vec<_> = (0..answers.len()).map(|lane| expected(shape, &a[lane], &b[lane], &c[lane])).collect();
    // An element that is zero makes the inverse of all lanes zero.
    let any_zero = expected.iter().any(|(expected, _)| expected.numbers[0] == BigUint::ZERO);
    for (lane, (answer, (mut expected, of_low))) in answers.into_iter().zip(expected).enumerate() {
        for (i, ((answer, expected), number)) in answer.low.iter().zip(&mut expected.low).zip(&of_low).enumerate() {
            let (bits, room) = if i == 0 { (shape.low_agreed, 1) } else { (52 - LOW_BITS, 40) };
            assert!(low_agrees(*answer, *expected, number, bits, room), "low bits {i} of lane {lane}");
            *expected = *answer;
        }
        if any_zero {
            expected.numbers[3] = BigUint::ZERO;
            expected.numbers[7] = BigUint::ZERO;
        }
        assert_eq!(answer, expected, "lane {lane}");
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
