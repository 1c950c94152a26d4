//! Strkeys of Stellar (SEP-23): base32 of a version byte, 32 bytes, and their CRC-16.

use zeroize::Zeroizing;

use crate::alphabet::BASE32_UPPER;

/// The strkey of 32 bytes.
pub(crate) fn strkey(version: u8, bytes: &[u8; 32]) -> Zeroizing<String> {
    let mut whole = Zeroizing::new([0; 35]);
    whole[0] = version;
    whole[1..33].copy_from_slice(bytes);
    let checksum = crc16(&whole[..33]).to_le_bytes();
    whole[33..].copy_from_slice(&checksum);
    Zeroizing::new(BASE32_UPPER.spell(&*whole))
}

/// The 32 bytes of a strkey, if it has this version and its checksum holds.
pub(crate) fn read_strkey(version: u8, text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let whole = Zeroizing::new(BASE32_UPPER.unspell(text)?);
    let [first, bytes @ .., low, high] = whole.as_slice() else { return None };
    let fits = *first == version && crc16(&whole[..whole.len() - 2]).to_le_bytes() == [*low, *high];
    fits.then(|| bytes.try_into().ok()).flatten().map(Zeroizing::new)
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| crc << 1 ^ if crc >> 15 == 1 { 0x1021 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        let text = strkey(144, &[7; 32]);
        assert_eq!(read_strkey(144, &text).as_deref(), Some(&[7; 32]));
        assert_eq!(read_strkey(48, &text), None);
        assert_eq!(read_strkey(144, &text.replace('A', "B")), None);
    }
}
