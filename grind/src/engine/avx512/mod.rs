//! The backend for processors with AVX-512 IFMA: eight lanes, and a multiplier of 52 by 52 bits in each.
//!
//! This is the only place with `unsafe`. An [`Avx512`] can be had from [`Avx512::detect`] alone, so that whoever holds one may use
//! the instructions; nothing but words and arrays goes in and out.

#![allow(unsafe_code)]

mod field;
mod words;

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use super::{lanes::Kernel, table::Row};

/// The proof that this processor has every feature that the backend uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The backend, if the processor and the operating system support it.
    pub(crate) fn detect() -> Option<Self> {
        let supported = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512ifma")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("avx512vbmi2");
        supported.then_some(Self(()))
    }
}

/// Runs a kernel with the features switched on; all that is inlined into it may use them.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,avx512vbmi2")]
fn enter<K: Kernel<Avx512>>(lanes: Avx512, kernel: K) -> K::Output {
    kernel.run(lanes)
}

/// Asks for a row to be brought near: a hint that changes nothing else, with an instruction that every x86-64 processor has, so that the
/// portable backend uses it as well.
#[inline(always)]
pub(super) fn prefetch(row: &Row) {
    let row: *const Row = row;
    // SAFETY: a prefetch reads and writes no memory of the program and never faults; SSE is part of x86-64.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(row.cast()) };
}
