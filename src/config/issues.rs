//! Which issues are meant: those that are named, or else those that a text names.

use crate::base_url::BaseUrl;
use crate::cli::JobFlags;
use crate::config::reader::{Reader, pick};
use crate::issue_key::in_text::keys_in;
use crate::issue_key::{IssueKey, is_project_key, list};
use crate::text::sanitize;

/// With this for a text, the CI system's own variables are read.
const CI: &str = "ci";

/// A text that names more does not say which issues a build concerns: it is a
/// release's notes, or a merge of months.
const MOST_FOUND: usize = 100;

/// The issues of a job.
pub(super) enum Issues {
    /// These, each once; never none.
    These(Vec<IssueKey>),
    /// There is none, and that is all right: this is why.
    Skip(String),
}

impl Reader {
    /// None where something is wrong, which is then among the problems.
    pub(super) fn issues(&mut self, flags: &JobFlags, base_url: &Option<String>) -> Option<Issues> {
        let before = self.problems.len();
        let given = if flags.issue.is_empty() {
            self.environment.known.issue_key.iter().cloned().collect()
        } else {
            flags.issue.clone()
        };
        // What is wrong with it is said where it is read as a setting of its own.
        let base = base_url
            .as_ref()
            .or(self.environment.known.base_url.as_ref());
        let base = base.and_then(|base| BaseUrl::parse(base).ok());
        let projects = self.projects(&flags.project);
        let skip = self.may_skip(&flags.if_no_issue);
        let named = list::parse(&given, base.as_ref())
            .map_err(|what| self.problem("JIRA_ISSUE_KEY (--issue)", what));
        let found = match named {
            Ok(keys) if keys.is_empty() => self.issues_in_text(&flags.issues_from, &projects),
            named => Ok(named.unwrap_or_default()),
        };
        if self.problems.len() > before {
            return None;
        }
        match found {
            Ok(keys) => Some(Issues::These(keys)),
            Err(why) if skip => Some(Issues::Skip(why.sentence())),
            Err(why) => {
                match why {
                    NoIssue::NotGiven => {
                        let what = ": the issue to write, such as HSP-1; --issues-from finds keys in a branch's name";
                        self.missing("JIRA_ISSUE_KEY", "--issue", what);
                    }
                    NoIssue::NotFound(what) => {
                        let what = format!("{what}; --if-no-issue skip makes that no failure");
                        self.problem("JIRA_ISSUES_FROM (--issues-from)", what);
                    }
                }
                None
            }
        }
    }

    /// Whether any issue is given, or a text to find one in.
    pub(super) fn names_issues(&self, flags: &JobFlags) -> bool {
        let vars = &self.environment.known;
        let text = pick(&flags.issues_from, &vars.issues_from);
        !flags.issue.is_empty() || vars.issue_key.is_some() || text.is_some()
    }

    fn projects(&mut self, flags: &[String]) -> Vec<String> {
        let variable = self
            .environment
            .known
            .project_keys
            .clone()
            .unwrap_or_default();
        let given = if flags.is_empty() {
            variable
        } else {
            flags.join("\n")
        };
        let pieces = given
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|piece| !piece.is_empty());
        if let Some(piece) = pieces.clone().find(|piece| !is_project_key(piece)) {
            self.problem(
                "JIRA_PROJECT_KEYS (--project)",
                format!("holds {piece:?}, which is no project's key (HSP)"),
            );
        }
        pieces.map(str::to_ascii_uppercase).collect()
    }

    fn may_skip(&mut self, flag: &Option<String>) -> bool {
        match pick(flag, &self.environment.known.if_no_issue)
            .as_deref()
            .map(str::trim)
        {
            None | Some("fail") => false,
            Some("skip") => true,
            Some(other) => {
                self.problem(
                    "JIRA_IF_NO_ISSUE (--if-no-issue)",
                    format!("must be fail or skip, not {other:?}"),
                );
                false
            }
        }
    }

    /// The first text that holds a key decides.
    fn issues_in_text(
        &mut self,
        flag: &Option<String>,
        projects: &[String],
    ) -> Result<Vec<IssueKey>, NoIssue> {
        let text = pick(flag, &self.environment.known.issues_from).ok_or(NoIssue::NotGiven)?;
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
                    "finds {} issue keys in {name}; more than {MOST_FOUND} are rather an accident than an order, so none is \
                     written: give them with JIRA_ISSUE_KEY (--issue), which takes any number, or narrow them with --project",
                    keys.len()
                );
                self.problem("JIRA_ISSUES_FROM (--issues-from)", what);
            }
            return Ok(keys);
        }
        Err({
            let of = if projects.is_empty() {
                ", in upper case such as HSP-1".to_owned()
            } else {
                format!(" of {}", projects.join(", "))
            };
            let searched: Vec<_> = texts
                .iter()
                .map(|(name, text)| format!("{name}, {:?}", sanitize(text)))
                .collect();
            let searched = match searched.as_slice() {
                [] => "what the CI system tells, for it tells no branch, no title and no commit's message".to_owned(),
                searched => searched.join(", or "),
            };
            NoIssue::NotFound(format!("finds no issue key{of}, in {searched}"))
        })
    }
}

/// Why there is no issue.
enum NoIssue {
    NotGiven,
    NotFound(String),
}

impl NoIssue {
    fn sentence(self) -> String {
        match self {
            NoIssue::NotGiven => {
                "no issue is given (JIRA_ISSUE_KEY, --issue), and no text to find one in".to_owned()
            }
            NoIssue::NotFound(what) => format!("JIRA_ISSUES_FROM (--issues-from) {what}"),
        }
    }
}
