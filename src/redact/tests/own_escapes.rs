//! Secrets that hold what looks like an escape: a decoder that reads the rest of
//! them reads that, too, so that nothing decoded holds them.

use super::*;

/// With what they hold decoded, they are too short to be looked for.
const SECRETS: [&str; 10] = [
    "\\\\x\"",
    "\\n\\n/é",
    "=\\n=\"",
    "\\t<\\t>",
    "\\r\t'\\r😀",
    "\\n+ \\nk",
    "&amp;\\n&",
    "%0A&%0Dz",
    "\t%0A-z",
    "%%",
];

/// The ways to write one character, but for itself.
fn spellings(c: char) -> Vec<Vec<u8>> {
    let mut utf8 = [0; 4];
    let bytes = c.encode_utf8(&mut utf8).bytes();
    let mut percent = [String::new(), String::new(), String::new(), String::new()];
    for byte in bytes {
        percent[0] += &format!("%{byte:02X}");
        percent[1] += &format!("%{byte:02x}");
        percent[2] += &format!("%25{byte:02X}");
        percent[3] += &format!("%2525{byte:02x}");
    }
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units);
    let escaped = |slashes: &str| -> String {
        let unit = |unit: &u16| format!("{slashes}u{unit:04x}");
        units.iter().map(unit).collect()
    };
    let code = u32::from(c);
    let mut forms = vec![
        escaped("\\"),
        escaped("\\\\"),
        escaped("\\").to_uppercase().replace("\\U", "\\u"),
        format!("&#{code};"),
        format!("&#x{code:x};"),
        format!("&#X{code:X};"),
    ];
    forms.extend(percent);
    let named = match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&apos;"),
        '\t' => Some("\\t"),
        ' ' => Some("+"),
        _ => None,
    };
    forms.extend(named.map(str::to_owned));
    if c == '\\' {
        forms.extend(["\\\\".to_owned(), "\\\\\\\\".to_owned()]);
    } else if c.is_ascii_punctuation() {
        forms.extend([format!("\\{c}"), format!("\\\\{c}")]);
    }
    let mut forms: Vec<_> = forms.into_iter().map(String::into_bytes).collect();
    if !c.is_ascii() {
        forms.extend(u8::try_from(code).ok().map(|latin| vec![latin]));
        forms.push("\u{fffd}".into());
    }
    forms
}

#[test]
fn a_secret_that_holds_an_escape_is_hidden_however_its_characters_are_written() {
    each(SECRETS, |secret| {
        let redactor = hiding(secret);
        for (at, c) in secret.char_indices() {
            let (before, behind) = (&secret[..at], &secret[at + c.len_utf8()..]);
            each(spellings(c), |spelling| {
                let text = [before.as_bytes(), &spelling, behind.as_bytes()].concat();
                let shown = redactor.redact_bytes(&text, false);
                assert_eq!(shown, "***", "{:?}", String::from_utf8_lossy(&text));
            });
        }
    });
}

#[test]
fn a_secret_that_holds_an_escape_is_hidden_where_all_of_it_is_decoded() {
    assert_eq!(hiding("pass%41word").redact("pass%41\\x77ord"), "***");
}
