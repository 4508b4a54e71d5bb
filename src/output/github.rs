//! Results in the forms of GitHub Actions: annotations and outputs; writes none of
//! them anywhere.
//!
//! The forms:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use crate::error::Failure;
use crate::output::report::{IssueOutcome, Report, State};
use crate::output::reporting::Reporting;
use crate::text::escape_commands;
use crate::text::sanitize;
use std::fmt::Write as _;

/// GitHub shows so many annotations of a step.
const MOST_ANNOTATIONS: usize = 10;

impl Report {
    /// Workflow commands: an `::error` for each issue that was not written, and one
    /// `::notice` for the others. A failure that is allowed is a `::warning`.
    pub(crate) fn annotations(&self, reporting: Reporting) -> String {
        let severity = if reporting.allow_failure {
            "warning"
        } else {
            "error"
        };
        let failures = self.issues.iter().filter_map(|issue| match &issue.state {
            State::Failed {
                failure,
                maybe_written: false,
            } => Some((format!("{} was not written", issue.key), failure)),
            State::Failed {
                failure,
                maybe_written: true,
            } => Some((format!("{} may or may not be written", issue.key), failure)),
            State::Pending | State::Started(_) | State::Written | State::Planned => None,
        });
        let run = self
            .failure
            .iter()
            .map(|failure| ("Nothing was written to Jira".to_owned(), failure));
        let failures: Vec<_> = failures.chain(run).collect();
        let mut commands = String::new();
        let shown = if failures.len() > MOST_ANNOTATIONS {
            MOST_ANNOTATIONS - 1
        } else {
            failures.len()
        };
        for (title, failure) in &failures[..shown] {
            commands.push_str(&command(severity, title, &advice(failure)));
        }
        if failures.len() > shown {
            let text = format!("{} issues; the log names each", failures.len() - shown);
            let doubt = self.issues.iter().any(IssueOutcome::may_be_written);
            let title = if doubt {
                "Further issues failed"
            } else {
                "Further issues were not written"
            };
            commands.push_str(&command(severity, title, &text));
        }
        if !reporting.quiet {
            commands.push_str(&self.notices());
        }
        commands
    }

    fn notices(&self) -> String {
        let mut commands = String::new();
        if let Some(why) = &self.skipped {
            commands.push_str(&command("notice", "Jira is left as it is", why));
        }
        for (title, done) in [
            (
                "Written to Jira",
                self.keys(|state| matches!(state, State::Written)),
            ),
            (
                "Would be written to Jira",
                self.keys(|state| matches!(state, State::Planned)),
            ),
        ] {
            if !done.is_empty() {
                commands.push_str(&command("notice", title, &sanitize(&done.join(", "))));
            }
        }
        commands
    }

    /// What later steps may ask for: `outcome`, and the keys of the `issues`, of
    /// those `written` and of those that `failed`, by commas. The delimiter must be
    /// one that nobody could know before.
    pub(crate) fn outputs(&self, delimiter: &str) -> String {
        let issues = self.keys(|_| true);
        let outputs = [
            ("outcome", self.outcome().to_owned()),
            ("issues", issues.join(",")),
            ("written", self.written().join(",")),
            ("failed", self.not_written().join(",")),
        ];
        outputs
            .iter()
            .map(|(name, value)| format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"))
            .collect()
    }
}

fn advice(failure: &Failure) -> String {
    let mut text = failure.message.clone();
    for (name, part) in [
        ("hint", failure.hint.clone()),
        ("answer", failure.answer.as_ref().map(ToString::to_string)),
    ] {
        if let Some(part) = part {
            let _ = write!(text, "\n{name}: {part}");
        }
    }
    text
}

/// One workflow command. The runner undoes these escapes and takes a line end,
/// or what begins a line, for no more than text:
/// <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>.
fn command(name: &str, title: &str, text: &str) -> String {
    let data = |text: &str| {
        escape_commands(text)
            .replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = data(title).replace(':', "%3A").replace(',', "%2C");
    format!("::{name} title={property}::{}\n", data(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::output::report::fixtures::{failed, issue, report};
    use crate::tests::rows::each;

    #[test]
    fn text_from_outside_becomes_no_workflow_command() {
        let report = report(vec![issue(
            "HSP-1",
            failed("100%\r\n::set-env name=PATH::/evil, %0A"),
        )]);
        assert_eq!(
            report.annotations(Reporting::default()),
            "::error title=HSP-1 was not written::100%25 %0A: :set-env name=PATH::/evil, %250A%0Ahint: correct it\n"
        );
    }

    #[test]
    fn more_failures_than_github_shows_are_counted() {
        let annotations = |count: usize| {
            let issues = (1..=count).map(|number| issue(&format!("HSP-{number}"), failed("no")));
            report(issues.collect()).annotations(Reporting::default())
        };
        let (ten, forty) = (annotations(10), annotations(40));
        assert_eq!(
            (ten.lines().count(), forty.lines().count()),
            (10, 10),
            "{forty}"
        );
        assert!(
            ten.ends_with("::error title=HSP-10 was not written::no%0Ahint: correct it\n"),
            "{ten}"
        );
        assert!(forty.ends_with(
            "::error title=Further issues were not written::31 issues; the log names each\n"
        ));
    }

    #[test]
    fn what_may_have_been_written_is_not_said_to_be_not() {
        let failure = Failure::new(Kind::Unreachable, "no");
        let doubtful = |number| {
            issue(
                &format!("HSP-{number}"),
                State::Failed {
                    failure: failure.clone(),
                    maybe_written: true,
                },
            )
        };
        let annotations =
            report((1..=11).map(doubtful).collect()).annotations(Reporting::default());
        assert!(
            annotations.starts_with("::error title=HSP-1 may or may not be written::no\n"),
            "{annotations}"
        );
        assert!(
            annotations
                .ends_with("::error title=Further issues failed::2 issues; the log names each\n")
        );
    }

    #[test]
    fn a_failure_that_is_allowed_is_a_warning() {
        let allowed = Reporting {
            allow_failure: true,
            ..Reporting::default()
        };
        let annotations = |count: usize| {
            let issues = (1..=count).map(|number| issue(&format!("HSP-{number}"), failed("no")));
            report(issues.collect()).annotations(allowed)
        };
        each([1, 40], |count| {
            let text = annotations(count);
            assert!(
                text.lines()
                    .all(|line| line.starts_with("::warning title=")),
                "{text}"
            );
        });
    }

    #[test]
    fn a_run_that_reached_no_issue_is_one_annotation() {
        let annotations = Report::failed(Failure::new(Kind::Usage, "JIRA_BASE_URL is missing"))
            .annotations(Reporting::default());
        assert_eq!(
            annotations,
            "::error title=Nothing was written to Jira::JIRA_BASE_URL is missing\n"
        );
    }

    #[test]
    fn outputs_name_the_issues_by_what_became_of_them() {
        let report = report(vec![
            issue("HSP-1", State::Written),
            issue("HSP-2", failed("no")),
            issue("7", State::Written),
        ]);
        let outputs = "outcome<<X\npartial\nX\nissues<<X\nHSP-1,HSP-2,7\nX\nwritten<<X\nHSP-1,7\nX\nfailed<<X\nHSP-2\nX\n";
        assert_eq!(report.outputs("X"), outputs);
    }
}
