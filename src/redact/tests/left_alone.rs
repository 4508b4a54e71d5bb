//! Texts that are like a secret or an escape and are neither.

use super::*;

#[test]
fn what_is_merely_like_a_secret_is_left_alone() {
    let rows = [
        ("axbxc", "a+b+c"),
        ("axbxc", "a\\tb\\tc"),
        ("a\tb\tc", "a\\xb\\xc"),
        ("a  b  c", "a \nb \nc"),
        ("correct", "corr ect"),
        ("😀😀", "\\ud83d\\ude01\\ud83d\\ude01"),
        ("😀😀", "\\ud83dude00\\ud83dude00"),
        ("😀😀", "\\ud83d\\xde00\\ud83d\\xde00"),
        ("pin7", "%2510in7"),
        ("abxc", "ab+c"),
        // What stands inside a fold is none of it.
        ("pinnew", "pin\\new"),
        ("Grue", "47 - 72 - 75 - 65"),
        // As UTF-16, it is what the text says.
        ("\u{636f}\u{7272}\u{6563}\u{7468}", "correcth"),
    ];
    each(rows, |(secret, text)| {
        assert_eq!(hiding(secret).redact(text), text, "{secret}");
    });
    assert_eq!(hiding("correct").redact_bytes(b"corr ", true), "***");
    assert_eq!(hiding("correct").redact_bytes(b"corr e", true), "corr e");
}

#[test]
fn what_holds_no_secret_is_left_alone() {
    let rows = [
        "",
        "%",
        "\\",
        "&",
        "p%2",
        "50 % of \\\"x\\\" & more\n",
        "\u{fffd}",
        "a\0b\0",
    ];
    each(rows, |text| {
        assert_eq!(redactor().redact(text), text);
    });
}

#[test]
fn what_a_character_of_another_script_parts_in_utf_16_is_no_secret() {
    let text: Vec<u8> = "a secr\u{4e2d}et12"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        hiding("secret12").redact_bytes(&text, false),
        String::from_utf8_lossy(&text)
    );
}

#[test]
fn what_is_no_text_and_holds_no_nul_is_not_read_as_utf_16_for_a_secret_of_latin_1() {
    let shown = hiding("2").redact_bytes(b"22\\\xff=", false);
    assert_eq!(shown, "******\\\u{fffd}=");
}
