//! Which patterns may begin at a place of a text: few do at most, and a text may be long.

use crate::redact::decoding::FOREIGN;
use crate::redact::encodings::{LONGEST_SPELLING, Spelling, is_plain, spelling};
use crate::redact::pattern::Pattern;
use std::sync::Arc;

/// A place that is nearer to the end may be one where a secret is cut short.
const NEAR_THE_END: usize = 2 * LONGEST_SPELLING;

/// The patterns, and how they may begin.
pub(super) struct Table {
    /// By their first character.
    by_first: Vec<(char, Vec<Arc<Pattern>>)>,
    /// Bytes that a spelling of one may begin with.
    beginnings: [bool; 256],
    /// Of plain bytes that follow each other, which may begin one: the first two
    /// and the first four.
    pairs: Vec<bool>,
    fours: Vec<bool>,
    shortest: usize,
    /// Whether a secret may be written with any character, or be a single one.
    pub(super) any_char: bool,
}

impl Table {
    pub(super) fn new(patterns: impl Iterator<Item = Arc<Pattern>>) -> Self {
        let mut table = Table {
            by_first: vec![],
            beginnings: [false; 256],
            pairs: vec![false; 1 << 16],
            fours: vec![false; 1 << 16],
            shortest: usize::MAX,
            any_char: false,
        };
        for pattern in patterns {
            table.add(pattern);
        }
        table
    }

    fn add(&mut self, pattern: Arc<Pattern>) {
        for beginning in &pattern.beginnings {
            self.beginnings[usize::from(*beginning)] = true;
        }
        let plain: Vec<u8> = pattern
            .chars
            .iter()
            .take(4)
            .map_while(|c| u8::try_from(*c).ok().filter(|byte| is_plain(*byte)))
            .collect();
        if let [first, second, ..] = plain[..] {
            self.pairs[pair(first, second)] = true;
        }
        if let [first, second, third, fourth] = plain[..] {
            self.fours[four([first, second, third, fourth])] = true;
        }
        self.shortest = self.shortest.min(pattern.chars.len());
        self.any_char |= pattern.chars.len() < 2 || pattern.chars.iter().any(|c| *c >= FOREIGN);
        let first = pattern.chars[0];
        match self.by_first.iter_mut().find(|(c, _)| *c == first) {
            Some((_, patterns)) => patterns.push(pattern),
            None => self.by_first.push((first, vec![pattern])),
        }
    }

    /// The next place from `at` on where one may begin.
    pub(super) fn next(&self, text: &[u8], at: usize) -> Option<usize> {
        (at..text.len()).find(|at| self.may_begin(text, *at))
    }

    fn may_begin(&self, text: &[u8], at: usize) -> bool {
        if !self.beginnings[usize::from(text[at])] {
            return false;
        }
        let plain = |at: usize| is_plain(text[at]);
        if text.len() - at < NEAR_THE_END || !plain(at) || !plain(at + 1) || self.shortest < 2 {
            return true;
        }
        if !self.pairs[pair(text[at], text[at + 1])] {
            return false;
        }
        let four_bytes = [text[at], text[at + 1], text[at + 2], text[at + 3]];
        self.shortest < 4 || !plain(at + 2) || !plain(at + 3) || self.fours[four(four_bytes)]
    }

    /// Those that may begin at this place.
    pub(super) fn patterns(&self, text: &[u8], at: usize) -> impl Iterator<Item = &Pattern> {
        let spelling = if text.len() - at < NEAR_THE_END {
            Spelling::Any
        } else {
            spelling(&text[at..])
        };
        self.by_first
            .iter()
            .filter(move |(c, _)| spelling.may_be(*c))
            .flat_map(|(_, patterns)| patterns.iter().map(Arc::as_ref))
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// Mixes four bytes into sixteen bits.
fn four(bytes: [u8; 4]) -> usize {
    (u32::from_le_bytes(bytes).wrapping_mul(0x9e37_79b1) >> 16) as usize
}
