//! A random draw that anybody can make again (抽查), and nobody can have chosen.
//!
//! The seed is the digest of the record that makes the call: it covers which offices may be drawn and how many are, and a salt that the node
//! draws when it signs, after the officer has said everything that he has to say. So the drawn offices are settled by what everybody holds,
//! and whoever does not like them can only make another call, which everybody holds, too.
//!
//! Each office that may be drawn gets SHA-256 over the text `dutynet.draw.1`, the seed in 64 lower-case hexadecimal figures and the office's
//! id, each followed by one line feed. The offices with the smallest are drawn, compared as hexadecimal text; in which order they were listed
//! makes no difference.

use std::collections::BTreeSet;

use dutynet_relay::ids::{Digest, OfficeId};

const TAG: &str = "dutynet.draw.1\n";

/// Those that are drawn, `count` of them or all. An office that is listed twice counts once.
pub fn drawn(seed: &Digest, eligible: &[OfficeId], count: usize) -> BTreeSet<OfficeId> {
    let seed = seed.to_string();
    let lot = |office: &OfficeId| Digest::of(TAG, &[seed.as_bytes(), b"\n", office.as_str().as_bytes(), b"\n"]);
    let eligible: BTreeSet<&OfficeId> = eligible.iter().collect();
    let mut lots: Vec<_> = eligible.into_iter().map(|office| (lot(office).0, office)).collect();
    lots.sort();
    lots.into_iter().take(count).map(|(_, office)| office.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &[&str]) -> Vec<OfficeId> {
        texts.iter().map(|text| OfficeId::parse(text).unwrap()).collect()
    }

    #[test]
    fn a_draw_depends_on_the_seed_and_on_who_may_be_drawn_and_on_nothing_else() {
        let offices: Vec<String> = (0..50).map(|n| format!("4408{n:02}")).collect();
        let listed = ids(&offices.iter().map(String::as_str).collect::<Vec<_>>());
        let seed = |n: u8| Digest([n; 32]);
        let first = drawn(&seed(1), &listed, 5);
        assert_eq!(first.len(), 5);
        let turned: Vec<_> = listed.iter().rev().chain(&listed).cloned().collect();
        assert_eq!(drawn(&seed(1), &turned, 5), first, "the order of the list, and who stands in it twice");
        let others = (2..40).filter(|n| drawn(&seed(*n), &listed, 5) != first).count();
        assert_eq!(others, 38);
        assert!(first.is_subset(&drawn(&seed(1), &listed, 6)), "one more adds one");
        assert_eq!(drawn(&seed(1), &listed[..3], 9).len(), 3);
    }

    #[test]
    fn everybody_is_drawn_about_as_often_as_everybody_else() {
        let listed = ids(&["a", "b", "c", "d"]);
        let mut counts = [0_u32; 4];
        for n in 0..400_u32 {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&n.to_be_bytes());
            let one = drawn(&Digest(seed), &listed, 1);
            let at = listed.iter().position(|office| one.contains(office)).unwrap();
            counts[at] += 1;
        }
        assert!(counts.iter().all(|count| (70..130).contains(count)), "{counts:?}");
    }
}
