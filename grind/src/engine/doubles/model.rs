//! One lane of doubles in plain Rust: what a vector of them is held against, and the tests of this arithmetic on processors that have none.

use super::{
    super::{
        doubles,
        field::FieldElement,
        form::Form,
        lanes::{Kernel, LOW_WORDS, Lanes, Limbs, MAX_LANES},
        portable::Portable,
        table::Row,
    },
    Doubles, lanes_of_doubles,
};

/// The model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model;

impl Doubles for Model {
    #[inline(always)]
    fn fused(self, a: u64, b: u64, c: u64) -> u64 {
        f64::from_bits(a).mul_add(f64::from_bits(b), f64::from_bits(c)).to_bits()
    }
    #[inline(always)]
    fn float_add(self, a: u64, b: u64) -> u64 {
        (f64::from_bits(a) + f64::from_bits(b)).to_bits()
    }
    #[inline(always)]
    fn float_sub(self, a: u64, b: u64) -> u64 {
        (f64::from_bits(a) - f64::from_bits(b)).to_bits()
    }
    #[inline(always)]
    fn float_mul(self, a: u64, b: u64) -> u64 {
        (f64::from_bits(a) * f64::from_bits(b)).to_bits()
    }
}

/// Words as those of the portable backend.
macro_rules! portable {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(#[inline(always)]
        fn $name(self, $($argument: $kind),*) -> $result {
            Portable.$name($($argument),*)
        })*
    };
}

impl Lanes for Model {
    type Word = u64;
    type Columns = Limbs<u64>;
    type Rows = Limbs<u64>;
    type RowColumns = Limbs<u64>;

    const LANES: usize = 1;
    lanes_of_doubles!();

    portable! {
        splat(value: u64) -> u64;
        load(values: &[u64; MAX_LANES]) -> u64;
        store(word: u64) -> [u64; MAX_LANES];
        add(a: u64, b: u64) -> u64;
        sub(a: u64, b: u64) -> u64;
        and(a: u64, b: u64) -> u64;
        or(a: u64, b: u64) -> u64;
        xor(a: u64, b: u64) -> u64;
        shl(a: u64, count: u32) -> u64;
        shr(a: u64, count: u32) -> u64;
        xor3(a: u64, b: u64, c: u64) -> u64;
        choose(a: u64, b: u64, c: u64) -> u64;
        majority(a: u64, b: u64, c: u64) -> u64;
        swap_bytes(a: u64) -> u64;
        leading(a: u64) -> u64;
        mul32(a: u64, b: u64) -> u64;
        mul52_low(a: u64, b: u64) -> u64;
        mul52_high(a: u64, b: u64) -> u64;
        split_pairs(a: u64) -> u64;
        lookup(table: &[u8; 64], bytes: u64) -> u64;
        nonzero(a: u64) -> u8;
        less(a: u64, b: u64) -> u8;
        prefetch(rows: &[Row], index: &u64) -> ();
    }

    fn enter<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
    fn rotr<const COUNT: i32>(self, a: u64) -> u64 {
        Portable.rotr::<COUNT>(a)
    }
    fn funnel<const COUNT: i32>(self, low: u64, high: u64) -> u64 {
        Portable.funnel::<COUNT>(low, high)
    }
    fn columns(self, a: &Limbs<u64>, b: &Limbs<u64>) -> Limbs<u64> {
        doubles::product(self, a, b)
    }
    fn square_columns(self, a: &Limbs<u64>) -> Limbs<u64> {
        doubles::square(self, a)
    }
    fn gather_x(self, rows: &[Row], index: &u64) -> Limbs<u64> {
        doubles::unpack(self, &rows[*index as u32 as usize].x)
    }
    fn gather_y(self, rows: &[Row], index: &u64) -> Limbs<u64> {
        doubles::unpack(self, &rows[*index as u32 as usize].y)
    }
}
