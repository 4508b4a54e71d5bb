//! Comments: what Jira adds to them, and their resources.

use crate::app_field::AppField;
use crate::datetime;
use crate::document;
use crate::field_type::FieldType;
use crate::issue::{Issue, Stored};
use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::refusal::{self, Refusal};
use crate::shape::Reader;
use crate::site::{Api, Kind, Site};
use serde_json::{Map, Value, json};
use std::time::SystemTime;

/// The id of the field.
pub(crate) const COMMENT: &str = "comment";
/// Seen on Cloud where version 3 gets a string.
const NOT_VALID: &str = "Comment body is not valid!";
const EMPTY: &str = "Comment body can not be empty!";

impl Site {
    /// The comments of a change, the new ones with an id, an author and times.
    pub(crate) fn complete_comments(
        &mut self,
        stored: Stored,
        caller: &Caller,
        now: SystemTime,
    ) -> Stored {
        let Stored::Json(Value::Array(mut comments)) = stored else {
            return stored;
        };
        for comment in comments.iter_mut().filter_map(Value::as_object_mut) {
            if comment.contains_key("created") {
                continue;
            }
            self.comments_made += 1;
            let at = datetime::utc(now);
            let author = caller.user.clone().unwrap_or_default();
            comment.insert("id".into(), (9_999 + self.comments_made).to_string().into());
            comment.insert("author".into(), author.into());
            comment.insert("created".into(), at.clone().into());
            comment.insert("updated".into(), at.into());
        }
        Stored::Json(comments.into())
    }

    pub(crate) fn held_comments<'a>(&self, issue: &'a Issue) -> &'a [Value] {
        match issue.values.get(COMMENT) {
            Some(Stored::Json(Value::Array(comments))) => comments,
            _ => &[],
        }
    }

    /// The comments that the query asks for, of all.
    pub(crate) fn comments_page(&self, issue: &Issue, api: Api, query: [usize; 2]) -> Value {
        let [start, most] = query;
        let all = self.held_comments(issue);
        let shown = all.iter().skip(start).take(most);
        let shown = shown.map(|comment| self.spell_comment(issue, comment, api));
        json!({
            "comments": shown.collect::<Vec<_>>(),
            "maxResults": most.min(1_048_576), "total": all.len(), "startAt": start,
        })
    }

    fn spell_comment(&self, issue: &Issue, comment: &Value, api: Api) -> Value {
        let name = comment["author"].as_str().unwrap_or_default();
        let author = self.user(name).map(|user| self.spell_user(user, api));
        let id = comment["id"].as_str().unwrap_or_default();
        let address = format!("{}/issue/{}/comment/{id}", self.rest(api), issue.id);
        let documents = api == Api::Three || self.switches.adf_only;
        let body = match &comment["body"] {
            Value::String(text) if documents => document::around(text),
            body if body.is_object() && !documents => document::text_of(body).into(),
            body => body.clone(),
        };
        let mut spelled = Map::new();
        for (member, value) in [
            ("self", address.into()),
            ("id", id.into()),
            ("author", json!(author)),
            ("body", body),
            ("updateAuthor", json!(author)),
            ("created", comment["created"].clone()),
            ("updated", comment["updated"].clone()),
        ] {
            spelled.insert(member.to_owned(), value);
        }
        if let Some(visibility) = comment.get("visibility") {
            spelled.insert("visibility".to_owned(), visibility.clone());
        }
        spelled.into()
    }

    /// The comments of an issue, or one of them.
    pub(crate) fn read_comments(
        &self,
        issue: &str,
        comment: Option<&str>,
        api: Api,
        request: &Request,
        caller: &Caller,
    ) -> Reply {
        let issue = match self.visible(issue, caller) {
            Ok(issue) => issue,
            Err(refused) => return refused,
        };
        let Some(id) = comment else {
            let number = |name: &str| request.parameter(name)?.parse().ok();
            // Cloud's own default; a self-hosted Jira gives all.
            let most = match self.kind {
                Kind::Cloud => 5000,
                _ => 1_048_576,
            };
            let query = [
                number("startAt").unwrap_or(0),
                number("maxResults").unwrap_or(most),
            ];
            return Reply::json(200, &self.comments_page(issue, api, query));
        };
        let mut held = self.held_comments(issue).iter();
        match held.find(|comment| comment["id"] == id) {
            Some(comment) => Reply::json(200, &self.spell_comment(issue, comment, api)),
            None => {
                let text = format!("Can not find a comment for the id: {id}.");
                refusal::messages(404, &[&text])
            }
        }
    }

    pub(crate) fn add_comment(
        &mut self,
        issue: &str,
        api: Api,
        request: &Request,
        caller: &Caller,
        now: SystemTime,
    ) -> Reply {
        let id = match self.admit_write(issue, caller, now) {
            Ok(id) => id,
            Err(refused) => return refused,
        };
        let added = match self.commented(id, api, request, caller) {
            Ok(added) => self.complete_comments(added, caller, now),
            Err(refused) => return refused,
        };
        if let Some(issue) = self.issues.get_mut(&id) {
            issue.values.insert(COMMENT.to_owned(), added);
        }
        let issue = self.issues.get(&id);
        let newest = issue.and_then(|issue| Some((issue, self.held_comments(issue).last()?)));
        let Some((issue, comment)) = newest else {
            return refusal::messages(500, &["Internal server error"]);
        };
        Reply::json(201, &self.spell_comment(issue, comment, api)).having_applied()
    }

    /// All comments with the one of the request.
    fn commented(
        &self,
        id: u64,
        api: Api,
        request: &Request,
        caller: &Caller,
    ) -> Result<Stored, Reply> {
        let field = self.fields.iter().find(|field| field.id == COMMENT);
        let (Some(issue), Some(field)) = (self.issues.get(&id), field) else {
            return Err(refusal::messages(404, &["Issue Does Not Exist"]));
        };
        if !self.may_comment(caller) || issue.archived {
            let user = caller.user.as_deref().and_then(|name| self.user(name));
            let who = user.map(|user| format!("{}, you", user.display_name));
            let who = who.unwrap_or_else(|| "You".to_owned());
            let text = format!("{who} do not have the permission to comment on this issue.");
            return Err(refusal::messages(400, &[&text]));
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if !body.is_object() {
            let text = "There was an error parsing JSON. Check that your request body is valid.";
            return Err(refusal::unreadable(text));
        }
        let wrong = |text: &str| {
            let mut refusals = refusal::Refusals::default();
            refusals.add(COMMENT, COMMENT, Refusal::Field(text.to_owned()));
            refusals.reply()
        };
        let empty = match &body["body"] {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        if empty && let Some(refused) = wrong(EMPTY) {
            return Err(refused);
        }
        let held = issue.values.get(COMMENT).cloned();
        let read = match field.kind {
            FieldType::App(AppField::Comment) => {
                Reader::new(self, issue, field, api).of_app(AppField::Comment, held, "add", &body)
            }
            _ => Ok(None),
        };
        match (read, wrong(NOT_VALID)) {
            (Ok(Some(comments)), _) => Ok(comments),
            (_, Some(refused)) => Err(refused),
            (_, None) => Err(refusal::messages(500, &["Internal server error"])),
        }
    }
}
