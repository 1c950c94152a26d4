//! Proof of work: a text that takes about 2^bits hashes to find and one to check.

use sha2::{Digest, Sha256};

/// Longest solution that is read.
pub const MOST_SOLUTION: usize = 64;

/// True if SHA-256 of `challenge:solution` begins with `bits` zero bits.
#[must_use]
pub fn is_solved(challenge: &str, solution: &str, bits: u8) -> bool {
    if solution.len() > MOST_SOLUTION {
        return false;
    }
    let digest = Sha256::new().chain_update(challenge).chain_update(":").chain_update(solution).finalize();
    let mut zeros = 0;
    for byte in digest {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros >= u32::from(bits)
}

/// Finds a solution, as a client does. Takes about 2^bits hashes.
#[must_use]
pub fn solve(challenge: &str, bits: u8) -> String {
    let mut counter = 0u64;
    loop {
        let solution = format!("{counter:x}");
        if is_solved(challenge, &solution, bits) {
            return solution;
        }
        counter += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_solves_its_challenge_only() {
        let solution = solve("one", 10);
        assert!(is_solved("one", &solution, 10));
        assert!(is_solved("one", &solution, 3) && is_solved("one", "anything", 0));
        // One in 1,024 other challenges is solved by chance; these are fixed, and none of them is.
        assert!((0..8).all(|n| !is_solved(&format!("other {n}"), &solution, 10)));
        assert!(!is_solved("one", &format!("{solution}{}", " ".repeat(64)), 0));
    }
}
