//! The machine's randomness: for keys, salts, ids and tickets. Pure code is given random bytes as an argument; this is where they come from.

use std::io;

/// So many bytes that nobody can guess. Fails only where the machine has no randomness, which no node can work without.
pub fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut random = [0; N];
    fill(&mut random)?;
    Ok(random)
}

/// Fills a slice; see [`bytes`].
pub fn fill(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|fault| io::Error::other(fault.to_string()))
}
