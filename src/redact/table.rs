//! Which patterns may begin at a place of a text: few do at most, and a text may be long.

use crate::redact::decoding::{FOREIGN, Utf16};
use crate::redact::encodings::{
    FOLD_LIKE, NOT_PLAIN, Spelling, behind_fold, ends_in_fold, is_plain, spelling,
};
use crate::redact::pattern::Pattern;
use std::sync::Arc;

/// The patterns, and how they may begin.
pub(super) struct Table {
    /// In the order of their first characters.
    patterns: Vec<Arc<Pattern>>,
    /// How many begin with a character before this one of ASCII; last, with any of ASCII.
    before: [usize; 129],
    /// Bytes that a spelling of one may begin with.
    beginnings: [bool; 256],
    /// Two bytes of a text that may begin one: what most places are passed over by.
    starts: Bits,
    /// The first two characters of one, where they are of ASCII.
    pairs: Bits,
    /// The first four, where a text can only write them as they are.
    fours: Bits,
    shortest: usize,
    /// Whether one of the first four characters is a blank.
    early_blank: bool,
    /// Whether a second one is none of ASCII.
    other_second: bool,
    pub(super) utf16: Utf16,
}

impl Table {
    pub(super) fn new(patterns: impl Iterator<Item = Arc<Pattern>>) -> Self {
        let mut table = Table {
            patterns: patterns.collect(),
            before: [0; 129],
            beginnings: [false; 256],
            starts: Bits::new(),
            pairs: Bits::new(),
            fours: Bits::new(),
            shortest: usize::MAX,
            early_blank: false,
            other_second: false,
            utf16: Utf16::default(),
        };
        table.patterns.sort_by_key(|pattern| pattern.chars[0]);
        for pattern in table.patterns.clone() {
            table.note(&pattern);
        }
        for (code, before) in (0..).zip(&mut table.before) {
            *before = table
                .patterns
                .partition_point(|pattern| u32::from(pattern.chars[0]) < code);
        }
        table.starts.0 = table.pairs.0.clone();
        for first in (0..=u8::MAX).filter(|first| table.beginnings[usize::from(*first)]) {
            let any = !is_plain(first) || table.shortest < 2;
            let row = table.starts.0.chunks_exact_mut(4).nth(usize::from(first));
            for (bits, special) in row.into_iter().flatten().zip(NOT_PLAIN) {
                *bits |= if any { u64::MAX } else { special };
            }
        }
        table
    }

    fn note(&mut self, pattern: &Pattern) {
        for beginning in &pattern.beginnings {
            self.beginnings[usize::from(*beginning)] = true;
        }
        let chars = &pattern.chars;
        if let [first, second, ..] = chars[..] {
            self.other_second |= !second.is_ascii();
            self.pairs.set(pair(first, second));
        }
        let is_blank = |c: &char| matches!(c, ' ' | '\t');
        self.early_blank |= chars.iter().take(4).any(is_blank);
        let plain = |c: &char| u8::try_from(*c).ok().filter(|byte| is_plain(*byte));
        let begins: Vec<u8> = chars.iter().take(4).map_while(plain).collect();
        if let Ok(begins) = begins.try_into() {
            self.fours.set(four(begins));
        }
        self.shortest = self.shortest.min(chars.len());
        self.utf16.any_char |= chars.len() < 2 || chars.iter().any(|c| *c >= FOREIGN);
        self.utf16.without_nul |= chars[0] > '\u{ff}';
    }

    /// The next place from `at` on where one may begin.
    pub(super) fn next(&self, text: &[u8], at: usize) -> Option<usize> {
        let (mut first, rest) = text.get(at..)?.split_first()?;
        for (place, second) in (at..).zip(rest) {
            if self.starts.get(two(*first, *second)) && self.may_begin(text, place) {
                return Some(place);
            }
            first = second;
        }
        let last = text.len() - 1;
        self.may_begin(text, last).then_some(last)
    }

    fn may_begin(&self, text: &[u8], at: usize) -> bool {
        if !self.beginnings[usize::from(text[at])] {
            return false;
        }
        if !is_plain(text[at]) || self.shortest < 2 {
            return true;
        }
        let pair_of = |second: char| self.pairs.get(pair(text[at].into(), second));
        let next = at + 1;
        if let Some(second) = text.get(next).filter(|byte| is_plain(**byte)) {
            return pair_of(char::from(*second)) && self.may_be_four(text, at);
        }
        self.may_go_on(text, next)
            && self.seconds(text, at).any(|second| match second {
                Spelling::Any => true,
                Spelling::Of(seconds) => seconds.into_iter().any(pair_of),
                Spelling::NotAscii(raw) => self.other_second || pair_of(raw),
            })
    }

