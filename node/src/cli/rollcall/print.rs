//! Replies about roll calls as people read them.

use dutynet_proto::api;
use dutynet_relay::ids::UnixMillis;

use crate::{
    cli::{
        convert::{self, moment},
        notice::why_not,
        table::Table,
    },
    domain::rollcall::Outcome,
    text::{directive, matter, notice, rollcall as text, words},
};

pub(super) fn called(reply: &api::CallRollReply, now: UnixMillis) -> String {
    let time = |millis| notice::time(moment(millis), now);
    let says = if reply.folded { text::called_already } else { text::called };
    let said = says(&reply.number, reply.called.len(), &time(reply.opens_at_ms), &time(reply.closes_at_ms));
    let seed = (!reply.seed.is_empty()).then(|| text::seed(&reply.seed, &reply.called.join(", ")));
    [Some(said), seed].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

pub(super) fn board(reply: &api::RollTableReply) -> String {
    let now = UnixMillis(reply.as_of_ms);
    let time = |millis| notice::time(moment(millis), now);
    let name = |id: &str| reply.rows.iter().find(|row| row.office == id).map_or_else(|| id.to_owned(), |row| row.name.clone());
    let mut table = Table::new(&text::BOARD);
    for row in &reply.rows {
        let answer = row.answer.clone().unwrap_or_default();
        table.row([
            notice::indented(&row.name, row.depth.saturating_sub(1)),
            text::stands(outcome(row), row.late_ms, row.second_needed),
            time(row.received_at_ms),
            why_not(row.why, &row.why_office, row.why_since_ms)
                .map_or_else(|| words::DASH.to_owned(), |why| directive::undelivered(&why, |office| name(office.as_str()), now)),
            time(answer.at_ms),
            text::on_duty(&answer.leader, &answer.officer, &answer.work),
            row.expected.as_ref().map_or_else(|| text::NOT_STATED.to_owned(), |who| text::duty(&who.leader, &who.officer)),
            remarks(row),
        ]);
    }
    let mode = convert::mode(reply.mode);
    let mark = if mode == dutynet_relay::record::Mode::Real { String::new() } else { matter::mark(words::mode(mode)) };
    let title = text::board_title(&mark, &reply.number, &reply.title, &reply.caller_name);
    let state = match (moment(reply.closed_at_ms), reply.complete) {
        (Some(at), _) => text::closed_at(&notice::time(Some(at), now)),
        (None, true) => text::COMPLETE.to_owned(),
        (None, false) => text::until(&time(reply.closes_at_ms)),
    };
    let head = text::board_head(&time(reply.opens_at_ms), reply.minutes, &notice::time(Some(now), now), &state);
    [title, head, counts(&reply.rows), table.render()].join("\n")
}

fn counts(rows: &[api::RollRow]) -> String {
    let count = |of: Outcome| rows.iter().filter(|row| outcome(row).place() == of.place()).count();
    let all = Outcome::ALL.into_iter().map(|of| (of, count(of))).filter(|(_, count)| *count > 0);
    text::counts(rows.len(), &all.collect::<Vec<_>>())
}

pub(super) fn outcome(row: &api::RollRow) -> Outcome {
    let at = usize::try_from(row.outcome).ok().and_then(|number| number.checked_sub(1));
    at.and_then(|at| Outcome::ALL.into_iter().nth(at)).unwrap_or(Outcome::Waiting)
}

fn remarks(row: &api::RollRow) -> String {
    let phoned = row.phoned.iter().map(|said| {
        let call = said.call.clone().unwrap_or_default();
        text::phoned(text::word(&call.result).unwrap_or(words::DASH), call.rings, said.slow)
    });
    let explained = row.explained.as_ref().map(|said| text::explained(&said.words));
    let ruled = row.ruled.as_ref().map(|ruling| text::ruled(text::word(&ruling.ruling).unwrap_or(words::DASH)));
    let all: Vec<_> = phoned.chain(explained).chain(ruled).collect();
    if all.is_empty() { words::DASH.to_owned() } else { text::remarks(&all) }
}

pub(super) fn list(reply: &api::ListRollsReply) -> String {
    if reply.calls.is_empty() {
        return text::NOTHING.to_owned();
    }
    let now = UnixMillis(reply.as_of_ms);
    let mut table = Table::new(&text::LIST);
    for call in &reply.calls {
        let head = call.head.clone().unwrap_or_default();
        table.row([
            head.number,
            text::relation_named(&call.relation).to_owned(),
            notice::time(moment(call.opens_at_ms), now),
            notice::time(moment(call.closes_at_ms), now),
            format!("{}/{}", call.answered, call.called),
            call.caller_name.clone(),
            head.title,
        ]);
    }
    table.render()
}

pub(super) fn draw(reply: &api::RollDrawReply) -> String {
    let named = |label: &str, said: &str| notice::answer(label, said);
    [
        named(text::SEED, &reply.seed),
        named(text::COUNT, &reply.count.to_string()),
        named(text::ELIGIBLE, &reply.eligible.join(", ")),
        named(text::DRAWN, &reply.drawn.join(", ")),
    ]
    .join("\n")
}
