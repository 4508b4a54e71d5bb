//! Each field type's key, schema and operations.

use crate::app_field::AppField;
use crate::site::Kind;
use serde_json::{Map, Value, json};

/// Types of custom fields and the system fields that
/// can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    Select,
    /// One option, shown as radio buttons.
    RadioButtons,
    /// Any number of options.
    MultiSelect,
    /// Any number of options, shown as boxes.
    MultiCheckboxes,
    /// An option and, below it, another.
    CascadingSelect,
    /// One line of at most 255 characters.
    TextField,
    /// Multi-line text: wiki markup, or a document on Cloud.
    TextArea,
    Float,
    DatePicker,
    /// Plans' target start, a date.
    TargetStart,
    DateTime,
    Url,
    Labels,
    UserPicker,
    MultiUserPicker,
    GroupPicker,
    MultiGroupPicker,
    /// One version of the project.
    Version,
    MultiVersion,
    Project,
    /// Text that only the API may write.
    ReadOnly,
    /// A number from an import; writes are accepted and ignored.
    ImportId,
    /// The sprint, written as a bare number.
    Sprint,
    /// The epic's key.
    EpicLink,
    /// The epic's short name.
    EpicLabel,
    /// The epic's colour.
    EpicColor,
    /// The epic's status, an option.
    EpicStatus,
    StoryPoints,
    /// A team of Atlassian's directory, Cloud only.
    Team,
    /// A value that an app computes; never on a screen.
    Scripted,
    Summary,
    Description,
    Environment,
    SystemLabels,
    FixVersions,
    AffectsVersions,
    Components,
    DueDate,
    Assignee,
    Reporter,
    Priority,
    /// A field of an app, or a system field with ways of its own.
    App(AppField),
}

/// What a value of the type refers to, and whether there can be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Option,
    Options,
    Cascade,
    /// Text with at most so many UTF-16 units, as Java counts them.
    Text(usize),
    LongText,
    Number,
    Date,
    DateTime,
    Url,
    Labels,
    User,
    Users,
    Group,
    Groups,
    Version,
    Versions,
    Components,
    Priority,
    Project,
    Sprint,
    Epic,
    Team,
    Ignored,
    Unwritable,
    App(AppField),
}

const BUILT_IN: &str = "com.atlassian.jira.plugin.system.customfieldtypes:";
const GREENHOPPER: &str = "com.pyxis.greenhopper.jira:";

impl FieldType {
    /// `schema.custom`, or nothing for a system field.
    pub fn custom(self) -> Option<String> {
        use FieldType as T;
        let built_in = |key: &str| Some(format!("{BUILT_IN}{key}"));
        let agile = |key: &str| Some(format!("{GREENHOPPER}{key}"));
        match self {
            T::Select => built_in("select"),
            T::RadioButtons => built_in("radiobuttons"),
            T::MultiSelect => built_in("multiselect"),
            T::MultiCheckboxes => built_in("multicheckboxes"),
            T::CascadingSelect => built_in("cascadingselect"),
            T::TextField => built_in("textfield"),
            T::TextArea => built_in("textarea"),
            T::Float => built_in("float"),
            T::DatePicker => built_in("datepicker"),
            T::DateTime => built_in("datetime"),
            T::Url => built_in("url"),
            T::Labels => built_in("labels"),
            T::UserPicker => built_in("userpicker"),
            T::MultiUserPicker => built_in("multiuserpicker"),
            T::GroupPicker => built_in("grouppicker"),
            T::MultiGroupPicker => built_in("multigrouppicker"),
            T::Version => built_in("version"),
            T::MultiVersion => built_in("multiversion"),
            T::Project => built_in("project"),
            T::ReadOnly => built_in("readonlyfield"),
            T::ImportId => built_in("importid"),
            T::Team => built_in("atlassian-team"),
            T::Sprint => agile("gh-sprint"),
            T::EpicLink => agile("gh-epic-link"),
            T::EpicLabel => agile("gh-epic-label"),
            T::EpicColor => agile("gh-epic-color"),
            T::EpicStatus => agile("gh-epic-status"),
            T::StoryPoints => agile("jsw-story-points"),
            T::TargetStart => Some("com.atlassian.jpo:jpo-custom-field-baseline-start".to_owned()),
            T::App(field) => field.custom().map(str::to_owned),
            T::Scripted => Some("com.onresolve.jira.groovy.groovyrunner:scripted-field".to_owned()),
            _ => None,
        }
    }

