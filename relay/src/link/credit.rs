//! How much of one lane may be under way. What sits in a socket cannot be overtaken, so credit is counted here, in bytes of
//! [`Weight`](super::frame::Weight), and comes back with custody.

use std::{collections::VecDeque, time::Duration};

use crate::ids::LinkSeq;

/// Credit of one lane.
#[derive(Debug)]
pub(super) struct Credit {
    bytes_max: usize,
    frame: usize,
    goodput: Option<Goodput>,
    under_way: usize,
    returned: usize,
    flights: VecDeque<Flight>,
}

/// One batch that was sent.
#[derive(Debug)]
struct Flight {
    last: LinkSeq,
    bytes: usize,
    sent_at: Duration,
    /// Bytes that had come back when it left.
    returned: usize,
}

/// Measured bytes a second, for a lane that may hold no more than one second of the line.
#[derive(Debug, Default)]
struct Goodput {
    per_second: Option<usize>,
}

impl Credit {
    /// A fixed number of bytes.
    pub(super) fn fixed(bytes_max: usize, frame: usize) -> Self {
        Self { bytes_max, frame, goodput: None, under_way: 0, returned: 0, flights: VecDeque::new() }
    }

    /// One second of what the line is found to carry; one frame until that is known.
    pub(super) fn measured(bytes_max: usize, frame: usize) -> Self {
        Self { goodput: Some(Goodput::default()), ..Self::fixed(bytes_max, frame) }
    }

    /// Whether one more frame may leave. One always may when none is under way.
    pub(super) fn has_room(&self) -> bool {
        self.under_way == 0 || self.under_way + self.frame <= self.bytes_now()
    }

    /// The same for one of two that share their bytes: the line is as wide as the wider measure says. Each may have one frame under way.
    pub(super) fn has_room_beside(&self, other: &Self) -> bool {
        let room = self.bytes_now().max(other.bytes_now());
        self.under_way == 0 || self.under_way + other.under_way + self.frame <= room
    }

    /// A batch has left.
    pub(super) fn sent(&mut self, now: Duration, last: LinkSeq, bytes: usize) {
        self.under_way += bytes;
        self.flights.push_back(Flight { last, bytes, sent_at: now, returned: self.returned });
    }

    /// Everything through here has come back.
    pub(super) fn acknowledged(&mut self, now: Duration, through: LinkSeq) {
        while let Some(flight) = self.flights.pop_front_if(|flight| flight.last <= through) {
            self.under_way -= flight.bytes;
            self.returned += flight.bytes;
            let sample = rate(self.returned - flight.returned, now.saturating_sub(flight.sent_at));
            let full = flight.bytes * 2 > self.frame;
            if let Some(goodput) = &mut self.goodput {
                goodput.take(sample, full);
            }
        }
    }

    /// Since when the oldest batch has been under way.
    pub(super) fn oldest(&self) -> Option<Duration> {
        self.flights.front().map(|flight| flight.sent_at)
    }

    fn bytes_now(&self) -> usize {
        match &self.goodput {
            Some(goodput) => goodput.per_second.unwrap_or(0).clamp(self.frame, self.bytes_max.max(self.frame)),
            None => self.bytes_max,
        }
    }
}

impl Goodput {
    /// A small batch says how far the other end is, not how wide the line is: it can only raise the measure.
    fn take(&mut self, sample: usize, full: bool) {
        let next = match self.per_second {
            None => sample,
            Some(old) if sample > old => old + (sample - old).div_ceil(2),
            Some(old) if full => old - (old - sample) / 4,
            Some(old) => old,
        };
        self.per_second = Some(next);
    }
}

fn rate(bytes: usize, within: Duration) -> usize {
    let micros = within.as_micros().max(1);
    usize::try_from(bytes as u128 * 1_000_000 / micros).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: usize = 32 * 1024;
    const MAX: usize = 256 * 1024;

    /// Sends whole frames for a while over a line of the given width and distance; gives the most bytes that were under way at once.
    fn fill(credit: &mut Credit, bytes_per_second: usize, distance: Duration) -> usize {
        let transmit = Duration::from_secs_f64(FRAME as f64 / bytes_per_second as f64);
        let (mut now, mut line_free, mut most) = (Duration::ZERO, Duration::ZERO, 0);
        let mut acks: VecDeque<(Duration, LinkSeq)> = VecDeque::new();
        let mut seq = LinkSeq(0);
        for _ in 0..400 {
            while credit.has_room() {
                seq = seq.next();
                line_free = line_free.max(now) + transmit;
                acks.push_back((line_free + distance, seq));
                credit.sent(now, seq, FRAME);
            }
            most = most.max(credit.under_way);
            let (at, through) = acks.pop_front().unwrap();
            now = at;
            credit.acknowledged(now, through);
        }
        most
    }

    #[test]
    fn a_slow_line_never_has_more_than_one_frame_under_way() {
        let mut credit = Credit::measured(MAX, FRAME);
        assert_eq!(fill(&mut credit, 8 * 1024, Duration::from_millis(50)), FRAME);
    }

    #[test]
    fn a_line_of_middling_width_holds_about_one_second() {
        let mut credit = Credit::measured(MAX, FRAME);
        let most = fill(&mut credit, 128 * 1024, Duration::from_millis(20));
        assert!((64 * 1024..=128 * 1024).contains(&most), "{most}");
    }

    #[test]
    fn a_fast_line_is_filled_to_the_limit() {
        let mut credit = Credit::measured(MAX, FRAME);
        assert_eq!(fill(&mut credit, 100 * 1024 * 1024, Duration::from_millis(30)), MAX);
    }

    #[test]
    fn small_batches_do_not_make_a_fast_line_look_slow() {
        let mut credit = Credit::measured(MAX, FRAME);
        fill(&mut credit, 100 * 1024 * 1024, Duration::from_millis(1));
        let before = credit.bytes_now();
        for n in 0..100 {
            let seq = LinkSeq(1_000_000 + n);
            credit.sent(Duration::from_secs(10 + n), seq, 200);
            credit.acknowledged(Duration::from_secs(11 + n), seq);
        }
        assert_eq!(credit.bytes_now(), before);
    }

    #[test]
    fn one_frame_may_always_leave() {
        let mut credit = Credit::fixed(1, FRAME);
        assert!(credit.has_room());
        credit.sent(Duration::ZERO, LinkSeq(1), FRAME * 3);
        assert!(!credit.has_room());
        credit.acknowledged(Duration::ZERO, LinkSeq(1));
        assert!(credit.has_room());
    }
}
