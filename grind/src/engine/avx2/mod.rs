//! The backend for processors with AVX2 and FMA and without AVX-512 IFMA: four lanes, field elements in `doubles`.
//!
//! `unsafe` is here for what `avx512` has it for: intrinsics and loads from slices behind a proof token. Besides, products and squares are written in
//! assembly (`kernel`), and the processor's rounding mode is looked after, because sums of doubles here are exact in one mode alone.

#![allow(unsafe_code)]

mod kernel;
mod words;

use std::arch::asm;

use super::lanes::Kernel;

/// The proof that this processor has every feature that the backend uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The backend, if the processor and the operating system support it.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }
}

/// Runs a kernel with the features switched on; all that is inlined into it may use them. Never inlined itself, so that nothing of the kernel is moved
/// to before the rounding mode is right or behind where it is put back.
#[target_feature(enable = "avx2,fma")]
#[inline(never)]
fn run<K: Kernel<Avx2>>(lanes: Avx2, kernel: K) -> K::Output {
    let output = kernel.run(lanes);
    wipe_registers();
    output
}

/// Runs a kernel in the default rounding mode, whatever mode the thread is in.
fn enter<K: Kernel<Avx2>>(lanes: Avx2, kernel: K) -> K::Output {
    let _mode = DefaultMode::set();
    // SAFETY: an `Avx2` proves every feature that `run` enables.
    unsafe { run(lanes, kernel) }
}

/// The control and status register as Rust expects it: to the nearest, subnormal numbers as they are, all exceptions masked. Foreign code in the
/// process may have left it otherwise.
const DEFAULT_MODE: u32 = 0x1f80;
/// The bits of the register that only report.
const STATUS: u32 = 0x3f;

/// The default mode for as long as it lives, and then the one before.
struct DefaultMode {
    before: Option<u32>,
}

impl DefaultMode {
    #[inline]
    fn set() -> Self {
        let mode = read_mode();
        let before = (mode & !STATUS != DEFAULT_MODE).then_some(mode);
        if before.is_some() {
            write_mode(DEFAULT_MODE);
        }
        Self { before }
    }
}

impl Drop for DefaultMode {
    #[inline]
    fn drop(&mut self) {
        if let Some(mode) = self.before {
            write_mode(mode);
        }
    }
}

#[inline]
fn read_mode() -> u32 {
    let mut mode = 0u32;
    // SAFETY: the instruction, which every x86-64 processor has, writes the four bytes of `mode`.
    unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut mode, options(nostack, preserves_flags)) };
    mode
}

#[inline]
fn write_mode(mode: u32) {
    // SAFETY: the value is the default or one that the register held before, so no reserved bit is set. The mode differs from what Rust assumes only
    // where it did before, outside of a `DefaultMode`.
    unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const mode, options(nostack, preserves_flags)) };
}

/// Clears the vector registers, where parts of keys were.
#[target_feature(enable = "avx2")]
fn wipe_registers() {
    // SAFETY: AVX is enabled; all registers that are cleared are declared.
    unsafe {
        asm!(
            "vzeroall",
            out("ymm0") _, out("ymm1") _, out("ymm2") _, out("ymm3") _,
            out("ymm4") _, out("ymm5") _, out("ymm6") _, out("ymm7") _,
            out("ymm8") _, out("ymm9") _, out("ymm10") _, out("ymm11") _,
            out("ymm12") _, out("ymm13") _, out("ymm14") _, out("ymm15") _,
            options(nomem, nostack, preserves_flags),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            doubles::{self, Model},
            lanes::{Lanes, Limbs},
        },
        *,
    };

    /// Towards plus infinity.
    const UP: u32 = DEFAULT_MODE | 2 << 13;

    struct Both([u64; 5], [u64; 5]);

    impl Kernel<Avx2> for Both {
        type Output = [[u64; 5]; 2];

        #[inline(always)]
        fn run(self, l: Avx2) -> Self::Output {
            let (a, b) = (l.splat_limbs(&self.0), l.splat_limbs(&self.1));
            let first = |limbs: Limbs<_>| limbs.map(|limb| l.store(limb)[3]);
            [first(l.mul(&a, &b)), first(l.square(&a))]
        }
    }

    /// Limbs that are extreme or anything, up to so many half limbs.
    fn limbs(random: &mut impl FnMut() -> u64, most: i64) -> [u64; 5] {
        std::array::from_fn(|_| {
            let limb = match random() % 5 {
                0 => most * doubles::TIGHT as i64,
                1 => -most * doubles::TIGHT as i64,
                2 => (random() % 39) as i64 - 19,
                _ => (random() >> 13) as i64 - (1 << 50),
            };
            (limb as f64 * doubles::ONE).to_bits()
        })
    }

    /// Assembly and model agree bit by bit, in a mode that rounds otherwise before and after.
    #[test]
    fn kernels_are_those_of_the_model_in_any_mode() {
        let Some(avx2) = Avx2::detect() else { return };
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..20_000 {
            let (a, b) = (limbs(&mut random, 1), limbs(&mut random, 3));
            let mode = if round % 2 == 0 { UP } else { DEFAULT_MODE };
            write_mode(mode);
            let answers = enter(avx2, Both(a, b));
            let after = read_mode();
            write_mode(DEFAULT_MODE);
            assert_eq!(after & !STATUS, mode);
            assert_eq!(answers, [doubles::product(Model, &a, &b), doubles::square(Model, &a)], "{a:x?} {b:x?}");
        }
    }
}
