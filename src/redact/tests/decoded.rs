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
            let shown = redactor.redact(&format!("{echo} of it"));
            let rest = shown.strip_suffix(" of it").unwrap();
            let (shown, tail) = rest.split_once(HIDDEN).unwrap();
            assert!(shown.len() <= 5 && tail.len() <= 1, "{rest} of {echo}");
        });
    });
}
