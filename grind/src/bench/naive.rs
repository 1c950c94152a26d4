//! The loop that most tools run: a random seed, `ed25519-dalek`, `bs58` and `starts_with`.

use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use rayon::ThreadPool;

/// Keys per second on one thread of the pool; zero without randomness.
pub(super) fn rate(pool: &ThreadPool, slice: Duration) -> f64 {
    pool.install(|| {
        let start = Instant::now();
        let mut keys = 0u32;
        while start.elapsed() < slice {
            for _ in 0..64 {
                if try_one("z6MkmVaniKeysBench").is_err() {
                    return 0.0;
                }
            }
            keys += 64;
        }
        f64::from(keys) / start.elapsed().as_secs_f64()
    })
}

/// One random key: whether its `did:key` has the prefix.
fn try_one(prefix: &str) -> Result<bool, getrandom::Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let public_key = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    let mut bytes = [0; 34];
    bytes[..2].copy_from_slice(&[0xed, 0x01]);
    bytes[2..].copy_from_slice(&public_key);
    let text = format!("z{}", bs58::encode(bytes).into_string());
    Ok(std::hint::black_box(text.starts_with(prefix)))
}
