//! The ways in which a text may write one character: raw, percent-encoded,
//! escaped for JSON or HTML, in a wrong character set.

/// White space around a line break that is taken for a fold inside a secret.
const LONGEST_FOLD: usize = 64;
/// A character of four bytes, percent-encoded three times, is 28 bytes long.
const LONGEST_SPELLING: usize = 32;

/// The bytes that a spelling of `c` may begin with.
pub(super) fn beginnings(c: char) -> Vec<u8> {
    let mut utf8 = [0; 4];
    let mut bytes = vec![c.encode_utf8(&mut utf8).as_bytes()[0], b'%', b'\\', b'&'];
    if c == ' ' {
        bytes.push(b'+');
    }
    if !c.is_ascii() {
        bytes.extend(u8::try_from(u32::from(c)));
        bytes.push("\u{fffd}".as_bytes()[0]);
    }
    bytes.sort_unstable();
    bytes.dedup();
    bytes
}

/// Whether this byte of a text can only be the character that it is in ASCII.
pub(super) fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        plain[byte as usize] = !matches!(
            byte,
            b'%' | b'\\' | b'&' | b'+' | b' ' | b'\t' | b'\r' | b'\n'
        );
        byte += 1;
    }
    plain
};

/// The bytes that are not plain, each by its bit.
pub(super) const NOT_PLAIN: [u64; 4] = {
    let mut bits = [u64::MAX; 4];
    let mut byte = 0;
    while byte < PLAIN.len() {
        if PLAIN[byte] {
            bits[byte / 64] &= !(1 << (byte % 64));
        }
        byte += 1;
    }
    bits
};

/// What the beginning of a text may spell.
#[derive(Clone, Copy)]
pub(super) enum Spelling {
    Any,
    /// One of these.
    Of([char; 2]),
    /// This, or any character outside of ASCII.
    NotAscii(char),
}

impl Spelling {
    pub(super) fn may_be(self, c: char) -> bool {
        match self {
            Spelling::Any => true,
            Spelling::Of(chars) => chars.contains(&c),
            Spelling::NotAscii(raw) => c == raw || !c.is_ascii(),
        }
    }
}

pub(super) fn spelling(text: &[u8]) -> Spelling {
    let Some(first) = text.first().filter(|_| !ends_in_escape(text)) else {
        return Spelling::Any;
    };
    let raw = char::from(*first);
    let escaped = match first {
        b'%' => {
            let again = text[1..].chunks_exact(2).take_while(|pair| pair == b"25");
            let digits = text.get(1 + 2 * again.count()..);
            digits.and_then(hex_byte).map(u32::from)
        }
        b'\\' => match text[slashes(text)..] {
            [b'u', ref digits @ ..] => utf16_unit(digits).map(u32::from),
            [b't', ..] => Some(u32::from(b'\t')),
            [byte, ..] if byte.is_ascii_punctuation() => Some(u32::from(byte)),
            _ => None,
        },
        b'&' => entity(text).map(|(c, _)| u32::from(c)),
        b'+' => Some(u32::from(b' ')),
        byte if byte.is_ascii() => None,
        _ => Some(u32::MAX),
    };
    match escaped.map(|code| u8::try_from(code).ok().filter(u8::is_ascii)) {
        None => Spelling::Of([raw, raw]),
        Some(Some(ascii)) => Spelling::Of([raw, char::from(ascii)]),
        Some(None) => Spelling::NotAscii(raw),
    }
}

/// Where the text ends inside something that may still become `c`.
pub(super) fn could_begin(rest: &[u8], c: char) -> bool {
    let mut utf8 = [0; 4];
    let utf8 = c.encode_utf8(&mut utf8).as_bytes();
    ends_in_escape(rest)
        || utf8.starts_with(rest)
        || (!c.is_ascii() && "\u{fffd}".as_bytes().starts_with(rest))
}

/// Whether all of this may be an escape that goes on behind the text.
fn ends_in_escape(rest: &[u8]) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"%\\&#".contains(byte);
    matches!(rest.first(), Some(b'%' | b'\\' | b'&'))
        && rest.len() < LONGEST_SPELLING
        && rest.iter().all(part)
}

/// The same behind a part of the secret, where a fold may begin, too.
pub(super) fn could_go_on(text: &[u8], place: usize, c: char) -> bool {
    could_begin(&text[place..], c) || ends_in_fold(&text[place..])
}

/// Whether all of this may be a fold that goes on behind the text.
pub(super) fn ends_in_fold(rest: &[u8]) -> bool {
    let is_blank = |b: &&u8| matches!(b, b' ' | b'\t');
    let blanks = rest.iter().take(LONGEST_FOLD).take_while(is_blank);
    let rest = &rest[blanks.count()..];
    rest.len() <= 2 && [b"\\n", b"%0"].iter().any(|fold| fold.starts_with(rest))
}

/// Characters of a secret that a fold may hold, too.
pub(super) const FOLD_LIKE: [[char; 2]; 2] = [[' ', '\t'], ['\\', '%']];

