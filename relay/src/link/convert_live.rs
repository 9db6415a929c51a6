//! Frames of live questions between the wire and the words of the domain. On the wire times are ages; as read here they are counted from the
//! moment of reading, and [`LiveFrame::since`] puts them on a clock.

use std::time::Duration;

use dutynet_proto::link as wire;
use wire::frame::Of;

use super::convert::{WireError, at_most, bytes, field, office};
use crate::{
    ids::{QuestionId, UnixMillis},
    live::{
        FRAME_ROWS_MAX, Held, QUESTION_BYTES_MAX, Question, ROW_BYTES_MAX, Reach, Row, Said, TARGETS_MAX, Target, WITHIN_MAX,
        Why,
        frame::{LiveFrame, Refusal},
    },
    record::is_kind,
};

/// What a session sends goes in here.
pub(crate) type Outbound = tokio::sync::mpsc::UnboundedSender<wire::Frame>;

/// Puts it on its way. A stream that is gone is noticed by its reader.
pub(crate) fn send_live(to: &Outbound, frame: &LiveFrame, wall: UnixMillis) {
    let _ = to.send(live_to_wire(frame, wall));
}

/// For the wire; `wall` is the clock that the times in it are by.
fn live_to_wire(frame: &LiveFrame, wall: UnixMillis) -> wire::Frame {
    let of = match frame {
        LiveFrame::Question { question, within } => Of::Question(question_to_wire(question, *within)),
        LiveFrame::Rows { id, rows } => {
            Of::Rows(wire::Rows { id: bytes(&id.0), rows: rows.iter().map(|row| row_to_wire(row, wall)).collect() })
        }
        LiveFrame::Done(id) => Of::QuestionDone(wire::QuestionDone { id: bytes(&id.0) }),
        LiveFrame::Dropped(id) => Of::QuestionDropped(wire::QuestionDropped { id: bytes(&id.0) }),
        LiveFrame::Taken(frames) => Of::RowsTaken(wire::RowsTaken { frames: *frames }),
        LiveFrame::Refused { id, why } => {
            let reason = match why {
                Refusal::NotYours => wire::QuestionRefusal::NotYours,
                Refusal::Busy => wire::QuestionRefusal::Busy,
                Refusal::NotHere => wire::QuestionRefusal::NotHere,
            };
            Of::QuestionRefused(wire::QuestionRefused { id: bytes(&id.0), reason: reason.into() })
        }
    };
    wire::Frame { of: Some(of) }
}

/// A frame of another kind cannot be read here.
pub(super) fn live_from_wire(of: Of) -> Result<LiveFrame, WireError> {
    match of {
        Of::Question(question) => question_from_wire(question),
        Of::Rows(rows) => rows_from_wire(rows),
        Of::QuestionDone(done) => Ok(LiveFrame::Done(id(&done.id)?)),
        Of::QuestionDropped(dropped) => Ok(LiveFrame::Dropped(id(&dropped.id)?)),
        Of::RowsTaken(taken) => Ok(LiveFrame::Taken(taken.frames)),
        Of::QuestionRefused(refused) => refused_from_wire(&refused),
        Of::Hello(_)
        | Of::Refused(_)
        | Of::Batch(_)
        | Of::Custody(_)
        | Of::Arrived(_)
        | Of::Heartbeat(_)
        | Of::Drain(_)
        | Of::Fetch(_)
        | Of::Fetched(_)
        | Of::LinesTold(_)
        | Of::LinesHeld(_)
        | Of::WantFile(_)
        | Of::Chunk(_)
        | Of::FileGone(_)
        | Of::StopFile(_) => Err(WireError::Encoding("a live question")),
    }
}

