//! Products and squares in assembly: `doubles::product` and `doubles::square`, bit by bit, with every column in a register.
//!
//! Written with intrinsics the compiler mixes columns until half of them lie on the stack, and how fast the result is changes by up to 1.8 times with what
//! stands around it. Here products come from the highest columns down. Column k + 5 is summed up in the register of column k and multiplied by 19
//! in place, so that five registers do for all of them, and each is carried while the products of those below are still on their way.

use std::{arch::asm, arch::x86_64::*};

use super::{
    super::{
        doubles::{BOTTOM_LESS, LESS, MASK, PRODUCT_START, SPLIT, SPLIT_CENTER, SQUARE_START},
        lanes::Limbs,
    },
    Avx2,
};

/// What the kernels read from memory, one number in all lanes each.
#[repr(C, align(32))]
struct Constants {
    start: [[u64; 4]; 5],
    mask: [u64; 4],
    nineteen: [u64; 4],
    less: [u64; 4],
    bottom_less: [u64; 4],
}

const fn constants(start: &[u64; 5]) -> Constants {
    Constants {
        start: [[start[0]; 4], [start[1]; 4], [start[2]; 4], [start[3]; 4], [start[4]; 4]],
        mask: [MASK; 4],
        nineteen: [19; 4],
        less: [LESS.to_bits(); 4],
        bottom_less: [BOTTOM_LESS.to_bits(); 4],
    }
}

static PRODUCT: Constants = constants(&PRODUCT_START);
static SQUARE: Constants = constants(&SQUARE_START);

/// An instruction with three registers.
macro_rules! op {
    ($name:literal, $to:literal, $a:literal, $b:literal) => {
        concat!($name, " {", $to, "}, {", $a, "}, {", $b, "}\n")
    };
}

/// An instruction with two registers and something else.
macro_rules! op_with {
    ($name:literal, $to:literal, $a:literal, $with:literal) => {
        concat!($name, " {", $to, "}, {", $a, "}, ", $with, "\n")
    };
}

/// A copy of a register.
macro_rules! copy {
    ($to:literal, $from:literal) => {
        concat!("vmovapd {", $to, "}, {", $from, "}\n")
    };
}

/// Splits the product of a register and a limb in memory: the upper half to `$t`, the rest to `$u`.
macro_rules! split {
    ($t:literal, $u:literal, $a:literal, $b:literal) => {
        concat!(
            copy!($t, "split"),
            op_with!("vfmadd231pd", $t, $a, $b),
            op!("vsubpd", $u, "center", $t),
            op_with!("vfmadd231pd", $u, $a, $b),
        )
    };
}

/// Adds the halves of a product to the columns `$upper` and `$lower`.
macro_rules! add {
    ($t:literal, $u:literal, $a:literal, $b:literal, $upper:literal, $lower:literal) => {
        concat!(split!($t, $u, $a, $b), op!("vpaddq", $upper, $upper, $t), op!("vpaddq", $lower, $lower, $u))
    };
}

/// The same for the first product of a column: `$lower` begins with its lower half.
macro_rules! begin {
    ($t:literal, $a:literal, $b:literal, $upper:literal, $lower:literal) => {
        concat!(split!($t, $lower, $a, $b), op!("vpaddq", $upper, $upper, $t))
    };
}

/// Multiplies a column by 19 and adds what the one five below starts with.
macro_rules! fold {
    ($t:literal, $u:literal, $x:literal, $start:literal) => {
        concat!(
            op!("vpaddq", $t, $x, $x),
            op_with!("vpsllq", $u, $x, "4"),
            op_with!("vpaddq", $x, $x, $start),
            op!("vpaddq", $t, $t, $u),
            op!("vpaddq", $x, $x, $t),
        )
    };
}

/// Leaves a limb and the exponent of the base, adds a carry and takes off what is too much: a signed double.
macro_rules! settle {
    ($x:literal, $carry:literal, $less:literal) => {
        concat!(
            op_with!("vpand", $x, $x, "[{k} + 160]"),
            op!("vpaddq", $x, $x, $carry),
            op_with!("vsubpd", $x, $x, $less),
        )
    };
}

/// The same with the carry of the column below, which is complete.
macro_rules! carry {
    ($t:literal, $x:literal, $below:literal) => {
        concat!(op_with!("vpsrlq", $t, $below, "51"), settle!($x, $t, "[{k} + 224]"))
    };
}

