//! How an object in a value names an option, user, version, component or
//! project.

use crate::field::{Choice, Context};
use crate::issue::{Project, Stored};
use crate::refusal::Refusal;
use crate::shape::{Reader, given, needed, wrong};
use crate::site::Kind;
use serde_json::{Map, Value};

const NO_PARENT: &str = "Could not find valid 'id' or 'value' in the Parent Option object.";
const NO_CHILD: &str = "Could not find valid 'id' or 'value' in the Child Option object.";

impl Reader<'_> {
    fn context(&self) -> Option<&Context> {
        self.site.context_of(self.field, self.issue)
    }

    /// A top-level option by its id; those of other contexts are found too and rejected later.
    fn by_id(&self, id: &str) -> Option<&Choice> {
        let mut contexts = self.field.contexts.iter();
        contexts.find_map(|context| context.by_id(id))
    }

    fn by_value(&self, value: &str) -> Option<&Choice> {
        self.context()?.by_value(value)
    }

    fn option_by_id(&self, id: &str) -> Result<String, Refusal> {
        match self.by_id(id) {
            Some(choice) => Ok(choice.id.clone()),
            None => wrong(format!("Option id '{id}' is not valid")),
        }
    }

    /// The option of a single select. Between `id` and `value`, `id` wins.
    pub(crate) fn only_option(&self, value: &Value) -> Result<String, Refusal> {
        let Value::Object(members) = value else {
            return wrong(NO_PARENT);
        };
        if let Some(id) = given(members, "id")? {
            return self.option_by_id(&id);
        }
        let Some(value) = given(members, "value")? else {
            return wrong(NO_PARENT);
        };
        match (self.by_value(&value), self.site.kind) {
            (Some(choice), _) => Ok(choice.id.clone()),
            (None, Kind::Cloud) => {
                let name = &self.field.name;
                wrong(format!("Specify a valid 'id' or 'name' for {name}"))
            }
            (None, _) => wrong("Option id 'null' is not valid"),
        }
    }

    /// One option of a multi-select.
    pub(crate) fn one_of_options(&self, members: &Map<String, Value>) -> Result<String, Refusal> {
        if let Some(id) = given(members, "id")? {
            return self.option_by_id(&id);
        }
        let value = needed(members, "value")?;
        match self.by_value(&value) {
            Some(choice) => Ok(choice.id.clone()),
            None => wrong(format!("Option value '{value}' is not valid")),
        }
    }

    /// An option and perhaps one below it.
    pub(crate) fn cascade(&self, value: &Value) -> Result<Stored, Refusal> {
        let Value::Object(members) = value else {
            return wrong(NO_PARENT);
        };
        let parent = match (given(members, "id")?, given(members, "value")?) {
            (Some(id), _) => match self.by_id(&id) {
                Some(parent) => parent,
                None => return wrong(format!("Option id '{id}' is not valid")),
            },
            (None, Some(value)) => match self.by_value(&value) {
                Some(parent) => parent,
                None => return wrong(format!("Option value '{value}' is not valid")),
            },
            (None, None) => return wrong(NO_PARENT),
        };
        let child = match members.get("child") {
            None | Some(Value::Null) => None,
            Some(child) => Some(self.child(parent, child)?),
        };
        Ok(Stored::Cascade(parent.id.clone(), child))
    }

    fn child(&self, parent: &Choice, value: &Value) -> Result<String, Refusal> {
        let Value::Object(members) = value else {
            return wrong(NO_CHILD);
        };
        if let Some(id) = given(members, "id")? {
            return match self.field.option(&id) {
                Some(child) => Ok(child.id.clone()),
                None => wrong(format!("Child Option id '{id}' is not valid")),
            };
        }
        let Some(value) = given(members, "value")? else {
            return wrong(NO_CHILD);
        };
        match parent
            .children
            .iter()
            .find(|child| child.is_found_by(&value))
        {
            Some(child) => Ok(child.id.clone()),
            None => wrong(format!("Child Option value '{value}' is not valid")),
        }
    }

    /// The name or account id as given; whether it exists is checked later.
    pub(crate) fn user(&self, members: &Map<String, Value>) -> Result<String, Refusal> {
        if self.site.kind != Kind::Cloud {
            return needed(members, "name");
        }
        match given(members, "accountId")? {
            Some(id) => Ok(id),
            None if members.contains_key("id") => needed(members, "id"),
            None => needed(members, "accountId"),
        }
    }

    fn own_project(&self) -> Option<&Project> {
        let mut projects = self.site.projects.iter();
        projects.find(|project| project.key == self.issue.project)
    }

    pub(crate) fn version(&self, members: &Map<String, Value>) -> Result<String, Refusal> {
        let known = self
            .own_project()
            .map(|project| project.versions.as_slice());
        by_id_or_name("Version", known.unwrap_or_default(), members)
    }

    pub(crate) fn component(&self, members: &Map<String, Value>) -> Result<String, Refusal> {
        let known = self
            .own_project()
            .map(|project| project.components.as_slice());
        by_id_or_name("Component", known.unwrap_or_default(), members)
    }

    /// Any project of the site that is not hidden.
    pub(crate) fn project(&self, members: &Map<String, Value>) -> Result<String, Refusal> {
        let mut seen = self.site.projects.iter().filter(|project| !project.hidden);
        if let Some(id) = given(members, "id")? {
            return match seen.find(|project| project.id == id) {
                Some(project) => Ok(project.id.clone()),
                None => wrong(format!("Project id '{id}' is not valid")),
            };
        }
        let Some(key) = given(members, "key")? else {
            return wrong("Could not find valid 'id' or 'key' in project object.");
        };
        match seen.find(|project| project.key == key) {
            Some(project) => Ok(project.id.clone()),
            None => wrong(format!("Project key '{key}' is not valid")),
        }
    }
}

fn by_id_or_name(
    what: &str,
    known: &[(String, String)],
    members: &Map<String, Value>,
) -> Result<String, Refusal> {
    if let Some(id) = given(members, "id")? {
        return match known.iter().any(|(known, _)| *known == id) {
            true => Ok(id),
            false => wrong(format!("{what} id '{id}' is not valid")),
        };
    }
    let name = needed(members, "name")?;
    match known.iter().find(|(_, known)| *known == name) {
        Some((id, _)) => Ok(id.clone()),
        None => wrong(format!("{what} name '{name}' is not valid")),
    }
}
