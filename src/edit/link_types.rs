//! Links between issues: the name of a link's type and its direction, from the
//! words that people see.

use crate::redact::outside::Outside;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// A type of link, from `GET /issueLinkType`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct LinkType {
    #[serde(default)]
    name: Outside,
    #[serde(default)]
    outward: Outside,
    #[serde(default)]
    inward: Outside,
}

/// Names of the types that Jira ships with, and the words of both directions.
const SHIPPED: [(&str, &str, &str); 4] = [
    ("Blocks", "blocks", "is blocked by"),
    ("Cloners", "clones", "is cloned by"),
    ("Duplicate", "duplicates", "is duplicated by"),
    ("Relates", "relates to", "relates to"),
];

/// The types in `GET /issueLinkType`; `None` where the text is something else.
pub(crate) fn read(json: &[u8]) -> Option<Vec<LinkType>> {
    #[derive(Deserialize)]
    struct LinkTypes {
        #[serde(rename = "issueLinkTypes")]
        types: Vec<LinkType>,
    }
    let all: LinkTypes = serde_json::from_slice(json).ok()?;
    Some(all.types)
}

/// `blocks HSP-2`: the words of either direction, or the name of the link's type,
/// and the other issue. Words of no type that Jira ships with stay a name.
pub(super) fn link(text: &str) -> Result<Value, String> {
    let wrong = || {
        format!("takes a link such as \"blocks HSP-2\" or \"is blocked by HSP-2\", not {text:?}")
    };
    let (words, key) = text.rsplit_once(char::is_whitespace).ok_or_else(wrong)?;
    let words = words.trim();
    let (project, number) = key.rsplit_once('-').ok_or_else(wrong)?;
    if project.is_empty() || number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let shipped = by_words(&SHIPPED).remove(&words.to_lowercase());
    let (name, end) = shipped.unwrap_or((words, OUTWARD));
    Ok(json!({ "type": { "name": name }, end: { "key": key } }))
}

const OUTWARD: &str = "outwardIssue";
const INWARD: &str = "inwardIssue";

/// By the words in lower case: the type's name, and which end the other issue is.
/// A name goes before words, and the outward ones before the inward ones, which
/// may be the same.
fn by_words<'a>(types: &[(&'a str, &'a str, &'a str)]) -> HashMap<String, (&'a str, &'static str)> {
    let mut found = HashMap::new();
    let mut keep = |words: &str, name, end| {
        found.entry(words.to_lowercase()).or_insert((name, end));
    };
    for (name, ..) in types {
        keep(name, *name, OUTWARD);
    }
    for (name, outward, _) in types {
        keep(outward, *name, OUTWARD);
    }
    for (name, _, inward) in types {
        keep(inward, *name, INWARD);
    }
    found
}

/// True where an edit's `update` names a link by words that are no name of a type
/// that Jira ships with, so that Jira must be asked for its types.
pub(super) fn any_other(update: &Map<String, Value>) -> bool {
    let operations = update.get("issuelinks").and_then(Value::as_array);
    let added = operations.into_iter().flatten();
    let mut names = added.filter_map(|one| one["add"]["type"]["name"].as_str());
    names.any(|name| !SHIPPED.iter().any(|(known, ..)| *known == name))
}

/// Gives the links in an edit's `update` the names of this site's types.
pub(super) fn rename(update: &mut Map<String, Value>, types: &[LinkType]) {
    let types: Vec<_> = types
        .iter()
        .map(|one| (one.name.exact(), one.outward.exact(), one.inward.exact()))
        .collect();
    let by_words = by_words(&types);
    let operations = update.get_mut("issuelinks").and_then(Value::as_array_mut);
    for operation in operations.into_iter().flatten() {
        let Some(Value::Object(link)) = operation.get_mut("add") else {
            continue;
        };
        let name = link.get("type").and_then(|one| one["name"].as_str());
        let Some((name, end)) = name.and_then(|words| by_words.get(&words.to_lowercase())) else {
            continue;
        };
        link.insert("type".to_owned(), json!({ "name": name }));
        if *end == INWARD
            && let Some(other) = link.shift_remove(OUTWARD)
        {
            link.insert(INWARD.to_owned(), other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn a_link_is_named_by_its_type_or_by_the_words_of_either_direction() {
        let rows = [
            ("blocks HSP-2", "Blocks", "outwardIssue"),
            ("Blocks HSP-2", "Blocks", "outwardIssue"),
            ("is blocked by  HSP-2", "Blocks", "inwardIssue"),
            ("Is Duplicated By HSP-2", "Duplicate", "inwardIssue"),
            ("clones HSP-2", "Cloners", "outwardIssue"),
            ("relates to HSP-2", "Relates", "outwardIssue"),
            ("Relates HSP-2", "Relates", "outwardIssue"),
            ("Tests HSP-2", "Tests", "outwardIssue"),
        ];
        each(rows, |(text, name, end)| {
            let made = json!({ "type": { "name": name }, end: { "key": "HSP-2" } });
            assert_eq!(link(text), Ok(made), "{text}");
        });
        let rows = ["HSP-2", "blocks", "blocks HSP", "blocks HSP-x", "blocks -2"];
        each(rows, |text| {
            assert!(link(text).is_err(), "{text}");
        });
    }
}
