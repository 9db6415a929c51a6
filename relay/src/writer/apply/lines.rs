//! What was learnt of lines becomes history: the changes of each line, when nobody watched, who hears whom, and the log that is told upwards.

use prost::Message as _;

use super::{
    super::{
        frames::{self, FactFrame, FactKind, FrameFault, LineFrame, LinesFrame},
        heads::{Hearing, LineHead},
        keys::{self, Key},
    },
    Applier,
};
use crate::{
    ids::{OfficeId, UnixMillis},
    lines::LOG_FACTS_MAX,
};

impl Applier<'_> {
    /// The line to a neighbour changed. Seen from below it is this office's own.
    pub(super) fn line(&mut self, neighbour: OfficeId, line: &LineFrame) {
        let registry = self.heads.registry.clone();
        let office = if registry.own_parent() == Some(&neighbour) { registry.own() } else { &neighbour };
        let kind = match (line.unsteady, line.up) {
            (true, _) => FactKind::Unsteady,
            (false, true) => FactKind::Up,
            (false, false) => FactKind::Down,
        };
        let fact =
            FactFrame { office: office.as_str().to_owned(), kind: kind.into(), at: line.at, until: 0, voids: line.voids.clone() };
        self.line_seen(office, &fact);
        self.keep_to_tell(office, fact);
        self.keep_line(neighbour, line);
    }

    fn keep_line(&mut self, neighbour: OfficeId, line: &LineFrame) {
        let state = LineHead { up: line.up, at: UnixMillis(line.at), reason: line.reason.clone(), unsteady: line.unsteady };
        self.batch.put(Key::new(b'u').office(&neighbour).done(), line.encode_to_vec());
        self.heads.lines.insert(neighbour, state);
    }

    /// A neighbour has told what it saw; or this office has found something out itself.
    pub(super) fn lines(&mut self, neighbour: OfficeId, frame: &LinesFrame) -> Result<(), FrameFault> {
        for fact in &frame.facts {
            let office = frames::office(&fact.office)?;
            match fact.kind() {
                FactKind::Up | FactKind::Down | FactKind::Unsteady => self.line_seen(&office, fact),
                FactKind::Blind => self.blind(&office, fact),
                FactKind::Heard => self.hearing(office.clone(), Hearing::Live),
                FactKind::Unspecified => return Err(FrameFault("a fact about a line")),
            }
            self.keep_to_tell(&office, fact.clone());
        }
        if !frame.epoch.is_empty() {
            let epoch = frames::epoch(&frame.epoch)?;
            let value = [epoch.0.as_slice(), &frame.through.to_be_bytes()].concat();
            self.batch.put(keys::lines_told(&neighbour), value);
            self.heads.book.told.insert(neighbour, (epoch, frame.through));
        }
        Ok(())
    }

    fn line_seen(&mut self, office: &OfficeId, fact: &FactFrame) {
        for void in &fact.voids {
            self.batch.delete(keys::line(office, UnixMillis(*void)));
        }
        self.batch.put(keys::line(office, UnixMillis(fact.at)), [u8::try_from(fact.kind).unwrap_or(0)]);
        match fact.kind() {
            FactKind::Down | FactKind::Unsteady => self.deaf(office.clone(), UnixMillis(fact.at)),
            FactKind::Up | FactKind::Blind | FactKind::Heard | FactKind::Unspecified => {}
        }
    }

    /// It saw and heard nothing of its children for a while, and was linked to nobody when it came back.
    fn blind(&mut self, office: &OfficeId, fact: &FactFrame) {
        let from = UnixMillis(fact.at);
        self.batch.put(keys::blind(office, from), fact.until.to_be_bytes());
        let registry = self.heads.registry.clone();
        for child in registry.children(office) {
            self.deaf(child.office.clone(), from);
        }
        if office == registry.own() {
            let up: Vec<_> = self.heads.lines.iter().filter(|(_, line)| line.up).map(|(office, _)| office.clone()).collect();
            let reason = "this node was started anew".to_owned();
            let down = LineFrame { up: false, at: fact.until, reason, voids: Vec::new(), unsteady: false };
            up.into_iter().for_each(|neighbour| self.keep_line(neighbour, &down));
        }
    }

    /// From now on its parent hears nothing from it. What was not heard before then stays unheard.
    fn deaf(&mut self, office: OfficeId, from: UnixMillis) {
        match self.heads.book.heard.get(&office) {
            Some(Hearing::Live) => self.hearing(office, Hearing::Until(from)),
            Some(Hearing::Until(_)) | None => {}
        }
    }

    fn hearing(&mut self, office: OfficeId, hearing: Hearing) {
        let value = match hearing {
            Hearing::Live => vec![0],
            Hearing::Until(at) => Key::new(1).moment(at).done(),
        };
        self.batch.put(keys::heard(&office), value);
        self.heads.book.heard.insert(office, hearing);
    }

    /// The parent sees this office's own line by itself; everything else it is told.
    fn keep_to_tell(&mut self, office: &OfficeId, fact: FactFrame) {
        let registry = self.heads.registry.clone();
        let own_line = office == registry.own() && fact.kind() != FactKind::Blind;
        let Some(parent) = registry.own_parent().filter(|_| !own_line) else { return };
        let number = self.heads.book.log_end + 1;
        self.heads.book.log_end = number;
        self.batch.put(keys::fact(number), FactFrame { voids: Vec::new(), ..fact }.encode_to_vec());
        if number > LOG_FACTS_MAX {
            self.batch.delete(keys::fact(number - LOG_FACTS_MAX));
        }
        self.touched.links.insert(parent.clone());
    }
}
