//! The system fields that every site has: what an edit may do to them and how
//! their values are shaped, where Jira's metadata does not say; and those whose
//! values no text is as it stands.

use crate::edit::{datetime, link_types};
use serde_json::{Value, json};

/// A system field whose JSON is made of a text by rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemField {
    /// `{"add":{"body":"text"}}`.
    Comment,
    /// The same of any text, also of one that is such JSON.
    CommentText,
    /// `{"add":{"timeSpent":"1h","started":"…"}}`.
    Worklog,
    /// `{"add":{"type":{"name":"Blocks"},"outwardIssue":{"key":"HSP-2"}}}`.
    IssueLinks,
    /// `{"originalEstimate":"2h"}`.
    TimeTracking,
}

/// What an edit can do to these fields on every site; `None` for a field that
/// only the metadata knows.
pub(super) fn operations(id: &str) -> Option<&'static [&'static str]> {
    match id {
        "comment" => Some(&["add", "edit", "remove"]),
        "worklog" | "issuelinks" => Some(&["add"]),
        "attachment" | "status" => Some(&[]),
        _ => None,
    }
}

/// True for a system field that may be set at one issue and not at another: a
/// type whose workflow differs is changed by a move alone.
pub(super) fn operations_vary(id: &str) -> bool {
    id == "issuetype"
}

/// What to do in place of an edit that this field does not take.
pub(super) fn instead(id: &str) -> Option<&'static str> {
    match id {
        "comment" => Some("add one: --set 'comment+=TEXT'"),
        "worklog" => Some("log work: --set 'worklog+=1h'"),
        "issuelinks" => Some("add a link: --set 'issuelinks+=blocks HSP-2'"),
        "attachment" => Some("attach the file in a step of its own: POST …/issue/KEY/attachments"),
        "status" => Some("a status changes by a transition alone: POST …/issue/KEY/transitions"),
        "issuetype" => Some("change the type in Jira, with Move in the issue's menu"),
        _ => None,
    }
}

impl SystemField {
    /// The field with this id, if it is one of these.
    pub(super) fn of(id: &str) -> Option<Self> {
        match id {
            "comment" => Some(SystemField::Comment),
            "worklog" => Some(SystemField::Worklog),
            "issuelinks" => Some(SystemField::IssueLinks),
            "timetracking" => Some(SystemField::TimeTracking),
            _ => None,
        }
    }

    /// The JSON that replaces the field's value.
    pub(super) fn value(self, text: &str) -> Result<Value, String> {
        match self {
            SystemField::TimeTracking => Ok(self
                .ready_made(text)
                .unwrap_or_else(|| json!({ "originalEstimate": text.trim() }))),
            _ => Err("holds what is added to it, one by one; use FIELD+=TEXT".to_owned()),
        }
    }

    /// The elements to add, one for each operation.
    pub(super) fn added(self, text: &str, now: u64) -> Result<Vec<Value>, String> {
        if let Some(object) = self.ready_made(text) {
            return Ok(vec![object]);
        }
        match self {
            SystemField::Comment | SystemField::CommentText => Ok(vec![json!({ "body": text })]),
            SystemField::Worklog => {
                let started = datetime::datetime("now", now);
                Ok(vec![
                    json!({ "timeSpent": text.trim(), "started": started }),
                ])
            }
            SystemField::IssueLinks => {
                let links = text.split([',', '\n', '\r']).map(str::trim);
                links
                    .filter(|link| !link.is_empty())
                    .map(link_types::link)
                    .collect()
            }
            SystemField::TimeTracking => {
                Err("holds one value, so nothing can be added to it; use FIELD=TEXT".to_owned())
            }
        }
    }

    /// The elements to remove, which only their ids can name.
    pub(super) fn removed(self, text: &str) -> Result<Vec<Value>, String> {
        let id = text.trim();
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("is removed from by a numeric id, not by {text:?}"));
        }
        Ok(vec![json!({ "id": id })])
    }

    /// A JSON object that already has what the field needs.
    fn ready_made(self, text: &str) -> Option<Value> {
        let needed: &[&str] = match self {
            SystemField::Comment => &["body"],
            SystemField::CommentText => &[],
            SystemField::Worklog => &["timeSpent", "timeSpentSeconds"],
            SystemField::IssueLinks => &["type"],
            SystemField::TimeTracking => &["originalEstimate", "remainingEstimate"],
        };
        let object: Value = serde_json::from_str(text.trim()).ok()?;
        needed
            .iter()
            .any(|name| object.get(name).is_some())
            .then_some(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_takes_no_value_and_a_single_value_no_addition() {
        let refused = SystemField::Worklog.value("2h").unwrap_err();
        assert!(refused.ends_with("use FIELD+=TEXT"), "{refused}");
        let refused = SystemField::TimeTracking.added("2h", 0).unwrap_err();
        assert!(refused.ends_with("use FIELD=TEXT"), "{refused}");
    }
}
