//! The options of an edit by their ids in place of their texts: some Jiras refuse
//! a text that they list.

use crate::edit::Edit;
use crate::edit::editmeta::{Allowed, AllowedValues, Field};
use crate::redact::outside::Outside;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

type Listed<'a> = HashMap<String, Option<Allowed<'a>>>;

impl Edit {
    /// True where an option is given by its text.
    pub fn names_options(&self) -> bool {
        let mut edit = self.clone();
        let operations = edit.update.values_mut().filter_map(Value::as_array_mut);
        let given = operations.flatten().filter_map(Value::as_object_mut);
        let given = given.flat_map(|operation| operation.values_mut());
        let mut all = edit.fields.values_mut().chain(given).flat_map(options);
        all.any(|option| text(option).is_some())
    }

    /// The same edit with the ids of the options of the fields that were refused, by
    /// id, name or key, where Jira lists their texts; `None` where it lists none.
    pub fn with_option_ids<'o>(
        &self,
        fields: &[Field],
        refused: impl Iterator<Item = &'o Outside>,
    ) -> Option<Edit> {
        let refused: HashSet<&Outside> = refused.collect();
        let is_refused = |field: &&Field| {
            let names = [Some(&field.id), Some(&field.name), field.key.as_ref()];
            let mut names = names.into_iter().flatten();
            names.any(|name| refused.contains(name))
        };
        let mut edit = self.clone();
        for field in fields.iter().filter(is_refused) {
            let (id, allowed) = (field.id.exact(), field.allowed());
            let set = edit.fields.get_mut(id).into_iter();
            let operations = edit.update.get_mut(id).and_then(Value::as_array_mut);
            let operations = operations.into_iter().flatten();
            let given = operations
                .filter_map(Value::as_object_mut)
                .flat_map(|operation| operation.values_mut());
            let mut options: Vec<&mut Value> = set.chain(given).flat_map(options).collect();
            name_by_ids(&mut options, allowed);
        }
        (edit != *self).then_some(edit)
    }
}

/// One option, or each of an array.
fn options(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(elements) => elements.iter_mut().collect(),
        value => vec![value],
    }
}

fn text(option: &Value) -> Option<&str> {
    option.get("value")?.as_str()
}

/// In one reading of the list, however many options are given.
fn name_by_ids(given: &mut [&mut Value], allowed: AllowedValues<'_>) {
    let texts = given.iter().filter_map(|option| text(option));
    let mut listed: Listed<'_> = texts.map(|text| (text.to_owned(), None)).collect();
    if listed.is_empty() {
        return;
    }
    allowed.each(|one| {
        let usable = !one.disabled && one.id.is_some();
        if let Some(found) = listed.get_mut(one.text.exact()).filter(|_| usable) {
            found.get_or_insert(one);
        }
    });
    for option in given {
        let found = text(option).and_then(|text| listed.get(text)?.as_ref());
        let Some(id) = found.and_then(|found| found.id.as_ref()) else {
            continue;
        };
        let mut by_id = json!({ "id": id.exact() });
        if let Some(mut child) = option.get("child").cloned() {
            let children = found.map(|found| found.children).unwrap_or_default();
            name_by_ids(&mut [&mut child], children);
            by_id["child"] = child;
        }
        **option = by_id;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_named_by_the_id_of_one_that_may_be_chosen() {
        let field = Field {
            id: "customfield_1".into(),
            allowed_json: json!([
                { "value": "On" },
                { "id": "1", "value": "On", "disabled": true },
                { "id": "2", "value": "On" },
                { "id": "3", "value": "On" },
            ])
            .to_string()
            .into(),
            ..Field::default()
        };
        let mut edit = Edit::default();
        edit.fields
            .insert("customfield_1".to_owned(), json!({ "value": "On" }));
        let named = edit.with_option_ids(std::slice::from_ref(&field), [&field.id].into_iter());
        let sent = named.unwrap().fields["customfield_1"].clone();
        assert_eq!(sent, json!({ "id": "2" }));
    }
}