fn question_to_wire(question: &Question, within: Duration) -> wire::Question {
    let target =
        |target: &Target| wire::Target { office: target.office.as_str().to_owned(), subtree: target.reach == Reach::Subtree };
    wire::Question {
        id: bytes(&question.id.0),
        kind: question.kind.clone(),
        asker: question.asker.as_str().to_owned(),
        within_ms: u64::try_from(within.as_millis()).unwrap_or(u64::MAX).max(1),
        targets: question.targets.iter().map(target).collect(),
        body: question.body.clone(),
    }
}

fn question_from_wire(from: wire::Question) -> Result<LiveFrame, WireError> {
    at_most(from.targets.len(), TARGETS_MAX, field("question.targets", "1 to 512"))?;
    at_most(from.body.len(), QUESTION_BYTES_MAX, field("question.body", "at most 16 KiB"))?;
    if from.targets.is_empty() || from.within_ms == 0 {
        return Err(field("question", "targets and time"));
    }
    if !is_kind(&from.kind) {
        return Err(field("question.kind", "a name with its version"));
    }
    let targets = from.targets.into_iter().map(|target| {
        let reach = if target.subtree { Reach::Subtree } else { Reach::Alone };
        Ok(Target { office: office("question.targets", &target.office)?, reach })
    });
    let question = Question {
        id: id(&from.id)?,
        kind: from.kind,
        asker: office("question.asker", &from.asker)?,
        targets: targets.collect::<Result<_, WireError>>()?,
        body: from.body,
    };
    Ok(LiveFrame::Question { question, within: Duration::from_millis(from.within_ms).min(WITHIN_MAX) })
}

fn row_to_wire(row: &Row, wall: UnixMillis) -> wire::Row {
    let (why, line_since) = match &row.said {
        Said::Itself(_) => (wire::RowWhy::Unspecified, None),
        Said::Instead { why, line_since, .. } => (why_to_wire(*why), *line_since),
    };
    let held = row.held();
    wire::Row {
        office: row.office.as_str().to_owned(),
        by: row.by.as_str().to_owned(),
        why: why.into(),
        body: held.map(|held| held.body.clone()).unwrap_or_default(),
        has_body: held.is_some(),
        age_ms: held.map_or(0, |held| age(held.as_of, wall)),
        line_age_ms: line_since.map_or(0, |since| age(since, wall).max(1)),
    }
}

fn rows_from_wire(from: wire::Rows) -> Result<LiveFrame, WireError> {
    at_most(from.rows.len(), FRAME_ROWS_MAX, field("rows.rows", "at most 1024"))?;
    let rows = from.rows.into_iter().map(row_from_wire).collect::<Result<_, _>>()?;
    Ok(LiveFrame::Rows { id: id(&from.id)?, rows })
}

/// A reason that a later version made is still one: it has not answered.
fn row_from_wire(from: wire::Row) -> Result<Row, WireError> {
    at_most(from.body.len(), ROW_BYTES_MAX, field("row.body", "at most 8 KiB"))?;
    let (office_of, by) = (office("row.office", &from.office)?, office("row.by", &from.by)?);
    // A copy: a slice would keep all of its frame, whatever else that holds.
    let held = from.has_body.then(|| Held { body: bytes(&from.body), as_of: ago(from.age_ms) });
    let why = why_from_wire(from.why);
    let said = match (why, held) {
        (None, Some(held)) if by == office_of => Said::Itself(held),
        (None, _) => return Err(field("row.why", "an answer is by the office itself, with a body")),
        (Some(why), held) => Said::Instead { why, line_since: (from.line_age_ms > 0).then(|| ago(from.line_age_ms)), held },
    };
    Ok(Row { office: office_of, by, said })
}

fn why_to_wire(why: Why) -> wire::RowWhy {
    match why {
        Why::LineDown => wire::RowWhy::LineDown,
        Why::NoNode => wire::RowWhy::NoNode,
        Why::NoAnswer => wire::RowWhy::NoAnswer,
        Why::Older => wire::RowWhy::Older,
        Why::Unable => wire::RowWhy::Unable,
        Why::Busy => wire::RowWhy::Busy,
        Why::TooMuch => wire::RowWhy::TooMuch,
    }
}

