//! Custom fields of apps whose values have a JSON of their own: which fields
//! these are, and their JSON for a text.

use crate::edit::editmeta::Schema;
use crate::redact::outside::Outside;
use serde_json::{Value, json};

/// The JSON of an app's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppField {
    /// Jira Service Management's organizations: `[3]`.
    Organizations,
    /// Jira Service Management's request language: `{"languageCode":"de"}`.
    Language,
    /// Jira Service Management's affected services: `[{"id":"ari:…"}]`.
    Services,
    /// Assets on Cloud: `[{"id":"workspace:88","objectId":"88"}]`.
    CloudAssets,
    /// Assets (Insight) on Data Center: `[{"key":"CMDB-1"}]`.
    Assets,
    /// Okapya's checklist: `[{"name":"Deploy","checked":false}]`.
    Checklist,
    /// Jira Product Discovery's interval: JSON inside a string.
    Interval,
}

/// A row of `help fields`: whose field it is, a text, and the JSON for it.
pub struct AppExample {
    pub field: AppField,
    pub name: &'static str,
    /// A text that a person would give.
    pub text: &'static str,
    pub json: &'static str,
}

pub const APP_FIELDS: &[AppExample] = &[
    AppExample {
        field: AppField::Organizations,
        name: "Organizations (Jira Service Management)",
        text: "3, 4",
        json: "[3,4]",
    },
    AppExample {
        field: AppField::Language,
        name: "Request language (Jira Service Management)",
        text: "de",
        json: r#"{"languageCode":"de"}"#,
    },
    AppExample {
        field: AppField::Services,
        name: "Affected services (Jira Service Management)",
        text: "ari:cloud:graph::service/1",
        json: r#"[{"id":"ari:cloud:graph::service/1"}]"#,
    },
    AppExample {
        field: AppField::CloudAssets,
        name: "Assets objects on Cloud",
        text: "workspace:88",
        json: r#"[{"id":"workspace:88","objectId":"88"}]"#,
    },
    AppExample {
        field: AppField::Assets,
        name: "Assets (Insight) objects on Data Center",
        text: "CMDB-1, CMDB-2",
        json: r#"[{"key":"CMDB-1"},{"key":"CMDB-2"}]"#,
    },
    AppExample {
        field: AppField::Checklist,
        name: "Checklist (Okapya)",
        text: "Deploy, Verify",
        json: r#"[{"name":"Deploy","checked":false},{"name":"Verify","checked":false}]"#,
    },
    AppExample {
        field: AppField::Interval,
        name: "Interval (Jira Product Discovery)",
        text: "2026-01-01/2026-01-31",
        json: r#""{\"start\":\"2026-01-01\",\"end\":\"2026-01-31\"}""#,
    },
];

impl AppField {
    /// The field's JSON, where the schema is that of an app's field in the list.
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let exact = |text: &Option<Outside>| {
            let text = text.as_ref().map(Outside::exact);
            text.unwrap_or_default().to_owned()
        };
        let (custom, items) = (exact(&schema.custom), exact(&schema.items));
        let (plugin, name) = custom.rsplit_once(':').unwrap_or(("", &custom));
        match (name, items.as_str()) {
            ("sd-customer-organizations", _) | (_, "sd-customerorganization") => {
                Some(AppField::Organizations)
            }
            ("sd-request-language", _) => Some(AppField::Language),
            ("service-entity-field-cftype", _) => Some(AppField::Services),
            ("cmdb-object-cftype", _) => Some(AppField::CloudAssets),
            _ if name.starts_with("rlabs-customfield") => Some(AppField::Assets),
            (_, "checklist-item") => Some(AppField::Checklist),
            ("interval", _) if plugin == "jira.polaris" => Some(AppField::Interval),
            _ => None,
        }
    }

    /// What goes out for a text, for a person to write it as JSON.
    pub(crate) fn json(self) -> &'static str {
        let mut all = APP_FIELDS.iter();
        all.find(|one| one.field == self)
            .map_or("null", |one| one.json)
    }

    pub(super) fn value(self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        match self {
            AppField::Language => Ok(json_of(text)
                .filter(Value::is_object)
                .unwrap_or_else(|| json!({ "languageCode": text }))),
            AppField::Interval => interval(text),
            _ => self.elements(text).map(Value::Array),
        }
    }

    /// The elements of a field that holds several.
    pub(super) fn elements(self, text: &str) -> Result<Vec<Value>, String> {
        if matches!(self, AppField::Language | AppField::Interval) {
            return Err(
                "holds one value, so nothing can be added to it or removed from it; use FIELD=TEXT"
                    .to_owned(),
            );
        }
        let given = match json_of(text) {
            Some(Value::Array(elements)) => elements,
            Some(object) => vec![object],
            None => {
                let pieces = text.split([',', '\n', '\r']).map(str::trim);
                pieces
                    .filter(|piece| !piece.is_empty())
                    .map(|piece| json!(piece))
                    .collect()
            }
        };
        given.into_iter().map(|given| self.element(given)).collect()
    }

    fn element(self, given: Value) -> Result<Value, String> {
        let Value::String(text) = given else {
            return self.of_json(given);
        };
        match self {
            AppField::Organizations => text
                .parse::<u64>()
                .map(|id| json!(id))
                .map_err(|_| format!("takes the numeric ids of organizations, not {text:?}")),
            AppField::CloudAssets => match text.rsplit_once(':') {
                Some((workspace, object)) if !workspace.is_empty() && !object.is_empty() => {
                    Ok(json!({ "id": text, "objectId": object }))
                }
                _ => Err(format!(
                    "takes an object's id with its workspace, WORKSPACE:88, not {text:?}"
                )),
            },
            AppField::Assets if is_object_key(&text) => Ok(json!({ "key": text })),
            AppField::Assets => Err(format!("takes object keys such as CMDB-1, not {text:?}")),
            AppField::Checklist => Ok(json!({ "name": text, "checked": false })),
            AppField::Services if text.starts_with("ari:") => Ok(json!({ "id": text })),
            AppField::Services => Err(format!(
                "takes the ids of services, which begin with ari:, not {text:?}"
            )),
            AppField::Language | AppField::Interval => Ok(json!(text)),
        }
    }

    /// JSON that a person gave in place of a text. Assets on Data Center ignores
    /// whatever has no key, so that is refused here.
    fn of_json(self, given: Value) -> Result<Value, String> {
        let has_key = given.get("key").is_some_and(Value::is_string);
        if self == AppField::Assets && !has_key {
            return Err(format!("takes objects with a key and ignores {given}"));
        }
        Ok(given)
    }
}

