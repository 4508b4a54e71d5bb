//! What a person may want to know of how a text was understood.

use crate::edit::datetime;
use crate::edit::field_type::FieldType;
use crate::edit::known::Known;
use crate::redact::Redactor;
use serde_json::Value;

/// So many are told of one text.
const MOST: usize = 12;

pub(super) fn notes(
    shape: FieldType,
    text: &str,
    value: &Value,
    known: &Known<'_, '_>,
    redactor: &Redactor,
) -> Vec<String> {
    if shape == FieldType::Datetime && datetime::lacks_zone(text) {
        return vec![format!("{text:?} names no zone and is taken as UTC")];
    }
    let elements = match value {
        Value::Array(elements) => elements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let by_id = elements.iter().filter_map(|element| {
        let id = element.get("id")?.as_str()?;
        let called = known.given_by_id(id)?.text.name(redactor);
        Some(format!("{id} is the id of {:?}", called.as_str()))
    });
    by_id.take(MOST).collect()
}
