//! A sum over everything that a space of the index holds, carried in the space itself and changed with each batch.
//!
//! It does not depend on order, so that a change costs what was there and what comes, and nothing else. An entry that went missing or came
//! back shows at the next comparison. It finds accidents, not malice: whoever can write to the index can write the sum too.

use crate::ids::Digest;

/// Where the sum stands; no other key is empty.
pub(super) const SUM_KEY: &[u8] = b"";
/// Smallest of all other keys.
pub(super) const FIRST_KEY: &[u8] = &[0];

/// See the module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum(u128);

impl Sum {
    /// From the value under [`SUM_KEY`]; what is no sum equals none.
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self(bytes.try_into().map_or(u128::MAX, u128::from_be_bytes))
    }

    /// The value under [`SUM_KEY`].
    pub(super) fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// An entry comes.
    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        self.0 = self.0.wrapping_add(number(key, value));
    }

    /// An entry goes.
    pub(super) fn take(&mut self, key: &[u8], value: &[u8]) {
        self.0 = self.0.wrapping_sub(number(key, value));
    }
}

fn number(key: &[u8], value: &[u8]) -> u128 {
    let len = (key.len() as u64).to_be_bytes();
    let digest = Digest::of("dutynet.index.sum.1", &[&len, key, value]);
    let mut half = [0; 16];
    half.copy_from_slice(&digest.0[..16]);
    u128::from_be_bytes(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_of_what_is_there_whatever_was_there_before() {
        let (mut one, mut other) = (Sum::default(), Sum::default());
        one.add(b"a", b"1");
        one.add(b"b", b"2");
        one.take(b"a", b"1");
        one.add(b"a", b"3");
        other.add(b"a", b"3");
        assert_ne!(one, other);
        other.add(b"b", b"2");
        assert_eq!(one, other);
        assert_eq!(Sum::read(&one.bytes()), one);
        other.take(b"b", b"2");
        other.add(b"b2", b"");
        assert_ne!(one, other);
    }
}
