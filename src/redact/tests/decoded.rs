//! Echoes that only a decoder reads.

use super::*;
use crate::tests::rows::each;

/// The secret in each form that only a decoder undoes.
fn echoes(secret: &str) -> Vec<Vec<u8>> {
    let each =
        |write: &dyn Fn(char) -> String| secret.chars().map(write).collect::<String>().into_bytes();
    let bytes =
        |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>().into_bytes();
    let units =
        |order: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let latin: String = secret.bytes().map(char::from).collect();
    vec![
        each(&|c| format!("&#{};", u32::from(c))),
        each(&|c| format!("&#0000{};", u32::from(c))),
        each(&|c| format!("&#X0000{:X};", u32::from(c))),
        each(&|c| format!("&amp;#x{:x};", u32::from(c))),
        each(&|c| format!("\\u{{{:x}}}", u32::from(c))),
        each(&|c| format!("\\U{:08x}", u32::from(c))),
        each(&|c| {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("%u{unit:04X}"))
                .collect()
        }),
        each(&|c| {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\\\u{unit:04x}"))
                .collect()
        }),
        bytes(&|byte| format!("\\x{byte:02X}")),
        bytes(&|byte| format!("\\{byte:03o}")),
        bytes(&|byte| format!("\\u0025{byte:02x}")),
        bytes(&|byte| format!("&percnt;{byte:02x}")),
        bytes(&|byte| format!("%25{byte:02x}")),
        bytes(&|byte| format!("%u0025{byte:02x}")),
        bytes(&|byte| format!("{byte:02x}")),
        bytes(&|byte| format!("{byte:02X}")),
        units(u16::to_le_bytes),
        units(u16::to_be_bytes),
        latin.into_bytes(),
        decoding::decomposed(secret).into_bytes(),
    ]
}

const SECRETS: [&str; 4] = [
    "correct/horse-7",
    "Gr\u{fc}\u{c5}e/\u{e9}",
    SECRET,
    "e\u{301}clair/e\u{301}",
];

#[test]
fn a_secret_is_hidden_in_whatever_a_decoder_would_read_it_from() {
    for secret in SECRETS
        .into_iter()
        .chain(["\u{5bc6}\u{7801}\u{5bc6}\u{7801}"])
    {
        for echo in echoes(secret) {
            let text = [b"before: ".as_slice(), &echo, b" :after"].concat();
            let shown = hiding(secret).redact_bytes(&text, false).replace('\0', "");
            assert_eq!(shown, "before: *** :after", "{}", text.escape_ascii());
        }
    }
}

#[test]
fn a_stream_hides_what_only_a_decoder_reads_wherever_its_chunks_end() {
    each(SECRETS, |secret| {
        for echo in echoes(secret) {
            each([1, 2, 3, 7, 64], |size| {
                let mut stream = RedactingStream::new(hiding(secret));
                let mut out = Vec::new();
                for chunk in [b"before: ".as_slice(), &echo, b" :after"]
                    .concat()
                    .chunks(size)
                {
                    out.extend(stream.pass(chunk));
                }
                out.extend(stream.finish(false));
                let shown = String::from_utf8_lossy(&out).replace('\0', "");
                assert_eq!(
                    shown,
                    "before: *** :after",
                    "{size} {}",
                    echo.escape_ascii()
                );
            });
        }
    });
}

#[test]
fn names_of_characters_wrong_character_sets_and_dumps_are_read() {
    let redactor = hiding("Gr\u{fc}\u{c5}e/=7*x");
    let rows = [
        "Gr\u{c3}\u{bc}\u{c3}\u{2026}e/=7*x",
        "Gr\u{c3}\u{192}\u{c2}\u{bc}\u{c3}\u{192}\u{e2}\u{20ac}\u{a6}e/=7*x",
        "Gr&uuml;&Aring;e&sol;&equals;7&ast;x",
        "Gru\u{308}A\u{30a}e/=7*x",
        "Gr\u{fc}\u{212b}e/=7*x",
        "47 72 c3 bc c3 85 65 2f 3d 37 2a 78",
        "47 72 c3 bc c3 85 65 2f  3d 37 2a 78",
        "47, 72, c3, bc, c3, 85, 65, 2f, 3d, 37, 2a, 78",
        "47:72:C3:BC:C3:85:65:2F:3D:37:2A:78",
        "0x47, 0x72, 0xc3, 0xbc, 0xc3, 0x85, 0x65, 0x2f, 0x3d, 0x37, 0x2a, 0x78",
        "RwByAPwAxQBlAC8APQA3ACoAeAA=",
        "Gr\\x{fc}\\x{c5}e\\x2f=7*x",
        "Gr\\303\\274\\303\\205e/=7*x",
    ];
    each(rows, |echo| {
        let shown = redactor.redact(&format!("before {echo} after"));
        let rest = shown.replace("before ", "").replace(" after", "");
        assert_eq!(
            rest.trim_start_matches("0x").trim_end_matches('='),
            HIDDEN,
            "{echo}"
        );
    });
}

