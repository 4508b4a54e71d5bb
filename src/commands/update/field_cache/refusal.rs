//! What the cache adds to a refusal, asking Jira only for what is missing.

use super::{FieldCache, holds_all};
use crate::client::{RetryBudget, Signer as _};
use crate::commands::update::diagnosis;
use crate::commands::update::refused_value::Subject;
use crate::deployment::Deployment;
use crate::edit::assignment::Assignment;
use crate::edit::{Edit, EditContext};
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::response::error_body::ErrorBody;

impl FieldCache<'_> {
    /// Adds what Jira knows of the field to a refusal of its value.
    pub(in crate::commands::update) async fn explain(
        &self,
        issue: &IssueKey,
        said: &ErrorBody,
        failure: Failure,
        edit: &Edit,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Failure {
        let editable = match self.cached_for(issue, &failure, assignments) {
            Some(fields) => Some(fields),
            // The project was asked before, and the refusal itself says enough.
            None if failure.kind == Kind::FieldNotEditable && self.has_asked(issue) => None,
            None => self.ask(issue, budget).await.unwrap_or(None),
        };
        let fields = editable.as_deref().map(Vec::as_slice);
        let context = self.context(fields, None, Deployment::SelfHosted);
        let known = holds_all(&context, assignments).unwrap_or(true);
        let all = match known {
            true => None,
            false => self.all(budget).await.as_deref().ok(),
        };
        // An issue without any field to edit is read-only, or the user may not edit it.
        let may_edit = match fields {
            Some([]) => self.may_edit(issue, budget).await,
            _ => None,
        };
        let subject = Subject {
            issue,
            user: &self.jira.authenticator().identity().in_a_sentence(),
            assignments,
            may_edit,
            redactor: self.jira.redactor(),
        };
        diagnosis::explain(
            &EditContext { all, ..context },
            said,
            failure,
            edit,
            subject,
        )
    }

    /// Whether the user has the permission to edit issues in the issue's project; asked
    /// once for each.
    async fn may_edit(&self, issue: &IssueKey, budget: &RetryBudget) -> Option<bool> {
        let place = issue.project().unwrap_or(issue.as_str()).to_owned();
        let known = self.may_edit.borrow().get(&place).copied();
        match known {
            Some(known) => known,
            None => {
                let found = self.jira.permissions(issue, budget).await.edit;
                self.may_edit.borrow_mut().insert(place, found);
                found
            }
        }
    }
}
