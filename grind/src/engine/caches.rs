//! The caches of this processor, which decide how wide the tables of seed mode are and how many candidates are computed together.

use super::{
    Backend,
    seeds::CANDIDATE_BYTES,
    table::{MAX_WINDOW, Row, row_count},
};

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caches {
    /// The second-level cache of a core.
    pub(crate) second: u64,
    /// The cache that all cores share; none on some.
    pub(crate) shared: u64,
}

/// The narrowest that is chosen: below it every key costs more additions than any cache saves.
const NARROWEST: u32 = 10;
/// Above so many threads the shared cache and the memory behind it are what everybody waits for.
const MANY_THREADS: usize = 32;

impl Caches {
    /// What the processor says of itself.
    pub(crate) fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        return x86::detect();
        #[cfg(not(target_arch = "x86_64"))]
        return None;
    }

    /// The width for a number of threads where rows must be near: the table takes half of the shared cache at most. A sweep looks at a few thousand rows of a
    /// window and comes back to them much later, so that rows come from the shared cache whatever the second level holds.
    pub(crate) fn window(self, threads: usize) -> u32 {
        let shared = if self.shared == 0 { USUAL.shared } else { self.shared };
        let fits = |bits: u32| 2 * (row_count(bits) * size_of::<Row>()) as u64 <= shared;
        (NARROWEST..=widest(threads)).rev().find(|&bits| fits(bits)).unwrap_or(NARROWEST)
    }

    /// How many candidates of so many bytes are best computed together: enough to share an inversion, and half of the second-level cache at most.
    pub(crate) fn batch(self, bytes: usize) -> usize {
        const STEP: u64 = 1024;
        let fit = self.second / 2 / bytes as u64 / STEP * STEP;
        fit.clamp(STEP, 4 * STEP) as usize
    }
}

/// What the usual server has.
const USUAL: Caches = Caches { second: 1 << 20, shared: 32 << 20 };

/// The width for a backend and a number of threads on this processor; where it says nothing about its caches, for those of the usual server.
///
/// Rows are asked for so early that the slower backends never wait for them, wherever they come from.
pub(crate) fn default_window(backend: Backend, threads: usize) -> u32 {
    match backend {
        Backend::Avx512 => Caches::detect().unwrap_or(USUAL).window(threads),
        Backend::Avx2 | Backend::Portable => widest(threads),
    }
}

/// The widest window that pays for a number of threads.
fn widest(threads: usize) -> u32 {
    MAX_WINDOW - u32::from(threads > MANY_THREADS)
}

/// How many candidates are best computed together on this processor.
pub(crate) fn default_batch() -> usize {
    Caches::detect().unwrap_or(USUAL).batch(CANDIDATE_BYTES)
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{__cpuid, __cpuid_count};

    use super::Caches;

    /// Leaf 4 of Intel's processors; AMD's have the same under another number.
    pub(super) fn detect() -> Option<Caches> {
        let leaf = [(0, 4), (0x8000_0000, 0x8000_001d)].into_iter().find(|&(base, leaf)| {
            // The first cache is there if its kind is not 0.
            __cpuid(base).eax >= leaf && __cpuid_count(leaf, 0).eax & 31 != 0
        });
        let (_, leaf) = leaf?;
        let mut caches = Caches { second: 0, shared: 0 };
        for index in 0..16 {
            let about = __cpuid_count(leaf, index);
            let (kind, level) = (about.eax & 31, about.eax >> 5 & 7);
            if kind == 0 {
                break;
            }
            let field = |from: u32, bits: u32| u64::from(about.ebx >> from & ((1 << bits) - 1)) + 1;
            let size = field(22, 10) * field(12, 10) * field(0, 12) * (u64::from(about.ecx) + 1);
            match level {
                2 => caches.second = size,
                3 => caches.shared = size,
                _ => {}
            }
        }
        (caches.second > 0).then_some(caches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    #[test]
    fn wider_where_more_fits() {
        for (second, shared, threads, bits) in [
            (2 * MB, 260 * MB, 2, 18),
            (2 * MB, 260 * MB, 64, 17),
            (2 * MB, 105 * MB, 8, 16),
            (MB, 32 * MB, 8, 14),
            (MB / 2, 16 * MB, 8, 13),
            (MB / 4, 6 * MB, 4, 12),
            (2 * MB, 8 * MB, 4, 12),
            (2 * MB, 0, 4, 14),
            (1, 1, 1, 10),
        ] {
            assert_eq!(Caches { second, shared }.window(threads), bits, "{second} {shared} {threads}");
        }
    }

    #[test]
    fn a_batch_takes_half_of_the_second_level() {
        for (second, candidates) in [(4 * MB, 4096), (2 * MB, 4096), (MB, 2048), (MB / 2, 1024), (1, 1024)] {
            assert_eq!(Caches { second, shared: 32 * MB }.batch(CANDIDATE_BYTES), candidates, "{second}");
        }
    }

    #[test]
    fn every_machine_has_a_width() {
        for threads in [1, 2, 16, 64, 1024] {
            for backend in Backend::ALL {
                assert!((10..=18).contains(&default_window(backend, threads)));
            }
        }
        #[cfg(target_arch = "x86_64")]
        assert!(Caches::detect().is_none_or(|caches| caches.second >= 64 << 10));
    }
}
