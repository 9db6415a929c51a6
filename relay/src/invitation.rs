//! Invitations: what a parent hands to a new office, on paper or in a message, so that its machine can enrol.
//!
//! One line of text, `dutynet-invite-1.` and groups of five letters and digits, with its length and a checksum inside, so that a line that
//! was cut or mistyped is told apart from one that was used or has expired. Besides the one-time secret it carries what the new machine must
//! believe: the hash of its parent's key and of the root's. The parent keeps the hash of the secret alone.

use data_encoding::BASE32_NOPAD;

use crate::ids::{Digest, OfficeId, UnixMillis, Zone};

/// Before the version.
const WORD: &str = "dutynet-invite-";
/// The version that is made and read.
const VERSION: &str = "1";
/// Letters between two dashes.
const GROUP: usize = 5;
/// Bytes of the checksum.
const CHECKSUM_BYTES: usize = 5;
/// Most addresses.
pub const ADDRESSES_MAX: usize = 8;
/// Longest address, bytes.
pub const ADDRESS_BYTES_MAX: usize = 128;

/// What an invitation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationText {
    /// Zone of the tree.
    pub zone: Zone,
    /// Office that is to enrol.
    pub office: OfficeId,
    /// Its parent, who made the invitation.
    pub parent: OfficeId,
    /// Pin of the parent's key.
    pub parent_pin: Digest,
    /// Pin of the root's key.
    pub root_pin: Digest,
    /// Where the parent listens, `host:port`, 1 to [`ADDRESSES_MAX`] of at most [`ADDRESS_BYTES_MAX`] bytes.
    pub addresses: Vec<String>,
    /// Good for one enrolment.
    pub secret: InvitationSecret,
    /// By the parent's clock.
    pub valid_until: UnixMillis,
}

/// 20 random bytes. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationSecret(pub [u8; 20]);

impl InvitationSecret {
    /// What the parent keeps in its place.
    pub fn hash(&self) -> Digest {
        Digest::of("dutynet.invitation.1", &[&self.0])
    }
}

impl std::fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InvitationSecret(..)")
    }
}

/// Why a text is not an invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvitationFault {
    /// Something else was pasted.
    #[error("this is not an invitation: it does not begin with dutynet-invite-")]
    NotAnInvitation,
    /// Made by another version of this program.
    #[error("this is an invitation of version {0}, which this program does not read")]
    OtherVersion(String),
    /// The end is missing.
    #[error("the invitation is cut off: {missing} letters are missing at its end")]
    Truncated {
        /// About how many.
        missing: usize,
    },
    /// At least one letter is wrong, missing or too many.
    #[error("the invitation was mistyped: the letters do not fit together")]
    Mistyped,
    /// Its letters are right, but what they say is out of its limits.
    #[error("the invitation says something impossible: {0}")]
    Content(&'static str),
}

impl InvitationText {
    /// As one line of text.
    pub fn encode(&self) -> Result<String, InvitationFault> {
        self.check()?;
        let mut body = Vec::new();
        for name in [self.zone.as_str(), self.office.as_str(), self.parent.as_str()] {
            put_short(&mut body, name.as_bytes());
        }
        body.extend_from_slice(&self.parent_pin.0);
        body.extend_from_slice(&self.root_pin.0);
        body.push(u8::try_from(self.addresses.len()).unwrap_or(u8::MAX));
        for address in &self.addresses {
            put_short(&mut body, address.as_bytes());
        }
        body.extend_from_slice(&self.secret.0);
        body.extend_from_slice(&self.valid_until.0.to_be_bytes());
        let len = u16::try_from(body.len()).map_err(|_| InvitationFault::Content("its length"))?;
        let letters = BASE32_NOPAD.encode(&[&len.to_be_bytes()[..], &body, &checksum(&body)].concat());
        let groups: Vec<&str> = letters.as_bytes().chunks(GROUP).filter_map(|group| std::str::from_utf8(group).ok()).collect();
        Ok(format!("{WORD}{VERSION}.{}", groups.join("-")))
    }

