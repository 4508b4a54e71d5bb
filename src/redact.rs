//! Hides known secrets in text that we did not write; never sees our own words,
//! which may equal a secret (`admin`/`admin`).
//!
//! A secret is found in any of the forms in which Jira, a proxy or a library
//! echoes it: raw, base64, percent-encoded, JSON-, HTML- or backslash-escaped,
//! mixtures of them, and broken over lines. Each character of a secret is
//! matched against the ways to write it, in the text and in what decoders would
//! make of the text, so that the text around it stays as it was.
//!
//! No multi-pattern matcher does this: `aho-corasick` finds the 16 fixed forms of
//! a token and the 407 of an RSA key of 4096 bits, but a spelling that is chosen
//! anew for each character has no fixed form. Nor would it gain much: it searches
//! 1 MB of a log for them at 280 and 70 MB/s, this at 180 and 80.

mod decoding;
mod encodings;
mod forms;
pub(crate) mod outside;
mod pattern;
mod secret;
mod stream;
mod table;

pub use secret::Secret;
pub use stream::RedactingStream;

use decoding::View;
use forms::{base64_forms, every_form};
use pattern::{Found, Pattern, TELLING_PREFIX};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use table::Table;

/// What is shown in place of a secret.
pub const HIDDEN: &str = "***";

/// At the end of a text that is known to be cut, so many characters like a secret's
/// are hidden.
const CUT_PREFIX: usize = 4;

/// A decoded text takes many times the memory, so a long one is decoded in pieces of
/// so many bytes.
const PIECE: usize = 64 << 10;

/// The secrets of this run. Clones share them: a token that is registered later is
/// hidden everywhere from then on.
#[derive(Clone, Default)]
pub struct Redactor {
    patterns: Arc<Mutex<Patterns>>,
}

#[derive(Default)]
struct Patterns {
    lasting: Vec<HiddenSecret>,
    /// Those of the attempts that are not judged yet: a run of a thousand issues
    /// makes as many signatures.
    passing: BTreeMap<u64, Vec<HiddenSecret>>,
    made: u64,
    /// Made of the others for the first text, and again after a change.
    table: Option<Table>,
}

impl Patterns {
    fn table(&mut self) -> &Table {
        let (lasting, passing) = (&self.lasting, &self.passing);
        self.table.get_or_insert_with(|| {
            let hidden = lasting.iter().chain(passing.values().flatten());
            Table::new(hidden.flat_map(HiddenSecret::patterns).map(Arc::clone))
        })
    }
}

/// A secret and what to look for, which is worked out once there is a text to
/// look into: most runs show none.
struct HiddenSecret {
    secret: Secret,
    forms: fn(&str) -> Vec<String>,
    patterns: OnceCell<Vec<Arc<Pattern>>>,
}

impl HiddenSecret {
    fn new(secret: &Secret, forms: fn(&str) -> Vec<String>) -> Self {
        HiddenSecret {
            secret: secret.clone(),
            forms,
            patterns: OnceCell::new(),
        }
    }

    fn patterns(&self) -> &[Arc<Pattern>] {
        self.patterns.get_or_init(|| {
            let forms = (self.forms)(self.secret.reveal());
            forms
                .iter()
                .filter_map(|form| Pattern::new(form))
                .map(Arc::new)
                .collect()
        })
    }
}

impl Redactor {
    /// Hides a secret in all its forms from now on.
    pub fn register(&self, secret: &Secret) {
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        if !patterns
            .lasting
            .iter()
            .any(|hidden| hidden.secret.reveal() == secret.reveal())
        {
            patterns.lasting.push(HiddenSecret::new(secret, every_form));
            patterns.table = None;
        }
    }

    /// Hides what is made for one attempt, a signature or a token of minutes, for
    /// as long as the guard is kept. Of a text `around` it, whose own words are
    /// common, only the encoded forms are hidden.
    pub(crate) fn guard(&self, proofs: &[Secret], around: Option<&Secret>) -> RedactionGuard {
        let around =
            around.map(|text| HiddenSecret::new(text, |text| base64_forms(text.as_bytes())));
        let hidden = proofs
            .iter()
            .map(|proof| HiddenSecret::new(proof, every_form))
            .chain(around)
            .collect();
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        patterns.made += 1;
        let number = patterns.made;
        patterns.passing.insert(number, hidden);
        patterns.table = None;
        RedactionGuard {
            redactor: self.clone(),
            number,
        }
    }

    /// The text with every secret hidden.
    pub fn redact(&self, text: &str) -> String {
        self.redact_bytes(text.as_bytes(), false)
    }

