//! The picture of the tree: one row for each office that is shown, drawn on the server, what is bad first. An office that is folded stands for
//! everything below it with one small tick each, so that the picture is the same from three offices to two thousand.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    registry::Entry,
};

use crate::{
    domain::{
        beijing,
        board::{Line, LineFact},
    },
    text::{console_look as look, words},
};

/// Offices up to which the whole tree is open without being asked.
const WHOLE_MAX: usize = 60;
/// Height of a row, and how far a tier is set in.
const ROW: usize = 30;
const INDENT: usize = 34;
/// Where the ticks begin, how wide one is, and how many fit.
const TICKS_X: usize = 660;
const TICK: usize = 5;
const TICKS_MAX: usize = 104;

/// The picture, to be put into its template.
pub(super) struct Picture {
    pub(super) height: usize,
    pub(super) rows: Vec<RowView>,
    /// Of all below: how many lines stand how.
    pub(super) counts: Vec<(&'static str, &'static str, usize)>,
}

/// An office of the picture.
pub(super) struct RowView {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) class: &'static str,
    pub(super) depth: usize,
    /// Of its box, and of the middle of its line.
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) middle: usize,
    /// From above: where the line begins; nothing: the topmost.
    pub(super) from: Option<(usize, usize)>,
    pub(super) tone: &'static str,
    pub(super) line: &'static str,
    pub(super) since: String,
    /// What waits on its line, in words; may be empty.
    pub(super) waiting: String,
    /// In one sentence, for whoever points at it or hears it.
    pub(super) sentence: String,
    /// What is below it; empty: nobody is.
    pub(super) below: String,
    /// Ticks of those that are folded, by tone.
    pub(super) ticks: Vec<(&'static str, String)>,
    /// What is asked for to open or shut it; empty: nobody is below.
    pub(super) toggled: String,
    pub(super) open: bool,
}

/// How loud a line is.
pub(super) fn tone(line: Line) -> &'static str {
    match line {
        Line::Up => "good",
        Line::Down => "bad",
        Line::Unknown => "soon",
        Line::None => "none",
    }
}

/// Loudest first.
fn rank(line: Line) -> usize {
    match line {
        Line::Down => 0,
        Line::Unknown => 1,
        Line::Up => 2,
        Line::None => 3,
    }
}

/// One office with those below it.
struct Node<'a> {
    entry: &'a Entry,
    fact: Option<LineFact>,
    children: Vec<usize>,
    /// Lines below, by rank.
    below: [usize; 4],
}

impl Node<'_> {
    fn line(&self) -> Line {
        self.fact.as_ref().map_or(Line::Unknown, |fact| fact.line)
    }
}

/// What is known of the tree.
pub(super) struct Known<'a> {
    /// Each office directly followed by what is below it, the own one first.
    pub(super) tree: &'a [(usize, Entry)],
    pub(super) lines: &'a BTreeMap<OfficeId, LineFact>,
    /// What waits on direct lines, in words.
    pub(super) waiting: &'a BTreeMap<OfficeId, String>,
    pub(super) now: UnixMillis,
}

/// Draws it. `asked` names the offices that are open, `a,b`; empty: the whole of a small tree, the first tier of a large one.
pub(super) fn draw(known: &Known<'_>, asked: &str) -> Picture {
    let nodes = nodes(known);
    let asked: BTreeSet<&str> = asked.split(',').filter(|key| !key.is_empty()).collect();
    let whole = asked.is_empty() && known.tree.len() <= WHOLE_MAX;
    let has_below = |node: &Node<'_>| !node.children.is_empty();
    let open: BTreeSet<&str> = match whole {
        true => nodes.iter().filter(|node| has_below(node)).map(|node| node.entry.office.as_str()).collect(),
        false => asked.into_iter().filter(|key| *key != "-").collect(),
    };
    let mut rows = Vec::new();
    if !nodes.is_empty() {
        walk((nodes.as_slice(), known, &open), 0, (0, None), &mut rows);
    }
    let all = nodes.first().map(|top| top.below).unwrap_or_default();
    let lines = [Line::Down, Line::Unknown, Line::Up, Line::None];
    Picture {
        height: rows.len() * ROW + 10,
        rows,
        counts: lines.into_iter().zip(all).map(|(line, count)| (tone(line), words::line(line), count)).collect(),
    }
}

