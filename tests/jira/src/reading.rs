//! The resources that only read.

use crate::datetime;
use crate::field::{Context, Field};
use crate::field_type::Shape;
use crate::issue::Issue;
use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::refusal;
use crate::site::{Api, Kind, Site};
use crate::world;
use serde_json::{Map, Value, json};
use std::time::SystemTime;

const EXPANDABLE: &str =
    "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations";

impl Site {
    pub(crate) fn read_issue(
        &self,
        issue: &str,
        api: Api,
        request: &Request,
        caller: &Caller,
    ) -> Reply {
        let issue = match self.visible(issue, caller) {
            Ok(issue) => issue,
            Err(refused) => return refused,
        };
        let wanted = request.parameter("fields");
        let mut body = self.issue_body(issue, wanted.as_deref(), api);
        let expand = request.parameter("expand").unwrap_or_default();
        if expand.split(',').any(|name| name == "editmeta") {
            body["editmeta"] = self.editmeta(issue, caller, api);
        }
        Reply::json(200, &body)
    }

    /// An issue with the requested fields, all by default.
    pub(crate) fn issue_body(&self, issue: &Issue, wanted: Option<&str>, api: Api) -> Value {
        let wanted: Vec<&str> = wanted.unwrap_or("*all").split(',').map(str::trim).collect();
        let all = wanted
            .iter()
            .any(|name| matches!(*name, "*all" | "*navigable"));
        let shown = |id: &str| {
            (all || wanted.contains(&id))
                && !wanted.iter().any(|name| name.strip_prefix('-') == Some(id))
        };
        let mut fields = Map::new();
        for (id, value) in self.unwritable(issue, api) {
            if shown(id) {
                fields.insert(id.to_owned(), value);
            }
        }
        for field in &self.fields {
            let known = fields.contains_key(&field.id);
            if !known && shown(&field.id) && self.context_of(field, issue).is_some() {
                fields.insert(field.id.clone(), self.render(issue, field, api));
            }
        }
        json!({
            "expand": EXPANDABLE,
            "id": issue.id.to_string(),
            "self": format!("{}/issue/{}", self.rest(api), issue.id),
            "key": issue.key,
            "fields": fields,
        })
    }

