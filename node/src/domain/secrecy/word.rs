//! A level's name where it stands, and whether it stands there as a mark: by what is before and behind it.

use super::marks::Marks;

/// Most letters between the two of a level, such as spaces of a heading.
const BETWEEN_MAX: usize = 16;

/// How it is joined to what is before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, on this line; at most a bullet.
    Nothing,
    /// A space.
    Space,
    /// A bracket opens.
    Bracket,
    /// Some other sign.
    Sign,
    /// A letter: it is a part of a longer word.
    Letter,
}

/// One place where a level is named.
pub(super) struct Word<'a> {
    pub(super) level: &'static str,
    letters: &'a [char],
    marks: &'static Marks,
    from: usize,
    /// Behind its last letter.
    end: usize,
    before: Before,
}

impl<'a> Word<'a> {
    /// Every place, in order.
    pub(super) fn all(letters: &'a [char], marks: &'static Marks) -> impl Iterator<Item = Self> {
        (0..letters.len()).filter_map(move |from| Self::at(letters, marks, from))
    }

    fn at(letters: &'a [char], marks: &'static Marks, from: usize) -> Option<Self> {
        let level = marks.levels.iter().find(|level| level.starts_with(letters[from]))?;
        let last = level.chars().last()?;
        let behind = &letters[from + 1..];
        let apart = behind.iter().take_while(|letter| letter.is_whitespace() || marks.between.contains(**letter)).count();
        let ends = apart <= BETWEEN_MAX && behind.get(apart) == Some(&last);
        let before = before(&letters[..from], marks);
        // Letters of two words that only happen to meet are no level.
        let meets = apart > 0 && matches!(before, Before::Letter);
        let word = || Self { level, letters, marks, from, end: from + apart + 2, before };
        (ends && !meets).then(word)
    }

    /// Whether it is a mark.
    pub(super) fn is_mark(&self) -> bool {
        let own = !self.is_anothers();
        let starred = own && self.has_star();
        let timed = own && !matches!(self.before, Before::Letter | Before::Sign) && self.has_period(self.end);
        starred || timed || self.is_bracketed() || self.is_answer() || self.is_ticked() || self.is_heading() || self.is_alone()
    }

    /// A secret, but none of the state's.
    fn is_anothers(&self) -> bool {
        self.marks.others.iter().any(|other| ends_with(&self.letters[..self.from], other))
    }

    fn has_star(&self) -> bool {
        let behind = self.skip(self.graded(), |letter| letter == ' ' || letter == '\n' || self.marks.between.contains(letter));
        let opened = behind + usize::from(self.at_any(behind, &self.marks.open));
        if self.letters.get(opened) != Some(&self.marks.star()) {
            return false;
        }
        // A star behind a sentence is a bullet, unless a period follows.
        let adjacent = behind == self.graded() || self.before != Before::Letter;
        adjacent || self.has_period(opened + 1)
    }

    /// A period of secrecy stands behind it.
    fn has_period(&self, from: usize) -> bool {
        let mut at = self.skip(self.graded_from(from), |letter| letter == ' ' || self.marks.between.contains(letter));
        while let Some(len) = self.marks.before_period.iter().find_map(|word| self.starts_with(at, word)) {
            at = self.skip(at + len, |letter| letter == ' ');
        }
        if self.marks.for_ever.iter().any(|word| self.starts_spaced(at, word).is_some()) {
            return true;
        }
        at += usize::from(self.letters.get(at) == Some(&self.marks.until));
        let digits = self.skip(at, |letter| self.marks.digits.contains(letter) || letter == ' ');
        let unit = self.marks.units.iter().find_map(|unit| self.starts_spaced(digits, unit));
        let closed = |end: usize| self.letters.get(end).is_none_or(|next| !self.marks.after_period.contains(*next));
        digits > at && unit.is_some_and(closed)
    }

    /// It opens what stands in brackets.
    fn is_bracketed(&self) -> bool {
        let listed = || self.letters[self.graded()..].first() == Some(&'\u{3001}') && self.has_one_of(&self.marks.urgency, 1);
        self.before == Before::Bracket && (self.is_ended() || self.is_behind_comma() || listed())
    }

    /// It answers what the level is.
    fn is_answer(&self) -> bool {
        let ended = || self.is_ended() || self.is_behind_comma() || self.at_any(self.graded(), &self.marks.quotes);
        self.is_asked() && (ended() || self.has_period(self.end))
    }