fn nodes<'a>(known: &Known<'a>) -> Vec<Node<'a>> {
    let mut nodes: Vec<Node<'a>> = Vec::with_capacity(known.tree.len());
    let mut path: Vec<usize> = Vec::new();
    for (at, (depth, entry)) in known.tree.iter().enumerate() {
        path.truncate(*depth);
        let fact = known.lines.get(&entry.office).cloned();
        nodes.push(Node { entry, fact, children: Vec::new(), below: [0; 4] });
        if let Some(above) = path.last() {
            nodes[*above].children.push(at);
        }
        let line = rank(nodes[at].line());
        for above in &path {
            nodes[*above].below[line] += 1;
        }
        path.push(at);
    }
    nodes
}

type Seen<'a, 'b> = (&'b [Node<'a>], &'b Known<'a>, &'b BTreeSet<&'b str>);

fn walk(seen: Seen<'_, '_>, at: usize, (depth, from): (usize, Option<(usize, usize)>), rows: &mut Vec<RowView>) {
    let (nodes, _, open) = seen;
    let (node, y) = (&nodes[at], rows.len() * ROW + 4);
    // The topmost is always open.
    let is_open = at == 0 || open.contains(node.entry.office.as_str());
    rows.push(row(seen, at, (depth, y, from), is_open));
    if !is_open {
        return;
    }
    let mut children: Vec<usize> = node.children.clone();
    // Bad first: the line itself, then how many are down below; otherwise as the tree is.
    children.sort_by_key(|child| {
        (rank(nodes[*child].line()) > 0, std::cmp::Reverse((nodes[*child].below[0], nodes[*child].below[1])))
    });
    for child in children {
        walk(seen, child, (depth + 1, Some((depth * INDENT + 14, y + ROW - 6))), rows);
    }
}

fn row(
    (nodes, known, open): Seen<'_, '_>,
    at: usize,
    (depth, y, from): (usize, usize, Option<(usize, usize)>),
    is_open: bool,
) -> RowView {
    let node = &nodes[at];
    let office = node.entry.office.to_string();
    let since = node.fact.as_ref().and_then(|fact| fact.since).map(|at| beijing::for_people(at, known.now)).unwrap_or_default();
    let waiting = known.waiting.get(&node.entry.office).cloned().unwrap_or_default();
    let own = at == 0;
    let line = if own { "" } else { words::line(node.line()) };
    let below = if node.children.is_empty() { String::new() } else { look::lines_below(node.below) };
    let toggled: Vec<&str> = match is_open {
        true => open.iter().copied().filter(|key| *key != office).collect(),
        false => open.iter().copied().chain([office.as_str()]).collect(),
    };
    RowView {
        name: node.entry.name.clone(),
        class: words::class(node.entry.class),
        depth,
        x: depth * INDENT,
        y,
        middle: y + ROW / 2 - 3,
        from,
        tone: if own { "own" } else { tone(node.line()) },
        line,
        sentence: look::line_sentence(&node.entry.name, line, &since, &waiting, &below),
        since,
        waiting,
        ticks: if is_open { Vec::new() } else { ticks(nodes, at) },
        below,
        toggled: match (own || node.children.is_empty(), toggled.is_empty()) {
            (true, _) => String::new(),
            (false, true) => "-".to_owned(),
            (false, false) => toggled.join(","),
        },
        open: is_open,
        office,
    }
}

/// One tick for every office below, bad first. A line that is down is a full bar, one that is not known half a bar, one that is up a low one.
fn ticks(nodes: &[Node<'_>], at: usize) -> Vec<(&'static str, String)> {
    let below = nodes[at].below;
    let mut x = TICKS_X;
    let shape = [(0, 22), (5, 17), (13, 9), (19, 3)];
    let lines = [Line::Down, Line::Unknown, Line::Up, Line::None];
    let mut left = TICKS_MAX;
    let mut drawn = Vec::new();
    for ((line, count), (top, height)) in lines.into_iter().zip(below).zip(shape) {
        // Of more than fit, the loud ones are all there and the quiet ones are as many as there is room for.
        let shown = count.min(left);
        left -= shown;
        let mut path = String::new();
        for _ in 0..shown {
            let _ = write!(path, "M{x} {top}h{}v{height}h-{}z", TICK - 1, TICK - 1);
            x += TICK;
        }
        if shown > 0 {
            drawn.push((tone(line), path));
        }
    }
    drawn
}
