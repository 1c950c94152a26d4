//! Key files: any bytes are a key or an error, and a key that was read is written and read again as itself.

use crate::{
    KeyMaterial, SeedKey,
    export::{Format, export, import},
};

/// Reads the bytes as they are, and as changes to a sound file of every format.
pub fn key_files(data: &[u8]) {
    reads_back(data);
    Format::ALL.into_iter().for_each(|format| key_file(format, data));
}

/// Reads changes to a sound file of one format, and texts of its characters that begin as its files do.
pub fn key_file(format: Format, data: &[u8]) {
    let key = KeyMaterial::Seed(SeedKey::new(*blake3::hash(b"a key to be changed").as_bytes()));
    let Ok(file) = export(&key, format) else { return };
    reads_back(&changed(&file, data));
    let Some((&kept, rest)) = data.split_first() else { return };
    let kept = usize::from(kept) % file.len();
    let spelled = rest.iter().map(|&byte| file[usize::from(byte) % file.len()]);
    reads_back(&file[..kept].iter().copied().chain(spelled).collect::<Vec<_>>());
}

fn reads_back(file: &[u8]) {
    let Ok((key, format)) = import(file) else { return };
    let again = export(&key, format).unwrap_or_else(|error| panic!("{format} is read and not written: {error}"));
    match import(&again) {
        Ok((read, as_format)) => assert_eq!((read.public_key(), as_format), (key.public_key(), format)),
        Err(error) => panic!("{format} is written and not read: {error}"),
    }
}

/// A file with a few bytes changed, taken out or put in: three bytes of `data` each, of which the first two choose the place.
fn changed(file: &[u8], data: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    for change in data.chunks_exact(3).take(8) {
        let at = usize::from(change[0]) << 8 | usize::from(change[1]);
        let at = at % file.len().max(1);
        match (change[0] ^ change[1]) & 3 {
            0 if file.len() > 1 => drop(file.remove(at)),
            1 => file.insert(at, change[2]),
            _ if !file.is_empty() => file[at] ^= change[2],
            _ => {}
        }
    }
    file
}
