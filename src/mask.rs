//! Hides known secrets in text that we did not write; never sees our own words, which may equal a secret (`admin`/`admin`).
//!
//! A secret is found in any of the forms in which Jira, a proxy or a library echoes it: raw, base64, percent-encoded, JSON-, HTML- or
//! backslash-escaped, mixtures of them, and broken over lines. It is not decoded and searched: each character of a
//! secret is matched against every way to write it, so that the text around it stays as it was.

mod spelling;

use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use spelling::{beginnings, behind_fold, could_begin, could_go_on, ends_of};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is shown in place of a secret.
pub const HIDDEN: &str = "***";

/// A text that begins like a secret for this many characters is hidden as far as it goes: an echo that was cut short.
const TELLING_PREFIX: usize = 12;
/// The same at the end of a text that is known to be cut.
const CUT_PREFIX: usize = 4;
/// Base64 of a secret inside a longer text is only telling from this length on.
const SHORTEST_CORE: usize = 6;

/// The secrets of this run. Clones share them: a token that is learnt later is hidden everywhere from then on.
#[derive(Clone, Default)]
pub struct Mask {
    needles: Arc<Mutex<Needles>>,
}

#[derive(Default)]
struct Needles {
    lasting: Vec<Hidden>,
    /// Those of the attempts that are not judged yet: a run of a thousand issues makes as many signatures.
    passing: BTreeMap<u64, Vec<Hidden>>,
    made: u64,
}

impl Needles {
    /// For each byte those that may begin with it: few do with most, and a text may be long.
    fn by_beginning(&self) -> [Vec<&Needle>; 256] {
        let mut table = [const { vec![] }; 256];
        for needle in self.lasting.iter().chain(self.passing.values().flatten()).flat_map(Hidden::needles) {
            for beginning in &needle.beginnings {
                table[usize::from(*beginning)].push(needle);
            }
        }
        table
    }
}

/// A secret and what to look for, which is worked out once there is a text to look into: most runs show none.
struct Hidden {
    secret: Secret,
    forms: fn(&str) -> Vec<String>,
    needles: OnceCell<Vec<Needle>>,
}

impl Hidden {
    fn new(secret: &Secret, forms: fn(&str) -> Vec<String>) -> Self {
        Hidden { secret: secret.clone(), forms, needles: OnceCell::new() }
    }

    fn needles(&self) -> &[Needle] {
        self.needles.get_or_init(|| {
            let forms = (self.forms)(self.secret.reveal());
            forms.iter().filter_map(|form| Needle::new(form)).collect()
        })
    }
}

struct Needle {
    /// Without line ends: they are skipped in the text, too.
    chars: Vec<char>,
    /// The bytes that one of its spellings may begin with.
    beginnings: Vec<u8>,
}

enum Found {
    Nothing,
    /// The secret, or a telling part of it, ends here.
    Until(usize),
    /// The text ended before the secret did, after so many of its characters.
    TextEnded(usize),
}

impl Mask {
    /// Hides a secret in all its forms from now on.
    pub fn hide(&self, secret: &Secret) {
        let mut needles = self.needles.lock().unwrap_or_else(PoisonError::into_inner);
        if !needles.lasting.iter().any(|hidden| hidden.secret.reveal() == secret.reveal()) {
            needles.lasting.push(Hidden::new(secret, every_form));
        }
    }

    /// Hides what is made for one attempt, a signature or a token of minutes, for as long as the veil is kept. Of a text
    /// `around` it, whose own words are common, only the encoded forms are hidden.
    pub fn veil(&self, proofs: &[Secret], around: Option<&Secret>) -> Veil {
        let around = around.map(|text| Hidden::new(text, |text| base64_forms(text.as_bytes())));
        let hidden = proofs.iter().map(|proof| Hidden::new(proof, every_form)).chain(around).collect();
        let mut needles = self.needles.lock().unwrap_or_else(PoisonError::into_inner);
        needles.made += 1;
        let number = needles.made;
        needles.passing.insert(number, hidden);
        Veil { mask: self.clone(), number }
    }

    /// The text with every secret hidden.
    pub fn clean(&self, text: &str) -> String {
        self.clean_bytes(text.as_bytes(), false)
    }

