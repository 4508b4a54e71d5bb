//! A site's contents out of a file, checked before anything is served.

mod entries;

use crate::account::User;
use crate::builder::Builder;
use crate::field::{Choice, Context, Field};
use crate::field_type::FieldType;
use crate::issue::{Issue, Project, Stored};
use crate::refusal::Refusal;
use crate::shape::Reader;
use crate::site::{Api, Site};
use crate::world;
use entries::{
    ContextEntry, FieldEntry, IssueEntry, OptionEntry, ProjectEntry, UserEntry, WorldEntry,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The largest number in an issue's key.
const MOST_ISSUES: u64 = 99_999;

impl Builder {
    /// Takes users, projects, fields, issues, permissions and limits from a world
    /// file's text; what it leaves out is as in [`crate::world`].
    pub fn world(mut self, text: &str) -> Result<Self, String> {
        let world: WorldEntry = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if let Some(users) = world.users {
            self.users = users.into_iter().map(user).collect::<Result<_, _>>()?;
            all_different("users", self.users.iter().map(|user| &user.name))?;
            all_different(
                "e-mail addresses",
                self.users.iter().map(|user| &user.email),
            )?;
            if self.users.is_empty() {
                return Err("users: there is none".to_owned());
            }
        }
        if let Some(projects) = world.projects {
            let numbered = (10_000..).zip(projects);
            self.projects = numbered.map(project).collect::<Result<_, _>>()?;
            all_different("projects", self.projects.iter().map(|project| &project.key))?;
        }
        if let Some(fields) = world.fields {
            all_different("fields", fields.iter().map(|field| &field.id))?;
            let mut next = 10_100;
            self.fields.retain(|field| field.kind.custom().is_none());
            for entry in fields {
                self = self.field(field(entry, &mut next)?);
            }
        }
        self.switches.anonymous_may_browse = world.permissions.anonymous_may_browse;
        self.switches.comments_forbidden = world.permissions.comments_for_administrators;
        self.switches.basic_blocked = world.permissions.basic_blocked;
        self.cloud_limits |= world.limits.cloud;
        if let Some(budget) = world.limits.budget {
            self.budget = Some((budget.capacity, budget.fill_per_second));
        }
        match world.issues {
            Some(issues) => self.with_issues(issues),
            None => {
                let known = |key: &String| self.projects.iter().any(|known| known.key == *key);
                self.issues.retain(|key, _| known(key));
                Ok(self)
            }
        }
    }

    fn with_issues(mut self, entries: Vec<IssueEntry>) -> Result<Self, String> {
        self.issues.clear();
        let (mut issues, mut values) = (Vec::new(), Vec::new());
        for entry in entries {
            for issue in self.issues_of(&entry)? {
                issues.push(issue);
                values.push(entry.fields.clone());
            }
        }
        all_different("issues", issues.iter().map(|issue| &issue.key))?;
        self.given_issues.clone_from(&issues);
        // With all issues there: a value may name another one.
        let site = self.clone().site("http://localhost");
        for (issue, values) in issues.iter_mut().zip(values) {
            let read = read_values(&site, issue, values);
            read.map_err(|wrong| format!("issue {}: {wrong}", issue.key))?;
        }
        self.given_issues = issues;
        Ok(self)
    }

    fn issues_of(&self, entry: &IssueEntry) -> Result<Vec<Issue>, String> {
        let (project, numbers) = match (&entry.key, &entry.project, entry.count) {
            (Some(key), None, None) => {
                let (project, number) = key.rsplit_once('-').unwrap_or((key, ""));
                let number = number.parse().unwrap_or(0);
                if *key != format!("{project}-{number}") {
                    return Err(format!("issue {key:?}: this is no key"));
                }
                (project, number..=number)
            }
            (None, Some(project), Some(count)) => (project.as_str(), 1..=count),
            _ => return Err("issues: each needs a key, or a project and a count".to_owned()),
        };
        if *numbers.end() > MOST_ISSUES || *numbers.start() == 0 {
            return Err(format!(
                "issues of {project}: numbers are 1 to {MOST_ISSUES}"
            ));
        }
        let place = self.projects.iter().position(|known| known.key == project);
        let place =
            place.ok_or_else(|| format!("issues of {project}: there is no such project"))?;
        let known = |name: &&String| !self.users.iter().any(|user| user.name == **name);
        if let Some(unknown) = entry.read_only_for.iter().find(known) {
            return Err(format!("issues of {project}: there is no user {unknown:?}"));
        }
        let numbered = numbers.map(|number| {
            let mut issue = world::issue(self.kind, project, place as u64 + 1, number);
            let values = ["summary", "priority"].map(|id| (id, issue.values.remove(id)));
            issue.values = values
                .into_iter()
                .filter_map(|(id, value)| Some((id.to_owned(), value?)))
                .collect();
            if let Some(summary) = &entry.summary {
                let summary = Stored::Text(summary.clone());
                issue.values.insert("summary".to_owned(), summary);
            }
            issue.issue_type = entry.kind.clone().unwrap_or(issue.issue_type);
            issue.read_only_for.clone_from(&entry.read_only_for);
            (issue.closed, issue.archived) = (entry.closed, entry.archived);
            issue
        });
        Ok(numbered.collect())
    }
}

/// Reads values as version 2 of the API would, screens and permissions aside.
fn read_values(site: &Site, issue: &mut Issue, values: Map<String, Value>) -> Result<(), String> {
    for (id, value) in values {
        let field = site.fields.iter().find(|field| field.id == id);
        let field = field.ok_or_else(|| format!("there is no field {id:?}"))?;
        if !field.kind.operations().contains(&"set") || site.context_of(field, issue).is_none() {
            return Err(format!("{id} takes no value there"));
        }
        let read = Reader::new(site, issue, field, Api::Two).whole(&value);
        let read = read.map_err(|refusal| match refusal {
            Refusal::Field(text) | Refusal::Named(text) | Refusal::Message(text) => text,
        });
        let read = read.and_then(|stored| site.validated(issue, field, stored));
        match read.map_err(|wrong| format!("{id}: {wrong}"))? {
            Some(stored) => issue.values.insert(id, stored),
            None => issue.values.remove(&id),
        };
    }
    Ok(())
}

fn user(entry: UserEntry) -> Result<User, String> {
    let of = format!("user {:?}", entry.name);
    let mut user = User::new(&entry.name, &entry.password);
    user.display_name = entry.display_name.unwrap_or(user.display_name);
    user.email = entry.email.unwrap_or(user.email);
    user.account_id = entry.account_id.unwrap_or(user.account_id);
    user.api_tokens = entry.api_tokens;
    user.scoped_tokens = entry.scoped_tokens;
    user.personal_tokens = entry.personal_tokens;
    user.groups.extend(entry.groups);
    user.administrator = entry.administrator;
    user.active = entry.active;
    let single = [&user.name, &user.password, &user.email, &user.account_id];
    let tokens = user.api_tokens.iter().chain(&user.scoped_tokens);
    for text in single
        .into_iter()
        .chain(tokens)
        .chain(&user.personal_tokens)
    {
        printable(&of, text)?;
    }
    Ok(user)
}

fn project((number, entry): (u64, ProjectEntry)) -> Result<Project, String> {
    let key = entry.key;
    let mut letters = key.bytes();
    let first = letters.next().is_some_and(|byte| byte.is_ascii_uppercase());
    let rest = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if !first || !letters.all(rest) {
        return Err(format!("project {key:?}: a key is capitals, digits and _"));
    }
    let named = |first: u64, names: Vec<String>| -> Vec<(String, String)> {
        let numbered = (first + (number - 10_000) * 1000..).zip(names);
        numbered.map(|(id, name)| (id.to_string(), name)).collect()
    };
    let name = entry.name.unwrap_or_else(|| key.clone());
    Ok(Project {
        versions: named(1_000_000, entry.versions),
        components: named(2_000_000, entry.components),
        hidden: entry.hidden,
        ..Project::new(&number.to_string(), &key, &name)
    })
}

fn field(entry: FieldEntry, next: &mut u32) -> Result<Field, String> {
    let id = entry.id;
    let name = entry.name.unwrap_or_else(|| id.clone());
    let kind = match (FieldType::of_system_field(&id), &entry.kind) {
        (Some(kind), None) => kind,
        (Some(_), Some(_)) => return Err(format!("field {id}: a system field needs no type")),
        (None, Some(kind)) => {
            let number = id.strip_prefix("customfield_").unwrap_or_default();
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(format!("field {id:?}: an id is customfield_ and a number"));
            }
            FieldType::named(kind)
                .ok_or_else(|| format!("field {id}: no type {kind:?} is known"))?
        }
        (None, None) => return Err(format!("field {id:?}: it needs a type")),
    };
    if !entry.options.is_empty() && !entry.contexts.is_empty() {
        return Err(format!("field {id}: its options belong into its contexts"));
    }
    let mut field = Field::new(&id, &name, kind);
    field.on_screen = entry.on_screen.unwrap_or(field.on_screen);
    field.required = entry.required;
    field.ignored = entry.ignored;
    field.untranslated_name = entry.untranslated_name;
    field.key = entry.key;
    let only = ContextEntry {
        name: None,
        projects: None,
        issue_types: None,
        options: entry.options,
    };
    let contexts = match entry.contexts.is_empty() {
        true => vec![only],
        false => entry.contexts,
    };
    let contexts = contexts.into_iter();
    field.contexts = contexts.map(|entry| context(&name, entry, next)).collect();
    Ok(field)
}

fn context(field: &str, entry: ContextEntry, next: &mut u32) -> Context {
    let mut number = || {
        *next += 1;
        *next
    };
    let mut context = Context::everywhere(field);
    context.name = entry.name.unwrap_or(context.name);
    context.projects = entry.projects;
    context.issue_types = entry.issue_types;
    for option in entry.options {
        let (value, children) = match option {
            OptionEntry::Value(value) => (value, Vec::new()),
            OptionEntry::Parent(parent) => (parent.value, parent.children),
        };
        let mut choice = Choice::new(number(), &value);
        let children = children.iter();
        choice.children = children.map(|value| Choice::new(number(), value)).collect();
        context.options.push(choice);
    }
    context
}

/// They are printed as lines, and sent in headers.
fn printable(of: &str, text: &str) -> Result<(), String> {
    match text.is_empty() || text.contains(char::is_control) {
        true => Err(format!("{of}: {text:?} is empty or has control characters")),
        false => Ok(()),
    }
}

fn all_different<'a>(what: &str, names: impl Iterator<Item = &'a String>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("{what}: {name:?} is there twice"));
        }
    }
    Ok(())
}
