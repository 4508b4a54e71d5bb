//! What Jira says of the permissions of the user on an issue.

use crate::client::RetryBudget;
use crate::issue_key::IssueKey;
use crate::jira::Jira;
use serde_json::Value;

/// A self-hosted Jira lists every permission that there is.
const LONG_ANSWER: usize = 1 << 20;

/// What an edit needs, as Jira's keys: today's, and those before Jira 7.
const BROWSE: [&str; 2] = ["BROWSE_PROJECTS", "BROWSE"];
const EDIT: [&str; 2] = ["EDIT_ISSUES", "EDIT_ISSUE"];
const COMMENT: [&str; 2] = ["ADD_COMMENTS", "COMMENT_ISSUE"];

/// What Cloud must be asked for by name; elsewhere it changes nothing.
const ASKED: &str = "BROWSE_PROJECTS,EDIT_ISSUES,ADD_COMMENTS";

/// Whether each permission is there; `None` where Jira did not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permissions {
    pub(crate) browse: Option<bool>,
    pub(crate) edit: Option<bool>,
    pub(crate) comment: Option<bool>,
}

impl Permissions {
    fn read(body: &[u8]) -> Self {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        let has = |keys: [&str; 2]| {
            let named = |key: &str| answer["permissions"][key]["havePermission"].as_bool();
            keys.into_iter().find_map(named)
        };
        Permissions {
            browse: has(BROWSE),
            edit: has(EDIT),
            comment: has(COMMENT),
        }
    }

    /// `browse, edit and comment`; none where Jira said nothing.
    pub(crate) fn granted(self) -> Option<String> {
        let all = [
            (self.browse, "browse"),
            (self.edit, "edit"),
            (self.comment, "comment"),
        ];
        let words: Vec<&str> = all
            .into_iter()
            .filter(|(granted, _)| *granted == Some(true))
            .map(|(_, word)| word)
            .collect();
        let (last, others) = words.split_last()?;
        Some(match others {
            [] => (*last).to_owned(),
            others => format!("{} and {last}", others.join(", ")),
        })
    }
}

impl Jira {
    /// What Jira says of the user's permissions. That it says nothing, as without
    /// the scope, is no refusal.
    pub(crate) async fn permissions(&self, issue: &IssueKey, budget: &RetryBudget) -> Permissions {
        let name = if issue.is_id() { "issueId" } else { "issueKey" };
        let path = format!("/rest/api/2/mypermissions?{name}={issue}&permissions={ASKED}");
        let answer = self
            .send(&self.get(&path, LONG_ANSWER), budget)
            .await
            .answer;
        let answer = answer.ok().filter(|answer| answer.status == 200);
        answer.map_or_else(Permissions::default, |answer| {
            Permissions::read(&answer.body)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_generations_of_keys_are_read_and_silence_is_no_refusal() {
        let of = |keys: &[(&str, bool)]| {
            let entry =
                |(key, has): &(&str, bool)| ((*key).to_owned(), json!({ "havePermission": has }));
            let permissions: serde_json::Map<_, _> = keys.iter().map(entry).collect();
            let body = json!({ "permissions": permissions }).to_string();
            Permissions::read(body.as_bytes())
        };
        let modern = of(&[
            ("BROWSE_PROJECTS", true),
            ("EDIT_ISSUES", true),
            ("ADD_COMMENTS", false),
        ]);
        assert_eq!(modern.granted().as_deref(), Some("browse and edit"));
        assert_eq!(modern.comment, Some(false));
        let old = of(&[
            ("BROWSE", true),
            ("EDIT_ISSUE", true),
            ("COMMENT_ISSUE", true),
        ]);
        assert_eq!(old.granted().as_deref(), Some("browse, edit and comment"));
        assert_eq!(Permissions::read(b"<html>"), Permissions::default());
        assert_eq!(Permissions::default().granted(), None);
    }
}
