//! What a stream passes on at once, and what it holds back.

use super::*;

#[test]
fn a_stream_passes_on_at_once_what_begins_no_secret() {
    let long = " ".repeat(10_000);
    let name = format!("&{}", "x".repeat(32));
    let digits = format!("%{}", "x".repeat(31));
    let escapes = "\\".repeat(10_000);
    each(["correct horse", "éclair", "%25%25"], |secret| {
        let rows = [
            "x",
            "no",
            " ",
            "\n",
            "\u{feff}",
            "50 %; ",
            "&lt;",
            name.as_str(),
            digits.as_str(),
            long.as_str(),
        ];
        each(rows, |text| {
            assert_eq!(
                RedactingStream::new(hiding(secret)).pass(text.as_bytes()),
                text.as_bytes(),
                "{secret} {text}"
            );
        });
        // An escape that is longer than any spelling of one character becomes none;
        // none is torn apart.
        assert_eq!(
            RedactingStream::new(hiding(secret)).pass(escapes.as_bytes()),
            &escapes.as_bytes()[32..],
            "{secret}"
        );
    });
    // It begins no character.
    let mut stream = RedactingStream::new(hiding("correct horse"));
    assert_eq!(stream.pass(b"no \xff"), b"no \xff");
    // What may become an entity, or a letter of another width, waits for its end.
    each([b"&amp;".as_slice(), b"\xef"], |text| {
        let mut stream = RedactingStream::new(hiding("correct horse"));
        assert_eq!(
            (stream.pass(text), stream.finish(false)),
            (vec![], text.to_vec())
        );
    });
}

#[test]
fn a_stream_hides_a_secret_wherever_an_escape_with_many_zeros_in_it_is_broken() {
    let text = "&amp;#00000000000000115;esame-open";
    each(1..text.len(), |end| {
        let out = in_two_chunks(hiding("sesame-open"), text, end);
        assert_eq!(out, HIDDEN, "{end}");
    });
}

#[test]
fn a_stream_of_utf_16_hides_a_secret_behind_half_a_character() {
    let (secret, half) = ("\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}-1234", 0xd83d);
    let bytes = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16();
        units.flat_map(u16::to_le_bytes).collect()
    };
    let before = [bytes("the "), u16::to_le_bytes(half).to_vec()].concat();
    let text = [before.clone(), bytes(secret), bytes(" of it")].concat();
    // Half of the secret's first character does not tell that one begins.
    let halved = before.len() + 1;
    let shown = [before, HIDDEN.into(), bytes(" of it")].concat();
    each((1..text.len()).filter(|end| *end != halved), |end| {
        let mut stream = RedactingStream::new(hiding(secret));
        let mut out = stream.pass(&text[..end]);
        out.extend(stream.pass(&text[end..]));
        out.extend(stream.finish(false));
        assert_eq!(out, shown, "{end}");
    });
}

#[test]
fn a_text_is_not_broken_inside_a_character_though_another_begins_there() {
    // As where UTF-16 is read twice: the halves of a unit are units of their own.
    let mut view = View::whole();
    view.push(b"one", (0, 2));
    view.push(b"both", (0, 4));
    view.push(b"two", (2, 4));
    let places = [0, 1, 2, 3, 4].map(|place| view.whole_before(place));
    assert_eq!(places, [0, 0, 0, 2, 4]);
}
