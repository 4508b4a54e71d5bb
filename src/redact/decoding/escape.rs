//! One escape at the beginning of some bytes: percent-encoded, with a
//! backslash, or an entity of HTML.

use std::sync::LazyLock;

/// The names of HTML's entities and what they mean, in the order of the names
/// (<https://html.spec.whatwg.org/entities.json>). As a text it takes a fourth of
/// the room of a table that a program has ready.
static ENTITIES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("entities.txt").lines();
    lines.filter_map(|line| line.split_once(' ')).collect()
});

/// The longest name of an entity, `&CounterClockwiseContourIntegral;`.
const LONGEST_ENTITY: usize = 33;
/// `\U0010ffff`, or as many digits in braces.
const LONGEST_DIGITS: usize = 12;

pub(super) enum Read {
    Nothing,
    /// The text ends inside an escape.
    Unfinished,
    /// What it means, and how long it is.
    Escape(Vec<u8>, usize),
}

pub(super) fn read(text: &[u8]) -> Read {
    let found = match text[0] {
        b'%' => percent(text),
        b'\\' => backslash(text),
        b'&' => entity(text),
        _ => return Read::Nothing,
    };
    match found {
        Some((bytes, length)) => Read::Escape(bytes, length),
        None if is_unfinished(text) => Read::Unfinished,
        None => Read::Nothing,
    }
}

fn is_unfinished(text: &[u8]) -> bool {
    let longest = if text[0] == b'&' {
        LONGEST_ENTITY
    } else {
        LONGEST_DIGITS
    };
    text.len() < longest
        && text[1..]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"#{\\%".contains(byte))
}

fn number(text: &[u8], from: usize, digits: usize, radix: u32) -> Option<u32> {
    let digits = text.get(from..from + digits)?;
    let all = digits
        .iter()
        .all(|digit| char::from(*digit).is_digit(radix));
    u32::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| all)?, radix).ok()
}

fn utf8(code: u32) -> Option<Vec<u8>> {
    Some(char::from_u32(code)?.to_string().into_bytes())
}

/// `%73`, `%u0073`.
fn percent(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    if let Some(byte) = number(text, 1, 2, 16) {
        return Some((vec![byte as u8], 3));
    }
    if !matches!(text.get(1), Some(b'u' | b'U')) {
        return None;
    }
    unit_pair(text, 2)
}

/// Four digits, or two times four for what UTF-16 has a pair of.
fn unit_pair(text: &[u8], before: usize) -> Option<(Vec<u8>, usize)> {
    let first = number(text, before, 4, 16)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((utf8(first)?, before + 4));
    }
    let rest = &text[before + 4..];
    let second = number(rest, before, 4, 16)
        .filter(|second| rest.starts_with(&text[..before]) && (0xdc00..0xe000).contains(second))?;
    Some((
        utf8(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?,
        2 * (before + 4),
    ))
}

/// `\u0073`, `\u{73}`, `\U00000073`, `\x73`, `\x{73}`, `\163`, `\n`, `\/`.
fn backslash(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let kind = *text.get(1)?;
    match kind {
        b'u' | b'x' if text.get(2) == Some(&b'{') => {
            let end = text
                .iter()
                .take(LONGEST_DIGITS)
                .position(|byte| *byte == b'}')?;
            Some((utf8(number(text, 3, end - 3, 16)?)?, end + 1))
        }
        b'u' => unit_pair(text, 2),
        b'U' => Some((utf8(number(text, 2, 8, 16)?)?, 10)),
        b'x' => Some((vec![number(text, 2, 2, 16)? as u8], 4)),
        b'0'..=b'3' => Some((vec![number(text, 1, 3, 8)? as u8], 4)),
        b'n' => Some((vec![b'\n'], 2)),
        b'r' => Some((vec![b'\r'], 2)),
        b't' => Some((vec![b'\t'], 2)),
        _ => kind.is_ascii_punctuation().then(|| (vec![kind], 2)),
    }
}

/// `&sol;`, `&#115;`, `&#X73;`, with any number of zeros in front, numbers also
/// without the semicolon.
fn entity(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    if text.get(1) == Some(&b'#') {
        let hex = matches!(text.get(2), Some(b'x' | b'X'));
        let (from, radix) = if hex { (3, 16) } else { (2, 10) };
        let digits = text[from.min(text.len())..]
            .iter()
            .take_while(|byte| char::from(**byte).is_digit(radix))
            .count();
        let end = from + digits;
        let ended = text.get(end)?;
        let code = number(text, from, digits, radix)?;
        return Some((utf8(code)?, end + usize::from(*ended == b';')));
    }
    let end = 1 + text[1..]
        .iter()
        .take(LONGEST_ENTITY)
        .take_while(|byte| is_part(byte))
        .count();
    let name = std::str::from_utf8(&text[1..end]).ok();
    let meaning = named(name.filter(|_| text.get(end) == Some(&b';'))?)?;
    Some((meaning.as_bytes().to_vec(), end + 1))
}

fn named(name: &str) -> Option<&'static str> {
    if name == "NewLine" {
        return Some("\n");
    }
    let found = ENTITIES.binary_search_by_key(&name, |(name, _)| name);
    found.ok().map(|at| ENTITIES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn the_table_holds_the_entities_of_html_and_no_others() {
        each(html_escape::NAMED_ENTITIES, |(name, meaning)| {
            let name = std::str::from_utf8(name).unwrap();
            assert_eq!(named(name), Some(meaning), "{name}");
            assert!(name.len() + 2 <= LONGEST_ENTITY, "{name}");
        });
        assert_eq!(ENTITIES.len() + 1, html_escape::NAMED_ENTITIES.len());
        each(["", "amp;", "AmP", "nosuch"], |name| {
            assert_eq!(named(name), None, "{name}");
        });
    }
}
