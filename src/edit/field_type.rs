//! From a text to the JSON that Jira wants for a field; knows no clock, no
//! environment and no network.

use crate::edit::{datetime, field_types};

use crate::deployment::Deployment;
use crate::edit::editmeta::{Allowed, Field, Schema};
use crate::redact::outside::Outside;
use serde_json::{Number, Value, json};

/// The JSON of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// One thing, an object.
    One(Item),
    /// An array of things.
    Many(Item),
    /// `{"value":"P","child":{"value":"C"}}`.
    Cascading,
    /// A string.
    Text,
    /// A number.
    Number,
    /// `"2015-11-18"`.
    Date,
    /// `"2015-11-18T14:39:00.000+1100"`.
    Datetime,
    /// A sprint's id: a bare number although the field is an array.
    Sprint,
    /// The text is JSON already.
    Json,
    /// Of a type that we do not know: the text, or JSON where it is an object or an
    /// array.
    Unknown,
}

/// One thing that a field refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// `{"value":"X"}`.
    Option,
    /// A bare string.
    Label,
    /// `{"name":"jdoe"}`, on Cloud `{"accountId":"…"}`.
    User,
    /// `{"name":"X"}`: groups, versions, components, priorities.
    Named,
    /// `{"key":"ABC"}`: projects and issues.
    Keyed,
}

/// What shaping may need to know beside the text.
#[derive(Clone, Copy, Debug)]
pub struct EncodeContext<'a> {
    /// The values that Jira lists for the field; empty where it lists none, or was
    /// not asked.
    pub allowed: &'a [Allowed],
    /// Where Jira runs: on Cloud users have account ids.
    pub deployment: Deployment,
    /// Seconds since 1970, for `now` and `today`.
    pub now: u64,
}

impl FieldType {
    /// The shape that the edit metadata or the field list asks for. A custom type
    /// decides before the plain type, because Jira 6.3 calls a select a `string`.
    pub fn of(schema: &Schema) -> FieldType {
        if let Some(entry) = schema
            .custom_type()
            .and_then(|custom| field_types::by_custom_type(custom.exact()))
        {
            return entry.shape;
        }
        let items = schema
            .items
            .as_ref()
            .map(Outside::exact)
            .unwrap_or_default();
        match (schema.kind.exact(), items) {
            ("option", _) => FieldType::One(Item::Option),
            ("option-with-child", _) => FieldType::Cascading,
            ("array", "option") => FieldType::Many(Item::Option),
            ("array", "string") => FieldType::Many(Item::Label),
            ("array", "user") => FieldType::Many(Item::User),
            ("array", "group" | "version" | "component") => FieldType::Many(Item::Named),
            ("user", _) => FieldType::One(Item::User),
            (
                "group" | "version" | "priority" | "resolution" | "issuetype" | "securitylevel",
                _,
            ) => FieldType::One(Item::Named),
            ("project" | "issuelink", _) => FieldType::One(Item::Keyed),
            ("string", _) => FieldType::Text,
            ("number", _) => FieldType::Number,
            ("date", _) => FieldType::Date,
            ("datetime", _) => FieldType::Datetime,
            _ => FieldType::Unknown,
        }
    }

    /// True where the JSON differs between Cloud and self-hosted Jira.
    pub fn depends_on_deployment(self) -> bool {
        matches!(
            self,
            FieldType::One(Item::User) | FieldType::Many(Item::User)
        )
    }

    /// The JSON for this text.
    ///
    /// # Errors
    /// Where no JSON of this shape can be made of the text: what the field takes
    /// instead. A text of the right shape is never refused; Jira judges it.
    pub fn encode(self, text: &str, context: &EncodeContext<'_>) -> Result<Value, String> {
        match self {
            FieldType::One(element) => Ok(element.encode(text, context)),
            FieldType::Many(element) => Ok(Value::Array(element.encode_all(text, context))),
            FieldType::Cascading => Ok(cascading(text, context.allowed)),
            FieldType::Text => Ok(json!(text)),
            FieldType::Number => number(text)
                .ok_or_else(|| format!("takes a number such as 42 or 1.5, not {text:?}")),
            FieldType::Date => Ok(json!(datetime::date(text, context.now))),
            FieldType::Datetime => Ok(json!(datetime::datetime(text, context.now))),
            FieldType::Sprint => match text.trim().parse::<u64>() {
                Ok(id) => Ok(json!(id)),
                Err(_) => Err(format!(
                    "takes the numeric id of one sprint (it stands in the board's address), not {text:?}"
                )),
            },
            FieldType::Json => {
                serde_json::from_str(text).map_err(|error| format!("takes JSON: {error}"))
            }
            FieldType::Unknown => Ok(object_or_array(text).unwrap_or_else(|| json!(text))),
        }
    }

