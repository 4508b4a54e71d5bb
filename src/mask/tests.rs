use super::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Awkward on purpose: each character that some encoding changes.
const SECRET: &str = "p%25+/=\"\\ 'é<&>😀ü#end";

fn mask() -> Mask {
    let mask = Mask::default();
    mask.hide(&Secret::derived(SECRET.to_owned()));
    mask
}

fn percent(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn forms() -> Vec<String> {
    let json = serde_json::to_string(SECRET).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let ascii: String = SECRET
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("\\u{unit:04X}"),
        })
        .collect();
    let html = SECRET
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .replace('é', "&#xE9;");
    let mut forms = vec![
        SECRET.to_owned(),
        percent(SECRET),
        percent(SECRET).to_lowercase(),
        percent(&percent(SECRET)),
        percent(SECRET).replace("%20", "+"),
        json.clone(),
        json.replace('/', "\\/"),
        json.replace('\\', "\\\\").replace('"', "\\\""),
        ascii,
        html,
        SECRET.replace(|c: char| !c.is_ascii(), "\u{fffd}"),
        STANDARD_NO_PAD.encode(SECRET),
        URL_SAFE_NO_PAD.encode(SECRET),
        percent(&STANDARD_NO_PAD.encode(SECRET)),
    ];
    for form in forms.clone() {
        let (middle, _) = form.char_indices().nth(form.chars().count() / 2).unwrap();
        let apart = !form[..middle].ends_with(['%', '\\', '2', 'u', '&', '#']);
        if apart && !form.contains(['%', '\\', '&']) {
            for fold in ["\n", "\r\n\t", " \\n ", "%0D%0A"] {
                forms.push(format!("{}{fold}{}", &form[..middle], &form[middle..]));
            }
        }
    }
    forms
}

#[test]
fn a_secret_is_hidden_in_every_form_and_the_text_around_it_stays() {
    let mask = mask();
    for form in forms() {
        let text = format!("before:{form}: after");
        assert_eq!(mask.clean(&text), "before:***: after", "{form}");
    }
}

#[test]
fn a_secret_that_is_folded_after_every_character_is_hidden() {
    for fold in ["\n", "\r\n\t", "\n  "] {
        let folded: String = SECRET.chars().map(|c| format!("{c}{fold}")).collect();
        assert_eq!(mask().clean(&format!("before:{folded}after")), format!("before:***{fold}after"), "{fold:?}");
    }
}

#[test]
fn base64_of_a_longer_text_does_not_show_the_secret_at_any_alignment() {
    let mask = mask();
    for before in ["", "a", "ab", "fred:"] {
        let whole = STANDARD_NO_PAD.encode(format!("{before}{SECRET}!"));
        let shown = mask.clean(&whole);
        assert!(shown.contains(HIDDEN) && shown.len() < 20, "{shown}");
    }
}

#[test]
fn a_stream_hides_what_is_broken_over_its_chunks() {
    for form in forms() {
        let text = format!("before:{form}:after");
        for size in 1..=9 {
            let mut sieve = Sieve::new(mask());
            let mut out = Vec::new();
            for chunk in text.as_bytes().chunks(size) {
                out.extend(sieve.pass(chunk));
            }
            out.extend(sieve.finish(false));
            assert_eq!(String::from_utf8_lossy(&out), "before:***:after", "{size} {form}");
        }
    }
}

#[test]
fn the_beginning_of_a_secret_is_hidden_where_a_text_was_cut() {
    let mask = Mask::default();
    mask.hide(&Secret::derived("correct horse battery".into()));
    assert_eq!(mask.clean_bytes(b"no: correct", true), "no: ***");
    assert_eq!(mask.clean("no: correct"), "no: correct");
    assert_eq!(mask.clean("no: correct horse b..."), "no: ***...");
}

#[test]
fn what_holds_no_secret_is_left_alone() {
    for text in ["", "%", "\\", "&", "p%2", "50 % of \\\"x\\\" & more\n", "\u{fffd}"] {
        assert_eq!(mask().clean(text), text);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic_or_lose_a_clean_one(text in "\\PC{0,40}", secret in "[!-~]{4,12}") {
        let mask = Mask::default();
        mask.hide(&Secret::derived(secret.clone()));
        let shown = mask.clean(&format!("{text}{secret}{text}"));
        proptest::prop_assert!(!shown.contains(&secret) || HIDDEN.contains(&secret));
    }
}
