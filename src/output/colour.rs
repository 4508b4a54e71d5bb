//! Colours for a person at a terminal: of the words that say how it went, and of
//! nothing else. A pipeline gets the plain text.

use crate::output::reporting::{OutputFormat, Reporting};
use anstyle::{AnsiColor, Style};
use std::io::IsTerminal;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
const ADVICE: Style = AnsiColor::Cyan.on_default();

/// How a line begins, and in which colour it does.
const BEGINNINGS: [(&str, Style); 7] = [
    ("error:", BAD),
    ("warning:", DOUBTFUL),
    ("note:", DOUBTFUL),
    ("skipped:", DOUBTFUL),
    ("hint:", ADVICE),
    ("ok ", GOOD),
    ("not ok ", BAD),
];

/// What stands behind an issue's key.
const OUTCOMES: [(&str, Style); 2] = [("written", GOOD), ("would be written", DOUBTFUL)];

/// A result, with colours where standard output shows them.
pub fn for_stdout(text: String, reporting: Reporting) -> String {
    let shown = reporting.output == OutputFormat::Text && std::io::stdout().is_terminal();
    coloured(text, reporting.colour && shown)
}

/// Diagnostics, with colours where standard error shows them.
pub(super) fn for_stderr(text: String, reporting: Reporting) -> String {
    coloured(text, reporting.colour && std::io::stderr().is_terminal())
}

fn coloured(text: String, shown: bool) -> String {
    if !shown {
        return text;
    }
    text.split_inclusive('\n').map(line).collect()
}

fn line(line: &str) -> String {
    for (word, style) in BEGINNINGS {
        if let Some(rest) = line.strip_prefix(word) {
            return format!("{style}{word}{style:#}{rest}");
        }
    }
    if let Some((key, rest)) = line.split_once(' ') {
        for (word, style) in OUTCOMES {
            let rest = rest.strip_prefix(word);
            if let Some(rest) = rest.filter(|rest| rest.starts_with([' ', ':'])) {
                return format!("{key} {style}{word}{style:#}{rest}");
            }
        }
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn the_words_that_say_how_it_went_are_coloured_and_no_others() {
        let rows = [
            (
                "error: no\nhint: do\n",
                "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m no\n\u{1b}[36mhint:\u{1b}[0m do\n",
            ),
            (
                "HSP-1 written in 3 ms: {}\n",
                "HSP-1 \u{1b}[32mwritten\u{1b}[0m in 3 ms: {}\n",
            ),
            ("ok      field\n", "\u{1b}[32mok \u{1b}[0m     field\n"),
            ("::error::x written\n", "::error::x written\n"),
        ];
        each(rows, |(plain, shown)| {
            assert_eq!(coloured(plain.to_owned(), true), shown);
            assert_eq!(coloured(plain.to_owned(), false), plain);
        });
    }
}
