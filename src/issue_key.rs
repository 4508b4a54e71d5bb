//! Issue keys: which text is one; knows no environment and no Jira.

pub mod in_text;
pub mod list;

use std::fmt;

/// `HSP-1`, or the numeric id of an issue. Made of ASCII letters, digits, `_`
/// and one `-` only, so it is safe in a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IssueKey(String);

impl IssueKey {
    /// Reads one key in either case, or a numeric id; anything else is `None`.
    ///
    /// Jira looks keys up in upper case, and an administrator may choose the form
    /// of the project's part, which begins with a letter
    /// (<https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html>).
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if digits(text) {
            return Some(IssueKey(text.to_owned()));
        }
        let (project, number) = text.split_once('-')?;
        (is_project_key(project) && digits(number)).then(|| IssueKey(text.to_ascii_uppercase()))
    }

    /// The key as it goes into a path and into reports.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for an issue's numeric id, which is taken in place of a key.
    pub(crate) fn is_id(&self) -> bool {
        !self.0.contains('-')
    }

    /// The project's part of a key; none for a numeric id.
    pub(crate) fn project(&self) -> Option<&str> {
        Some(self.0.split_once('-')?.0)
    }
}

/// A letter, then letters, digits and underscores.
pub(crate) fn is_project_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl fmt::Display for IssueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn keys_and_ids_are_read_in_either_case_and_nothing_else_is() {
        let rows = [
            ("HSP-1", Some("HSP-1")),
            ("hsp-1", Some("HSP-1")),
            ("A1_B-20", Some("A1_B-20")),
            ("10000", Some("10000")),
            ("../../admin", None),
            ("HSP-1?x=y", None),
            ("HSP-1/../2", None),
            ("HSP-", None),
            ("-1", None),
            ("1HSP-1", None),
            ("HSP-1-2", None),
            ("HÉ-1", None),
            ("", None),
        ];
        each(rows, |(text, key)| {
            assert_eq!(
                IssueKey::parse(text).as_ref().map(IssueKey::as_str),
                key,
                "{text}"
            );
        });
    }
}
