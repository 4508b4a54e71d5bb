//! Which issues are meant: those that are named, or else those that a text names.

use crate::base_url::BaseUrl;
use crate::config::parser::SettingsParser;
use crate::issue_key::in_text::keys_in;
use crate::issue_key::{IssueKey, is_project_key, list};
use crate::settings::{BASE_URL, IF_NO_ISSUE, ISSUE_KEY, ISSUES_FROM, PROJECT_KEYS, Setting};
use crate::text::sanitize;

/// With this for a text, the CI system's own variables are read.
const CI: &str = "ci";

/// A text that names more does not say which issues a build concerns: it is a
/// release's notes, or a merge of months.
const MOST_FOUND: usize = 100;

pub(super) enum Issues {
    /// At least one key, and none of them twice.
    These(Vec<IssueKey>),
    /// There is none, and that is all right: this is why.
    Skip(String),
}

impl SettingsParser {
    /// None where something is wrong, which is then among the errors.
    pub(super) fn issues(&mut self) -> Option<Issues> {
        let before = self.errors.len();
        let given: Vec<String> = match self.given.flag(ISSUE_KEY) {
            Some(flags) => flags.to_vec(),
            None => self
                .given
                .variable(ISSUE_KEY)
                .map(str::to_owned)
                .into_iter()
                .collect(),
        };
        // Only addresses need it, whose slashes JSON may escape. What is wrong with it is
        // said where it is read as a setting of its own.
        let addresses = given.iter().any(|text| text.contains(['/', '\\']));
        let base = self.given.text(BASE_URL).filter(|_| addresses);
        let base = base.and_then(|base| BaseUrl::parse(base).ok());
        let projects = self.projects();
        let skip = self.fail_or_skip(IF_NO_ISSUE);
        let named = list::parse(&given, base.as_ref()).map_err(|what| self.error(ISSUE_KEY, what));
        let found = match named {
            Ok(keys) if keys.is_empty() => self.issues_in_text(&projects),
            named => Ok(named.unwrap_or_default()),
        };
        if self.errors.len() > before {
            return None;
        }
        match found {
            Ok(keys) => Some(Issues::These(keys)),
            Err(why) if skip => Some(Issues::Skip(why.sentence())),
            Err(why) => {
                match why {
                    NoIssue::NotGiven if self.refused.contains(&ISSUES_FROM) => {}
                    NoIssue::NotGiven => {
                        let what =
                            ": the issue to write; --issues-from finds it in a branch's name";
                        self.missing(ISSUE_KEY, what);
                    }
                    NoIssue::NotFound(what) => {
                        let skip = IF_NO_ISSUE.set_to("skip");
                        let hint = format!("where a build without an issue is right: {skip}");
                        self.error_with_hint(ISSUES_FROM, what, hint);
                    }
                }
                None
            }
        }
    }

    /// Whether any issue is given, or a text to find one in.
    pub(super) fn names_issues(&self) -> bool {
        self.given.lines(ISSUE_KEY).is_some() || self.given.text(ISSUES_FROM).is_some()
    }

    fn projects(&mut self) -> Vec<String> {
        let given = self.given.lines(PROJECT_KEYS).unwrap_or_default();
        let pieces = given
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|piece| !piece.is_empty());
        if let Some(piece) = pieces.clone().find(|piece| !is_project_key(piece)) {
            let what = format!("holds {piece:?}, which is no project's key (HSP)");
            self.error(PROJECT_KEYS, what);
        }
        pieces.map(str::to_ascii_uppercase).collect()
    }

    /// Whether a setting that is `fail` or `skip` is the latter.
    pub(super) fn fail_or_skip(&mut self, setting: &'static Setting) -> bool {
        match self.given.text_or_default(setting).trim() {
            "fail" => false,
            "skip" => true,
            other => {
                let what = format!("must be fail or skip, not {other:?}");
                self.error(setting, what);
                false
            }
        }
    }

    /// The first text that holds a key decides.
    fn issues_in_text(&mut self, projects: &[String]) -> Result<Vec<IssueKey>, NoIssue> {
        let text = self.owned(ISSUES_FROM).ok_or(NoIssue::NotGiven)?;
        let texts = if text.trim() == CI {
            self.pipeline.texts()
        } else {
            vec![("the text", text)]
        };
        let mut found = texts
            .iter()
            .map(|(name, text)| (name, keys_in(text, projects)));
        if let Some((name, keys)) = found.find(|(_, keys)| !keys.is_empty()) {
            if keys.len() > MOST_FOUND {
                let what = format!(
                    "finds {} issue keys in {name}, more than {MOST_FOUND}: none is written",
                    keys.len()
                );
                let hint = format!(
                    "narrow them with {PROJECT_KEYS}, or name the issues with {ISSUE_KEY}, which \
                     takes any number"
                );
                self.error_with_hint(ISSUES_FROM, what, hint);
            }
            return Ok(keys);
        }
        Err({
            let of = if projects.is_empty() {
                " in upper case such as HSP-1".to_owned()
            } else {
                format!(" of {}", projects.join(", "))
            };
            let searched: Vec<_> = texts
                .iter()
                .map(|(name, text)| format!("{name}, {:?}", sanitize(text)))
                .collect();
            let searched = match searched.as_slice() {
                [] => "what the CI system tells, for it tells no branch, no title and no commit's \
                     message"
                    .to_owned(),
                searched => searched.join(", or "),
            };
            NoIssue::NotFound(format!("finds no issue key{of} in {searched}"))
        })
    }
}

enum NoIssue {
    NotGiven,
    NotFound(String),
}

impl NoIssue {
    fn sentence(self) -> String {
        match self {
            NoIssue::NotGiven => {
                let (variable, flag) = (ISSUE_KEY.variable, ISSUE_KEY.flag);
                format!("no issue is given ({variable}, {flag}), and no text to find one in")
            }
            NoIssue::NotFound(what) => format!("{ISSUES_FROM} {what}"),
        }
    }
}
