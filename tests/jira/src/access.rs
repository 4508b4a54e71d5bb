//! Who may see and change what.

use crate::field::{Context, Field};
use crate::field_type::Shape;
use crate::issue::{Issue, Project};
use crate::login::Caller;
use crate::message::Reply;
use crate::refusal;
use crate::site::{Kind, Site};
use std::time::SystemTime;

const HIDDEN: &str = "You do not have the permission to see the specified issue.";
const CLOUD_ABSENT: &str = "Issue does not exist or you do not have permission to see it.";

impl Site {
    /// The issue of that key, in whatever case, or of that number.
    pub(crate) fn find(&self, key_or_id: &str) -> Option<&Issue> {
        let id = match self.keys.get(&key_or_id.to_ascii_uppercase()) {
            Some(&id) => id,
            None => key_or_id.parse().ok()?,
        };
        self.issues.get(&id)
    }

    /// The issue if the caller may see it, or the answer that Jira gives instead.
    pub(crate) fn visible(&self, key_or_id: &str, caller: &Caller) -> Result<&Issue, Reply> {
        let found = self.find(key_or_id);
        let seen = found.filter(|issue| {
            let mut projects = self.projects.iter();
            projects.any(|project| project.key == issue.project && self.may_browse(project, caller))
        });
        seen.ok_or_else(|| match (self.kind, found, caller.is_known()) {
            (Kind::Cloud, _, _) => refusal::messages(404, &[CLOUD_ABSENT]),
            (_, None, _) => refusal::messages(404, &["Issue Does Not Exist"]),
            (_, Some(_), true) => refusal::messages(403, &[HIDDEN]),
            (_, Some(_), false) => refusal::messages(401, &[HIDDEN, "Login Required"]),
        })
    }

    /// The issue that a write is for, where the caller sees it and no limit is reached.
    pub(crate) fn admit_write(
        &mut self,
        key_or_id: &str,
        caller: &Caller,
        now: SystemTime,
    ) -> Result<u64, Reply> {
        let id = self.visible(key_or_id, caller)?.id;
        self.limits.admit_write(id, now)?;
        Ok(id)
    }

    pub(crate) fn is_administrator(&self, caller: &Caller) -> bool {
        let user = caller.user.as_deref().and_then(|name| self.user(name));
        user.is_some_and(|user| user.administrator)
    }

    pub(crate) fn may_browse(&self, project: &Project, caller: &Caller) -> bool {
        if project.hidden {
            return self.is_administrator(caller);
        }
        caller.is_known() || self.switches.anonymous_may_browse
    }

    pub(crate) fn may_edit(&self, issue: &Issue, caller: &Caller) -> bool {
        let kept_out = |name: &String| issue.read_only_for.contains(name);
        caller.user.as_ref().is_some_and(|name| !kept_out(name)) && !issue.closed && !issue.archived
    }

    /// Without the permission the field is on no screen.
    pub(crate) fn may_comment(&self, caller: &Caller) -> bool {
        let allowed = !self.switches.comments_forbidden || self.is_administrator(caller);
        allowed && caller.is_known()
    }

    /// Whether an edit of the issue by the caller may name the field: what editmeta
    /// lists, no more.
    pub(crate) fn may_set(&self, field: &Field, issue: &Issue, caller: &Caller) -> bool {
        let here = self.kind == Kind::Cloud || field.kind.shape() != Shape::Team;
        here && field.on_screen
            && field.kind.shape() != Shape::Unwritable
            && self.context_of(field, issue).is_some()
            && self.may_edit(issue, caller)
            && (field.id != "comment" || self.may_comment(caller))
    }

    pub(crate) fn context_of<'a>(&self, field: &'a Field, issue: &Issue) -> Option<&'a Context> {
        field.context(&issue.project, &issue.issue_type)
    }
}
