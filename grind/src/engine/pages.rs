//! Memory for large tables that are read all over: in huge pages where the system has them.
//!
//! A row that lies anywhere in tens of megabytes is not found without a look into the page tables, in a virtual machine into two of them. With
//! pages of 2 MB the processor knows them all by heart.

use bytemuck::Pod;
use memmap2::MmapMut;

/// So many zeroed elements, which stay as long as the program runs.
pub(crate) fn for_ever<T: Pod>(count: usize) -> &'static mut [T] {
    match MmapMut::map_anon(count * size_of::<T>()) {
        Ok(map) => {
            // A request that the system need not grant.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
            bytemuck::cast_slice_mut(&mut Box::leak(Box::new(map))[..])
        }
        Err(_) => Vec::leak(vec![T::zeroed(); count]),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn zeroed_and_writable() {
        let words = super::for_ever::<u64>(100_000);
        assert!(words.len() == 100_000 && words.iter().all(|&word| word == 0));
        words[99_999] = 7;
        assert_eq!(words.iter().sum::<u64>(), 7);
    }
}