fn why_from_wire(why: i32) -> Option<Why> {
    match wire::RowWhy::try_from(why) {
        Ok(wire::RowWhy::Unspecified) => None,
        Ok(wire::RowWhy::LineDown) => Some(Why::LineDown),
        Ok(wire::RowWhy::NoNode) => Some(Why::NoNode),
        Ok(wire::RowWhy::Older) => Some(Why::Older),
        Ok(wire::RowWhy::Unable) => Some(Why::Unable),
        Ok(wire::RowWhy::Busy) => Some(Why::Busy),
        Ok(wire::RowWhy::TooMuch) => Some(Why::TooMuch),
        Ok(wire::RowWhy::NoAnswer) | Err(_) => Some(Why::NoAnswer),
    }
}

fn refused_from_wire(from: &wire::QuestionRefused) -> Result<LiveFrame, WireError> {
    let why = match wire::QuestionRefusal::try_from(from.reason) {
        Ok(wire::QuestionRefusal::Busy) => Refusal::Busy,
        Ok(wire::QuestionRefusal::NotHere) => Refusal::NotHere,
        Ok(wire::QuestionRefusal::NotYours | wire::QuestionRefusal::Unspecified) | Err(_) => Refusal::NotYours,
    };
    Ok(LiveFrame::Refused { id: id(&from.id)?, why })
}

fn id(from: &[u8]) -> Result<QuestionId, WireError> {
    QuestionId::from_slice(from).map_err(|_| field("question.id", "16 bytes"))
}

/// How long ago; a time that is still to come was just now.
fn age(at: UnixMillis, wall: UnixMillis) -> u64 {
    u64::try_from(wall.0.saturating_sub(at.0)).unwrap_or(0)
}

fn ago(age_ms: u64) -> UnixMillis {
    UnixMillis(i64::try_from(age_ms).map_or(i64::MIN, |age| -age))
}

impl LiveFrame {
    /// Puts the times of a frame that was read at that moment on its clock.
    #[must_use]
    pub(crate) fn since(mut self, wall: UnixMillis) -> Self {
        if let Self::Rows { rows, .. } = &mut self {
            rows.iter_mut().for_each(|row| put_on_clock(&mut row.said, wall));
        }
        self
    }
}

