//! Positions of a lane as a bounded list of spans. Where there are too many, the two that are nearest to each other become one: what lies
//! between is then counted in, so a list may say too much and never too little.

use crate::ids::LinkSeq;

/// Most spans of one list.
pub const SPANS_MAX: usize = 64;

/// Consecutive positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First position, from 1.
    pub first: LinkSeq,
    /// Last position.
    pub last: LinkSeq,
}

/// See the module. In order, apart from each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// From a neighbour or a disk; `None`: not a list of this kind.
    pub fn from_list(spans: Vec<Span>) -> Option<Self> {
        let each = spans.iter().all(|span| span.first.0 > 0 && span.first <= span.last);
        let apart = spans.windows(2).all(|two| two[0].last.0.checked_add(1).is_some_and(|after| after < two[1].first.0));
        (each && apart && spans.len() <= SPANS_MAX).then_some(Self(spans))
    }

    /// The list.
    pub fn list(&self) -> &[Span] {
        &self.0
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// First position in it.
    pub fn first(&self) -> Option<LinkSeq> {
        self.0.first().map(|span| span.first)
    }

    /// Last position in it.
    pub fn last(&self) -> Option<LinkSeq> {
        self.0.last().map(|span| span.last)
    }

    /// Whether the position is in it.
    pub fn contains(&self, seq: LinkSeq) -> bool {
        self.meets(Span { first: seq, last: seq })
    }

    /// Whether any of these positions is in it.
    pub fn meets(&self, other: Span) -> bool {
        let at = self.0.partition_point(|span| span.last < other.first);
        self.0.get(at).is_some_and(|span| span.first <= other.last)
    }

    /// Adds positions.
    pub fn add(&mut self, new: Span) {
        let from = self.0.partition_point(|span| span.last.0.saturating_add(1) < new.first.0);
        let to = self.0.partition_point(|span| span.first.0 <= new.last.0.saturating_add(1));
        let met = self.0.get(from..to).unwrap_or_default();
        let first = met.first().map_or(new.first, |span| span.first.min(new.first));
        let last = met.last().map_or(new.last, |span| span.last.max(new.last));
        self.0.splice(from..to.max(from), [Span { first, last }]);
        while self.0.len() > SPANS_MAX {
            self.join_nearest();
        }
    }

    /// Adds all of another list.
    pub fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|span| self.add(*span));
    }

    /// What of it lies at or before a position.
    #[must_use]
    pub fn through(&self, seq: LinkSeq) -> Self {
        let before = self.0.iter().filter(|span| span.first <= seq);
        Self(before.map(|span| Span { first: span.first, last: span.last.min(seq) }).collect())
    }

    fn join_nearest(&mut self) {
        let gap = |two: &[Span]| two[1].first.0 - two[0].last.0;
        let nearest = self.0.windows(2).enumerate().min_by_key(|(_, two)| gap(two)).map(|(at, _)| at);
        if let Some(at) = nearest {
            let after = self.0.remove(at + 1);
            self.0[at].last = after.last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: u64, last: u64) -> Span {
        Span { first: LinkSeq(first), last: LinkSeq(last) }
    }

    fn of(list: &[(u64, u64)]) -> Spans {
        let mut spans = Spans::default();
        list.iter().for_each(|(first, last)| spans.add(span(*first, *last)));
        spans
    }

    #[test]
    fn spans_that_touch_become_one() {
        assert_eq!(of(&[(1, 2), (5, 6), (3, 4)]).list(), [span(1, 6)]);
        assert_eq!(of(&[(8, 9), (1, 2), (2, 5)]).list(), [span(1, 5), span(8, 9)]);
        assert_eq!(of(&[(3, 3), (7, 7), (1, 9)]).list(), [span(1, 9)]);
    }

    #[test]
    fn what_is_in_it_is_found_and_nothing_else() {
        let spans = of(&[(3, 5), (9, 9)]);
        let found: Vec<u64> = (0..12).filter(|seq| spans.contains(LinkSeq(*seq))).collect();
        assert_eq!(found, [3, 4, 5, 9]);
        assert!(spans.meets(span(1, 3)) && spans.meets(span(6, 20)) && !spans.meets(span(6, 8)) && !spans.meets(span(10, 99)));
        assert_eq!(spans.through(LinkSeq(4)).list(), [span(3, 4)]);
    }

    #[test]
    fn it_stays_bounded_and_forgets_no_position() {
        let mut spans = Spans::default();
        let mut put = Vec::new();
        for n in 0..500_u64 {
            let seq = n * n % 1_009 * 3 + 1;
            spans.add(span(seq, seq));
            put.push(seq);
            assert!(spans.list().len() <= SPANS_MAX);
            assert!(put.iter().all(|seq| spans.contains(LinkSeq(*seq))));
            assert_eq!(Spans::from_list(spans.list().to_vec()), Some(spans.clone()));
        }
    }

    #[test]
    fn lists_that_are_none_are_found_out() {
        for list in [vec![span(0, 3)], vec![span(4, 3)], vec![span(1, 3), span(4, 5)], vec![span(5, 6), span(1, 2)]] {
            assert_eq!(Spans::from_list(list), None);
        }
        let many = (0..65).map(|n| span(n * 3 + 1, n * 3 + 1)).collect();
        assert_eq!(Spans::from_list(many), None);
    }
}