    /// The same for bytes from the wire, of which `cut` says that they are not all there: then even the beginning of a
    /// secret at their end is hidden.
    pub fn clean_bytes(&self, bytes: &[u8], cut: bool) -> String {
        let mut out = Vec::new();
        self.filter(bytes, Behind::the_last(cut), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Copies `bytes` into `out` with secrets hidden, all of them or, where more may follow, up to the first place where a
    /// secret may go on. Returns how many bytes were dealt with.
    fn filter(&self, bytes: &[u8], behind: Behind, out: &mut Vec<u8>) -> usize {
        if bytes.is_empty() {
            // As most answers to a write are: the secrets' forms need not be worked out.
            return 0;
        }
        let needles = self.needles.lock().unwrap_or_else(PoisonError::into_inner);
        let needles = needles.by_beginning();
        let telling = if behind == Behind::Cut { CUT_PREFIX } else { TELLING_PREFIX };
        let mut at = 0;
        while at < bytes.len() {
            let mut end = at;
            for needle in &needles[usize::from(bytes[at])] {
                match needle.find(bytes, at) {
                    Found::Until(until) => end = end.max(until),
                    Found::TextEnded(_) if behind == Behind::More => return at,
                    Found::TextEnded(matched) if matched >= telling => end = bytes.len(),
                    Found::TextEnded(_) | Found::Nothing => {}
                }
            }
            if end > at {
                out.extend_from_slice(HIDDEN.as_bytes());
                at = end;
            } else {
                out.push(bytes[at]);
                at += 1;
            }
        }
        at
    }
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

/// What comes behind some bytes.
#[derive(Clone, Copy, PartialEq)]
enum Behind {
    /// More of them, perhaps.
    More,
    /// Nothing.
    End,
    /// Nothing that we saw: even a short beginning of a secret is hidden.
    Cut,
}

impl Behind {
    fn the_last(cut: bool) -> Self {
        if cut { Behind::Cut } else { Behind::End }
    }
}

/// Hides some secrets until it is dropped.
#[must_use = "dropping it shows them again"]
pub struct Veil {
    mask: Mask,
    number: u64,
}

impl Drop for Veil {
    fn drop(&mut self) {
        self.mask.needles.lock().unwrap_or_else(PoisonError::into_inner).passing.remove(&self.number);
    }
}

impl std::fmt::Debug for Veil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Veil")
    }
}

/// Hides secrets in a stream, also where one is broken over two chunks.
pub struct Sieve {
    mask: Mask,
    held: Vec<u8>,
}

impl Sieve {
    /// A sieve for one stream.
    pub fn new(mask: Mask) -> Self {
        let held = Vec::new();
        Sieve { mask, held }
    }

    /// What can be passed on after this chunk.
    pub fn pass(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(chunk);
        let mut out = Vec::new();
        let done = self.mask.filter(&self.held, Behind::More, &mut out);
        self.held.drain(..done);
        out
    }

    /// What was held back; `cut` where the stream broke off.
    pub fn finish(self, cut: bool) -> Vec<u8> {
        let mut out = Vec::new();
        self.mask.filter(&self.held, Behind::the_last(cut), &mut out);
        out
    }
}

/// Every text that is looked for: the secret, and the long lines of one that has several, plain and encoded.
fn every_form(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    if secret.contains('\n') {
        forms.extend(secret.lines().filter(|line| line.len() >= 16).map(str::to_owned));
    }
    for form in forms.clone() {
        forms.extend(encoded(&form));
    }
    forms
}

/// The forms that an echo may encode once more: base64, and the percent-encoding of an OAuth header (RFC 5849 section 3.6).
fn encoded(secret: &str) -> Vec<String> {
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let mut forms = base64_forms(secret.as_bytes());
    let percent = utf8_percent_encode(secret, UNRESERVED).to_string();
    if percent != secret {
        forms.push(percent);
    }
    forms
}

/// The base64 of a secret alone, and what any base64 of a longer text around it must hold, at each of the three alignments.
fn base64_forms(secret: &[u8]) -> Vec<String> {
    let mut forms = vec![STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
    for offset in 0..3 {
        let mut shifted = vec![0; offset];
        shifted.extend_from_slice(secret);
        let whole = shifted.len() * 8 / 6;
        let first = (offset * 8).div_ceil(6);
        if whole >= first + SHORTEST_CORE {
            forms.push(STANDARD_NO_PAD.encode(&shifted)[first..whole].to_owned());
            forms.push(URL_SAFE_NO_PAD.encode(&shifted)[first..whole].to_owned());
        }
    }
    forms
}

impl Needle {
    /// Nothing where the form holds nothing to look for.
    fn new(form: &str) -> Option<Self> {
        let chars: Vec<_> = form.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        let beginnings = beginnings(*chars.first()?);
        Some(Needle { chars, beginnings })
    }

    /// Looks for the secret at exactly this place.
    fn find(&self, text: &[u8], start: usize) -> Found {
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
                // A blank of the secret's own may stand among those of the fold.
                let resumes = |at: &usize| *at == place || *at == behind || *c == ' ';
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

#[cfg(test)]
mod tests;
