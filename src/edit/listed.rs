//! Whether a value is among those that Jira lists for its field.

use crate::edit::editmeta::AllowedValues;
use serde_json::Value;
use std::collections::HashMap;

/// The first text in a value that Jira does not list, where it lists any.
pub(crate) fn unlisted<'v>(value: &'v Value, allowed: AllowedValues<'_>) -> Option<&'v str> {
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