    fn is_asked(&self) -> bool {
        let links = |letter: char| {
            let marks = self.marks;
            [&marks.links, &marks.open, &marks.close, &marks.quotes].iter().any(|signs| signs.contains(letter))
        };
        let linked = self.letters[..self.from].iter().rev().take_while(|letter| links(**letter)).count();
        let mut starts = (self.from - linked)..=self.from;
        starts.any(|start| self.marks.labels.iter().any(|label| ends_with(&self.letters[..start], label)))
    }

    /// It is the one of several that was chosen.
    fn is_ticked(&self) -> bool {
        let before: Vec<char> = self.letters[..self.from].iter().rev().copied().filter(|letter| *letter != ' ').take(2).collect();
        let ticked = |at: usize| before.get(at).is_some_and(|letter| self.marks.ticks.contains(*letter));
        let closed = before.first().is_some_and(|letter| self.marks.close.contains(*letter));
        (ticked(0) || (closed && ticked(1))) && self.is_ended()
    }

    /// It heads a line, and the line goes on about something else.
    fn is_heading(&self) -> bool {
        let warns = || self.is_behind_comma() && self.has_one_of(&self.marks.forbidding, 1);
        self.before == Before::Nothing && (self.is_ended() || warns())
    }

    /// White space before and behind.
    fn is_alone(&self) -> bool {
        let ended = self.letters.get(self.graded()).is_none_or(|next| next.is_whitespace());
        matches!(self.before, Before::Nothing | Before::Space) && ended
    }

    /// What follows is no part of the same word, nor of a list of levels.
    fn is_ended(&self) -> bool {
        let Some(next) = self.letters.get(self.graded()) else { return true };
        let lists = matches!(next, '/' | '|') && self.has_one_of(&self.marks.levels, 1);
        let sign = next.is_whitespace() || self.marks.close.contains(*next) || self.marks.open.contains(*next) || is_stop(*next);
        sign && !lists
    }

    fn is_behind_comma(&self) -> bool {
        self.letters.get(self.graded()) == Some(&',')
    }

    /// Behind 级, when that follows.
    fn graded(&self) -> usize {
        self.graded_from(self.end)
    }

    fn graded_from(&self, from: usize) -> usize {
        let spaced = self.skip(from, |letter| letter == ' ');
        if self.letters.get(spaced) == Some(&self.marks.grade) { spaced + 1 } else { from }
    }

    fn has_one_of(&self, words: &[String], after: usize) -> bool {
        let at = self.skip(self.graded() + after, |letter| letter == ' ');
        words.iter().any(|word| self.starts_with(at, word).is_some())
    }

    fn at_any(&self, at: usize, signs: &str) -> bool {
        self.letters.get(at).is_some_and(|letter| signs.contains(*letter))
    }

    fn skip(&self, from: usize, passes: impl Fn(char) -> bool) -> usize {
        let behind = self.letters.get(from..).unwrap_or_default();
        from + behind.iter().take_while(|letter| passes(**letter)).count()
    }

    fn starts_with(&self, at: usize, word: &str) -> Option<usize> {
        let count = word.chars().count();
        let behind = self.letters.get(at..at + count)?;
        behind.iter().copied().eq(word.chars()).then_some(count)
    }

    /// Behind the word, whose letters may stand apart.
    fn starts_spaced(&self, from: usize, word: &str) -> Option<usize> {
        word.chars().try_fold(from, |at, letter| {
            let at = self.skip(at, |space| space.is_whitespace() || self.marks.between.contains(space));
            (self.letters.get(at) == Some(&letter)).then_some(at + 1)
        })
    }
}

fn before(letters: &[char], marks: &Marks) -> Before {
    let line = letters.iter().rev().take_while(|letter| **letter != '\n');
    if line.clone().all(|letter| *letter == ' ' || marks.bullets.contains(*letter)) {
        return Before::Nothing;
    }
    let mut back = line.skip_while(|letter| **letter == ' ');
    match back.next() {
        None => Before::Nothing,
        Some(sign) if marks.open.contains(*sign) => Before::Bracket,
        Some(_) if letters.last() == Some(&' ') => Before::Space,
        Some(letter) if letter.is_alphanumeric() => Before::Letter,
        Some(_) => Before::Sign,
    }
}

/// Whether letters end with a word, whose own letters may stand apart.
fn ends_with(letters: &[char], word: &str) -> bool {
    let mut back = letters.iter().rev();
    word.chars().rev().all(|letter| back.by_ref().find(|at| **at != ' ') == Some(&letter))
}

/// Ends a word for good. A comma does not always, nor the sign of a list.
fn is_stop(sign: char) -> bool {
    matches!(sign, ':' | '.' | '!' | '?' | ';' | '-' | '/' | '|' | '\u{3002}' | '\u{2014}' | '\u{b7}')
}
