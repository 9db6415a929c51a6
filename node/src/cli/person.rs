//! Who does it: `--as id:name`, or, for the care of the machine, the account that types.

use std::env;

use dutynet_proto::record::Person;

use super::{args::By, told::Told};
use crate::text::{refusal::Refusal, typed};

/// Must be named: what is said by an office is said by a person.
pub(super) fn named(by: &By) -> Result<Person, Told> {
    let text = by.person.as_deref().ok_or(Told::of(Refusal::PersonMissing))?;
    let (id, name) = typed::at_colon(text);
    if id.is_empty() || name.is_empty() {
        return Err(Told::of(Refusal::PersonInvalid).about(text));
    }
    Ok(Person { id: id.to_owned(), name: name.to_owned() })
}

/// May be left out: then it is the account of this machine.
pub(super) fn named_or_account(by: &By) -> Result<Person, Told> {
    if by.person.is_some() { named(by) } else { account() }
}

/// The account of this machine.
pub(super) fn account() -> Result<Person, Told> {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|variable| env::var(variable).ok()).filter(|name| !name.is_empty());
    let account = named.unwrap_or_else(|| rustix::process::getuid().as_raw().to_string());
    let account: String = account.chars().filter(char::is_ascii_graphic).take(48).collect();
    Ok(Person { id: format!("account-{account}"), name: account })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(text: &str) -> By {
        By { person: Some(text.into()) }
    }

    #[test]
    fn a_person_is_an_id_and_a_name() {
        let person = named(&by("z1：张三")).unwrap();
        assert_eq!((&*person.id, &*person.name), ("z1", "张三"));
        for bad in ["", "张三", ":张三", "z1:"] {
            assert_eq!(named(&by(bad)).unwrap_err().code(), "PERSON_INVALID", "{bad}");
        }
        assert_eq!(named(&By { person: None }).unwrap_err().code(), "PERSON_MISSING");
    }

    #[test]
    fn an_account_stands_for_a_person_where_machines_are_cared_for() {
        assert!(named_or_account(&By { person: None }).unwrap().id.starts_with("account-"));
    }
}
