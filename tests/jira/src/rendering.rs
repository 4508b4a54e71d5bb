//! How a stored value is written in an issue's JSON.

use crate::account::User;
use crate::comments::COMMENT;
use crate::document;
use crate::field::{Choice, Field};
use crate::field_type::{FieldType, Shape};
use crate::issue::{Issue, Project, Stored};
use crate::site::{Api, Kind, Site};
use crate::world;
use serde_json::{Value, json};

impl Site {
    /// The value as `GET issue` shows it; null where nothing is stored.
    pub(crate) fn render(&self, issue: &Issue, field: &Field, api: Api) -> Value {
        let stored = issue
            .values
            .get(&field.id)
            .filter(|stored| stored.is_something());
        match stored {
            None if matches!(field.kind, FieldType::SystemLabels) => json!([]),
            None if matches!(field.kind.shape(), Shape::Versions | Shape::Components)
                && field.kind.custom().is_none() =>
            {
                json!([])
            }
            None => Value::Null,
            Some(stored) => self.rendered(issue, field, stored, api),
        }
    }

    fn rendered(&self, issue: &Issue, field: &Field, stored: &Stored, api: Api) -> Value {
        let as_document = api == Api::Three || self.switches.adf_only;
        match stored {
            Stored::Text(text) if field.kind.shape() == Shape::LongText && as_document => {
                document::around(text)
            }
            Stored::Document(document) if !as_document => document::text_of(document).into(),
            Stored::Document(document) => document.clone(),
            Stored::Text(text) => text.clone().into(),
            Stored::Number(number) => Value::Number(number.clone()),
            Stored::Json(_) if field.id == COMMENT => {
                self.comments_page(issue, api, [0, usize::MAX])
            }
            Stored::Json(json) => match field.kind {
                FieldType::App(kind) => kind.shown(json),
                _ => json.clone(),
            },
            Stored::Many(_) if field.kind.shape() == Shape::Labels => json!(stored.elements()),
            Stored::Many(elements) => elements
                .iter()
                .map(|element| self.rendered_reference(issue, field, element, api))
                .collect(),
            Stored::One(reference) => self.rendered_reference(issue, field, reference, api),
            Stored::Cascade(parent, child) => {
                let mut parent = self.spell_option(field, parent, api);
                if let (Some(child), Some(members)) = (child, parent.as_object_mut()) {
                    members.insert("child".to_owned(), self.spell_option(field, child, api));
                }
                parent
            }
        }
    }

    fn rendered_reference(&self, issue: &Issue, field: &Field, reference: &str, api: Api) -> Value {
        let project = self
            .projects
            .iter()
            .find(|known| known.key == issue.project);
        match field.kind.shape() {
            Shape::Option | Shape::Options => self.spell_option(field, reference, api),
            Shape::User | Shape::Users => self
                .referred(reference)
                .map_or(Value::Null, |user| self.spell_user(user, api)),
            Shape::Group | Shape::Groups => self.spell_group(reference, api),
            Shape::Version | Shape::Versions => {
                let named = project.and_then(|project| named(&project.versions, reference));
                named.map_or(Value::Null, |(id, name)| self.spell_version(id, name, api))
            }
            Shape::Components => {
                let named = project.and_then(|project| named(&project.components, reference));
                named.map_or(Value::Null, |(id, name)| {
                    self.spell_component(id, name, api)
                })
            }
            Shape::Priority => self.spell_priority(reference, api),
            Shape::Project => {
                let mut projects = self.projects.iter();
                let found = projects.find(|project| project.id == reference);
                found.map_or(Value::Null, |project| self.spell_project(project, api))
            }
            Shape::Sprint => json!([self.spell_sprint(reference)]),
            Shape::Team => json!({
                "id": reference, "name": world::TEAM_NAME, "title": world::TEAM_NAME,
                "avatarUrl": "", "isVisible": true, "isVerified": false,
            }),
            _ => Value::Null,
        }
    }

