//! The texts that are looked for in place of a secret: itself, its lines, and
//! what an encoder makes of it as a whole.

use crate::redact::decoding::{decomposed, unescaped};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Base64 or hexadecimal digits of a secret inside a longer text are only
/// telling from this length on.
const SHORTEST_CORE: usize = 6;

/// What is left of a secret that was all escapes is only telling from this length on.
const SHORTEST_DECODED: usize = 4;

/// Every text that is looked for: the secret, and the long lines of one that
/// has several, plain and encoded.
pub(super) fn every_form(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    if secret.contains(['\n', '\r']) {
        forms.extend(
            secret
                .split(['\r', '\n'])
                .filter(|line| line.len() >= 16)
                .map(str::to_owned),
        );
    }
    for form in forms.clone() {
        forms.extend(encoded(&form));
        forms.extend(as_decoded(&form));
    }
    forms
}

/// The forms that an echo may encode once more: base64, and the
/// percent-encoding of an OAuth header (RFC 5849 section 3.6).
fn encoded(secret: &str) -> Vec<String> {
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    let mut forms = base64_forms(secret.as_bytes());
    let percent = utf8_percent_encode(secret, UNRESERVED).to_string();
    if percent != secret {
        forms.push(percent);
    }
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    if hex.len() >= SHORTEST_CORE {
        forms.extend([hex.to_uppercase(), hex]);
    }
    forms
}

/// What a text that is decoded makes of the secret where something in it looks
/// like an escape.
fn as_decoded(secret: &str) -> Vec<String> {
    let mut forms = vec![];
    let mut form = secret.to_owned();
    for _ in 0..super::decoding::DEPTH {
        let plain = decomposed(&form);
        if plain != form {
            forms.push(plain);
        }
        let Some(next) = unescaped(&form) else { break };
        forms.push(next.clone());
        form = next;
    }
    let telling =
        |form: &String| form.chars().filter(|c| !c.is_control()).count() >= SHORTEST_DECODED;
    forms.retain(telling);
    forms
}

/// The base64 of a secret alone, and what any base64 of a longer text around it
/// must hold, at each of the three alignments.
pub(super) fn base64_forms(secret: &[u8]) -> Vec<String> {
    let mut forms = vec![
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
    ];
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
