//! Secrets of any first characters and any length, folded and cut anywhere.

use super::*;

/// None of them begins like another.
const SECRETS: [&str; 16] = [
    "hunter2-secret",
    "a b c d e f g h",
    "b  two blanks",
    "c\ttab",
    "dé second",
    "e%41\\u0041&amp;",
    "f+plus",
    "\"quoted\"",
    "éa first",
    "пароль-1234",
    "gh",
    "ijk",
    // What looks like a fold is the secret's own.
    "=\\n=\"",
    "k%0Al%0d",
    "m\\r \\n",
    "n \\n o",
];

#[test]
fn a_secret_is_hidden_wherever_it_is_folded() {
    each(SECRETS, |secret| {
        let redactor = hiding(secret);
        for (at, _) in secret.char_indices().skip(1) {
            for fold in [
                "\n", "\r\n", " \n", "\n \t", "\\n", " \\r\\n ", "%0A", "%0d%0a\t",
            ] {
                let (before, behind) = secret.split_at(at);
                let text = format!("the {before}{fold}{behind} of it");
                assert_eq!(redactor.redact(&text), "the *** of it", "{text:?}");
            }
        }
    });
}

#[test]
fn a_secret_is_hidden_beside_a_shorter_and_a_longer_one() {
    let shorter = ["x", "gh", "ijk"];
    each(shorter, |short| {
        let redactor = hiding("longer-secret");
        redactor.register(&Secret::derived(short.to_owned()));
        for around in ["", "z", "zzzz", " ", "-", "\n", "ö"] {
            let text = format!("{around}{short}{around}longer-secret{around}{short}{around}");
            let hidden = text.replace(short, HIDDEN).replace("longer-secret", HIDDEN);
            assert_eq!(redactor.redact(&text), hidden, "{text:?}");
        }
    });
}

#[test]
fn a_stream_hides_a_secret_that_is_folded_wherever_its_chunks_end() {
    each(SECRETS, |secret| {
        let redactor = hiding(secret);
        for (at, _) in secret.char_indices().skip(1) {
            for fold in ["", " \r\n\t", "%0A", "  \\n"] {
                let (before, behind) = secret.split_at(at);
                let text = format!("the {before}{fold}{behind} of it");
                for end in 1..text.len() {
                    let out = in_two_chunks(redactor.clone(), &text, end);
                    assert_eq!(out, "the *** of it", "{text:?}, {end}");
                }
            }
        }
    });
}

#[test]
fn a_stream_hides_a_secret_of_accented_letters_wherever_its_chunks_end() {
    let rows = [
        // Letters that a decoder may take apart, wide ones, and a wrong character set.
        ("sesame-open", "s\u{e9}same-\u{f6}pen"),
        ("sesame-open", "ｓesaｍe-open"),
        ("\u{e9}t\u{e9}-1234", "Ã©tÃ©-1234"),
    ];
    each(rows, |(secret, written)| {
        let marks = |text: &str| text.replace(['\u{301}', '\u{308}'], "");
        let text = format!("the {written} of it");
        let whole = hiding(secret).redact(&text);
        for end in 1..written.len() {
            let out = in_two_chunks(hiding(secret), &text, "the ".len() + end);
            assert_eq!(marks(&out), whole, "{written}, {end}");
        }
    });
}
