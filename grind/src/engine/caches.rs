//! The caches of this processor, which decide how wide the tables of seed mode are.

use super::table::{Row, row_count};

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caches {
    /// The second-level cache of a core.
    pub(crate) second: u64,
    /// The cache that all cores share; none on some.
    pub(crate) shared: u64,
}

/// The widest window worth its memory, 34 MB: in huge pages a twentieth faster than 15 bits where the second-level cache has 2 MB, and 17 bits are no faster.
const WIDEST: u32 = 16;
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

    /// The width for a number of threads: the rows of a window, which a sweep goes through, would fill the second-level cache, and all of the table
    /// half of the shared one.
    pub(crate) fn window(self, threads: usize) -> u32 {
        let fits = |bits: u32| {
            let bytes = |rows: usize| (rows * size_of::<Row>()) as u64;
            let (rows, table) = (bytes(1 << (bits - 1)), bytes(row_count(bits)));
            rows <= self.second && (self.shared == 0 || 2 * table <= self.shared)
        };
        let widest = WIDEST - u32::from(threads > MANY_THREADS);
        (NARROWEST..=widest).rev().find(|&bits| fits(bits)).unwrap_or(NARROWEST)
    }
}

/// The width for a number of threads on this processor; where it says nothing about its caches, for those of the usual server.
pub(crate) fn default_window(threads: usize) -> u32 {
    let usual = Caches { second: 1 << 20, shared: 32 << 20 };
    Caches::detect().unwrap_or(usual).window(threads)
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
            (2 * MB, 260 * MB, 2, 16),
            (2 * MB, 260 * MB, 64, 15),
            (MB, 32 * MB, 8, 14),
            (MB / 2, 16 * MB, 8, 13),
            (MB / 4, 6 * MB, 4, 12),
            (2 * MB, 8 * MB, 4, 12),
            (2 * MB, 0, 4, 16),
            (1, 1, 1, 10),
        ] {
            assert_eq!(Caches { second, shared }.window(threads), bits, "{second} {shared} {threads}");
        }
    }

    #[test]
    fn every_machine_has_a_width() {
        for threads in [1, 2, 16, 64, 1024] {
            assert!((10..=16).contains(&default_window(threads)));
        }
        #[cfg(target_arch = "x86_64")]
        assert!(Caches::detect().is_none_or(|caches| caches.second >= 64 << 10));
    }
}
