//! The recovery code: what opens an office's sealed keys when the machine is gone. Printed once, kept on paper, stored nowhere.
//!
//! 26 random letters and digits (130 bits) and four that check them, in six groups of five. The alphabet is Crockford's: no letter looks
//! like a figure, and whatever a hand or an ear makes of the two is read all the same.

use std::{fmt, io};

use crate::{ids::Digest, random};

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols that are secret, of five bits each.
const SECRET: usize = 26;
/// Symbols that check them.
const CHECK: usize = 4;
/// Symbols between two dashes.
const GROUP: usize = 5;

/// A recovery code. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; SECRET]);

/// Why a text is not a recovery code. None of these says anything about whether it would be the right one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// Symbols are missing, or there are too many.
    #[error("a recovery code has {} letters and digits, this one has {given}", SECRET + CHECK)]
    Length {
        /// How many there are.
        given: usize,
    },
    /// A sign that stands in no recovery code.
    #[error("no recovery code has the sign “{0}” in it")]
    Strange(char),
    /// At least one is wrong, or two have changed places.
    #[error("the recovery code was mistyped: its letters and digits do not fit together")]
    Mistyped,
}

impl RecoveryCode {
    /// A new one out of the machine's randomness.
    pub fn make() -> io::Result<Self> {
        let random: [u8; SECRET] = random::bytes()?;
        // 256 is a multiple of 32: each symbol is as likely as any other.
        Ok(Self(random.map(|byte| byte & 31)))
    }

    /// As it is printed: six groups of five.
    pub fn text(&self) -> String {
        let symbols: Vec<u8> = self.0.iter().chain(&self.check()).map(|symbol| ALPHABET[usize::from(*symbol)]).collect();
        let groups: Vec<_> = symbols.chunks(GROUP).map(String::from_utf8_lossy).collect();
        groups.join("-")
    }

    /// Reads what was typed. Spaces, dashes, the size of letters and full-width signs do not matter; O is 0, I and L are 1.
    pub fn parse(text: &str) -> Result<Self, CodeFault> {
        let signs = text.chars().map(half_width).filter(|sign| !is_between(*sign));
        let symbols = signs.map(|sign| symbol(sign).ok_or(CodeFault::Strange(sign))).collect::<Result<Vec<u8>, _>>()?;
        let given = symbols.len();
        let Some((secret, check)) = symbols.split_first_chunk::<SECRET>().filter(|_| given == SECRET + CHECK) else {
            return Err(CodeFault::Length { given });
        };
        let code = Self(*secret);
        if code.check() == check { Ok(code) } else { Err(CodeFault::Mistyped) }
    }

    /// What keys are derived from.
    pub(super) fn secret(&self) -> &[u8] {
        &self.0
    }

    fn check(&self) -> [u8; CHECK] {
        let digest = Digest::of("dutynet.recovery.check.1", &[&self.0]);
        let mut check = [0; CHECK];
        check.copy_from_slice(&digest.0[..CHECK]);
        check.map(|byte| byte & 31)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

/// What an input method for Chinese makes of letters and digits.
fn half_width(sign: char) -> char {
    match u32::from(sign) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(sign),
        _ => sign,
    }
}

fn is_between(sign: char) -> bool {
    sign.is_whitespace() || matches!(sign, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{feff}')
}

fn symbol(sign: char) -> Option<u8> {
    let sign = match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = ALPHABET.iter().position(|known| char::from(*known) == sign)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_back_however_it_is_written_down() {
        for _ in 0..50 {
            let code = RecoveryCode::make().unwrap();
            let text = code.text();
            assert_eq!((text.len(), text.split('-').count()), (35, 6), "{text}");
            let written = [
                text.clone(),
                text.to_lowercase(),
                text.replace('-', ""),
                text.replace('-', "  "),
                format!("  {}\r\n", text.replace('-', " — ")),
                text.replace('0', "O").replace('1', "l"),
                text.replace('0', "o").replace('1', "I"),
                text.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect(),
            ];
            for written in written {
                assert_eq!(RecoveryCode::parse(&written), Ok(code.clone()), "{written}");
            }
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_told_from_a_whole_code() {
        let code = RecoveryCode([7; SECRET]);
        let text = code.text().replace('-', "");
        let mut taken_for_whole = 0;
        for at in 0..text.len() {
            for other in ALPHABET {
                let mut slip = text.clone().into_bytes();
                slip[at] = *other;
                let slip = String::from_utf8(slip).unwrap();
                taken_for_whole += usize::from(slip != text && RecoveryCode::parse(&slip) != Err(CodeFault::Mistyped));
            }
            let mut cut = text.clone();
            cut.remove(at);
            assert_eq!(RecoveryCode::parse(&cut), Err(CodeFault::Length { given: 29 }));
        }
        assert_eq!(taken_for_whole, 0);
        let swapped = RecoveryCode(std::array::from_fn(|at| u8::try_from(at).unwrap())).text().replacen("01", "10", 1);
        assert_eq!(RecoveryCode::parse(&swapped), Err(CodeFault::Mistyped));
    }

    #[test]
    fn what_cannot_stand_in_a_code_is_named() {
        assert_eq!(RecoveryCode::parse(""), Err(CodeFault::Length { given: 0 }));
        assert_eq!(RecoveryCode::parse("密码"), Err(CodeFault::Strange('密')));
        assert_eq!(RecoveryCode::parse("UUUUU"), Err(CodeFault::Strange('U')));
        assert_eq!(RecoveryCode::parse(&"0".repeat(1000)), Err(CodeFault::Length { given: 1000 }));
        assert_eq!(format!("{:?}", RecoveryCode([1; SECRET])), "RecoveryCode(..)");
    }
}
