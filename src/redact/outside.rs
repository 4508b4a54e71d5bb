//! Text that somebody else wrote: Jira, a proxy, a certificate. As it came it
//! can be compared and sent; to be shown it is cleaned, and nothing else makes
//! it fit for a message.

use crate::redact::Redactor;
use crate::text::{one_line, sanitize};
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt;

/// A name is shown so far, in characters.
const LONGEST_NAME: usize = 100;

/// A body is logged so far, in characters.
const LONGEST_BODY: usize = 16 << 10;
/// No name is looked at further for that, in bytes.
pub(crate) const FURTHEST_NAME: usize = 2000;
/// The same for every other text, in bytes.
const FURTHEST: usize = 64 << 10;

/// A text as it came. It has no `Display`, and its `Debug` shows its length alone.
#[derive(Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct Outside<T = String>(T);

/// The same as a part of an answer that is kept.
pub(crate) type OutsideIn<'a> = Outside<Cow<'a, str>>;

impl<T: AsRef<str>> Outside<T> {
    /// As it came, to be compared and to be sent: never for a message or a log.
    pub fn exact(&self) -> &str {
        self.0.as_ref()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.exact().is_empty()
    }

    /// The name of something, fit to be shown.
    pub fn name(&self, redactor: &Redactor) -> CleanText {
        CleanText::name(self.exact(), redactor)
    }

    /// A sentence, fit to be shown.
    pub(crate) fn sentence(&self, redactor: &Redactor) -> CleanText {
        CleanText::sentence(self.exact(), redactor)
    }
}

impl<'a> From<Cow<'a, str>> for OutsideIn<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Outside(text)
    }
}

impl From<&str> for Outside {
    fn from(text: &str) -> Self {
        Outside(text.to_owned())
    }
}

impl From<String> for Outside {
    fn from(text: String) -> Self {
        Outside(text)
    }
}

impl<T: AsRef<str>> PartialEq<str> for Outside<T> {
    fn eq(&self, other: &str) -> bool {
        self.exact() == other
    }
}

impl<T: AsRef<str>> PartialEq<&str> for Outside<T> {
    fn eq(&self, other: &&str) -> bool {
        self.exact() == *other
    }
}

impl<T: AsRef<str>> fmt::Debug for Outside<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes)", self.exact().len())
    }
}

/// A text from outside that is fit to be shown: one line without secrets,
/// control characters, direction marks and workflow commands, and not too long.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CleanText(String);

impl CleanText {
    /// Made of a name: one line, cut at `LONGEST_NAME`.
    pub(crate) fn name(raw: &str, redactor: &Redactor) -> Self {
        CleanText(one_line(
            &cleaned(raw.as_bytes(), FURTHEST_NAME, false, redactor),
            LONGEST_NAME,
        ))
    }

    pub(crate) fn sentence(raw: &str, redactor: &Redactor) -> Self {
        CleanText(sanitize(&cleaned(
            raw.as_bytes(),
            FURTHEST,
            false,
            redactor,
        )))
    }

    /// The body of an answer, for the log; `cut` says that it is not all there.
    pub(crate) fn body(raw: &[u8], cut: bool, redactor: &Redactor) -> Self {
        CleanText(one_line(
            &cleaned(raw, FURTHEST, cut, redactor),
            LONGEST_BODY,
        ))
    }