    pub(crate) fn rest(&self, api: Api) -> String {
        let version = match api {
            Api::Two => 2,
            Api::Three => 3,
        };
        format!("{}/rest/api/{version}", self.base_url)
    }

    fn spell_option(&self, field: &Field, id: &str, api: Api) -> Value {
        field
            .option(id)
            .map_or(Value::Null, |choice| self.choice(choice, api))
    }

    /// An option without what is below it.
    pub(crate) fn choice(&self, choice: &Choice, api: Api) -> Value {
        json!({
            "self": format!("{}/customFieldOption/{}", self.rest(api), choice.id),
            if choice.labelled { "label" } else { "value" }: choice.value,
            "id": choice.id,
        })
    }

    pub(crate) fn spell_user(&self, user: &User, api: Api) -> Value {
        let rest = self.rest(api);
        if self.kind == Kind::Cloud {
            return json!({
                "self": format!("{rest}/user?accountId={}", user.account_id),
                "accountId": user.account_id, "accountType": "atlassian",
                "emailAddress": user.email, "avatarUrls": {}, "displayName": user.display_name,
                "active": user.active, "timeZone": "Etc/UTC",
            });
        }
        json!({
            "self": format!("{rest}/user?username={}", user.name),
            "name": user.name, "key": user.name, "emailAddress": user.email, "avatarUrls": {},
            "displayName": user.display_name, "active": user.active, "timeZone": "Etc/UTC",
        })
    }

    fn spell_group(&self, name: &str, api: Api) -> Value {
        json!({"name": name, "self": format!("{}/group?groupname={name}", self.rest(api))})
    }

    pub(crate) fn spell_version(&self, id: &str, name: &str, api: Api) -> Value {
        json!({
            "self": format!("{}/version/{id}", self.rest(api)),
            "id": id, "name": name, "archived": false, "released": false,
        })
    }

    pub(crate) fn spell_component(&self, id: &str, name: &str, api: Api) -> Value {
        json!({"self": format!("{}/component/{id}", self.rest(api)), "id": id, "name": name})
    }

    pub(crate) fn spell_priority(&self, id: &str, api: Api) -> Value {
        let name = world::PRIORITIES
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, name)| *name);
        json!({
            "self": format!("{}/priority/{id}", self.rest(api)),
            "iconUrl": format!("{}/images/icons/priorities/{id}.svg", self.base_url),
            "name": name, "id": id,
        })
    }

    pub(crate) fn spell_project(&self, project: &Project, api: Api) -> Value {
        json!({
            "self": format!("{}/project/{}", self.rest(api), project.id),
            "id": project.id, "key": project.key, "name": project.name,
            "projectTypeKey": "software",
        })
    }

    fn spell_sprint(&self, id: &str) -> Value {
        let name = format!("Sprint {id}");
        if self.kind == Kind::Cloud {
            let number: u64 = id.parse().unwrap_or_default();
            return json!({"id": number, "name": name, "state": "active", "boardId": 1, "goal": ""});
        }
        format!(
            "com.atlassian.greenhopper.service.sprint.Sprint@65199e1e[id={id},rapidViewId=1,\
             state=ACTIVE,name={name},startDate=<null>,endDate=<null>,completeDate=<null>,\
             sequence={id},goal=<null>]"
        )
        .into()
    }

    /// The user whom a value names: by account id on Cloud, by name elsewhere.
    pub(crate) fn referred(&self, reference: &str) -> Option<&User> {
        match self.kind {
            Kind::Cloud => self.users.iter().find(|user| user.account_id == reference),
            _ => self.user(reference),
        }
    }

    /// The user of that name.
    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }
}

fn named<'a>(pairs: &'a [(String, String)], id: &str) -> Option<(&'a str, &'a str)> {
    pairs
        .iter()
        .find(|(known, _)| known == id)
        .map(|(id, name)| (id.as_str(), name.as_str()))
}