    /// The same for the next two characters, behind two that are plain.
    fn may_be_four(&self, text: &[u8], at: usize) -> bool {
        match text[at..] {
            _ if self.shortest < 4 => true,
            [first, second, third, fourth, ..] if is_plain(third) && is_plain(fourth) => {
                self.fours.get(four([first, second, third, fourth]))
            }
            [_, _, third, _, ..] if is_plain(third) => self.may_go_on(text, at + 3),
            _ => self.may_go_on(text, at + 2),
        }
    }

    /// False for a blank that is neither a secret's own nor one of a fold, as
    /// between two words.
    fn may_go_on(&self, text: &[u8], at: usize) -> bool {
        self.early_blank
            || !matches!(text.get(at), Some(b' ' | b'\t'))
            || behind_fold(text, at) > at
            || ends_in_fold(&text[at..])
    }

    /// What may be written behind the character here, which is plain: at once, or
    /// in what may be a fold, or behind that.
    fn seconds(&self, text: &[u8], at: usize) -> impl Iterator<Item = Spelling> + Clone {
        let next = at + 1;
        let behind = behind_fold(text, next);
        let at_once = if ends_in_fold(&text[next..]) {
            Spelling::Any
        } else {
            spelling(&text[next..])
        };
        let folded = (behind > next).then(|| {
            let behind = spelling(&text[behind..]);
            FOLD_LIKE.map(Spelling::Of).into_iter().chain([behind])
        });
        [at_once].into_iter().chain(folded.into_iter().flatten())
    }

    /// Those that may begin at this place.
    pub(super) fn patterns(&self, text: &[u8], at: usize) -> impl Iterator<Item = &Pattern> {
        let (some, others) = match spelling(&text[at..]) {
            Spelling::Any => (&self.patterns[..], &[][..]),
            Spelling::Of([raw, escaped]) if raw == escaped => (self.beginning_with(raw), &[][..]),
            Spelling::Of([raw, escaped]) => {
                (self.beginning_with(raw), self.beginning_with(escaped))
            }
            Spelling::NotAscii(raw) => {
                let others = &self.patterns[self.before[128]..];
                (self.beginning_with(raw), others)
            }
        };
        let seconds = is_plain(text[at]).then(|| self.seconds(text, at));
        let may_go_on = move |pattern: &&Pattern| {
            pattern.chars.get(1).is_none_or(|c| {
                let seconds = seconds.clone();
                seconds.is_none_or(|mut seconds| seconds.any(|second| second.may_be(*c)))
            })
        };
        some.iter().chain(others).map(Arc::as_ref).filter(may_go_on)
    }

    /// None for a character that is not of ASCII.
    fn beginning_with(&self, c: char) -> &[Arc<Pattern>] {
        match self.before[..].get(c as usize..).unwrap_or_default() {
            [before, behind, ..] => &self.patterns[*before..*behind],
            _ => &[],
        }
    }
}

/// A set of numbers of sixteen bits.
struct Bits(Box<[u64; 1 << 10]>);

impl Bits {
    fn new() -> Self {
        Bits(Box::new([0; 1 << 10]))
    }

    fn set(&mut self, number: u16) {
        self.0[usize::from(number >> 6)] |= 1 << (number & 63);
    }

    fn get(&self, number: u16) -> bool {
        self.0[usize::from(number >> 6)] >> (number & 63) & 1 == 1
    }
}

fn two(first: u8, second: u8) -> u16 {
    u16::from_be_bytes([first, second])
}

/// Of two characters; of others than ASCII, it says nothing.
fn pair(first: char, second: char) -> u16 {
    let byte = |c: char| u8::try_from(c).unwrap_or_default();
    two(byte(first), byte(second))
}

/// Mixes four bytes into sixteen bits.
fn four(bytes: [u8; 4]) -> u16 {
    (u32::from_le_bytes(bytes).wrapping_mul(0x9e37_79b1) >> 16) as u16
}
