//! The office's keys, sealed under its recovery code: the only form in which they leave the machine that made them.
//!
//! ChaCha20-Poly1305 under a key that HKDF-SHA256 takes from the code and a salt of this sealing. A code of 130 random bits needs no slow
//! derivation: nobody tries them out. The file says in the clear whose keys it holds and since when; none of it can be changed without
//! the code. A file that is not whole is told from a code that is not the right one.

use data_encoding::HEXLOWER;
use ring::{aead, hkdf};
use serde::{Deserialize, Serialize};

use super::code::RecoveryCode;
use crate::{
    ids::{Digest, OfficeId, UnixMillis},
    random,
    record::OfficeKey,
};

/// Version that is written and read.
const VERSION: u32 = 1;
/// Bytes of one secret key.
const KEY_BYTES: usize = 32;

/// What is sealed.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The office's key.
    pub office: OfficeKey,
    /// At the root, as long as it lies beside the other one.
    pub successor: Option<OfficeKey>,
}

/// Keys of one office under one recovery code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKeys {
    /// Whose.
    pub office: OfficeId,
    /// Pin of the office's key.
    pub pin: Digest,
    /// Whether the root's successor key is in it.
    pub with_successor: bool,
    /// When the code was made.
    pub made_at: UnixMillis,
    salt: [u8; 32],
    sealed: Vec<u8>,
}

/// Why sealed keys do not open, or are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealedFault {
    /// Not what was written.
    #[error("the sealed keys are not whole")]
    Damaged,
    /// A newer program wrote them.
    #[error("the sealed keys are of version {0}, which this program does not read")]
    Newer(u32),
    /// Another code opens them.
    #[error("the recovery code does not open these keys")]
    WrongCode,
    /// The machine failed.
    #[error("the machine has no randomness: {0}")]
    Machine(String),
}

impl SealedKeys {
    /// Seals keys under a code.
    pub fn seal(keys: &Keys, office: &OfficeId, code: &RecoveryCode, at: UnixMillis) -> Result<Self, SealedFault> {
        let mut this = Self {
            office: office.clone(),
            pin: keys.office.public().pin(),
            with_successor: keys.successor.is_some(),
            made_at: at,
            salt: random::bytes().map_err(|fault| SealedFault::Machine(fault.to_string()))?,
            sealed: Vec::new(),
        };
        let mut secret = keys.office.secret().to_vec();
        secret.extend(keys.successor.iter().flat_map(OfficeKey::secret));
        let sealing = this.sealing(code)?;
        let (nonce, head) = (nonce(), aead::Aad::from(this.head()));
        sealing.seal_in_place_append_tag(nonce, head, &mut secret).map_err(|_| SealedFault::Damaged)?;
        this.sealed = secret;
        Ok(this)
    }

    /// Opens them.
    pub fn open(&self, code: &RecoveryCode) -> Result<Keys, SealedFault> {
        let mut secret = self.sealed.clone();
        let opened = self.sealing(code)?.open_in_place(nonce(), aead::Aad::from(self.head()), &mut secret);
        let opened = opened.map_err(|_| SealedFault::WrongCode)?;
        let (office, rest) = opened.split_first_chunk::<KEY_BYTES>().ok_or(SealedFault::Damaged)?;
        let successor = match (rest.first_chunk::<KEY_BYTES>(), self.with_successor) {
            (Some(secret), true) if rest.len() == KEY_BYTES => Some(OfficeKey::from_secret(secret)),
            (None, false) if rest.is_empty() => None,
            (Some(_) | None, true | false) => return Err(SealedFault::Damaged),
        };
        let office = OfficeKey::from_secret(office);
        if office.public().pin() == self.pin { Ok(Keys { office, successor }) } else { Err(SealedFault::Damaged) }
    }

    /// As a file.
    pub fn to_text(&self) -> String {
        let mut file = File {
            version: VERSION,
            office: self.office.to_string(),
            pin: self.pin.to_string(),
            successor: self.with_successor,
            made_at: self.made_at.0,
            salt: HEXLOWER.encode(&self.salt),
            sealed: HEXLOWER.encode(&self.sealed),
            sum: String::new(),
        };
        file.sum = file.sum();
        toml::to_string(&file).unwrap_or_default()
    }

    /// Reads a file.
    pub fn from_text(text: &str) -> Result<Self, SealedFault> {
        let version = toml::from_str::<VersionOf>(text).map_err(|_| SealedFault::Damaged)?.version;
        if version > VERSION {
            return Err(SealedFault::Newer(version));
        }
        let file: File = toml::from_str(text).map_err(|_| SealedFault::Damaged)?;
        if file.sum != file.sum() {
            return Err(SealedFault::Damaged);
        }
        file.read().ok_or(SealedFault::Damaged)
    }