fn put_on_clock(said: &mut Said, wall: UnixMillis) {
    let put = |at: &mut UnixMillis| at.0 = wall.0.saturating_add(at.0);
    match said {
        Said::Itself(held) => put(&mut held.as_of),
        Said::Instead { line_since, held, .. } => {
            line_since.iter_mut().for_each(put);
            held.iter_mut().for_each(|held| put(&mut held.as_of));
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{
        ids::OfficeId,
        link::convert::{Heard, from_wire},
    };

    const SENT: UnixMillis = UnixMillis(1_750_000_000_000);
    /// The reader's clock is another one.
    const READ: UnixMillis = UnixMillis(1_600_000_000_000);

    fn office_named(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn crossed(frame: &LiveFrame) -> LiveFrame {
        match from_wire(live_to_wire(frame, SENT)).unwrap() {
            Heard::Live(frame) => frame.since(READ),
            other @ (Heard::Frame(_) | Heard::Unknown | Heard::Lines(_)) => panic!("{other:?}"),
        }
    }

    fn question() -> LiveFrame {
        let targets = vec![Target::subtree(office_named("a")), Target::alone(office_named("b"))];
        let body = Bytes::from_static(b"body");
        let id = QuestionId([7; 16]);
        let question = Question { id, kind: "status/1".into(), asker: office_named("top"), targets, body };
        LiveFrame::Question { question, within: Duration::from_millis(1500) }
    }

    fn spoilt(change: impl Fn(&mut wire::Question)) -> bool {
        let mut frame = live_to_wire(&question(), SENT);
        let Some(Of::Question(inner)) = &mut frame.of else { panic!("another frame") };
        change(inner);
        from_wire(frame).is_err()
    }

    #[test]
    fn questions_and_words_about_them_cross_as_they_are() {
        let id = QuestionId([7; 16]);
        let refused = [Refusal::NotYours, Refusal::Busy, Refusal::NotHere].map(|why| LiveFrame::Refused { id, why });
        let words = [question(), LiveFrame::Done(id), LiveFrame::Dropped(id), LiveFrame::Taken(9)];
        for frame in words.into_iter().chain(refused) {
            assert_eq!(crossed(&frame), frame);
        }
    }

    #[test]
    fn a_row_keeps_its_age_between_two_clocks_that_do_not_agree() {
        let held = |at: i64| Held { body: Bytes::from_static(b"x"), as_of: UnixMillis(at) };
        let all = [Why::LineDown, Why::NoNode, Why::NoAnswer, Why::Older, Why::Unable, Why::Busy, Why::TooMuch];
        let rows = |clock: UnixMillis| {
            let itself = Row { office: office_named("a"), by: office_named("a"), said: Said::Itself(held(clock.0 - 250)) };
            let instead = all.map(|why| {
                let line_since = (why == Why::LineDown).then_some(UnixMillis(clock.0 - 60_000));
                let held = (why == Why::LineDown).then(|| held(clock.0 - 90_000));
                Row { office: office_named("b"), by: office_named("a"), said: Said::Instead { why, line_since, held } }
            });
            LiveFrame::Rows { id: QuestionId([1; 16]), rows: std::iter::once(itself).chain(instead).collect() }
        };
        assert_eq!(crossed(&rows(SENT)), rows(READ));
    }

    #[test]
    fn a_question_beyond_its_limits_is_a_fault() {
        assert!(!spoilt(|_| {}));
        assert!(spoilt(|q| q.id = Bytes::from_static(b"short")));
        assert!(spoilt(|q| q.kind = "no version".into()));
        assert!(spoilt(|q| q.asker = "Not An Office".into()));
        assert!(spoilt(|q| q.within_ms = 0));
        assert!(spoilt(|q| q.targets.clear()));
        assert!(spoilt(|q| q.targets = vec![q.targets[0].clone(); TARGETS_MAX + 1]));
        assert!(spoilt(|q| q.targets[0].office.clear()));
        assert!(spoilt(|q| q.body = vec![0; QUESTION_BYTES_MAX + 1].into()));
        assert!(!spoilt(|q| q.within_ms = u64::MAX), "it is only cut down");
    }

    #[test]
    fn rows_beyond_their_limits_are_a_fault_and_a_reason_of_tomorrow_is_none() {
        let row = wire::Row { office: "a".into(), by: "a".into(), has_body: true, age_ms: u64::MAX, ..Default::default() };
        let rows_of = |rows: Vec<wire::Row>| rows_from_wire(wire::Rows { id: vec![0; 16].into(), rows });
        assert!(rows_of(vec![row.clone()]).is_ok());
        assert!(rows_of(vec![row.clone(); FRAME_ROWS_MAX + 1]).is_err());
        assert!(rows_of(vec![wire::Row { body: vec![0; ROW_BYTES_MAX + 1].into(), ..row.clone() }]).is_err());
        assert!(rows_of(vec![wire::Row { by: "b".into(), ..row.clone() }]).is_err(), "an answer by another office");
        assert!(rows_of(vec![wire::Row { has_body: false, ..row.clone() }]).is_err(), "an answer without a body");
        let later = rows_of(vec![wire::Row { why: 77, ..row }]).unwrap();
        let LiveFrame::Rows { rows, .. } = later else { panic!("rows") };
        assert!(matches!(rows[0].said, Said::Instead { why: Why::NoAnswer, .. }));
    }
}
