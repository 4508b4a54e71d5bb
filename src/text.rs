//! Keeps text from outside from being taken for a command by the CI system or
//! the terminal that reads our streams; knows no stream.
//!
//! A line that begins with `::`, behind white space or not, is a command to
//! GitHub's runner; its older form `##[…]`, Azure's `##vso[…]` and TeamCity's
//! `##teamcity[…]` count anywhere in a line
//! (<https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs>,
//! <https://github.com/microsoft/azure-pipelines-agent/blob/master/src/Microsoft.VisualStudio.Services.Agent/Command.cs>).

mod stream;

pub(crate) use stream::Disarmer;

/// The same lines to a person, and no command: also what moves a cursor or
/// turns the reading direction is gone.
pub(crate) fn escape_commands(text: &str) -> String {
    let spaced = |c: char| {
        if is_unprintable(c) && c != '\n' {
            ' '
        } else {
            c
        }
    };
    without_commands(text).chars().map(spaced).collect()
}

/// The same JSON, and no command: `#` and what does not show stand in strings
/// only. It may stand in lines of our own words.
pub(crate) fn escape_commands_in_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.replace("##", "#\\u0023").chars() {
        if is_unprintable(c) && c != '\n' {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

pub(crate) fn without_commands(text: &str) -> String {
    let mut disarmer = Disarmer::of_text();
    let out = disarmer.pass(text.as_bytes());
    // It puts ASCII between ASCII, so that this loses nothing.
    String::from_utf8_lossy(&out).into_owned()
}

/// Control characters, marks that turn the reading direction, and characters
/// without a width that hide what is there.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Of a text that is shown so much is looked at, in bytes: none takes long.
pub(crate) const FURTHEST: usize = 64 << 10;
/// A sentence from outside is shown so far, in characters.
pub(crate) const LONGEST_SENTENCE: usize = 500;

/// A sentence on one line, not too long, that commands no runner and no terminal.
pub(crate) fn sanitize(text: &str) -> String {
    one_line(text, LONGEST_SENTENCE)
}

/// At most so many bytes of a text.
pub(crate) fn cut(mut text: String, longest: usize) -> String {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
        text.push('…');
    }
    text
}

/// The text on one line of at most so many characters.
pub(crate) fn one_line(text: &str, longest: usize) -> String {
    let harmless = without_commands(&text[..text.floor_char_boundary(FURTHEST)]);
    // A blank in place of what is taken out: two parts of a word that was hidden
    // for being a secret never meet.
    let mut words = harmless
        .split(|c: char| c.is_whitespace() || is_unprintable(c))
        .filter(|word| !word.is_empty());
    let mut line = words.next().unwrap_or_default().to_owned();
    // More words than fit are not looked at.
    for word in words.take(longest) {
        line.push(' ');
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(longest) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn in_words_a_blank_stands_in_a_command_whatever_they_begin_with() {
        each(["[", "{", "\"", "x"], |first| {
            let safe = without_commands(&format!("{first}##vso[x]"));
            assert_eq!(safe, format!("{first}# #vso[x]"));
        });
    }

    #[test]
    fn no_two_hashes_stand_together_and_json_keeps_its_meaning() {
        let rows = [
            "##[error]x",
            "###[error]x",
            "a ####vso[task.setvariable]x",
            "#",
            "# #",
            "",
            "\u{9b}2J\u{202e}\u{e0041}\n",
        ];
        each(rows, |text| {
            assert!(!escape_commands(text).contains("##"), "{text}");
            let json = serde_json::to_string(text).unwrap();
            let escape_commands = escape_commands_in_json(&json);
            assert!(
                !escape_commands.contains("##") && !escape_commands.contains(is_unprintable),
                "{text}"
            );
            assert_eq!(
                serde_json::from_str::<String>(&escape_commands).unwrap(),
                text
            );
        });
    }

    #[test]
    fn a_text_is_cut_only_where_it_is_too_long_and_at_no_letters_middle() {
        let rows = [("abc", "abc"), ("abcd", "abc…"), ("abé", "ab…"), ("", "")];
        each(rows, |(text, shown)| {
            assert_eq!(cut(text.to_owned(), 3), shown);
        });
    }

    #[test]
    fn our_lines_stay_and_no_line_is_a_command() {
        let text = "error: a\r\n::error::b\n\u{a0} ::c\u{1b}[2J\r::d\nhint: \u{202e}e::f\n";
        assert_eq!(
            escape_commands(text),
            "error: a \n: :error::b\n\u{a0} : :c [2J : :d\nhint:  e::f\n"
        );
    }
}
