//! Which passwords are taken: length counts, composition does not (NIST SP 800-63B), and the commonest are refused.

use std::{collections::HashSet, sync::LazyLock};

use super::Wrong;

/// Shortest and longest password, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 10..=128;

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/common-passwords.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// Says whether a password is good enough for the owner of these names.
///
/// # Errors
/// What is wrong with it, as the rest of a sentence.
pub fn check(password: &str, email: &str, username: &str) -> Result<(), Wrong> {
    let length = password.chars().count();
    if length < *LENGTHS.start() {
        return Err("must have at least 10 characters".into());
    }
    if length > *LENGTHS.end() {
        return Err("must have at most 128 characters".into());
    }
    let small = password.to_lowercase();
    if COMMON.contains(small.as_str()) {
        return Err(too_easy("is one of the commonest passwords, which are guessed first; choose another"));
    }
    if small == email.to_lowercase() || (!username.is_empty() && small == username.to_lowercase()) {
        return Err(too_easy("is your own name or address; choose another"));
    }
    if few_characters(&small) {
        return Err(too_easy("repeats the same few characters; choose another"));
    }
    Ok(())
}

const fn too_easy(message: &'static str) -> Wrong {
    Wrong::coded("PASSWORD_TOO_EASY", message)
}

fn few_characters(text: &str) -> bool {
    text.chars().collect::<HashSet<_>>().len() < 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_rarity_decide() {
        let check = |password: &str| check(password, "ann.longname@example.org", "ann_longname");
        for fine in ["tarragon lantern 9", "vier wörter über zwölf", &"abcde".repeat(25)] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        for bad in [
            "short",
            "123456789",
            &"abcde".repeat(26),
            "1234567890",
            "Qwertyuiop",
            "PASSWORD123",
            "Password2024!",
            "1qaz2wsx3edc",
            "Summer2026",
            "qwertyuiop123",
            "iloveyou1234",
            "asdfghjkl1",
            "aaaaaaaaaaaa",
            "abababababab",
            "Ann_LongName",
            "ann.longname@example.org",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_list_has_nothing_that_the_length_refuses_anyway() {
        assert!(COMMON.len() > 10_000, "{}", COMMON.len());
        for password in COMMON.iter() {
            assert!(password.chars().count() >= *LENGTHS.start(), "{password}");
            assert_eq!(*password, password.to_lowercase());
        }
    }
}