    /// The elements to add to the field or to remove from it, one for each operation.
    ///
    /// # Errors
    /// Where the field holds a single value.
    pub fn encode_elements(
        self,
        text: &str,
        context: &EncodeContext<'_>,
    ) -> Result<Vec<Value>, String> {
        match self {
            FieldType::Many(element) => Ok(element.encode_all(text, context)),
            FieldType::Unknown | FieldType::Json => match self.encode(text, context)? {
                Value::Array(elements) => Ok(elements),
                element => Ok(vec![element]),
            },
            _ => Err(
                "holds one value, so nothing can be added to it or removed from it; use FIELD=TEXT"
                    .to_owned(),
            ),
        }
    }
}

impl Item {
    /// The JSON for one text: in Jira's spelling where Jira lists it, as given where not.
    fn encode(self, text: &str, context: &EncodeContext<'_>) -> Value {
        let text = text.trim();
        if let Some(object) = self.ready_made(text) {
            return object;
        }
        let known = find(context.allowed, text);
        let spelling = known.map_or(text, |allowed| allowed.text.exact());
        let by_id = known.filter(|allowed| !same_text(allowed.text.exact(), text));
        let by_id = by_id
            .and_then(|allowed| allowed.id.as_ref())
            .map(Outside::exact);
        match self {
            Item::Label => json!(text),
            Item::User if context.deployment.is_cloud() => json!({ "accountId": text }),
            Item::User => json!({ "name": text }),
            Item::Option => match by_id {
                Some(id) => json!({ "id": id }),
                None => json!({ "value": spelling }),
            },
            Item::Named => match by_id {
                Some(id) => json!({ "id": id }),
                None => json!({ "name": spelling }),
            },
            Item::Keyed => match known.and_then(|allowed| allowed.key.as_ref()) {
                Some(key) => json!({ "key": key.exact() }),
                None if text.bytes().all(|b| b.is_ascii_digit()) => json!({ "id": text }),
                None => json!({ "key": text }),
            },
        }
    }

    /// Several texts, separated by commas or lines, or a JSON array. A listed value
    /// that holds a comma stays whole.
    fn encode_all(self, text: &str, context: &EncodeContext<'_>) -> Vec<Value> {
        if let Some(Value::Array(elements)) = object_or_array(text) {
            let shaped = elements.into_iter().map(|element| match element {
                Value::String(text) => self.encode(&text, context),
                other => other,
            });
            return shaped.collect();
        }
        if let Some(object) = self.ready_made(text) {
            return vec![object];
        }
        let mut elements = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (element, behind) = self.next_piece(rest, context.allowed);
            if !element.is_empty() {
                elements.push(self.encode(element, context));
            }
            rest = behind;
        }
        elements
    }

    /// The longest beginning of the text, up to a separator, that Jira lists; else
    /// the beginning up to the first separator.
    fn next_piece<'a>(self, text: &'a str, allowed: &[Allowed]) -> (&'a str, &'a str) {
        let is_separator = |c: char| matches!(c, ',' | '\n' | '\r');
        let ends = text
            .match_indices(is_separator)
            .map(|(at, _)| at)
            .chain([text.len()]);
        let listed = |end: &usize| find_text(allowed, text[..*end].trim()).is_some();
        let first = text.find(is_separator).unwrap_or(text.len());
        let end = if self == Item::Label {
            None
        } else {
            ends.rev().find(listed)
        };
        let end = end.unwrap_or(first);
        (
            text[..end].trim(),
            text[end..].trim_start_matches(is_separator),
        )
    }

    /// A JSON object that already names the thing.
    fn ready_made(self, text: &str) -> Option<Value> {
        let names: &[&str] = match self {
            Item::Label => return None,
            Item::Option => &["id", "value"],
            Item::User => &["name", "accountId", "id", "key"],
            Item::Named => &["id", "name"],
            Item::Keyed => &["id", "key"],
        };
        let object = object_or_array(text).filter(Value::is_object)?;
        names
            .iter()
            .any(|name| object.get(name).is_some_and(Value::is_string))
            .then_some(object)
    }
}

