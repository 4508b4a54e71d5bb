//! Texts in a wrong character set or in another form of the same characters.

use crate::redact::decoding::view::View;
use icu_normalizer::DecomposingNormalizerBorrowed;

/// In place of what is no character: no secret holds it.
const NO_CHARACTER: u8 = 1;

/// What Windows-1252 has in place of the control characters from 0x80 on.
const WINDOWS_1252: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// What its characters, but those of ASCII, begin with in UTF-8.
const LEADS: [u8; 6] = [0xc2, 0xc3, 0xc5, 0xc6, 0xcb, 0xe2];

/// What the secrets look like in UTF-16.
#[derive(Clone, Copy, Default)]
pub(in crate::redact) struct Utf16 {
    /// One may be written with any character, or be a single one.
    pub(in crate::redact) any_char: bool,
    /// One begins with a character that is not of Latin-1, so that there may be no NUL.
    pub(in crate::redact) without_nul: bool,
}

pub(super) fn views(view: &View, more: bool, utf16: Utf16) -> Vec<View> {
    let mut views = vec![];
    if !view.bytes.is_ascii() {
        let cut = more && ends_in_cut_char(&view.bytes);
        if view.bytes.iter().any(|byte| LEADS.contains(byte)) {
            views.extend(of_chars(view, cut, windows_1252));
        }
        // Of a cut character, its beginning has to be kept back.
        if cut || !is_decomposed(&view.bytes) {
            views.extend(of_chars(view, cut, decompose));
        }
    }
    let is_text = || std::str::from_utf8(&view.bytes).is_ok();
    if view.bytes.contains(&0) || utf16.without_nul && !is_text() {
        views.extend(from_utf16(view, more, utf16.any_char));
    }
    views
}

/// The text with some of its characters, none of ASCII, as other bytes; `None`
/// where none is. `cut` where it ends inside a character. `change` adds the other
/// bytes of one, and does nothing for one that has none.
fn of_chars(view: &View, cut: bool, change: fn(char, &mut Vec<u8>)) -> Option<View> {
    let mut changed = View::whole();
    let (mut at, mut any, mut bytes) = (0, false, vec![]);
    for chunk in view.bytes.utf8_chunks() {
        let mut rest = chunk.valid();
        while !rest.is_empty() {
            let ascii = rest.bytes().position(|byte| !byte.is_ascii());
            let (plain, others) = rest.split_at(ascii.unwrap_or(rest.len()));
            changed.copy(view, at, at + plain.len());
            at += plain.len();
            let mut chars = others.chars();
            if let Some(c) = chars.next() {
                let end = at + c.len_utf8();
                bytes.clear();
                change(c, &mut bytes);
                any |= !bytes.is_empty();
                if bytes.is_empty() {
                    bytes.extend_from_slice(&view.bytes[at..end]);
                }
                changed.push(&bytes, view.span_of(at, end));
                at = end;
            }
            rest = chars.as_str();
        }
        if cut && !chunk.invalid().is_empty() && at + chunk.invalid().len() == view.bytes.len() {
            changed.unfinished = Some(view.span(at).0);
            return Some(changed);
        }
        for _ in chunk.invalid() {
            changed.push(&view.bytes[at..=at], view.span(at));
            at += 1;
        }
    }
    any.then_some(changed)
}

fn ends_in_cut_char(text: &[u8]) -> bool {
    let last = text.utf8_chunks().last();
    let is_cut = |error: std::str::Utf8Error| error.error_len().is_none();
    last.is_some_and(|last| std::str::from_utf8(last.invalid()).is_err_and(is_cut))
}

/// Both orders of the bytes, beginning at either of two places, and without any
/// NUL, for what is only partly UTF-16.
fn from_utf16(view: &View, more: bool, all: bool) -> Vec<View> {
    let mut views = vec![];
    let mut bare = View::default();
    for (at, byte) in view
        .bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte != 0)
    {
        bare.push(&[*byte], view.span(at));
    }
    if bare.bytes.len() < view.bytes.len() {
        // The first half of what may be the first unit.
        let last = view.bytes.len() - 1;
        bare.unfinished = (more && view.bytes[last] == 0).then(|| view.span(last).0);
        views.push(bare);
    }
    for (order, from) in [
        (u16::from_le_bytes as fn([u8; 2]) -> u16, 0),
        (u16::from_le_bytes, 1),
        (u16::from_be_bytes, 0),
        (u16::from_be_bytes, 1),
    ] {
        let units = view
            .bytes
            .get(from..)
            .unwrap_or_default()
            .chunks_exact(2)
            .map(|pair| order([pair[0], pair[1]]));
        views.push(read_units(view, from, units, more, all));
    }
    views
}

