//! Every type of field: its names, its shape and an example; the one place to touch when a type is added.

use super::{Element, Shape};

/// One kind of field, as `help fields` and the README show it.
pub struct Entry {
    /// What `--type` calls it; types that share a shape share the name.
    pub name: &'static str,
    /// Jira's custom types with this shape, and the system fields, for people to find theirs.
    pub jira_types: &'static [&'static str],
    /// The JSON it becomes.
    pub shape: Shape,
    /// A text that a person would give.
    pub text: &'static str,
    /// What goes out for it, on self-hosted Jira, without metadata.
    pub json: &'static str,
}

macro_rules! catalogue {
    ($($name:literal, [$($jira:literal),*], $shape:expr, $text:literal => $json:literal;)*) => {
        &[$(Entry { name: $name, jira_types: &[$($jira),*], shape: $shape, text: $text, json: $json }),*]
    };
}

/// All of them. The custom types are those of Jira's own plugins; the words behind `system:` are fields that every site has.
#[rustfmt::skip]
pub const CATALOGUE: &[Entry] = catalogue! {
    "select", ["select", "radiobuttons", "gh-epic-status"], Shape::One(Element::Option),
        "Development Completed" => r#"{"value":"Development Completed"}"#;
    "multi-select", ["multiselect", "multicheckboxes"], Shape::Many(Element::Option),
        "Linux, Windows" => r#"[{"value":"Linux"},{"value":"Windows"}]"#;
    "cascading", ["cascadingselect"], Shape::Cascading,
        "Europe > Berlin" => r#"{"value":"Europe","child":{"value":"Berlin"}}"#;
    "text", ["textfield", "textarea", "readonlyfield", "gh-epic-link", "gh-epic-label", "gh-epic-color", "atlassian-team",
             "system:summary", "system:description", "system:environment"], Shape::Text,
        "Build 42 passed" => r#""Build 42 passed""#;
    "number", ["float", "jsw-story-points"], Shape::Number,
        "1.5" => "1.5";
    "date", ["datepicker", "jpo-custom-field-baseline-start", "jpo-custom-field-baseline-end", "system:duedate"], Shape::Date,
        "2015-11-18" => r#""2015-11-18""#;
    "datetime", ["datetime"], Shape::Datetime,
        "2015-11-18T14:39:00+11:00" => r#""2015-11-18T14:39:00.000+1100""#;
    "url", ["url"], Shape::Text,
        "https://ci.example.com/42" => r#""https://ci.example.com/42""#;
    "labels", ["labels", "system:labels"], Shape::Many(Element::Label),
        "nightly, green" => r#"["nightly","green"]"#;
    "user", ["userpicker", "system:assignee", "system:reporter"], Shape::One(Element::User),
        "jdoe" => r#"{"name":"jdoe"}"#;
    "users", ["multiuserpicker"], Shape::Many(Element::User),
        "jdoe, fred" => r#"[{"name":"jdoe"},{"name":"fred"}]"#;
    "group", ["grouppicker"], Shape::One(Element::Named),
        "jira-developers" => r#"{"name":"jira-developers"}"#;
    "groups", ["multigrouppicker"], Shape::Many(Element::Named),
        "qa, release" => r#"[{"name":"qa"},{"name":"release"}]"#;
    "version", ["version"], Shape::One(Element::Named),
        "1.0" => r#"{"name":"1.0"}"#;
    "versions", ["multiversion", "system:versions", "system:fixVersions"], Shape::Many(Element::Named),
        "1.0, 1.1" => r#"[{"name":"1.0"},{"name":"1.1"}]"#;
    "project", ["project"], Shape::One(Element::Keyed),
        "HSP" => r#"{"key":"HSP"}"#;
    "components", ["system:components"], Shape::Many(Element::Named),
        "Backend, API" => r#"[{"name":"Backend"},{"name":"API"}]"#;
    "sprint", ["gh-sprint"], Shape::Sprint,
        "37" => "37";
    "json", [], Shape::Json,
        r#"{"id":"10112"}"# => r#"{"id":"10112"}"#;
};

/// The entry that `--type` names.
pub fn by_name(name: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.name == name)
}

pub(super) fn by_custom_type(custom: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.jira_types.contains(&custom))
}

#[cfg(test)]
mod tests {
    use super::super::Context;
    use super::*;

    #[test]
    fn each_example_is_what_the_program_sends() {
        let context = Context { allowed: &[], cloud: false, now: 0 };
        for entry in CATALOGUE {
            let sent = entry.shape.encode(entry.text, &context).unwrap();
            assert_eq!(sent.to_string(), entry.json, "{}", entry.name);
        }
    }
}