fn cascading(text: &str, allowed: &[Allowed]) -> Value {
    const SEPARATOR: &str = " > ";
    let text = text.trim();
    if let Some(object) = Item::Option.ready_made(text) {
        return object;
    }
    if let Some(parent) = find(allowed, text) {
        return json!({ "value": parent.text.exact() });
    }
    let splits = || {
        text.match_indices(SEPARATOR)
            .map(|(at, _)| (text[..at].trim(), text[at + SEPARATOR.len()..].trim()))
    };
    for (parent, child) in splits() {
        if let Some(parent) = find(allowed, parent) {
            let child = find(&parent.children, child).map_or(child, |known| known.text.exact());
            return json!({ "value": parent.text.exact(), "child": { "value": child } });
        }
    }
    match splits().next() {
        Some((parent, child)) => json!({ "value": parent, "child": { "value": child } }),
        None => json!({ "value": text }),
    }
}

/// The digits as given, where they are a JSON number; a form that JSON lacks
/// (`+1`, `.5`) in JSON's.
fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(number) = serde_json::from_str::<Number>(text) {
        return Some(Value::Number(number));
    }
    let value: f64 = text.parse().ok()?;
    Number::from_f64(value).map(Value::Number)
}

fn object_or_array(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

fn same_text(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// The listed value with this text, exactly or else ignoring case. Two that
/// differ only in case are not guessed between.
fn find_text<'a>(allowed: &'a [Allowed], text: &str) -> Option<&'a Allowed> {
    if let Some(exact) = allowed.iter().find(|value| value.text == text) {
        return Some(exact);
    }
    let mut alike = allowed
        .iter()
        .filter(|value| same_text(value.text.exact(), text));
    let first = alike.next()?;
    alike.next().is_none().then_some(first)
}

/// The listed value with this text, or else this id or key.
fn find<'a>(allowed: &'a [Allowed], text: &str) -> Option<&'a Allowed> {
    find_text(allowed, text).or_else(|| {
        let mut values = allowed.iter();
        let is = |name: &Option<Outside>| name.as_ref().is_some_and(|name| name == text);
        values.find(|value| is(&value.id) || is(&value.key))
    })
}