fn json_of(text: &str) -> Option<Value> {
    let json: Value = serde_json::from_str(text).ok()?;
    (json.is_object() || json.is_array()).then_some(json)
}

fn is_object_key(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(schema, number)| {
        !schema.is_empty()
            && schema
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// `2026-01-01/2026-01-31`, or one day, or the JSON that goes into the string.
fn interval(text: &str) -> Result<Value, String> {
    if json_of(text).is_some_and(|json| json.is_object()) {
        return Ok(json!(text));
    }
    let (start, end) = text.split_once('/').unwrap_or((text, text));
    let (start, end) = (start.trim(), end.trim());
    if !(is_day(start) && is_day(end)) {
        return Err(format!(
            "takes two days such as 2026-01-01/2026-01-31, not {text:?}"
        ));
    }
    Ok(json!(json!({ "start": start, "end": end }).to_string()))
}

fn is_day(text: &str) -> bool {
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<_> = text.split('-').collect();
    matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn each_example_is_what_the_program_sends() {
        each(APP_FIELDS, |one| {
            let sent = one.field.value(one.text).map(|sent| sent.to_string());
            assert_eq!(sent.as_deref(), Ok(one.json), "{}", one.name);
        });
    }

    #[test]
    fn a_text_that_only_begins_or_ends_like_the_right_one_is_refused() {
        let rows = [
            (AppField::CloudAssets, ":88"),
            (AppField::CloudAssets, "workspace:"),
            (AppField::Assets, "-1"),
            (AppField::Assets, "CMDB-"),
            (AppField::Assets, "CM DB-1"),
            (AppField::Assets, "CMDB-1a"),
            (AppField::Interval, "2026-01-01/soon"),
            (AppField::Interval, "soon/2026-01-01"),
            (AppField::Interval, "26-01-01"),
            (AppField::Interval, "2026-1-01"),
            (AppField::Interval, "2026-01-1"),
            (AppField::Interval, "20x6-01-01"),
        ];
        each(rows, |(field, text)| {
            let refused = field.value(text).unwrap_err();
            assert!(refused.contains(&format!("not {text:?}")), "{refused}");
        });
        let key = AppField::Assets.value("CMDB_2-17").unwrap();
        assert_eq!(key.to_string(), r#"[{"key":"CMDB_2-17"}]"#);
    }

    #[test]
    fn an_interval_of_another_app_is_none_of_polaris() {
        let of = |custom: &str| {
            AppField::of(&Schema {
                custom: Some(custom.into()),
                ..Schema::default()
            })
        };
        assert_eq!(of("jira.polaris:interval"), Some(AppField::Interval));
        assert_eq!(of("com.example:interval"), None);
    }

    #[test]
    fn nothing_is_added_to_a_field_that_holds_one_value() {
        each([AppField::Language, AppField::Interval], |field| {
            let refused = field.elements("de").unwrap_err();
            assert!(refused.ends_with("use FIELD=TEXT"), "{refused}");
        });
    }
}