#[test]
fn a_text_that_nests_everything_stays_as_it_is_where_it_holds_no_secret() {
    let text = "%25&amp;#x5c;\\u0025\\x5c\0\u{c3}\u{83}ab12QUJD".repeat(500);
    assert_eq!(hiding("correct horse").redact(&text), text);
}

#[test]
fn a_secret_that_is_escaped_is_hidden_in_base64_of_either_alphabet() {
    let escaped = "%61~~>>??~~??>>%61";
    let redactor = hiding("a~~>>??~~??>>a");
    each(["", "1", "12", "123"], |before| {
        let text = format!("{before}{escaped}");
        let (standard, url_safe) = (STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text));
        assert!(standard.contains(['+', '/']) && url_safe.contains(['-', '_']));
        each([standard, url_safe], |echo| {
            // Behind other digits of the alphabet, which are none of it.
            for ahead in ["", "/", "2/", "v2/"] {
                let shown = redactor.redact(&format!("{ahead}{echo} of it"));
                let rest = shown.strip_suffix(" of it").unwrap();
                let (shown, tail) = rest.split_once(HIDDEN).unwrap();
                let shown = shown.len() - ahead.len();
                assert!(shown <= 5 && tail.len() <= 1, "{rest} of {ahead}{echo}");
            }
        });
    });
}

#[test]
fn a_secret_that_is_escaped_is_hidden_in_base64_that_is_cut_inside_a_letter() {
    let redactor = hiding("a~~>>??~~??>>a");
    each(["", "1", "12", "123"], |before| {
        let text = format!("{before}%61~~>>??~~??>>%61 \u{e9}");
        let echo = STANDARD_NO_PAD.encode(&text.as_bytes()[..text.len() - 1]);
        assert!(redactor.redact(&echo).contains(HIDDEN), "{echo}");
    });
}

#[test]
fn a_secret_is_hidden_to_its_end_where_some_of_its_characters_are_of_utf_16() {
    let redactor = hiding("correct horse");
    let text = "the c\0orr\0ec\0\0t ho\0rse of it";
    assert_eq!(redactor.redact(text), "the *** of it");
}

#[test]
fn a_secret_of_one_character_is_hidden_between_others_of_utf_16() {
    let bytes = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16();
        units.flat_map(u16::to_le_bytes).collect()
    };
    each(["\u{44b}", "n"], |secret| {
        let text = bytes(&format!("a \u{4e2d}{secret}\u{4e2d}"));
        let shown = [bytes("a \u{4e2d}"), HIDDEN.into(), bytes("\u{4e2d}")].concat();
        assert_eq!(
            hiding(secret).redact_bytes(&text, false).as_bytes(),
            shown,
            "{secret}"
        );
    });
}

#[test]
fn a_text_that_ends_in_hexadecimal_digits_is_shown_to_its_end() {
    // With what is put behind the digits, the last one is half a letter of UTF-16.
    let redactor = hiding("\u{5bc6}\u{df}#");
    assert_eq!(redactor.redact("is: e5af86c39f23"), "is: ***");
}

#[test]
fn a_decoded_secret_is_hidden_to_its_end_behind_what_is_no_character() {
    let text = [b"\xff ".as_slice(), "\u{ff53}esame-open of it".as_bytes()].concat();
    assert_eq!(
        hiding("sesame-open").redact_bytes(&text, false),
        "\u{fffd} *** of it"
    );
}
