//! A field, its contexts and options.

use crate::field_type::FieldType;

#[derive(Debug, Clone)]
pub struct Field {
    /// `customfield_10314`, or a system field's name.
    pub id: String,
    /// The display name, which need not be unique.
    pub name: String,
    /// Its English name on a translated site of Cloud.
    pub untranslated_name: Option<String>,
    /// What its app calls it in Cloud's field list.
    pub key: Option<String>,
    /// What the field holds.
    pub kind: FieldType,
    /// Whether the edit screen shows it.
    pub on_screen: bool,
    /// Whether it may not be cleared.
    pub required: bool,
    /// Whether a write of it is answered as any other, and changes nothing.
    pub ignored: bool,
    /// Where it applies, the narrowest first; where none applies the issue does not
    /// have the field.
    pub contexts: Vec<Context>,
}

/// Where a field applies and which options it has there.
#[derive(Debug, Clone)]
pub struct Context {
    /// The name that error messages show.
    pub name: String,
    /// Keys of the projects it is limited to.
    pub projects: Option<Vec<String>>,
    /// Names of the issue types it is limited to.
    pub issue_types: Option<Vec<String>>,
    pub options: Vec<Choice>,
}

#[derive(Debug, Clone)]
pub struct Choice {
    /// Its id, unique over the site.
    pub id: String,
    pub value: String,
    /// The options below it.
    pub children: Vec<Choice>,
    /// Whether it is listed with a `label` in place of a `value`, and is not found by it.
    pub labelled: bool,
    /// Whether it is listed with its value, and is not found by it.
    pub unfound: bool,
}

impl Field {
    /// A field on the edit screen of every project.
    pub fn new(id: &str, name: &str, kind: FieldType) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            untranslated_name: None,
            key: None,
            kind,
            on_screen: kind != FieldType::Scripted,
            required: false,
            ignored: false,
            contexts: vec![Context::everywhere(name)],
        }
    }

    /// Gives the only context these options, numbered from `first`.
    pub fn options(mut self, first: u32, values: &[&str]) -> Self {
        let context = Context::everywhere(&self.name).options(first, values);
        self.contexts = vec![context];
        self
    }

    /// Replaces the contexts.
    pub fn contexts(mut self, contexts: Vec<Context>) -> Self {
        self.contexts = contexts;
        self
    }

    /// Gives it the English name that it has beside its translated one.
    pub fn untranslated(mut self, name: &str) -> Self {
        self.untranslated_name = Some(name.to_owned());
        self
    }

    /// Gives it an app's own key.
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// Takes it off the edit screen.
    pub fn off_screen(mut self) -> Self {
        self.on_screen = false;
        self
    }

    /// Forbids to clear it.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The context that governs an issue.
    pub(crate) fn context(&self, project: &str, issue_type: &str) -> Option<&Context> {
        let mut contexts = self.contexts.iter();
        contexts.find(|context| context.governs(project, issue_type))
    }

    /// The option of that id in whatever context.
    pub(crate) fn option(&self, id: &str) -> Option<&Choice> {
        self.contexts
            .iter()
            .flat_map(|context| &context.options)
            .flat_map(|choice| std::iter::once(choice).chain(&choice.children))
            .find(|choice| choice.id == id)
    }
}

impl Context {
    /// The default context: every project, every issue type.
    pub fn everywhere(field: &str) -> Self {
        Self {
            name: format!("Default Configuration Scheme for {field}"),
            projects: None,
            issue_types: None,
            options: Vec::new(),
        }
    }

    /// A context of one project and, perhaps, of some of its issue types.
    pub fn of(name: &str, project: &str, issue_types: &[&str]) -> Self {
        let types: Vec<String> = issue_types.iter().map(|&name| name.to_owned()).collect();
        Self {
            name: name.to_owned(),
            projects: Some(vec![project.to_owned()]),
            issue_types: (!types.is_empty()).then_some(types),
            options: Vec::new(),
        }
    }

    /// Gives it options numbered from `first`.
    pub fn options(mut self, first: u32, values: &[&str]) -> Self {
        self.options = (first..)
            .zip(values)
            .map(|(id, value)| Choice::new(id, value))
            .collect();
        self
    }

    fn governs(&self, project: &str, issue_type: &str) -> bool {
        let admits = |list: &Option<Vec<String>>, name: &str| {
            list.as_ref()
                .is_none_or(|names| names.iter().any(|listed| listed == name))
        };
        admits(&self.projects, project) && admits(&self.issue_types, issue_type)
    }

    /// The top-level option of that text, letter for letter.
    pub(crate) fn by_value(&self, value: &str) -> Option<&Choice> {
        self.options.iter().find(|choice| choice.is_found_by(value))
    }

    /// The top-level option of that id.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Choice> {
        self.options.iter().find(|choice| choice.id == id)
    }
}

impl Choice {
    /// An option without children.
    pub fn new(id: u32, value: &str) -> Self {
        Self {
            id: id.to_string(),
            value: value.to_owned(),
            children: Vec::new(),
            labelled: false,
            unfound: false,
        }
    }

    /// Lets no value find it, although it is listed with one.
    pub fn unfound(mut self) -> Self {
        self.unfound = true;
        self
    }

    /// Letter for letter.
    pub(crate) fn is_found_by(&self, value: &str) -> bool {
        self.value == value && !self.labelled && !self.unfound
    }

    /// Gives it a label in place of its value, as icon selects have.
    pub fn labelled(mut self) -> Self {
        self.labelled = true;
        self
    }

    /// Gives it children numbered from `first`.
    pub fn children(mut self, first: u32, values: &[&str]) -> Self {
        self.children = (first..)
            .zip(values)
            .map(|(id, value)| Self::new(id, value))
            .collect();
        self
    }
}
