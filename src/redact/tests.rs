mod beginnings;
mod decoded;
mod left_alone;
mod own_escapes;
mod streams;

use super::*;
use crate::tests::rows::each;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Awkward on purpose: each character that some encoding changes.
const SECRET: &str = "p%25+/=\"\\ 'é<&>😀ü#end";

fn redactor() -> Redactor {
    hiding(SECRET)
}

fn hiding(secret: &str) -> Redactor {
    let redactor = Redactor::default();
    redactor.register(&Secret::derived(secret.to_owned()));
    redactor
}

/// What a stream makes of the text where its first chunk ends here.
fn in_two_chunks(redactor: Redactor, text: &str, end: usize) -> String {
    let mut stream = RedactingStream::new(redactor);
    let mut out = stream.pass(&text.as_bytes()[..end]);
    out.extend(stream.pass(&text.as_bytes()[end..]));
    out.extend(stream.finish(false));
    String::from_utf8_lossy(&out).into_owned()
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
        .replace('\'', "&apos;")
        .replace('é', "&#xE9;");
    let mut forms = vec![
        SECRET.to_owned(),
        percent(SECRET),
        percent(SECRET).to_lowercase(),
        percent(&percent(SECRET)),
        percent(&percent(SECRET).to_lowercase()),
        percent(SECRET).replace("%20", "+"),
        json.clone(),
        json.replace('/', "\\/"),
        json.replace('\\', "\\\\").replace('"', "\\\""),
        ascii,
        html.replace("&apos;", "&#39;"),
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
            for fold in ["\n", "\r\n\t", " \\n ", "\\r\\n\\t", "%0D%0A"] {
                forms.push(format!("{}{fold}{}", &form[..middle], &form[middle..]));
            }
        }
    }
    forms
}

#[test]
fn a_secret_is_hidden_in_every_form_and_the_text_around_it_stays() {
    let redactor = redactor();
    each(forms(), |form| {
        let text = format!("before:{form}: after");
        assert_eq!(redactor.redact(&text), "before:***: after", "{form}");
    });
}

#[test]
fn a_secret_that_is_folded_after_every_character_is_hidden() {
    each(["\n", "\r\n\t", "\n  "], |fold| {
        let folded: String = SECRET.chars().map(|c| format!("{c}{fold}")).collect();
        assert_eq!(
            redactor().redact(&format!("before:{folded}after")),
            format!("before:***{fold}after"),
            "{fold:?}"
        );
    });
}

#[test]
fn base64_of_a_longer_text_does_not_show_the_secret_at_any_alignment() {
    let redactor = redactor();
    each(["", "a", "ab", "fred:"], |before| {
        let whole = STANDARD_NO_PAD.encode(format!("{before}{SECRET}!"));
        let shown = redactor.redact(&whole);
        assert!(shown.contains(HIDDEN) && shown.len() < 20, "{shown}");
    });
}

#[test]
fn a_stream_hides_what_is_broken_over_its_chunks() {
    each(forms(), |form| {
        let text = format!("before:{form}:after");
        for size in 1..=9 {
            let mut stream = RedactingStream::new(redactor());
            let mut out = Vec::new();
            for chunk in text.as_bytes().chunks(size) {
                out.extend(stream.pass(chunk));
            }
            out.extend(stream.finish(false));
            assert_eq!(
                String::from_utf8_lossy(&out),
                "before:***:after",
                "{size} {form}"
            );
        }
    });
}

#[test]
fn the_beginning_of_a_secret_is_hidden_where_a_text_was_cut() {
    let redactor = Redactor::default();
    redactor.register(&Secret::derived("correct horse battery".into()));
    assert_eq!(redactor.redact_bytes(b"no: correct", true), "no: ***");
    assert_eq!(redactor.redact("no: correct"), "no: correct");
    assert_eq!(redactor.redact("no: correct horse b..."), "no: ***...");
    // Cut inside a replacement character.
    let redactor = hiding("the stra\u{df}e");
    assert_eq!(
        redactor.redact_bytes(b"no: the stra\xef\xbf", true),
        "no: ***"
    );
}

#[test]
fn a_percent_encoded_secret_is_hidden_where_it_is_encoded_or_folded_once_more() {
    let html: String = percent(SECRET)
        .chars()
        .map(|c| format!("&#{};", u32::from(c)))
        .collect();
    let folded: String = percent(SECRET).chars().map(|c| format!("{c}\n")).collect();
    assert_eq!(redactor().redact(&html), "***");
    assert_eq!(redactor().redact(&folded), "***\n");
}

#[test]
fn a_secret_in_latin_1_is_hidden() {
    let redactor = hiding("Grüße an é");
    let rows = [
        b"a Gr\xfc\xdfe an \xe9".as_slice(),
        b"a Gr%FC%DFe%20an%20%E9",
        b"a Gr%fc%dfe+an+%e9",
    ];
    each(rows, |text| {
        assert_eq!(
            redactor.redact_bytes(text, false),
            "a ***",
            "{}",
            text.escape_ascii()
        );
    });
    let redactor = hiding("\u{e9}clair-12");
    assert_eq!(redactor.redact_bytes(b"a \xe9clair-12", false), "a ***");
}

#[test]
fn a_secret_is_hidden_whose_own_characters_look_like_a_fold_or_an_escape() {
    let rows = [
        (r"C:\new\rows", r"C:\new\rows"),
        ("100%0A%0D-", "100%0A%0D-"),
        (r"one\n", "one\\\r\nn"),
        (" lead", "+lead"),
        ("&amp;&#38;", "&amp;amp;&amp;#38;"),
    ];
    each(rows, |(secret, text)| {
        assert_eq!(
            hiding(secret).redact(&format!("a{text}b")),
            "a***b",
            "{secret}"
        );
    });
}