    fn sealing(&self, code: &RecoveryCode) -> Result<aead::LessSafeKey, SealedFault> {
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, &self.salt).extract(code.secret());
        let derived = secret.expand(&[b"dutynet.recovery.1"], &aead::CHACHA20_POLY1305);
        let derived = derived.map_err(|_| SealedFault::Damaged)?;
        Ok(aead::LessSafeKey::new(aead::UnboundKey::from(derived)))
    }

    /// What stands in the clear and cannot be changed.
    fn head(&self) -> [u8; 32] {
        let (successor, at) = ([u8::from(self.with_successor)], self.made_at.0.to_be_bytes());
        Digest::of("dutynet.recovery.head.1", &[&self.pin.0, &successor, &at, self.office.as_str().as_bytes()]).0
    }
}

/// Each sealing has a key of its own, since it has a salt of its own: one nonce is enough.
fn nonce() -> aead::Nonce {
    aead::Nonce::assume_unique_for_key([0; aead::NONCE_LEN])
}

#[derive(Deserialize)]
struct VersionOf {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    office: String,
    pin: String,
    successor: bool,
    made_at: i64,
    salt: String,
    sealed: String,
    sum: String,
}

impl File {
    fn sum(&self) -> String {
        let (version, at) = (self.version.to_string(), self.made_at.to_string());
        let (office, successor) = (&self.office, self.successor);
        let all = format!("{version} {office} {} {successor} {at} {} {}", self.pin, self.salt, self.sealed);
        HEXLOWER.encode(&Digest::of("dutynet.recovery.file.1", &[all.as_bytes()]).0[..8])
    }

    fn read(&self) -> Option<SealedKeys> {
        let hex = |text: &str| HEXLOWER.decode(text.as_bytes()).ok();
        Some(SealedKeys {
            office: OfficeId::parse(&self.office).ok()?,
            pin: Digest::from_slice(&hex(&self.pin)?).ok()?,
            with_successor: self.successor,
            made_at: UnixMillis(self.made_at),
            salt: hex(&self.salt)?.try_into().ok()?,
            sealed: hex(&self.sealed)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office() -> OfficeId {
        OfficeId::parse("440825").unwrap()
    }

    fn sealed(successor: Option<OfficeKey>) -> (RecoveryCode, SealedKeys) {
        let code = RecoveryCode::make().unwrap();
        let keys = Keys { office: OfficeKey::from_secret(&[5; 32]), successor };
        let sealed = SealedKeys::seal(&keys, &office(), &code, UnixMillis(1)).unwrap();
        (code, sealed)
    }

    #[test]
    fn keys_come_back_under_their_code_alone() {
        for successor in [None, Some(OfficeKey::from_secret(&[6; 32]))] {
            let (code, sealed) = sealed(successor.clone());
            let read = SealedKeys::from_text(&sealed.to_text()).unwrap();
            assert_eq!(read, sealed);
            let keys = read.open(&code).unwrap();
            assert_eq!(keys.office.secret(), [5; 32]);
            assert_eq!(keys.successor.map(|key| key.secret()), successor.map(|key| key.secret()));
            assert_eq!(read.open(&RecoveryCode::make().unwrap()).unwrap_err(), SealedFault::WrongCode);
        }
    }

    #[test]
    fn neither_key_nor_code_stands_in_the_file() {
        let (code, sealed) = sealed(None);
        let text = sealed.to_text();
        assert!(!text.contains(&HEXLOWER.encode(&[5; 32])));
        assert!(!text.contains(&HEXLOWER.encode(code.secret())) && !text.contains(&code.text()));
    }

    #[test]
    fn a_file_with_any_letter_changed_or_cut_is_not_taken_for_a_wrong_code() {
        let (code, sealed) = sealed(None);
        let text = sealed.to_text();
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            let read = SealedKeys::from_text(&String::from_utf8(other).unwrap());
            // Blanks say nothing, and a version may grow.
            let harmless = text.as_bytes()[at].is_ascii_whitespace() && read.as_ref().is_ok_and(|read| read.open(&code).is_ok());
            assert!(harmless || read.is_err(), "letter {at} of {text}");
        }
        for end in 0..text.trim_end().len() {
            assert!(SealedKeys::from_text(&text[..end]).is_err(), "cut at {end}");
        }
        let newer = text.replacen("version = 1", "version = 2", 1);
        assert_eq!(SealedKeys::from_text(&newer), Err(SealedFault::Newer(2)));
    }

    #[test]
    fn what_stands_in_the_clear_cannot_be_changed_without_the_code() {
        let (code, sealed) = sealed(None);
        let of_another = SealedKeys { office: OfficeId::parse("440826").unwrap(), ..sealed.clone() };
        assert_eq!(of_another.open(&code).unwrap_err(), SealedFault::WrongCode);
        let other_time = SealedKeys { made_at: UnixMillis(2), ..sealed };
        assert_eq!(other_time.open(&code).unwrap_err(), SealedFault::WrongCode);
    }
}