pub(super) fn is_fold_like(c: char) -> bool {
    FOLD_LIKE.as_flattened().contains(&c)
}

/// Skips one line break, raw or escaped, and the blanks around it; the same
/// place where there is none.
pub(super) fn behind_fold(text: &[u8], place: usize) -> usize {
    let mut at = place;
    let mut broken = false;
    while at - place < LONGEST_FOLD {
        let step = match text[at..] {
            [b' ' | b'\t' | b'\r' | b'\n', ..] => 1,
            [b'\\', b'n' | b'r', ..] => 2,
            [b'%', b'0', b'A' | b'a' | b'D' | b'd', ..] => 3,
            _ => break,
        };
        broken |= !matches!(text[at], b' ' | b'\t');
        at += step;
    }
    if broken { at } else { place }
}

/// Every way in which the text may write `c` here: pushes the place behind each.
pub(super) fn ends_of(c: char, text: &[u8], place: usize, ends: &mut Vec<usize>) {
    let rest = &text[place..text.len().min(place + LONGEST_SPELLING)];
    if rest.is_empty() {
        return;
    }
    let mut utf8 = [0; 4];
    let utf8 = c.encode_utf8(&mut utf8).as_bytes();
    if c == '%' {
        let again = rest[1..].chunks_exact(2).take_while(|pair| pair == b"25");
        if rest[0] == b'%' {
            ends.extend((0..=again.count()).map(|times| place + 1 + 2 * times));
        }
    } else if let Some(length) = spelt_as(utf8, rest) {
        ends.push(place + length);
    }
    match rest[0] {
        b'+' if c == ' ' => ends.push(place + 1),
        b'\\' => {
            // `\\`, and that escaped once more.
            let escaped = [2, 4].into_iter();
            let escaped = escaped.filter(|length| c == '\\' && slashes(rest) >= *length);
            let lengths = escaped.chain(backslash_form(c, rest));
            ends.extend(lengths.map(|length| place + length));
        }
        b'&' => {
            if let Some((_, length)) = entity(rest).filter(|(value, _)| *value == c) {
                ends.push(place + length);
            }
        }
        _ => {}
    }
    if !c.is_ascii() {
        // What a wrong character set makes of it: one byte of Latin-1, or the
        // replacement character.
        if let Ok(latin) = u8::try_from(u32::from(c))
            && let Some(length) = spelt_as(&[latin], rest)
        {
            ends.push(place + length);
        }
        if rest.starts_with("\u{fffd}".as_bytes()) {
            ends.push(place + 3);
        }
    }
}

/// Bytes as they are or percent-encoded, each by itself, also more than once
/// (`%252F`, as in an OAuth base string).
fn spelt_as(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for &byte in bytes {
        let rest = &text[at..];
        at += match rest.first() {
            Some(first) if *first == byte => 1,
            _ => percent_form(byte, rest)?,
        };
    }
    Some(at)
}

fn percent_form(byte: u8, text: &[u8]) -> Option<usize> {
    let mut at = 1;
    if text.first() != Some(&b'%') {
        return None;
    }
    loop {
        let value = hex_byte(text.get(at..)?)?;
        if value == byte {
            return Some(at + 2);
        }
        if value != b'%' {
            return None;
        }
        at += 2;
    }
}

fn slashes(text: &[u8]) -> usize {
    text.iter().take_while(|byte| **byte == b'\\').count()
}

/// `\"`, `\/`, `\u00e9`, `\ud83d\ude00`, also escaped more than once.
fn backslash_form(c: char, text: &[u8]) -> Option<usize> {
    let many = slashes(text);
    let rest = &text[many..];
    if c.is_ascii_punctuation() && rest.first() == Some(&(c as u8)) {
        return Some(many + 1);
    }
    if c == '\t' && rest.first() == Some(&b't') {
        return Some(many + 1);
    }
    let unit = |at: usize| utf16_unit(rest.get(at..)?);
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units);
    if rest.first() != Some(&b'u') || unit(1)? != units[0] {
        return None;
    }
    if units.len() == 1 {
        return Some(many + 5);
    }
    let second = slashes(&rest[5..]);
    (second > 0 && rest.get(5 + second) == Some(&b'u') && unit(6 + second)? == units[1])
        .then_some(many + 10 + second)
}

/// `&amp;`, `&#38;`, `&#x26;`, and how long that is.
fn entity(text: &[u8]) -> Option<(char, usize)> {
    let end = text.iter().take(12).position(|b| *b == b';')?;
    let name = std::str::from_utf8(&text[1..end]).ok()?;
    let value = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((value, end + 1))
}

fn hex_byte(text: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(text.get(..2)?).ok()?;
    u8::from_str_radix(digits, 16).ok()
}

fn utf16_unit(text: &[u8]) -> Option<u16> {
    let digits = std::str::from_utf8(text.get(..4)?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}
