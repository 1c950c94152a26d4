//! Randomness of the operating system, for secrets and ids that must not be guessed.

/// `N` bytes of the operating system's randomness.
///
/// # Errors
/// The operating system's; nothing may go on without them.
pub fn bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
