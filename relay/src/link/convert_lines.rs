//! Line history between the wire and the words of the domain. What a newer program adds to it is passed over, fact by fact.

use dutynet_proto::link as wire;
use wire::line_fact::Seen as Of;

use super::convert::WireError;
use crate::{
    ids::{OfficeId, UnixMillis},
    lines::{LineFact, LineSeen, LinesTold, Seen, TOLD_FACTS_MAX},
};

pub(crate) fn told_to_wire(told: &LinesTold) -> wire::LinesTold {
    wire::LinesTold { facts: told.facts.iter().map(fact_to_wire).collect(), through: told.through, end: told.end }
}

/// A fact of an unknown kind, or about what is no office, says nothing.
pub(crate) fn told_from_wire(from: wire::LinesTold) -> Result<LinesTold, WireError> {
    if from.facts.len() > TOLD_FACTS_MAX || from.through > from.end {
        return Err(WireError::Field { field: "lines_told", allowed: "at most 512 facts, none after the end" });
    }
    let facts = from.facts.into_iter().filter_map(fact_from_wire).collect();
    Ok(LinesTold { facts, through: from.through, end: from.end })
}

fn fact_to_wire(fact: &LineFact) -> wire::LineFact {
    let seen = match fact.seen {
        Seen::Line(LineSeen::Up, at) => Of::UpAtMs(at.0),
        Seen::Line(LineSeen::Down, at) => Of::DownAtMs(at.0),
        Seen::Line(LineSeen::Unsteady, at) => Of::UnsteadyAtMs(at.0),
        Seen::Blind { from, until } => Of::Blind(wire::Blind { from_ms: from.0, until_ms: until.0 }),
        Seen::Heard(at) => Of::HeardAtMs(at.0),
    };
    wire::LineFact { office: fact.office.as_str().to_owned(), seen: Some(seen) }
}

fn fact_from_wire(from: wire::LineFact) -> Option<LineFact> {
    let seen = match from.seen? {
        Of::UpAtMs(at) => Seen::Line(LineSeen::Up, UnixMillis(at)),
        Of::DownAtMs(at) => Seen::Line(LineSeen::Down, UnixMillis(at)),
        Of::UnsteadyAtMs(at) => Seen::Line(LineSeen::Unsteady, UnixMillis(at)),
        Of::Blind(blind) => Seen::Blind { from: UnixMillis(blind.from_ms), until: UnixMillis(blind.until_ms) },
        Of::HeardAtMs(at) => Seen::Heard(UnixMillis(at)),
    };
    Some(LineFact { office: OfficeId::parse(&from.office).ok()?, seen })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    #[test]
    fn every_fact_crosses_as_it_is() {
        let at = UnixMillis(-5);
        let all = [
            Seen::Line(LineSeen::Up, at),
            Seen::Line(LineSeen::Down, at),
            Seen::Line(LineSeen::Unsteady, at),
            Seen::Blind { from: at, until: UnixMillis(7) },
            Seen::Heard(at),
        ];
        let facts = all.map(|seen| LineFact { office: office("440825"), seen }).to_vec();
        let told = LinesTold { facts, through: 7, end: 9 };
        assert_eq!(told_from_wire(told_to_wire(&told)).unwrap(), told);
    }

    #[test]
    fn a_fact_that_is_not_understood_is_passed_over_and_too_many_are_a_fault() {
        let fact = LineFact { office: office("a"), seen: Seen::Heard(UnixMillis(1)) };
        let mut wire = told_to_wire(&LinesTold { facts: vec![fact; 3], through: 3, end: 3 });
        wire.facts[1].seen = None;
        wire.facts[2].office = "Not An Office".into();
        let read = told_from_wire(wire.clone()).unwrap();
        assert_eq!((read.facts.len(), read.through), (1, 3));
        assert!(told_from_wire(wire::LinesTold { end: 2, ..wire.clone() }).is_err());
        wire.facts = vec![wire.facts[0].clone(); TOLD_FACTS_MAX + 1];
        assert!(told_from_wire(wire).is_err());
    }
}