#[test]
fn a_tab_of_a_private_key_is_hidden_as_json_writes_it() {
    assert_eq!(
        hiding("MIIE\tow==").redact(r#"{"key":"MIIE\tow=="}"#),
        r#"{"key":"***"}"#
    );
}

#[test]
fn each_long_line_of_a_secret_of_several_is_hidden_by_itself_and_a_short_one_is_not() {
    let (long, longer, short) = ("MIIEowIBAAKCAQEA", "0123456789abcdef0", "it is no secret");
    let redactor = hiding(&format!("{short}\n{long}\n{longer}\n"));
    assert_eq!(redactor.redact(&format!("{long}, {longer}")), "***, ***");
    assert_eq!(redactor.redact(&STANDARD_NO_PAD.encode(long)), "***");
    assert_eq!(redactor.redact("no secret"), "no secret");
}

#[test]
fn a_short_secret_is_hidden_in_the_base64_of_a_longer_text_unless_too_little_of_it_shows() {
    let redactor = hiding("secret");
    each(["", "a", "ab"], |before| {
        let whole = STANDARD_NO_PAD.encode(format!("{before}secret!"));
        assert!(redactor.redact(&whole).contains(HIDDEN), "{whole}");
    });
    // Three characters of base64 prove nothing.
    let other = STANDARD_NO_PAD.encode("spinning");
    assert_eq!(hiding("pin").redact(&other), other);
}

#[test]
fn a_line_break_and_the_blanks_around_it_are_a_fold_up_to_64_characters() {
    let redactor = hiding("correct horse");
    let rows = [(0, true), (63, true), (64, false), (1000, false)];
    each(rows, |(blanks, hidden)| {
        let text = format!("correct \n{}horse", " ".repeat(blanks));
        assert_eq!(redactor.redact(&text).contains(HIDDEN), hidden, "{blanks}");
    });
    let escaped = format!("correct {}horse", "\\n".repeat(63));
    assert_eq!(redactor.redact(&escaped), HIDDEN);
}

#[test]
fn a_stream_hides_a_secret_of_which_any_character_is_broken_over_its_chunks() {
    let spellings = [
        "%C3%A9+",
        "%25c3%25a9&#32;",
        "\u{e9} ",
        "\\u00e9\\u0020",
        "&#xE9; ",
        "\u{fffd}%20",
        "&#233;\r\n\t ",
    ];
    for text in spellings.map(|spelling| spelling.repeat(6)) {
        for split in 1..text.len() {
            let out = in_two_chunks(hiding(&"é ".repeat(6)), &text, split);
            assert_eq!(out, HIDDEN, "{split} {text}");
        }
    }
}

#[test]
fn a_stream_holds_back_what_may_become_a_secret_and_shows_it_at_the_end_if_it_does_not() {
    let rows = [
        ("correct horse", "correct "),
        ("é1234", "\\u00"),
        ("correct horse", "correct \t"),
    ];
    each(rows, |(secret, held)| {
        let mut stream = RedactingStream::new(hiding(secret));
        assert_eq!(stream.pass(format!("no {held}").as_bytes()), b"no ");
        assert_eq!(stream.finish(false), held.as_bytes());
    });
    let mut stream = RedactingStream::new(hiding("correct horse"));
    assert_eq!(stream.pass(b"no correct"), b"no ");
    assert_eq!(stream.finish(true), HIDDEN.as_bytes());
}

#[test]
fn what_is_hidden_for_one_attempt_is_shown_again_after_it_and_never_by_debug() {
    let redactor = Redactor::default();
    let guard = redactor.guard(&[Secret::derived("signature".to_owned())], None);
    assert_eq!(
        (format!("{guard:?}"), redactor.redact("a signature")),
        ("RedactionGuard".to_owned(), "a ***".to_owned())
    );
    drop(guard);
    assert_eq!(redactor.redact("a signature"), "a signature");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic_or_lose_a_clean_one(text in "\\PC{0,40}", secret in "[!-~]{4,12}") {
        let redactor = Redactor::default();
        redactor.register(&Secret::derived(secret.clone()));
        let shown = redactor.redact(&format!("{text}{secret}{text}"));
        proptest::prop_assert!(!shown.contains(&secret) || HIDDEN.contains(&secret));
    }

    #[test]
    fn a_secret_is_hidden_whatever_it_begins_with(first in proptest::char::any(), spelling in 0..5_usize) {
        proptest::prop_assume!(!first.is_control());
        let (secret, mut units) = (format!("{first}tail"), [0; 2]);
        let first = match spelling {
            0 => first.to_string(),
            1 => percent(&first.to_string()),
            2 => first.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            3 => format!("&#{};", u32::from(first)),
            _ => percent(&percent(&first.to_string())),
        };
        proptest::prop_assert_eq!(hiding(&secret).redact(&format!("- {first}tail")), "- ***");
    }
}

#[test]
fn in_a_text_of_several_pieces_a_secret_is_hidden_wherever_a_piece_ends() {
    let redactor = redactor();
    let rows = [
        0,
        PIECE - SECRET.len(),
        PIECE - SECRET.len() / 2,
        PIECE - 1,
        PIECE,
        2 * PIECE - 3,
        3 * PIECE,
    ];
    each(rows, |at| {
        each([SECRET.to_owned(), percent(SECRET)], |form| {
            let (before, behind) = ("-".repeat(at), "-".repeat(PIECE));
            let hidden = redactor.redact(&format!("{before}{form}{behind}"));
            assert!(hidden == format!("{before}***{behind}"), "{form} at {at}");
        });
    });
}
