//! The form of a world file. `world.schema.json` describes it for editors.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A part that is missing is as in [`crate::world`].
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct WorldEntry {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    pub(super) users: Option<Vec<UserEntry>>,
    pub(super) projects: Option<Vec<ProjectEntry>>,
    pub(super) fields: Option<Vec<FieldEntry>>,
    pub(super) issues: Option<Vec<IssueEntry>>,
    pub(super) permissions: PermissionsEntry,
    pub(super) limits: LimitsEntry,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct UserEntry {
    pub(super) name: String,
    pub(super) password: String,
    pub(super) display_name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) account_id: Option<String>,
    #[serde(default)]
    pub(super) api_tokens: Vec<String>,
    #[serde(default)]
    pub(super) scoped_tokens: Vec<String>,
    #[serde(default)]
    pub(super) personal_tokens: Vec<String>,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    #[serde(default)]
    pub(super) administrator: bool,
    #[serde(default = "yes")]
    pub(super) active: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ProjectEntry {
    pub(super) key: String,
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) versions: Vec<String>,
    #[serde(default)]
    pub(super) components: Vec<String>,
    #[serde(default)]
    pub(super) hidden: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct FieldEntry {
    pub(super) id: String,
    pub(super) name: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    /// Of the only context, where there are no `contexts`.
    #[serde(default)]
    pub(super) options: Vec<OptionEntry>,
    #[serde(default)]
    pub(super) contexts: Vec<ContextEntry>,
    pub(super) on_screen: Option<bool>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) ignored: bool,
    pub(super) untranslated_name: Option<String>,
    pub(super) key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ContextEntry {
    pub(super) name: Option<String>,
    pub(super) projects: Option<Vec<String>>,
    pub(super) issue_types: Option<Vec<String>>,
    #[serde(default)]
    pub(super) options: Vec<OptionEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OptionEntry {
    Value(String),
    Parent(ParentEntry),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParentEntry {
    pub(super) value: String,
    pub(super) children: Vec<String>,
}

/// One issue by its `key`, or issues 1 to `count` of a `project`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct IssueEntry {
    pub(super) key: Option<String>,
    pub(super) project: Option<String>,
    pub(super) count: Option<u64>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) summary: Option<String>,
    #[serde(default)]
    pub(super) fields: Map<String, Value>,
    #[serde(default)]
    pub(super) read_only_for: Vec<String>,
    #[serde(default)]
    pub(super) closed: bool,
    #[serde(default)]
    pub(super) archived: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct PermissionsEntry {
    pub(super) anonymous_may_browse: bool,
    pub(super) comments_for_administrators: bool,
    pub(super) basic_blocked: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct LimitsEntry {
    pub(super) cloud: bool,
    pub(super) budget: Option<BudgetEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BudgetEntry {
    pub(super) capacity: u32,
    pub(super) fill_per_second: u32,
}

fn yes() -> bool {
    true
}
