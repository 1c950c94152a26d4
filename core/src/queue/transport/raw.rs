//! The codec of bytes that are bytes.

use std::convert::Infallible;

use apalis_core::backend::codec::Codec;

/// Leaves an item as it is. apalis ends a worker that meets an item it cannot decode; with this, it can decode all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Raw;

impl Codec<Vec<u8>> for Raw {
    type Error = Infallible;
    type Compact = Vec<u8>;

    fn encode(&self, item: &Vec<u8>) -> Result<Vec<u8>, Infallible> {
        Ok(item.clone())
    }

    fn decode(&self, item: &Vec<u8>) -> Result<Vec<u8>, Infallible> {
        Ok(item.clone())
    }
}
