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

pub(super) fn views(view: &View, more: bool, all: bool) -> Vec<View> {
    let mut views = vec![];
    if !view.bytes.is_ascii() {
        views.extend(of_chars(view, more, |c| {
            let byte = u8::try_from(u32::from(c)).ok().or_else(|| {
                WINDOWS_1252
                    .iter()
                    .find(|(of, _)| *of == c)
                    .map(|(_, byte)| *byte)
            });
            Some(vec![byte?])
        }));
        views.extend(of_chars(view, more, |c| {
            decomposed_char(c).map(String::into_bytes)
        }));
    }
    if view.bytes.contains(&0) || std::str::from_utf8(&view.bytes).is_err() {
        views.extend(utf16(view, more, all));
    }
    views
}

/// The text with some of its characters, none of ASCII, as other bytes; `None`
/// where none is.
fn of_chars(view: &View, more: bool, change: impl Fn(char) -> Option<Vec<u8>>) -> Option<View> {
    let mut changed = View::whole();
    let (mut at, mut any) = (0, false);
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
                let bytes = change(c);
                any |= bytes.is_some();
                let bytes = bytes.as_deref().unwrap_or(&view.bytes[at..end]);
                changed.push(bytes, view.span_of(at, end));
                at = end;
            }
            rest = chars.as_str();
        }
        let is_cut =
            |rest| std::str::from_utf8(rest).is_err_and(|error| error.error_len().is_none());
        if more && !chunk.invalid().is_empty() && is_cut(&view.bytes[at..]) {
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

/// Both orders of the bytes, beginning at either of two places, and without any
/// NUL, for what is only partly UTF-16.
fn utf16(view: &View, more: bool, all: bool) -> Vec<View> {
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
        if more && c.is_err() && at + 4 > view.bytes.len() {
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
    let each = |c: char| decomposed_char(c).unwrap_or_else(|| c.to_string());
    text.chars().map(each).collect()
}

/// `None` where that changes nothing.
fn decomposed_char(c: char) -> Option<String> {
    if c.is_ascii() {
        return None;
    }
    let mut utf8 = [0; 4];
    let text: &str = c.encode_utf8(&mut utf8);
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    (plain != text).then(|| plain.into_owned())
}