    /// Reads one line of text; spaces, line breaks, dashes and the size of letters do not matter.
    pub fn decode(text: &str) -> Result<Self, InvitationFault> {
        let text = text.trim().to_ascii_lowercase();
        let rest = text.strip_prefix(WORD).ok_or(InvitationFault::NotAnInvitation)?;
        let (version, letters) = rest.split_once('.').ok_or(InvitationFault::NotAnInvitation)?;
        if version != VERSION {
            return Err(InvitationFault::OtherVersion(version.chars().take(16).collect()));
        }
        let letters: String = letters.chars().filter(|c| *c != '-' && !c.is_whitespace()).collect();
        let body = whole_body(&letters.to_ascii_uppercase())?;
        let read = Reader { left: &body }.invitation().ok_or(InvitationFault::Content("its parts"))?;
        read.check()?;
        Ok(read)
    }

    fn check(&self) -> Result<(), InvitationFault> {
        if !(1..=ADDRESSES_MAX).contains(&self.addresses.len()) {
            return Err(InvitationFault::Content("between 1 and 8 addresses are needed"));
        }
        if self.addresses.iter().any(|address| !is_address(address)) {
            return Err(InvitationFault::Content("an address is not host:port"));
        }
        Ok(())
    }
}

/// Whether a text is `host:port` of at most [`ADDRESS_BYTES_MAX`] bytes.
pub fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    let bracketed = !host.contains(':') || (host.starts_with('[') && host.ends_with(']'));
    !host.is_empty() && plain && bracketed && text.len() <= ADDRESS_BYTES_MAX && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The letters as bytes, once length and checksum agree.
fn whole_body(letters: &str) -> Result<Vec<u8>, InvitationFault> {
    let alphabet = letters.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b));
    if !alphabet {
        return Err(InvitationFault::Mistyped);
    }
    let promised = letters.get(..4).and_then(|first| BASE32_NOPAD.decode(&[first.as_bytes(), b"A"].concat()).ok());
    let Some(len) = promised.and_then(|bytes| Some(usize::from(u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?)))) else {
        return Err(if letters.len() < 4 { InvitationFault::Truncated { missing: GROUP } } else { InvitationFault::Mistyped });
    };
    let expected = BASE32_NOPAD.encode_len(2 + len + CHECKSUM_BYTES);
    if letters.len() < expected {
        return Err(InvitationFault::Truncated { missing: expected - letters.len() });
    }
    let bytes = BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| InvitationFault::Mistyped)?;
    match bytes.get(2..).and_then(|rest| rest.split_at_checked(len)) {
        Some((body, sum)) if sum == checksum(body) => Ok(body.to_vec()),
        Some(_) | None => Err(InvitationFault::Mistyped),
    }
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&Digest::of("dutynet.invitation.checksum.1", &[body]).0[..CHECKSUM_BYTES]);
    sum
}

fn put_short(body: &mut Vec<u8>, bytes: &[u8]) {
    body.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    body.extend_from_slice(bytes);
}

struct Reader<'a> {
    left: &'a [u8],
}

