//! Texts in a wrong character set or in another form of the same characters.

use crate::redact::decoding::view::View;
use icu_normalizer::DecomposingNormalizerBorrowed;
use std::borrow::Cow;

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

pub(super) fn views(view: &View, more: bool) -> Vec<View> {
    let mut views = vec![];
    if !view.bytes.is_ascii() {
        views.extend(of_chars(view, more, |c| {
            let byte = u8::try_from(u32::from(c)).ok().or_else(|| {
                WINDOWS_1252
                    .iter()
                    .find(|(of, _)| *of == c)
                    .map(|(_, byte)| *byte)
            });
            Some(vec![byte.filter(|_| !c.is_ascii())?])
        }));
        views.extend(of_chars(view, more, |c| {
            let plain = decomposed_char(c);
            Some(plain.into_owned().into_bytes()).filter(|plain| plain != c.to_string().as_bytes())
        }));
    }
    if view.bytes.contains(&0) || std::str::from_utf8(&view.bytes).is_err() {
        views.extend(utf16(view, more));
    }
    views
}

/// The text with some of its characters as other bytes; `None` where none is.
fn of_chars(view: &View, more: bool, change: impl Fn(char) -> Option<Vec<u8>>) -> Option<View> {
    let mut changed = View {
        whole: true,
        ..View::default()
    };
    let (mut at, mut any) = (0, false);
    for chunk in view.bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let end = at + c.len_utf8();
            match change(c) {
                Some(bytes) => {
                    any = true;
                    changed.push(&bytes, view.span_of(at, end));
                }
                None => changed.push(&view.bytes[at..end], view.span_of(at, end)),
            }
            at = end;
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
fn utf16(view: &View, more: bool) -> Vec<View> {
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
        let mut read = View::default();
        let units = view
            .bytes
            .get(from..)
            .unwrap_or_default()
            .chunks_exact(2)
            .map(|pair| order([pair[0], pair[1]]));
        let mut at = from;
        for c in char::decode_utf16(units) {
            if more && c.is_err() && at + 4 > view.bytes.len() {
                // The other half is still to come.
                break;
            }
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            let end = at + 2 * c.len_utf16();
            let mut utf8 = [0; 4];
            // A lone half is shown as something that is no character of any secret.
            let bytes = if c == char::REPLACEMENT_CHARACTER {
                &[1][..]
            } else {
                c.encode_utf8(&mut utf8).as_bytes()
            };
            read.push(bytes, view.span_of(at, end));
            at = end;
        }
        views.push(read);
    }
    views
}

/// Each character by itself, taken apart into a letter and its marks, and out
/// of a typographic form.
pub(in crate::redact) fn decomposed(text: &str) -> String {
    text.chars()
        .map(|c| decomposed_char(c).into_owned())
        .collect()
}

fn decomposed_char(c: char) -> Cow<'static, str> {
    let text = c.to_string();
    if c.is_ascii() {
        return text.into();
    }
    DecomposingNormalizerBorrowed::new_nfkd()
        .normalize(&text)
        .into_owned()
        .into()
}