    /// A sentence out of a text that is free of secrets.
    pub(crate) fn of_masked(text: &str) -> Self {
        CleanText(sanitize(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True where nothing is left to be shown.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The beginning of a text, without secrets. So that none takes long, no more
/// of it is looked at.
fn cleaned(raw: &[u8], furthest: usize, cut: bool, redactor: &Redactor) -> String {
    redactor.redact_bytes(&raw[..raw.len().min(furthest)], cut || raw.len() > furthest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Secret;
    use crate::tests::rows::each;

    #[test]
    fn what_is_shown_is_one_short_line_that_commands_nobody() {
        let redactor = Redactor::default();
        redactor.register(&Secret::derived("hunter2-hunter3".to_owned()));
        let rows = [
            (
                "Passed\n::add-mask::a\r\n ##vso[x]",
                "Passed : :add-mask::a # #vso[x]",
            ),
            ("::error::x", ": :error::x"),
            ("[::1]:8080 and Foo::Bar", "[::1]:8080 and Foo::Bar"),
            ("\u{1b}[2J\u{1b}]0;title\u{7}", "[2J ]0;title"),
            (
                "\u{202e}right\u{2066} to left\u{200f}\u{061c}",
                "right to left",
            ),
            (
                "c1\u{9b}31m and\u{7f} \u{feff}mark\u{200b}s\u{e0041}",
                "c1 31m and mark s",
            ),
            (
                "lines\u{2028}of\u{85}all\u{2029}kinds",
                "lines of all kinds",
            ),
            ("it is hunter2-\nhunter3", "it is ***"),
        ];
        each(rows, |(raw, shown)| {
            assert_eq!(
                CleanText::sentence(raw, &redactor).as_str(),
                shown,
                "{raw:?}"
            );
        });
        let rows = [
            "x".repeat(9_000),
            "é ".repeat(9_000),
            "a\n::b".repeat(9_000),
        ];
        each(rows, |long| {
            assert_eq!(
                CleanText::name(&long, &redactor).as_str().chars().count(),
                LONGEST_NAME + 1
            );
            assert_eq!(
                CleanText::sentence(&long, &redactor)
                    .as_str()
                    .chars()
                    .count(),
                crate::text::LONGEST_SENTENCE + 1
            );
        });
    }

    #[test]
    fn a_text_that_is_looked_at_to_its_end_may_end_like_the_beginning_of_a_secret() {
        let redactor = Redactor::default();
        redactor.register(&Secret::derived("hunter2-hunter3".to_owned()));
        let text = format!("{}hunter2", " ".repeat(FURTHEST_NAME - 7));
        assert_eq!(CleanText::name(&text, &redactor).as_str(), "hunter2");
    }

    #[test]
    fn it_is_equal_to_a_text_of_the_same_letters_and_is_shown_clean() {
        let text = Outside::from("a\n::b");
        assert!(text == *"a\n::b" && text != *"a : :b");
        assert!(text == "a\n::b" && text != "a : :b");
        let redactor = Redactor::default();
        let (name, sentence) = (text.name(&redactor), text.sentence(&redactor));
        assert_eq!((name.as_str(), sentence.as_str()), ("a : :b", "a : :b"));
    }

    #[test]
    fn as_it_came_it_cannot_be_seen_in_a_message() {
        assert_eq!(
            format!("{:?}", Some(Outside::from("hunter2"))),
            "Some((7 bytes))"
        );
        assert_eq!(
            format!("{:?}", OutsideIn::from(Cow::from("hunter2"))),
            "(7 bytes)"
        );
    }

    #[test]
    fn of_a_text_that_is_not_looked_at_to_its_end_no_part_of_a_secret_is_shown() {
        let redactor = Redactor::default();
        redactor.register(&Secret::derived("hunter2-hunter3".to_owned()));
        let blanks = |count: usize| " ".repeat(count) + "hunter2-hunter3";
        for seen in 1..=15 {
            let name = CleanText::name(&blanks(FURTHEST_NAME - seen), &redactor).to_string();
            let sentence = CleanText::sentence(&blanks(FURTHEST - seen), &redactor).to_string();
            let body =
                CleanText::body(blanks(FURTHEST - seen).as_bytes(), false, &redactor).to_string();
            each([name, sentence, body], |shown| {
                assert!(
                    shown == "***" || shown == "hunter2-hunter3"[..seen.min(3)],
                    "{shown} of {seen}"
                );
            });
        }
    }
}
