//! Percent-encoding as RFC 5849 section 3.6 and Connect's hash need it.

use percent_encoding::percent_decode_str;

/// Letters, digits and `-._~` stay, every other byte becomes `%XX` in capitals.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// Undoes it; a plus stays a plus.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The pairs of a form or query, decoded, in order.
pub(crate) fn form(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let halves = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let decode = |half: &str| decoded(&half.replace('+', " "));
    halves
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// Writes a form.
pub(crate) fn to_form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Text between the tags of a page.
pub(crate) fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5849 section 3.6, and the values of its section 3.4.1.3.
    #[test]
    fn what_rfc_5849_leaves_stays() {
        for (plain, text) in [
            ("=%3D", "%3D%253D"),
            ("r b", "r%20b"),
            ("c@", "c%40"),
            ("-._~", "-._~"),
            ("ü*", "%C3%BC%2A"),
        ] {
            assert_eq!(encoded(plain), text);
            assert_eq!(decoded(text), plain);
        }
        assert_eq!(
            form("c2&a3=2+q&b5=%3D%253D"),
            [("c2", ""), ("a3", "2 q"), ("b5", "=%3D")].map(|(a, b)| (a.into(), b.into()))
        );
    }
}