/// Fields that answer 204 to a write and keep their value: why, for the person who tries.
pub fn silently_ignored(field: &Field) -> Option<&'static str> {
    let import_id = field
        .schema
        .custom_type()
        .is_some_and(|custom| custom == "importid");
    import_id.then_some("is an import id: Jira answers 204 to a write and keeps the old value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(allowed: &[Allowed]) -> EncodeContext<'_> {
        EncodeContext {
            allowed,
            deployment: Deployment::SelfHosted,
            now: 0,
        }
    }

    fn allowed(text: &str, id: &str) -> Allowed {
        Allowed {
            text: text.into(),
            id: Some(id.into()),
            ..Allowed::default()
        }
    }

    #[test]
    fn a_field_of_an_unknown_plugin_is_shaped_by_its_plain_type() {
        for (kind, items, text, json) in [
            ("option", "", "Red", r#"{"value":"Red"}"#),
            (
                "option-with-child",
                "",
                "Red > Dark",
                r#"{"value":"Red","child":{"value":"Dark"}}"#,
            ),
            (
                "array",
                "option",
                "Red, Blue",
                r#"[{"value":"Red"},{"value":"Blue"}]"#,
            ),
            ("array", "string", "red, blue", r#"["red","blue"]"#),
            (
                "array",
                "user",
                "jdoe, fred",
                r#"[{"name":"jdoe"},{"name":"fred"}]"#,
            ),
            (
                "array",
                "version",
                "1.0, 1.1",
                r#"[{"name":"1.0"},{"name":"1.1"}]"#,
            ),
            ("user", "", "jdoe", r#"{"name":"jdoe"}"#),
            ("group", "", "qa", r#"{"name":"qa"}"#),
            ("project", "", "HSP", r#"{"key":"HSP"}"#),
            ("issuelink", "", "HSP-1", r#"{"key":"HSP-1"}"#),
            ("string", "", "[42]", r#""[42]""#),
            ("number", "", "42", "42"),
            ("date", "", "today", r#""1970-01-01""#),
            (
                "datetime",
                "",
                "2015-11-18T14:39:00+11:00",
                r#""2015-11-18T14:39:00.000+1100""#,
            ),
            ("colour", "", "Red", r#""Red""#),
            ("colour", "", r#"{"rgb":"ff0000"}"#, r#"{"rgb":"ff0000"}"#),
        ] {
            let schema = Schema {
                kind: kind.into(),
                items: Some(items.into()).filter(|items: &Outside| !items.is_empty()),
                custom: Some("com.example.plugin:theirs".into()),
                ..Schema::default()
            };
            let value = FieldType::of(&schema).encode(text, &context(&[])).unwrap();
            assert_eq!(value.to_string(), json, "{kind} {items}");
        }
    }

    #[test]
    fn an_object_that_names_the_thing_goes_out_as_it_is() {
        for (shape, text, json) in [
            (
                FieldType::One(Item::Option),
                r#" {"id":"10112"} "#,
                r#"{"id":"10112"}"#,
            ),
            (
                FieldType::One(Item::User),
                r#"{"accountId":"5b10a"}"#,
                r#"{"accountId":"5b10a"}"#,
            ),
            (
                FieldType::One(Item::Keyed),
                r#"{"id":"10000"}"#,
                r#"{"id":"10000"}"#,
            ),
            (
                FieldType::Many(Item::Named),
                r#"{"id":"10010"}"#,
                r#"[{"id":"10010"}]"#,
            ),
            (
                FieldType::Cascading,
                r#"{"id":"1","child":{"id":"2"}}"#,
                r#"{"id":"1","child":{"id":"2"}}"#,
            ),
            // One that names nothing is a text like any other.
            (
                FieldType::One(Item::Option),
                r#"{"id":10112}"#,
                r#"{"value":"{\"id\":10112}"}"#,
            ),
            (
                FieldType::Many(Item::Label),
                r#"{"id":"1"}"#,
                r#"["{\"id\":\"1\"}"]"#,
            ),
        ] {
            assert_eq!(
                shape.encode(text, &context(&[])).unwrap().to_string(),
                json,
                "{shape:?}"
            );
        }
    }

    #[test]
    fn a_project_is_given_by_its_key_or_by_its_id() {
        let listed = [Allowed {
            key: Some("HSP".into()),
            ..allowed("Homosapien", "10000")
        }];
        for (text, known, json) in [
            ("HSP", &[][..], r#"{"key":"HSP"}"#),
            ("10000", &[], r#"{"id":"10000"}"#),
            ("10000", &listed, r#"{"key":"HSP"}"#),
            ("homosapien", &listed, r#"{"key":"HSP"}"#),
        ] {
            let value = FieldType::One(Item::Keyed)
                .encode(text, &context(known))
                .unwrap();
            assert_eq!(value.to_string(), json, "{text}");
        }
    }

    #[test]
    fn each_element_that_is_added_is_an_operation_of_its_own() {
        for (shape, text, count) in [
            (FieldType::Many(Item::Label), "a, b", Some(2)),
            (FieldType::Unknown, r#"["a","b","c"]"#, Some(3)),
            (FieldType::Unknown, "a, b", Some(1)),
            (FieldType::Json, r#"[{"id":"1"}]"#, Some(1)),
            (FieldType::Json, r#"{"id":"1"}"#, Some(1)),
            (FieldType::Json, "{", None),
            (FieldType::Text, "a", None),
            (FieldType::Sprint, "37", None),
        ] {
            let elements = shape.encode_elements(text, &context(&[])).ok();
            assert_eq!(
                elements.map(|elements| elements.len()),
                count,
                "{shape:?} {text}"
            );
        }
    }
}
