//! The summary of a step of GitHub Actions, in Markdown; writes it nowhere.

use crate::edit::ShownEdit;
use crate::error::Failure;
use crate::output::report::{IssueOutcome, Report, State};
use crate::text::{cut, is_unprintable, sanitize};
use serde_json::{Map, Value};
use std::fmt::Write;

/// With texts as long as they may be, so many rows stay far below the mebibyte
/// that a summary may have.
const MOST_ROWS: usize = 200;
/// Of an issue so many fields are shown, and so many bytes of each value.
const MOST_FIELDS: usize = 20;
const LONGEST_VALUE: usize = 200;

impl Report {
    /// A table in Markdown: each issue with its link, what became of it, and the
    /// fields and values.
    pub fn summary(&self) -> String {
        let mut text = format!("### Jira: {}\n\n", self.outcome());
        if let Some(why) = &self.skipped {
            let _ = writeln!(text, "{}\n", escaped(why));
        }
        if let Some(failure) = &self.failure {
            let _ = writeln!(text, "{}\n", cell(&failure.message, failure));
        }
        if self.issues.is_empty() {
            return text;
        }
        text.push_str("| Issue | Outcome | Field | Value | |\n| --- | --- | --- | --- | --- |\n");
        for issue in self.issues.iter().take(MOST_ROWS) {
            let (fields, values) = issue.edit.as_ref().map(columns).unwrap_or_default();
            let why = match &issue.state {
                State::Failed { failure, .. } => cell(&failure.message, failure),
                State::Pending | State::Started(_) | State::Written | State::Planned => {
                    String::new()
                }
            };
            let _ = writeln!(
                text,
                "| {} | {} | {fields} | {values} | {why} |",
                self.linked(issue),
                issue.state.name(),
            );
        }
        if let Some(more) = self
            .issues
            .len()
            .checked_sub(MOST_ROWS)
            .filter(|more| *more > 0)
        {
            let _ = writeln!(text, "\n{more} more issues stand in the log.");
        }
        text.push('\n');
        text
    }

    fn linked(&self, issue: &IssueOutcome) -> String {
        let key = escaped(issue.key.as_str());
        match self.link(&issue.key) {
            // An address holds no space and no angle bracket: it was parsed and written
            // again.
            Some(url) => format!("[{key}](<{}>)", url.replace('|', "%7C")),
            None => key,
        }
    }
}

/// The cells with the fields and with their values, a line for each.
fn columns(edit: &ShownEdit) -> (String, String) {
    let set = edit.fields.iter().map(|(id, value)| (id, plain(value)));
    let changed = edit.update.iter().map(|(id, operations)| {
        let operations = operations.as_array().into_iter().flatten();
        let each = operations.filter_map(Value::as_object).flatten();
        let words: Vec<_> = each
            .map(|(verb, value)| format!("{verb} {}", plain(value)))
            .collect();
        (id, words.join(", "))
    });
    let line = |text: &str| escaped(&sanitize(&cut(text.to_owned(), LONGEST_VALUE)));
    let (fields, values): (Vec<_>, Vec<_>) = set
        .chain(changed)
        .take(MOST_FIELDS)
        .map(|(id, value)| (line(id), line(&value)))
        .unzip();
    (fields.join("<br>"), values.join("<br>"))
}

/// A value as a person would say it.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(plain).collect();
            elements.join(", ")
        }
        Value::Object(members) => named(members).unwrap_or_else(|| value.to_string()),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// What an object is called: an option, a user, a version, a comment, a document.
fn named(members: &Map<String, Value>) -> Option<String> {
    let names = ["value", "name", "key", "accountId", "body", "id"];
    let own = names.iter().find_map(|name| members.get(*name));
    match (own, members.get("child"), members.get("content")) {
        (Some(own), Some(child), _) => Some(format!("{} > {}", plain(own), plain(child))),
        (Some(own), None, _) => Some(plain(own)),
        (None, _, Some(Value::Array(blocks))) => {
            let blocks: Vec<_> = blocks.iter().map(plain).collect();
            Some(blocks.concat())
        }
        _ => members.get("text").map(plain),
    }
}

fn cell(message: &str, failure: &Failure) -> String {
    let hint = failure
        .hint
        .iter()
        .map(|hint| format!("<br>{}", escaped(&sanitize(hint))));
    std::iter::once(escaped(&sanitize(message)))
        .chain(hint)
        .collect()
}

/// Text in Markdown that stays text: no markup, no HTML, no end of a table's cell.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_{}[]()<>#+!|~&$@".contains(c) {
            out.push('\\');
        }
        out.push(if is_unprintable(c) { ' ' } else { c });
    }
    // What looks like an address becomes no link.
    out.replace("://", ":\\//").replace("www.", "www\\.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Edit;
    use crate::output::report::fixtures::{failed, issue, report};
    use crate::redact::Redactor;
    use crate::tests::rows::each;
    use serde_json::json;

    #[test]
    fn fields_and_values_are_shown_as_people_say_them() {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let document = json!({ "type": "doc", "version": 1, "content": [
            { "type": "paragraph", "content": [{ "type": "text", "text": "Build 42" }] },
        ] });
        let edit = Edit {
            fields: object(json!({
                "customfield_1": { "value": "P", "child": { "value": "C" } },
                "customfield_2": [{ "name": "1.0" }, "x"],
                "customfield_3": null,
                "customfield_4": 1.5,
                "customfield_5": { "other": 1 },
            })),
            update: object(json!({ "comment": [{ "add": { "body": document } }] })),
            ..Edit::default()
        };
        let (fields, values) = columns(&edit.shown(&[], &Redactor::default()));
        let wanted = [
            "P \\> C",
            "1.0, x",
            "\\(empty\\)",
            "1.5",
            "\\{\"other\":1\\}",
            "add Build 42",
        ];
        assert_eq!(values, wanted.join("<br>"));
        assert!(fields.starts_with("customfield\\_1<br>") && fields.ends_with("<br>comment"));
    }

    #[test]
    fn the_summary_links_issues_and_shows_markup_as_text() {
        let report = report(vec![
            issue("HSP-1", failed("a|b <img src=x> [c](http://d)\n| e")),
            issue("7", State::Written),
        ]);
        assert_eq!(
            report.summary(),
            "### Jira: partial\n\n| Issue | Outcome | Field | Value | |\n| --- | --- | --- | --- | --- |\n\
             | [HSP-1](<https://jira.example.com/jira/browse/HSP-1>) | failed |  |  | \
             a\\|b \\<img src=x\\> \\[c\\]\\(http:\\//d\\) \\| e<br>correct it |\n| 7 | written |  |  |  |\n\n"
        );
    }

    #[test]
    fn a_summary_shows_so_many_rows_and_counts_the_others() {
        let rows = [
            (
                MOST_ROWS,
                "| [HSP-200](<https://jira.example.com/jira/browse/HSP-200>) | written |  |  |  |\n\n",
            ),
            (
                MOST_ROWS + 2,
                "| written |  |  |  |\n\n2 more issues stand in the log.\n\n",
            ),
        ];
        each(rows, |(count, end)| {
            let issues = (1..=count).map(|number| issue(&format!("HSP-{number}"), State::Written));
            let summary = report(issues.collect()).summary();
            assert!(
                summary.ends_with(end),
                "{count}: {}",
                &summary[summary.len() - 200..]
            );
            assert_eq!(summary.matches("| written |").count(), MOST_ROWS);
        });
    }
}
