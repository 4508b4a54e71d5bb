//! One text to look for, and where it is found in whatever spelling.

use crate::redact::encodings::{
    beginnings, behind_fold, could_begin, could_go_on, ends_of, is_fold_like,
};

/// A text that begins like a secret for this many characters is hidden as far
/// as it goes: an echo that was cut short.
pub(super) const TELLING_PREFIX: usize = 12;

pub(super) struct Pattern {
    /// Without line ends: they are skipped in the text, too.
    pub(super) chars: Vec<char>,
    /// The bytes that one of its spellings may begin with.
    pub(super) beginnings: Vec<u8>,
}

pub(super) enum Found {
    Nothing,
    /// The secret, or a telling part of it, ends here.
    Until(usize),
    /// The text ended before the secret did, after so many of its characters.
    TextEnded(usize),
}

impl Pattern {
    /// Nothing where the form holds nothing to look for.
    pub(super) fn new(form: &str) -> Option<Self> {
        let chars: Vec<_> = form.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        let beginnings = beginnings(*chars.first()?);
        Some(Pattern { chars, beginnings })
    }

    /// Looks for the secret at exactly this place.
    pub(super) fn find(&self, text: &[u8], start: usize) -> Found {
        let mut places = vec![];
        let mut next = vec![];
        let mut furthest = start;
        ends_of(self.chars[0], text, start, &mut places);
        let mut text_ended = could_begin(&text[start..], self.chars[0]);
        let mut matched = usize::from(!places.is_empty());
        for c in &self.chars[1..] {
            next.clear();
            for &place in &places {
                furthest = furthest.max(place);
                let behind = behind_fold(text, place);
                // What is a part of a fold may be the secret's own.
                let own = is_fold_like(*c);
                let resumes = |at: &usize| *at == place || *at == behind || own;
                for resumed in (place..=behind).filter(resumes) {
                    ends_of(*c, text, resumed, &mut next);
                }
                text_ended |= could_go_on(text, place, *c) || could_go_on(text, behind, *c);
            }
            if next.is_empty() {
                break;
            }
            next.sort_unstable();
            next.dedup();
            std::mem::swap(&mut places, &mut next);
            matched += 1;
        }
        if matched == self.chars.len() {
            return Found::Until(places.iter().copied().max().unwrap_or(furthest));
        }
        if text_ended {
            return Found::TextEnded(matched);
        }
        if matched >= TELLING_PREFIX {
            return Found::Until(furthest);
        }
        Found::Nothing
    }
}
