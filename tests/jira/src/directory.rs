//! Whom and which projects the caller can find.

use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::refusal;
use crate::site::{Api, Site};
use serde_json::{Value, json};

impl Site {
    /// Users whose name, display name or address holds the text; Cloud looks at the
    /// beginning of their words alone.
    pub(crate) fn search_users(&self, api: Api, request: &Request, caller: &Caller) -> Reply {
        if !caller.is_known() {
            return self.must_log_in(request);
        }
        let account = request.parameter("accountId");
        let text = match self.is_self_hosted() {
            true => request.parameter("username"),
            false => request.parameter("query").or_else(|| account.clone()),
        };
        let Some(text) = text else {
            let missing = match self.is_self_hosted() {
                true => "The username query parameter was not provided",
                // Unsourced; the status is documented.
                false => "The query parameter was not provided.",
            };
            return refusal::messages(400, &[missing]);
        };
        let wanted = text.to_lowercase();
        let number = |name: &str| request.parameter(name)?.parse::<usize>().ok();
        let found = self.users.iter().filter(|user| user.active);
        let found = found.filter(|user| match self.is_self_hosted() {
            // A single dot finds everybody there.
            true => wanted == "." || holds(&[&user.name, &user.display_name, &user.email], &wanted),
            false if account.is_some() => user.account_id == text,
            false => begins(&[&user.display_name, &user.email], &wanted),
        });
        let found = found.skip(number("startAt").unwrap_or(0));
        let found = found.take(number("maxResults").unwrap_or(50));
        let found: Vec<Value> = found.map(|user| self.spell_user(user, api)).collect();
        Reply::json(200, &found.into())
    }

    pub(crate) fn read_projects(&self, api: Api, caller: &Caller) -> Reply {
        let seen = self.projects.iter();
        let seen = seen.filter(|project| self.may_browse(project, caller));
        let seen: Vec<Value> = seen.map(|seen| self.spell_project(seen, api)).collect();
        Reply::json(200, &seen.into())
    }

    pub(crate) fn read_project(&self, key_or_id: &str, api: Api, caller: &Caller) -> Reply {
        let mut projects = self.projects.iter();
        let found = projects.find(|project| {
            (project.key.eq_ignore_ascii_case(key_or_id) || project.id == key_or_id)
                && self.may_browse(project, caller)
        });
        let Some(project) = found else {
            let text = format!("No project could be found with key '{key_or_id}'.");
            return refusal::messages(404, &[&text]);
        };
        let versions = project.versions.iter();
        let components = project.components.iter();
        let mut body = self.spell_project(project, api);
        body["versions"] = versions
            .map(|(id, name)| self.spell_version(id, name, api))
            .collect();
        body["components"] = components
            .map(|(id, name)| self.spell_component(id, name, api))
            .collect();
        body["issueTypes"] =
            json!([{"name": "Bug", "subtask": false}, {"name": "Task", "subtask": false}]);
        Reply::json(200, &body)
    }
}

fn holds(texts: &[&str], wanted: &str) -> bool {
    texts
        .iter()
        .any(|text| text.to_lowercase().contains(wanted))
}

fn begins(texts: &[&str], wanted: &str) -> bool {
    texts.iter().any(|text| {
        let text = text.to_lowercase();
        text.starts_with(wanted) || text.split(' ').any(|word| word.starts_with(wanted))
    })
}
