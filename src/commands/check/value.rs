//! What a value would be if the field's own type made it, and which of its texts
//! Jira does not list.

use crate::edit::assignment::Assignment;
use crate::edit::editmeta::AllowedValues;
use crate::edit::field_type::FieldType;
use crate::edit::{Edit, EditContext};
use serde_json::Value;
use std::collections::HashMap;

/// The edit as the field's own type makes it of a text whose type was named.
/// JSON is what the person says it is.
pub(super) fn usual(knowledge: &EditContext<'_>, assignments: &[Assignment]) -> Option<Edit> {
    let by_field = |assignment: &Assignment| {
        let shape = assignment.shape.filter(|shape| *shape == FieldType::Json);
        Assignment {
            shape,
            ..assignment.clone()
        }
    };
    knowledge
        .plan(&assignments.iter().map(by_field).collect::<Vec<_>>())
        .ok()
}

/// The first text in a value that Jira does not list, where it lists any.
pub(super) fn unlisted<'v>(value: &'v Value, allowed: AllowedValues<'_>) -> Option<&'v str> {
    if allowed.is_empty() {
        return None;
    }
    let elements = value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    let named = |element: &'v Value| {
        let text = ["value", "name", "key"]
            .iter()
            .find_map(|name| element.get(*name)?.as_str())?;
        Some((text, element.get("child")))
    };
    // Whether each is listed, and the first text among the listed one's children
    // that is not.
    let mut texts: HashMap<&str, (Option<&'v Value>, bool, Option<&'v str>)> = elements
        .iter()
        .filter_map(named)
        .map(|(text, child)| (text, (child, false, None)))
        .collect();
    allowed.each(|one| {
        for name in [Some(&one.text), one.key.as_ref()].into_iter().flatten() {
            if let Some((child, listed @ false, within)) = texts.get_mut(name.exact()) {
                *listed = true;
                *within = child.and_then(|child| unlisted(child, one.children));
            }
        }
    });
    let first = |(text, _): (&'v str, _)| match texts.get(text) {
        Some((_, true, within)) => *within,
        _ => Some(text),
    };
    elements.iter().filter_map(named).find_map(first)
}