/// What these units mean. Text that is no UTF-16 gives characters that no secret is
/// written with, most of it: they are left out where not `all` are wanted, and so
/// is what stands alone between two.
fn read_units(
    view: &View,
    from: usize,
    units: impl Iterator<Item = u16>,
    more: bool,
    all: bool,
) -> View {
    let mut read = View::default();
    let mut at = from;
    // The first character behind those that were left out, and how many there are.
    let (mut first, mut kept) = (None, 0);
    for c in char::decode_utf16(units) {
        if more && c.is_err() && view.bytes.len() < at + 4 {
            // The other half is still to come.
            break;
        }
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        let end = at + 2 * c.len_utf16();
        let left_out = !all && is_foreign(c);
        if left_out {
            if kept > 1 {
                read.push(&[NO_CHARACTER], view.span_of(at, end));
            }
            (first, kept) = (None, 0);
        } else {
            kept += 1;
            if kept == 1 {
                first = Some((c, at, end));
            } else {
                for (c, at, end) in first.take().into_iter().chain([(c, at, end)]) {
                    push_char(&mut read, c, view.span_of(at, end));
                }
            }
        }
        at = end;
    }
    if let Some((c, at, end)) = first {
        push_char(&mut read, c, view.span_of(at, end));
    }
    read
}

/// From here on there are characters that decompose into nothing of ASCII.
pub(in crate::redact) const FOREIGN: char = '\u{2190}';

/// Symbols, kana, ideographs and Hangul: neither Windows-1252 nor a decomposition
/// makes ASCII of them.
fn is_foreign(c: char) -> bool {
    matches!(
        c,
        FOREIGN..='\u{225f}'
            | '\u{2261}'..='\u{226d}'
            | '\u{2270}'..='\u{245f}'
            | '\u{2500}'..='\u{2a73}'
            | '\u{2a77}'..='\u{2c7b}'
            | '\u{2c7e}'..='\u{2e7f}'
            | '\u{3001}'..='\u{309a}'
            | '\u{309d}'..='\u{31ff}'
            | '\u{3400}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7ff}'
    )
}

fn push_char(view: &mut View, c: char, span: (usize, usize)) {
    let mut utf8 = [0; 4];
    // A lone half of a character is none of any secret's.
    if c == char::REPLACEMENT_CHARACTER {
        view.push(&[NO_CHARACTER], span);
    } else {
        view.push(c.encode_utf8(&mut utf8).as_bytes(), span);
    }
}

/// Each character by itself, taken apart into a letter and its marks, and out
/// of a typographic form.
pub(in crate::redact) fn decomposed(text: &str) -> String {
    let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
    let mut utf8 = [0; 4];
    let each = |c: char| nfkd.normalize(c.encode_utf8(&mut utf8)).into_owned();
    text.chars().map(each).collect()
}

fn is_decomposed(text: &[u8]) -> bool {
    let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
    text.utf8_chunks()
        .all(|chunk| nfkd.is_normalized(chunk.valid()))
}

fn decompose(c: char, bytes: &mut Vec<u8>) {
    let mut utf8 = [0; 4];
    let text: &str = c.encode_utf8(&mut utf8);
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    if plain != text {
        bytes.extend_from_slice(plain.as_bytes());
    }
}

fn windows_1252(c: char, bytes: &mut Vec<u8>) {
    let other = || WINDOWS_1252.iter().find(|(of, _)| *of == c);
    bytes.extend(u8::try_from(c).ok().or_else(|| Some(other()?.1)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn every_character_of_the_set_begins_with_one_of_the_bytes_that_are_looked_for() {
        let latin = ('\u{80}'..='\u{ff}').collect::<Vec<_>>();
        each(latin.into_iter().chain(WINDOWS_1252.map(|(c, _)| c)), |c| {
            let mut bytes = vec![];
            windows_1252(c, &mut bytes);
            assert_eq!(bytes.len(), 1, "{c:?}");
            assert!(LEADS.contains(&c.to_string().as_bytes()[0]), "{c:?}");
        });
    }
}