/// What goes around the top.
macro_rules! around {
    ($t:literal, $top:literal) => {
        concat!(op_with!("vpsrlq", $t, $top, "51"), op_with!("vpmuludq", $t, $t, "[{k} + 192]"))
    };
}

/// The product of two elements of which at most one is a sum.
#[inline(always)]
pub(super) fn product(_: Avx2, a: &Limbs<__m256i>, b: &Limbs<__m256i>) -> Limbs<__m256i> {
    // SAFETY: an `Avx2` proves AVX2 and FMA.
    unsafe { product_in_registers(a, b) }
}

/// The square of an element that is no sum.
#[inline(always)]
pub(super) fn square(_: Avx2, a: &Limbs<__m256i>) -> Limbs<__m256i> {
    // SAFETY: an `Avx2` proves AVX2 and FMA.
    unsafe { square_in_registers(a) }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn product_in_registers(a: &Limbs<__m256i>, b: &Limbs<__m256i>) -> Limbs<__m256i> {
    let (x0, x1, x2, x3, x4): (__m256i, __m256i, __m256i, __m256i, __m256i);
    // SAFETY: the features are enabled; all reads are of `b`, five vectors, and of `PRODUCT`, both aligned, and nothing is written but registers that
    // are declared.
    unsafe {
        asm!(
            "vmovapd {x4}, {split}",
            "vfmadd231pd {x4}, {a4}, [{b} + 128]",
            "vsubpd {x3}, {center}, {x4}",
            "vfmadd231pd {x3}, {a4}, [{b} + 128]",
            begin!("t", "a3", "[{b} + 128]", "x3", "x2"),
            add!("v", "w", "a4", "[{b} + 96]", "x3", "x2"),
            fold!("t", "u", "x4", "[{k} + 128]"),
            begin!("v", "a2", "[{b} + 128]", "x2", "x1"),
            add!("t", "u", "a3", "[{b} + 96]", "x2", "x1"),
            add!("v", "w", "a4", "[{b} + 64]", "x2", "x1"),
            fold!("t", "u", "x3", "[{k} + 96]"),
            begin!("v", "a1", "[{b} + 128]", "x1", "x0"),
            add!("t", "u", "a2", "[{b} + 96]", "x1", "x0"),
            add!("v", "w", "a3", "[{b} + 64]", "x1", "x0"),
            add!("t", "u", "a4", "[{b} + 32]", "x1", "x0"),
            fold!("v", "w", "x2", "[{k} + 64]"),
            add!("t", "u", "a0", "[{b} + 128]", "x0", "x4"),
            add!("v", "w", "a1", "[{b} + 96]", "x0", "x4"),
            add!("t", "u", "a2", "[{b} + 64]", "x0", "x4"),
            add!("v", "w", "a3", "[{b} + 32]", "x0", "x4"),
            add!("t", "u", "a4", "[{b}]", "x0", "x4"),
            fold!("v", "w", "x1", "[{k} + 32]"),
            add!("t", "u", "a0", "[{b} + 96]", "x4", "x3"),
            add!("v", "w", "a1", "[{b} + 64]", "x4", "x3"),
            add!("t", "u", "a2", "[{b} + 32]", "x4", "x3"),
            add!("v", "w", "a3", "[{b}]", "x4", "x3"),
            fold!("t", "u", "x0", "[{k}]"),
            add!("v", "w", "a0", "[{b} + 64]", "x3", "x2"),
            add!("t", "u", "a1", "[{b} + 32]", "x3", "x2"),
            add!("v", "w", "a2", "[{b}]", "x3", "x2"),
            add!("t", "u", "a0", "[{b} + 32]", "x2", "x1"),
            add!("v", "w", "a1", "[{b}]", "x2", "x1"),
            around!("w", "x4"),
            carry!("u", "x4", "x3"),
            split!("t", "v", "a0", "[{b}]"),
            "vpaddq {x1}, {x1}, {t}",
            "vpaddq {x0}, {x0}, {v}",
            carry!("u", "x3", "x2"),
            carry!("t", "x2", "x1"),
            carry!("v", "x1", "x0"),
            settle!("x0", "w", "[{k} + 256]"),
            b = in(reg) b.as_ptr(), k = in(reg) &raw const PRODUCT,
            a0 = in(ymm_reg) a[0], a1 = in(ymm_reg) a[1], a2 = in(ymm_reg) a[2], a3 = in(ymm_reg) a[3], a4 = in(ymm_reg) a[4],
            split = in(ymm_reg) _mm256_set1_pd(SPLIT), center = in(ymm_reg) _mm256_set1_pd(SPLIT_CENTER),
            t = out(ymm_reg) _, u = out(ymm_reg) _, v = out(ymm_reg) _, w = out(ymm_reg) _,
            x0 = out(ymm_reg) x0, x1 = out(ymm_reg) x1, x2 = out(ymm_reg) x2, x3 = out(ymm_reg) x3, x4 = out(ymm_reg) x4,
            options(pure, readonly, nostack, preserves_flags),
        );
    }
    [x0, x1, x2, x3, x4]
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn square_in_registers(a: &Limbs<__m256i>) -> Limbs<__m256i> {
    let (x0, x1, x2, x3, x4): (__m256i, __m256i, __m256i, __m256i, __m256i);
    let (a0, a1) = (_mm256_castsi256_pd(a[0]), _mm256_castsi256_pd(a[1]));
    let (a2, a3) = (_mm256_castsi256_pd(a[2]), _mm256_castsi256_pd(a[3]));
    let twice = [_mm256_add_pd(a0, a0), _mm256_add_pd(a1, a1), _mm256_add_pd(a2, a2), _mm256_add_pd(a3, a3)];
    // SAFETY: the features are enabled; all reads are of `a`, five vectors, and of `SQUARE`, both aligned, and nothing is written but registers that
    // are declared.
    unsafe {
        asm!(
            "vmovapd {w}, [{b} + 128]",
            "vmovapd {x4}, {split}",
            "vfmadd231pd {x4}, {w}, {w}",
            "vsubpd {x3}, {center}, {x4}",
            "vfmadd231pd {x3}, {w}, {w}",
            begin!("t", "s3", "[{b} + 128]", "x3", "x2"),
            "vmovapd {w}, [{b} + 96]",
            fold!("t", "u", "x4", "[{k} + 128]"),
            begin!("v", "s2", "[{b} + 128]", "x2", "x1"),
            add!("t", "u", "w", "[{b} + 96]", "x2", "x1"),
            fold!("v", "w", "x3", "[{k} + 96]"),
            begin!("t", "s1", "[{b} + 128]", "x1", "x0"),
            add!("v", "w", "s2", "[{b} + 96]", "x1", "x0"),
            fold!("t", "u", "x2", "[{k} + 64]"),
            "vmovapd {w}, [{b} + 64]",
            add!("t", "u", "s0", "[{b} + 128]", "x0", "x4"),
            add!("t", "u", "s1", "[{b} + 96]", "x0", "x4"),
            add!("t", "v", "w", "[{b} + 64]", "x0", "x4"),
            fold!("t", "u", "x1", "[{k} + 32]"),
            add!("v", "w", "s0", "[{b} + 96]", "x4", "x3"),
            add!("t", "u", "s1", "[{b} + 64]", "x4", "x3"),
            fold!("v", "w", "x0", "[{k}]"),
            "vmovapd {w}, [{b} + 32]",
            add!("t", "u", "s0", "[{b} + 64]", "x3", "x2"),
            add!("t", "v", "w", "[{b} + 32]", "x3", "x2"),
            "vmovapd {w}, [{b}]",
            add!("t", "u", "s0", "[{b} + 32]", "x2", "x1"),
            split!("t", "v", "w", "[{b}]"),
            around!("w", "x4"),
            carry!("u", "x4", "x3"),
            "vpaddq {x1}, {x1}, {t}",
            "vpaddq {x0}, {x0}, {v}",
            carry!("u", "x3", "x2"),
            carry!("t", "x2", "x1"),
            carry!("v", "x1", "x0"),
            settle!("x0", "w", "[{k} + 256]"),
            b = in(reg) a.as_ptr(), k = in(reg) &raw const SQUARE,
            s0 = in(ymm_reg) twice[0], s1 = in(ymm_reg) twice[1], s2 = in(ymm_reg) twice[2], s3 = in(ymm_reg) twice[3],
            split = in(ymm_reg) _mm256_set1_pd(SPLIT), center = in(ymm_reg) _mm256_set1_pd(SPLIT_CENTER),
            t = out(ymm_reg) _, u = out(ymm_reg) _, v = out(ymm_reg) _, w = out(ymm_reg) _,
            x0 = out(ymm_reg) x0, x1 = out(ymm_reg) x1, x2 = out(ymm_reg) x2, x3 = out(ymm_reg) x3, x4 = out(ymm_reg) x4,
            options(pure, readonly, nostack, preserves_flags),
        );
    }
    [x0, x1, x2, x3, x4]
}
