//! What failed and what to do, for people; a cause that several issues have is told once.

use crate::error::Failure;
use crate::output::report::{Report, State};
use std::collections::HashMap;

/// A message about several issues names so many.
const MOST_KEYS: usize = 5;

/// Issues that failed for one cause.
struct Group<'a> {
    keys: Vec<&'a str>,
    /// The first one's.
    failure: &'a Failure,
    maybe_written: bool,
}

/// `HSP-1, HSP-2 and 40 more`.
fn listed(keys: &[&str]) -> String {
    match keys {
        [] | [_] => keys.concat(),
        _ if keys.len() <= MOST_KEYS => {
            let (last, before) = keys.split_last().unwrap_or((&"", &[]));
            format!("{} and {last}", before.join(", "))
        }
        _ => format!(
            "{} and {} more",
            keys[..MOST_KEYS].join(", "),
            keys.len() - MOST_KEYS
        ),
    }
}

/// A cause without the number of attempts, which differs from issue to issue.
fn without_attempts(cause: &str) -> &str {
    let before = cause
        .rsplit_once(" attempts in ")
        .and_then(|(before, _)| before.rsplit_once(", "));
    before.map_or(cause, |(cause, _)| cause)
}

impl Report {
    /// The failures, those of one cause together.
    fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = vec![];
        let mut places = HashMap::new();
        for issue in &self.issues {
            let State::Failed {
                failure,
                maybe_written,
            } = &issue.state
            else {
                continue;
            };
            let cause = without_attempts(&failure.message);
            let hint = failure.hint.as_deref();
            let place = *places
                .entry((failure.kind.name(), cause, hint, *maybe_written))
                .or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.keys.push(issue.key.as_str()),
                None => groups.push(Group {
                    keys: vec![issue.key.as_str()],
                    failure,
                    maybe_written: *maybe_written,
                }),
            }
        }
        groups
    }

    /// What failed and what to do, for people.
    pub(crate) fn diagnostics(&self) -> String {
        let mut lines = String::new();
        for group in self.groups() {
            let what = match (group.maybe_written, &group.keys[..]) {
                (true, _) => "may or may not be written",
                (false, [_]) => "was not written",
                (false, _) => "were not written",
            };
            let keys = listed(&group.keys);
            let message = format!("{keys} {what}: {}", group.failure.message);
            lines.push_str(&paragraph(&message, group.failure));
        }
        if let Some(failure) = &self.failure {
            lines.push_str(&paragraph(&failure.message, failure));
        }
        lines
    }
}

/// Cause, action, evidence: a line each, or two for the last.
fn paragraph(message: &str, failure: &Failure) -> String {
    let mut lines: String = message
        .lines()
        .map(|line| format!("error: {line}\n"))
        .collect();
    for hint in failure.hint.iter().flat_map(|hint| hint.lines()) {
        lines.push_str(&format!("hint: {hint}\n"));
    }
    if let Some(answer) = &failure.answer {
        lines.push_str(&format!(
            "answer: {}\n        {}\n",
            answer.told, answer.circumstances
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use crate::output::report::fixtures::{failed, issue, report};

    #[test]
    fn issues_stand_together_whose_causes_differ_in_the_number_of_attempts_alone() {
        let causes = [
            ("HSP-1", "no answer, 2 attempts in 3 s"),
            ("HSP-2", "no answer"),
            ("HSP-3", "another cause"),
            ("HSP-4", "no answer, 3 attempts in 9 s"),
        ];
        let issues = causes.map(|(key, cause)| issue(key, failed(cause)));
        assert_eq!(
            report(issues.into()).diagnostics(),
            "error: HSP-1, HSP-2 and HSP-4 were not written: no answer, 2 attempts in 3 s\n\
             hint: correct it\n\
             error: HSP-3 was not written: another cause\n\
             hint: correct it\n"
        );
    }
}