    pub(crate) fn shape(self) -> Shape {
        use FieldType as T;
        match self {
            T::Select | T::RadioButtons | T::EpicStatus => Shape::Option,
            T::MultiSelect | T::MultiCheckboxes => Shape::Options,
            T::CascadingSelect => Shape::Cascade,
            T::TextField | T::ReadOnly | T::Summary | T::EpicLabel | T::EpicColor => {
                Shape::Text(255)
            }
            T::TextArea | T::Description | T::Environment => Shape::LongText,
            T::Float | T::StoryPoints => Shape::Number,
            T::DatePicker | T::TargetStart | T::DueDate => Shape::Date,
            T::DateTime => Shape::DateTime,
            T::Url => Shape::Url,
            T::Labels | T::SystemLabels => Shape::Labels,
            T::UserPicker | T::Assignee | T::Reporter => Shape::User,
            T::MultiUserPicker => Shape::Users,
            T::GroupPicker => Shape::Group,
            T::MultiGroupPicker => Shape::Groups,
            T::Version => Shape::Version,
            T::MultiVersion | T::FixVersions | T::AffectsVersions => Shape::Versions,
            T::Components => Shape::Components,
            T::Priority => Shape::Priority,
            T::Project => Shape::Project,
            T::ImportId => Shape::Ignored,
            T::Sprint => Shape::Sprint,
            T::EpicLink => Shape::Epic,
            T::Team => Shape::Team,
            T::Scripted => Shape::Unwritable,
            T::App(field) => Shape::App(field),
        }
    }

    /// Whether it takes one option, by its value.
    pub fn is_select(self) -> bool {
        self.shape() == Shape::Option
    }

    /// Whether it takes a line of text.
    pub fn is_text(self) -> bool {
        matches!(self.shape(), Shape::Text(_)) && self != Self::ReadOnly
    }

    /// The operations that `update` may use on such a field.
    pub fn operations(self) -> &'static [&'static str] {
        if let Self::App(field) = self {
            field.operations()
        } else if !self.shape().is_multiple() {
            &["set"]
        } else if matches!(self, Self::FixVersions) {
            &["set", "add", "remove"]
        } else {
            &["add", "set", "remove"]
        }
    }

    /// `schema` as metadata shows it. Release 6.3 described options as strings.
    pub(crate) fn schema(self, id: &str, kind: Kind, old: bool) -> Value {
        let (plain, items) = self.kinds(kind, old);
        let mut schema = Map::new();
        schema.insert("type".to_owned(), plain.into());
        if let Some(items) = items {
            schema.insert("items".to_owned(), items.into());
        }
        match self.custom() {
            Some(custom) => {
                let number = id
                    .strip_prefix("customfield_")
                    .and_then(|n| n.parse::<u64>().ok());
                if self == Self::Team {
                    schema.insert("configuration".to_owned(), json!({ custom.as_str(): true }));
                }
                schema.insert("custom".to_owned(), custom.into());
                schema.insert("customId".to_owned(), json!(number));
            }
            None => {
                schema.insert("system".to_owned(), id.into());
            }
        }
        Value::Object(schema)
    }

    fn kinds(self, kind: Kind, old: bool) -> (&'static str, Option<&'static str>) {
        let sprint = if kind == Kind::Cloud {
            "json"
        } else {
            "string"
        };
        match self.shape() {
            Shape::Option if old => ("string", None),
            Shape::Option => ("option", None),
            Shape::Options if old => ("array", Some("string")),
            Shape::Options => ("array", Some("option")),
            Shape::Cascade if old => ("array", Some("string")),
            Shape::Cascade => ("option-with-child", None),
            Shape::Number | Shape::Ignored => ("number", None),
            Shape::Date => ("date", None),
            Shape::DateTime => ("datetime", None),
            Shape::Labels => ("array", Some("string")),
            Shape::User => ("user", None),
            Shape::Users => ("array", Some("user")),
            Shape::Group => ("group", None),
            Shape::Groups => ("array", Some("group")),
            Shape::Version => ("version", None),
            Shape::Versions => ("array", Some("version")),
            Shape::Components => ("array", Some("component")),
            Shape::Priority => ("priority", None),
            Shape::Project => ("project", None),
            Shape::Sprint => ("array", Some(sprint)),
            Shape::Team => ("team", None),
            Shape::App(field) => field.kinds(),
            Shape::Epic | Shape::Unwritable => ("any", None),
            Shape::Text(_) | Shape::LongText | Shape::Url => ("string", None),
        }
    }
}

impl Shape {
    /// Whether a value is a collection to which one element can be added.
    pub(crate) fn is_multiple(self) -> bool {
        matches!(
            self,
            Self::Options
                | Self::Labels
                | Self::Users
                | Self::Groups
                | Self::Versions
                | Self::Components
        )
    }
}
