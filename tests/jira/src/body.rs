//! The outer form of an edit's body, and how each Jira words what is wrong with
//! it.

use crate::message::Reply;
use crate::refusal;
use crate::site::Kind;
use serde_json::{Map, Value};

const KNOWN: [&str; 5] = [
    "fields",
    "update",
    "transition",
    "historyMetadata",
    "properties",
];
const CLOUD_INVALID: &str =
    "Invalid request payload. Refer to the REST API documentation and try again.";
const CLOUD_SYNTAX: &str =
    "There was an error parsing JSON. Check that your request body is valid.";
const SYNTAX: &str = "The submitted data is not valid JSON and cannot be parsed.";
const EMPTY: &str = "No content to map to Object due to end of input";
const BEAN: &str = "com.atlassian.jira.rest.v2.issue.IssueUpdateBean";
/// Unsourced: the API documents one operation an object.
const ONE_VERB: &str = "An operation must have exactly one verb";
const OPERATION: &str = "class com.atlassian.jira.rest.api.issue.FieldOperation";

/// The two maps of an edit.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) fields: Map<String, Value>,
    /// Field ids to arrays of operations, each an object of one operation.
    pub(crate) update: Map<String, Value>,
}

/// The parsed body, or that Jira's 400.
pub(crate) fn parse(kind: Kind, bytes: &[u8]) -> Result<Body, Reply> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(refusal::unreadable(EMPTY));
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return Err(match kind {
            Kind::Cloud => refusal::unreadable(CLOUD_SYNTAX),
            _ => refusal::messages(400, &[SYNTAX]),
        });
    };
    let words = |leak: String| match kind {
        Kind::Cloud => refusal::unreadable(CLOUD_INVALID),
        _ => refusal::unreadable(&leak),
    };
    let Value::Object(mut members) = value else {
        return Err(words(mistaken(
            &format!("[simple type, class {BEAN}]"),
            &value,
            "",
        )));
    };
    if let Some(unknown) = members.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(words(format!(
            "Unrecognized field \"{unknown}\" (Class {BEAN}), not marked as ignorable"
        )));
    }
    let fields = map_of(members.remove("fields"), "fields").map_err(words)?;
    let update = map_of(members.remove("update"), "update").map_err(words)?;
    check_operations(&update).map_err(words)?;
    Ok(Body { fields, update })
}

/// The operations on one field as pairs of operation and value.
pub(crate) fn operations(operations: &Value) -> Vec<(&str, &Value)> {
    let objects = operations.as_array().into_iter().flatten();
    objects
        .filter_map(Value::as_object)
        .flatten()
        .map(|(verb, value)| (verb.as_str(), value))
        .collect()
}

fn map_of(value: Option<Value>, name: &str) -> Result<Map<String, Value>, String> {
    let target = "[map type; class java.util.LinkedHashMap, [simple type, class java.lang.String] -> \
         [simple type, class java.lang.Object]]";
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(other) => Err(mistaken(target, &other, &chain(name))),
    }
}

fn check_operations(update: &Map<String, Value>) -> Result<(), String> {
    for operations in update.values() {
        let Value::Array(operations) = operations else {
            return Err(mistaken(
                "java.util.ArrayList",
                operations,
                &chain("update"),
            ));
        };
        for operation in operations {
            match operation {
                Value::Object(members) if members.len() == 1 => {}
                Value::Object(_) => {
                    return Err(format!("{ONE_VERB}{}", chain("update")));
                }
                other => {
                    let target = format!("[simple type, {OPERATION}]");
                    return Err(mistaken(&target, other, &chain("update")));
                }
            }
        }
    }
    Ok(())
}

fn chain(member: &str) -> String {
    format!(" (through reference chain: {BEAN}[\"{member}\"])")
}

/// Jackson 1's message about a value of the wrong JSON type; sourced for
/// strings, by analogy for the others.
fn mistaken(target: &str, found: &Value, chain: &str) -> String {
    let instance = |what: &str| {
        format!(
            "Can not instantiate value of type {target} from JSON {what}; \
             no single-{what} constructor/factory method{chain}"
        )
    };
    let token = |token: &str| {
        format!("Can not deserialize instance of {target} out of {token} token{chain}")
    };
    match found {
        Value::String(_) => instance("String"),
        Value::Number(_) => token("VALUE_NUMBER"),
        Value::Bool(true) => token("VALUE_TRUE"),
        Value::Bool(false) => token("VALUE_FALSE"),
        Value::Null => token("VALUE_NULL"),
        Value::Array(_) => token("START_ARRAY"),
        Value::Object(_) => token("START_OBJECT"),
    }
}