    /// The same for bytes of an answer, of which `cut` says that they are not all
    /// there: then even the beginning of a secret at their end is hidden.
    pub(crate) fn redact_bytes(&self, bytes: &[u8], cut: bool) -> String {
        let (pieces, last) = bytes.split_at(bytes.len().saturating_sub(1) / PIECE * PIECE);
        let (mut held, mut out) = (Vec::new(), Vec::new());
        self.pass(pieces, &mut held, &mut out);
        held.extend_from_slice(last);
        self.filter(&held, InputEnd::the_last(cut), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Copies what can be passed on of the bytes that are held and of these, behind
    /// which more may follow; the rest is held.
    fn pass(&self, bytes: &[u8], held: &mut Vec<u8>, out: &mut Vec<u8>) {
        for piece in bytes.chunks(PIECE) {
            held.extend_from_slice(piece);
            let done = self.filter(held, InputEnd::More, out);
            held.drain(..done);
        }
    }

    /// Copies `bytes` into `out` with secrets hidden, all of them or, where more
    /// may follow, up to the first place where a secret may go on. Returns how many
    /// bytes were dealt with.
    fn filter(&self, bytes: &[u8], behind: InputEnd, out: &mut Vec<u8>) -> usize {
        if bytes.is_empty() {
            // As most answers to a write are: the secrets' forms need not be worked out.
            return 0;
        }
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        let table = patterns.table();
        let views = decoding::views(bytes, behind == InputEnd::More, table.utf16);
        let mut hidden = Vec::new();
        let mut end = bytes.len();
        for (at, view) in views.iter().enumerate() {
            let looking = Looking {
                view,
                table,
                behind,
                raw: at == 0,
                length: bytes.len(),
            };
            let pending = looking
                .search(&mut hidden)
                .into_iter()
                .chain(view.unfinished);
            end = pending.fold(end, usize::min);
        }
        hidden.sort_unstable();
        end = unbroken(end, &views, &hidden);
        let mut at = 0;
        for (start, stop) in hidden {
            if start >= end {
                break;
            }
            if start >= at {
                out.extend_from_slice(&bytes[at..start]);
                out.extend_from_slice(HIDDEN.as_bytes());
            }
            at = at.max(stop);
        }
        out.extend_from_slice(bytes.get(at..end).unwrap_or_default());
        end
    }
}

/// A search through one view of a text of this length.
struct Looking<'a> {
    view: &'a View,
    table: &'a Table,
    behind: InputEnd,
    raw: bool,
    length: usize,
}

impl Looking<'_> {
    /// Finds what is to be hidden, as places of the text. Returns the place at
    /// which a secret may have begun that goes on behind the text's end.
    fn search(&self, hidden: &mut Vec<(usize, usize)>) -> Option<usize> {
        let bytes = &self.view.bytes;
        let more = self.behind == InputEnd::More;
        let telling = if self.behind == InputEnd::Cut {
            CUT_PREFIX
        } else {
            TELLING_PREFIX
        };
        let mut at = 0;
        while let Some(place) = self.table.next(bytes, at) {
            at = place;
            let (mut until, mut cut) = (at, false);
            for pattern in self.table.patterns(bytes, at) {
                match pattern.find(bytes, at) {
                    Found::Until(place) => until = until.max(place),
                    // What may still become an escape is known to be one of the text as it is.
                    Found::TextEnded(matched) if more && (self.raw || matched > 0) => {
                        return Some(self.view.span(at).0);
                    }
                    Found::TextEnded(matched) if !more && matched >= telling => {
                        (until, cut) = (bytes.len(), true)
                    }
                    Found::TextEnded(_) | Found::Nothing => {}
                }
            }
            if until > at {
                hidden.push((
                    self.view.span(at).0,
                    if cut {
                        self.length
                    } else {
                        self.view.span(until - 1).1
                    },
                ));
            }
            at = until.max(at + 1);
        }
        None
    }
}

/// The last place up to `end` at which the text can be broken without tearing
/// an escape or something hidden apart.
fn unbroken(end: usize, views: &[View], hidden: &[(usize, usize)]) -> usize {
    let mut place = end;
    loop {
        let torn = hidden
            .iter()
            .filter(|(start, stop)| *start < place && *stop > place)
            .map(|(start, _)| *start);
        let earlier = views
            .iter()
            .map(|view| view.whole_before(place))
            .chain(torn)
            .fold(place, usize::min);
        if earlier == place {
            return place;
        }
        place = earlier;
    }
}

#[derive(Clone, Copy, PartialEq)]
enum InputEnd {
    More,
    End,
    /// Nothing that we saw: even a short beginning of a secret is hidden.
    Cut,
}

impl InputEnd {
    fn the_last(cut: bool) -> Self {
        if cut { InputEnd::Cut } else { InputEnd::End }
    }
}

/// Hides some secrets until it is dropped.
#[must_use = "dropping it shows them again"]
pub(crate) struct RedactionGuard {
    redactor: Redactor,
    number: u64,
}

impl Drop for RedactionGuard {
    fn drop(&mut self) {
        let mut patterns = self
            .redactor
            .patterns
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        patterns.passing.remove(&self.number);
        patterns.table = None;
    }
}

impl std::fmt::Debug for RedactionGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RedactionGuard")
    }
}

#[cfg(test)]
mod tests;
