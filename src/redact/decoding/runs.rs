//! Runs of digits that stand for bytes: hexadecimal and base64.

use crate::redact::decoding::view::View;

/// What is shorter says nothing, and is a word or a number more often.
const SHORTEST_HEX: usize = 4;
const SHORTEST_BASE64: usize = 16;
/// Between two runs: no secret holds it.
const GAP: u8 = 1;

pub(super) fn views(view: &View) -> Vec<View> {
    [hex(view), base64(view)]
        .into_iter()
        .filter(|view| !view.bytes.is_empty())
        .collect()
}

/// Pairs of digits, also with two characters or `0x` between them, as in a dump.
fn hex(view: &View) -> View {
    let mut out = View::default();
    let bytes = &view.bytes;
    let pair = |at: usize| {
        let digit = |at: usize| {
            bytes
                .get(at)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        Some((digit(at)? * 16 + digit(at + 1)?) as u8)
    };
    let mut at = 0;
    while at < bytes.len() {
        let (mut end, mut run) = (at, vec![]);
        let mut next = Some(at);
        while let Some((start, byte)) = next.and_then(|at| Some((at, pair(at)?))) {
            run.push((byte, start));
            end = start + 2;
            let between = [0, 1, 2, 3, 4].into_iter().find(|between| {
                let skipped = bytes.get(end..end + between).unwrap_or(b"?");
                pair(end + between).is_some()
                    && skipped.iter().all(|byte| b" :-,0x".contains(byte))
                    && (skipped.len() <= 2 || skipped.ends_with(b"0x"))
            });
            next = between.map(|between| end + between);
        }
        if run.len() >= SHORTEST_HEX {
            run.iter()
                .for_each(|(byte, start)| out.push(&[*byte], view.span_of(*start, start + 2)));
            out.push(&[GAP], view.span(end - 1));
        }
        at = end.max(at + 1);
    }
    out
}

/// Each of the four ways in which a run can be cut into fours, where it gives text.
fn base64(view: &View) -> View {
    let mut out = View::default();
    let mut at = 0;
    while at < view.bytes.len() {
        let length = view.bytes[at..]
            .iter()
            .take_while(|byte| sextet(**byte).is_some())
            .count();
        if length >= SHORTEST_BASE64 {
            (0..4).for_each(|from| decode(view, at + from, at + length, &mut out));
        }
        at += length + 1;
    }
    out
}

fn sextet(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

fn decode(view: &View, from: usize, to: usize, out: &mut View) {
    let mut decoded = View::default();
    let (mut bits, mut held) = (0_u32, 0);
    for at in from..to {
        bits = (bits << 6 | sextet(view.bytes[at]).unwrap_or_default()) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            decoded.push(&[(bits >> held) as u8], view.span_of(at - 1, at + 1));
        }
    }
    let text = match std::str::from_utf8(&decoded.bytes) {
        Ok(_) => true,
        // UTF-16.
        Err(_) if decoded.bytes.contains(&0) => true,
        // Cut inside a character.
        Err(error) => decoded.bytes[error.valid_up_to()..].len() <= 3,
    };
    let strange = |byte: &u8| byte.is_ascii_control() && !b"\0\t\r\n".contains(byte);
    if !text || decoded.bytes.iter().any(strange) {
        return;
    }
    out.copy(&decoded, 0, decoded.bytes.len());
    out.push(&[GAP], view.span(to - 1));
}