    fn unwritable(&self, issue: &Issue, api: Api) -> [(&'static str, Value); 3] {
        let kind = json!({"name": issue.issue_type, "subtask": false});
        let mut projects = self.projects.iter();
        let project = projects.find(|project| project.key == issue.project);
        let status = if issue.closed { "Closed" } else { "Open" };
        [
            ("issuetype", kind),
            (
                "project",
                project.map_or(Value::Null, |project| self.spell_project(project, api)),
            ),
            ("status", json!({"name": status})),
        ]
    }

    pub(crate) fn read_editmeta(&self, issue: &str, api: Api, caller: &Caller) -> Reply {
        match self.visible(issue, caller) {
            Ok(issue) => Reply::json(200, &self.editmeta(issue, caller, api)),
            Err(refused) => refused,
        }
    }

    fn editmeta(&self, issue: &Issue, caller: &Caller, api: Api) -> Value {
        let mut fields = Map::new();
        for field in &self.fields {
            if self.may_set(field, issue, caller)
                && let Some(context) = self.context_of(field, issue)
            {
                let entry = self.editmeta_entry(field, context, issue, api);
                fields.insert(field.id.clone(), entry);
            }
        }
        json!({ "fields": fields })
    }

    fn editmeta_entry(&self, field: &Field, context: &Context, issue: &Issue, api: Api) -> Value {
        let mut entry = Map::new();
        let old = self.switches.version_6_3;
        entry.insert("required".to_owned(), field.required.into());
        // Real metadata leaves it out for the parent.
        if field.id != "parent" {
            let schema = field.kind.schema(&field.id, self.kind, old);
            entry.insert("schema".to_owned(), schema);
        }
        entry.insert("name".to_owned(), field.name.clone().into());
        match self.kind {
            Kind::Cloud => {
                entry.insert("key".to_owned(), field.id.clone().into());
                entry.insert("hasDefaultValue".to_owned(), false.into());
            }
            _ if old => {}
            _ => {
                entry.insert("fieldId".to_owned(), field.id.clone().into());
            }
        }
        if let Some(address) = self.completion(field) {
            entry.insert("autoCompleteUrl".to_owned(), address.into());
        }
        entry.insert("operations".to_owned(), json!(field.kind.operations()));
        if let Some(allowed) = self.allowed(field, context, issue, api) {
            let nested = self.switches.nested_values;
            let allowed = if nested { json!([allowed]) } else { allowed };
            entry.insert("allowedValues".to_owned(), allowed);
        }
        Value::Object(entry)
    }

    fn completion(&self, field: &Field) -> Option<String> {
        let user = match self.kind {
            Kind::Cloud => "/rest/api/3/user/search?query=",
            _ => "/rest/api/latest/user/search?username=",
        };
        let path = match field.kind.shape() {
            Shape::Labels => "/rest/api/1.0/labels/suggest?query=",
            Shape::User | Shape::Users => user,
            _ => return None,
        };
        Some(format!("{}{path}", self.base_url))
    }

    fn allowed(&self, field: &Field, context: &Context, issue: &Issue, api: Api) -> Option<Value> {
        let project = self
            .projects
            .iter()
            .find(|known| known.key == issue.project)?;
        let allowed = match field.kind.shape() {
            Shape::Option | Shape::Options => {
                let options = context.options.iter();
                options.map(|choice| self.choice(choice, api)).collect()
            }
            Shape::Cascade => context
                .options
                .iter()
                .map(|choice| {
                    let mut rendered = self.choice(choice, api);
                    let children = choice.children.iter();
                    rendered["children"] = children.map(|child| self.choice(child, api)).collect();
                    rendered
                })
                .collect(),
            Shape::Version | Shape::Versions => {
                let versions = project.versions.iter();
                versions
                    .map(|(id, name)| self.spell_version(id, name, api))
                    .collect()
            }
            Shape::Components => {
                let components = project.components.iter();
                components
                    .map(|(id, name)| self.spell_component(id, name, api))
                    .collect()
            }
            Shape::Priority => {
                let priorities = world::PRIORITIES.iter();
                priorities
                    .map(|(id, _)| self.spell_priority(id, api))
                    .collect()
            }
            Shape::Project => {
                let projects = self.projects.iter().filter(|project| !project.hidden);
                projects
                    .map(|project| self.spell_project(project, api))
                    .collect()
            }
            Shape::App(field) => return field.allowed(),
            _ => return None,
        };
        Some(allowed)
    }

    pub(crate) fn read_fields(&self, caller: &Caller) -> Reply {
        let mut all: Vec<Value> = self
            .fields
            .iter()
            .filter(|field| caller.is_known() || field.kind.custom().is_none())
            .map(|field| self.field_entry(field))
            .collect();
        for (id, name) in [("issuekey", "Key"), ("thumbnail", "Images")] {
            all.push(json!({
                "id": id, "key": id, "name": name, "custom": false, "orderable": false,
                "navigable": true, "searchable": false, "clauseNames": [id],
            }));
        }
        all.push(json!({
            "id": "status", "key": "status", "name": "Status", "custom": false, "orderable": false,
            "navigable": true, "searchable": true, "clauseNames": ["status"],
            "schema": {"type": "status", "system": "status"},
        }));
        Reply::json(200, &Value::Array(all))
    }

    fn field_entry(&self, field: &Field) -> Value {
        let custom = field.kind.custom().is_some();
        let clauses = match field.id.strip_prefix("customfield_") {
            Some(number) => json!([format!("cf[{number}]"), field.name]),
            None => json!([field.id]),
        };
        let mut entry = json!({
            "id": field.id, "name": field.name, "custom": custom, "orderable": true,
            "navigable": true, "searchable": true, "clauseNames": clauses,
            "schema": field.kind.schema(&field.id, self.kind, self.switches.version_6_3),
        });
        if self.kind == Kind::Cloud {
            entry["key"] = field.key.as_ref().unwrap_or(&field.id).clone().into();
            if custom {
                let english = field.untranslated_name.as_ref();
                entry["untranslatedName"] = english.unwrap_or(&field.name).clone().into();
            }
        }
        entry
    }

    pub(crate) fn read_myself(&self, api: Api, request: &Request, caller: &Caller) -> Reply {
        let user = caller.user.as_deref().and_then(|name| self.user(name));
        match user {
            None => self.must_log_in(request),
            Some(user) => {
                let mut body = self.spell_user(user, api);
                body["locale"] = "en_US".into();
                if self.switches.empty_name {
                    body["name"] = "".into();
                }
                body["groups"] = json!({"size": user.groups.len(), "items": []});
                Reply::json(200, &body)
            }
        }
    }

    pub(crate) fn read_server_info(&self, now: SystemTime) -> Reply {
        let (version, numbers, build) = match self.kind {
            _ if self.switches.version_6_3 => ("6.3.15", [6, 3, 15], 6346),
            Kind::Server => ("8.13.27", [8, 13, 27], 813_027),
            Kind::DataCenter => ("10.3.5", [10, 3, 5], 10_030_005),
            Kind::Cloud => ("1001.0.0-SNAPSHOT", [1001, 0, 0], 100_286),
        };
        let deployment = if self.is_self_hosted() {
            "Server"
        } else {
            "Cloud"
        };
        let mut body = json!({
            "baseUrl": self.base_url, "version": version, "versionNumbers": numbers,
            "deploymentType": deployment, "buildNumber": build,
            "buildDate": "2020-03-26T22:20:59.000+0000", "serverTime": datetime::utc(now),
            "scmInfo": "1f51473f5c7b75c1a69a0090f4832cdc5053702a", "serverTitle": "Jira",
        });
        if let (true, Some(members)) = (self.switches.version_6_3, body.as_object_mut()) {
            members.shift_remove("deploymentType");
        }
        Reply::json(200, &body)
    }

    pub(crate) fn read_permissions(&self, request: &Request, caller: &Caller) -> Reply {
        let asked = request.parameter("permissions").unwrap_or_default();
        let mut names: Vec<&str> = asked.split(',').filter(|name| !name.is_empty()).collect();
        if self.is_self_hosted() {
            names = world::PERMISSIONS.iter().map(|(_, key, _)| *key).collect();
        }
        if names.is_empty() {
            // Unsourced, as the next one; the status is documented.
            return refusal::messages(400, &["The permissions query parameter is required."]);
        }
        let issue = request
            .parameter("issueKey")
            .or_else(|| request.parameter("issueId"));
        let issue = match issue.map(|issue| self.visible(&issue, caller)).transpose() {
            Ok(issue) => issue,
            Err(refused) => return refused,
        };
        let mut permissions = Map::new();
        for name in names {
            let known = world::PERMISSIONS.iter().find(|(_, key, _)| *key == name);
            let Some((id, key, label)) = known else {
                let message = format!("Unrecognized permission: {name}");
                return refusal::messages(400, &[&message]);
            };
            let granted = self.holds(key, issue, request, caller);
            let entry = json!({
                "id": id, "key": key, "name": label, "type": "PROJECT",
                "description": label, "havePermission": granted,
            });
            permissions.insert((*key).to_owned(), entry);
        }
        Reply::json(200, &json!({ "permissions": permissions }))
    }

    fn holds(&self, key: &str, issue: Option<&Issue>, request: &Request, caller: &Caller) -> bool {
        let project = request
            .parameter("projectKey")
            .or_else(|| request.parameter("projectId"));
        let browses = match project {
            Some(wanted) => self.projects.iter().any(|project| {
                (project.key == wanted || project.id == wanted) && self.may_browse(project, caller)
            }),
            None => caller.is_known() || self.switches.anonymous_may_browse,
        };
        match (key, issue) {
            ("BROWSE_PROJECTS", _) => browses,
            ("EDIT_ISSUES", Some(issue)) => self.may_edit(issue, caller),
            ("ADD_COMMENTS", _) => browses && self.may_comment(caller),
            ("EDIT_ISSUES", None) => browses && caller.is_known(),
            _ => self.is_administrator(caller),
        }
    }

    pub(crate) fn status(&self) -> Reply {
        let status = match self.switches.state.as_str() {
            "MAINTENANCE" => 503,
            "ERROR" => 500,
            _ => 200,
        };
        Reply::json(status, &json!({"state": self.switches.state}))
    }

    pub(crate) fn tenant_info() -> Reply {
        Reply::json(200, &json!({"cloudId": world::CLOUD_ID}))
    }
}