impl Reader<'_> {
    fn invitation(mut self) -> Option<InvitationText> {
        let zone = Zone::parse(&self.short()?).ok()?;
        let office = OfficeId::parse(&self.short()?).ok()?;
        let parent = OfficeId::parse(&self.short()?).ok()?;
        let (parent_pin, root_pin) = (Digest(self.fixed()?), Digest(self.fixed()?));
        let [count] = self.fixed()?;
        let addresses = (0..count).map(|_| self.short()).collect::<Option<Vec<_>>>()?;
        let secret = InvitationSecret(self.fixed()?);
        let valid_until = UnixMillis(i64::from_be_bytes(self.fixed()?));
        let whole = self.left.is_empty();
        whole.then_some(InvitationText { zone, office, parent, parent_pin, root_pin, addresses, secret, valid_until })
    }

    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, left) = self.left.split_first_chunk::<N>()?;
        self.left = left;
        Some(*taken)
    }

    fn short(&mut self) -> Option<String> {
        let [len] = self.fixed()?;
        let (taken, left) = self.left.split_at_checked(usize::from(len))?;
        self.left = left;
        Some(std::str::from_utf8(taken).ok()?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> InvitationText {
        InvitationText {
            zone: Zone::parse("gov-a").unwrap(),
            office: OfficeId::parse("440823").unwrap(),
            parent: OfficeId::parse("440800").unwrap(),
            parent_pin: Digest([1; 32]),
            root_pin: Digest([2; 32]),
            addresses: vec!["10.1.2.3:7443".to_owned(), "[2001:db8::1]:7443".to_owned(), "duty.zj.example:7443".to_owned()],
            secret: InvitationSecret([3; 20]),
            valid_until: UnixMillis(1_750_000_000_000),
        }
    }

    #[test]
    fn an_invitation_comes_back_from_paper() {
        let text = sample().encode().unwrap();
        assert!(text.starts_with("dutynet-invite-1.") && !text.contains(char::is_whitespace));
        assert_eq!(InvitationText::decode(&text), Ok(sample()));
        let untidy = format!("  {}\n", text.to_uppercase().replace('-', " - ").replace("DUTYNET - INVITE - ", "Dutynet-Invite-"));
        assert_eq!(InvitationText::decode(&untidy), Ok(sample()));
    }

    #[test]
    fn no_single_mistyped_letter_passes() {
        let text = sample().encode().unwrap();
        for at in "dutynet-invite-1.".len()..text.len() {
            for letter in ["a", "7", "1", "é"] {
                let (before, after) = (&text[..at], &text[at + 1..]);
                let wrong = format!("{before}{letter}{after}");
                if text[at..=at] != *"-" && !wrong.eq_ignore_ascii_case(&text) {
                    assert!(InvitationText::decode(&wrong).is_err(), "{letter} at {at}");
                }
            }
        }
    }

    #[test]
    fn a_cut_invitation_says_so_and_how_much_is_missing() {
        let text = sample().encode().unwrap();
        let letters = |text: &str| text.split_once('.').unwrap().1.replace('-', "").len();
        for end in "dutynet-invite-1.".len() + 6..text.len() {
            let missing = letters(&text) - letters(&text[..end]);
            assert_eq!(InvitationText::decode(&text[..end]), Err(InvitationFault::Truncated { missing }));
        }
        assert!(matches!(InvitationText::decode("dutynet-invite-1."), Err(InvitationFault::Truncated { .. })));
    }

    #[test]
    fn added_and_exchanged_letters_are_mistyped() {
        let text = sample().encode().unwrap();
        let (head, groups) = text.split_once('.').unwrap();
        let mut groups: Vec<&str> = groups.split('-').collect();
        groups.swap(20, 40);
        assert_eq!(InvitationText::decode(&format!("{head}.{}", groups.join("-"))), Err(InvitationFault::Mistyped));
        assert_eq!(InvitationText::decode(&format!("{text}A")), Err(InvitationFault::Mistyped));
        assert_eq!(InvitationText::decode(&format!("{text}{text}")), Err(InvitationFault::Mistyped));
    }

    #[test]
    fn other_versions_and_other_texts_are_told_apart() {
        let text = sample().encode().unwrap();
        let newer = text.replacen("invite-1.", "invite-2.", 1);
        assert_eq!(InvitationText::decode(&newer), Err(InvitationFault::OtherVersion("2".to_owned())));
        for other in ["", "hello", "dutynet-invite-", "http://10.1.2.3"] {
            assert_eq!(InvitationText::decode(other), Err(InvitationFault::NotAnInvitation), "{other}");
        }
    }

    #[test]
    fn addresses_are_hosts_with_ports() {
        for good in ["10.0.0.1:1", "a:65535", "[::1]:7443", "duty.example:443"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "10.0.0.1", "10.0.0.1:0", "a:65536", ":1", "::1:7443", "http://a:1", "a b:1", "湛江:1", &"a".repeat(130)]
        {
            assert!(!is_address(bad), "{bad}");
        }
        let none = InvitationText { addresses: Vec::new(), ..sample() };
        assert!(matches!(none.encode(), Err(InvitationFault::Content(_))));
        let many = InvitationText { addresses: vec!["a:1".to_owned(); ADDRESSES_MAX + 1], ..sample() };
        assert!(matches!(many.encode(), Err(InvitationFault::Content(_))));
    }

    #[test]
    fn the_secret_is_not_shown_and_its_hash_is_what_the_format_says() {
        assert!(!format!("{:?}", sample()).contains("3, 3"));
        assert_eq!(sample().secret.hash(), Digest::of("dutynet.invitation.1", &[&[3; 20]]));
    }
}
