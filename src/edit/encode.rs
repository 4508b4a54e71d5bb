//! From a text to the JSON that Jira wants for a field; knows no clock, no
//! environment and no network.

use crate::deployment::Deployment;
use crate::edit::datetime;
use crate::edit::editmeta::AllowedValues;
use crate::edit::field_type::{FieldType, Item, object_or_array, same_text};
use crate::edit::known::{Found, Known, loose_pairs, pairs};
use crate::redact::outside::Outside;
use crate::text::one_line;
use serde_json::{Number, Value, json};

/// What shaping may need to know beside the text.
#[derive(Clone, Copy, Debug)]
pub struct EncodeContext<'a> {
    /// The values that Jira lists for the field; empty where it lists none, or was
    /// not asked.
    pub allowed: AllowedValues<'a>,
    /// Where Jira runs: on Cloud users have account ids.
    pub deployment: Deployment,
    /// Seconds since 1970, for `now` and `today`.
    pub now: u64,
}

impl FieldType {
    /// The JSON for this text.
    ///
    /// # Errors
    /// Where no JSON of this shape can be made of the text: what the field takes
    /// instead. A text of the right shape is never refused; Jira judges it.
    pub fn encode(self, text: &str, context: &EncodeContext<'_>) -> Result<Value, String> {
        self.encode_known(text, &Known::of(&[(self, text)], context.allowed), context)
    }

    /// The same, with what Jira lists of all texts that the field was given.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn encode_known(
        self,
        text: &str,
        known: &Known<'_, '_>,
        context: &EncodeContext<'_>,
    ) -> Result<Value, String> {
        match self {
            FieldType::One(element) => Ok(element.encode(text, known, context.deployment)),
            FieldType::Many(element) => Ok(Value::Array(element.encode_all(
                text,
                known,
                context.deployment,
            ))),
            FieldType::Cascading => Ok(cascading(text, known)),
            FieldType::Text => Ok(json!(text)),
            FieldType::Number => number(text)
                .ok_or_else(|| format!("takes a number such as 42 or 1.5, not {}", quoted(text))),
            FieldType::Date => Ok(json!(datetime::date(text, context.now))),
            FieldType::Datetime => Ok(json!(datetime::datetime(text, context.now))),
            FieldType::Sprint => match text.trim().parse::<u64>() {
                Ok(id) => Ok(json!(id)),
                Err(_) => Err(format!(
                    "takes the number of one sprint, not {}",
                    quoted(text)
                )),
            },
            FieldType::Json => {
                serde_json::from_str(text).map_err(|error| format!("takes JSON: {error}"))
            }
            FieldType::App(app) => app.value(text),
            FieldType::System(system) => system.value(text),
            FieldType::Opaque => object_or_array(text)
                .ok_or_else(|| format!("takes JSON of its app's own, not {}", quoted(text))),
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
        known: &Known<'_, '_>,
        context: &EncodeContext<'_>,
    ) -> Result<Vec<Value>, String> {
        match self {
            FieldType::Many(element) => Ok(element.encode_all(text, known, context.deployment)),
            FieldType::App(app) => app.elements(text),
            FieldType::System(system) => system.added(text, context.now),
            FieldType::Unknown | FieldType::Opaque | FieldType::Json => {
                match self.encode_known(text, known, context)? {
                    Value::Array(elements) => Ok(elements),
                    element => Ok(vec![element]),
                }
            }
            _ => Err("holds one value: nothing can be added or removed; use FIELD=TEXT".to_owned()),
        }
    }
}

impl Item {
    /// The JSON for one text: in Jira's spelling where Jira lists it, as given where not.
    fn encode(self, text: &str, known: &Known<'_, '_>, deployment: Deployment) -> Value {
        if let Some(object) = self.ready_made(text) {
            return object;
        }
        let found = known.find(text);
        let text = text.trim();
        let spelling = found.map_or(text, |found| found.allowed.text.exact());
        let by_id = found.filter(|found| {
            found.only_by_id || !same_text(found.allowed.text.exact().trim(), text)
        });
        let by_id = by_id
            .and_then(|found| found.allowed.id.as_ref())
            .map(Outside::exact);
        match self {
            Item::Label | Item::Other => json!(text),
            Item::OptionId => {
                let id = found.and_then(|found| found.allowed.id.as_ref());
                json!({ "id": id.map_or(text, Outside::exact) })
            }
            Item::User if deployment.is_cloud() => json!({ "accountId": text }),
            Item::User => json!({ "name": text }),
            Item::Option => match by_id {
                Some(id) => json!({ "id": id }),
                None => json!({ "value": spelling }),
            },
            Item::Named => match by_id {
                Some(id) => json!({ "id": id }),
                None => json!({ "name": spelling }),
            },
            Item::Keyed => match found.and_then(|found| found.allowed.key.as_ref()) {
                Some(key) => json!({ "key": key.exact() }),
                None if text.bytes().all(|b| b.is_ascii_digit()) => json!({ "id": text }),
                None => json!({ "key": text }),
            },
        }
    }

    /// Several texts, separated by commas or lines, or a JSON array. A listed value
    /// that holds a comma stays whole.
    fn encode_all(self, text: &str, known: &Known<'_, '_>, deployment: Deployment) -> Vec<Value> {
        if let Some(Value::Array(elements)) = object_or_array(text) {
            let shaped = elements.into_iter().map(|element| match element {
                Value::String(text) => self.encode(&text, known, deployment),
                mut object => {
                    self.spell_id(&mut object);
                    object
                }
            });
            return shaped.collect();
        }
        if let Some(object) = self.ready_made(text) {
            return vec![object];
        }
        let mut elements = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (element, behind) = known.next_piece(rest);
            if !element.trim().is_empty() {
                elements.push(self.encode(element, known, deployment));
            }
            rest = behind;
        }
        elements
    }

    /// A JSON object that already names the thing.
    fn ready_made(self, text: &str) -> Option<Value> {
        let names: &[&str] = match self {
            Item::Label => return None,
            Item::Other => return object_or_array(text).filter(Value::is_object),
            Item::Option | Item::OptionId => &["id", "value"],
            Item::User => &["name", "accountId", "id", "key"],
            Item::Named => &["id", "name"],
            Item::Keyed => &["id", "key"],
        };
        let mut object = object_or_array(text).filter(Value::is_object)?;
        self.spell_id(&mut object);
        names
            .iter()
            .any(|name| object.get(name).is_some_and(Value::is_string))
            .then_some(object)
    }

    /// Jira's ids are strings, a number is refused.
    fn spell_id(self, object: &mut Value) {
        if !matches!(self, Item::Option | Item::Named | Item::Keyed) {
            return;
        }
        if let Some(id) = object.get_mut("id").filter(|id| id.is_number()) {
            *id = json!(id.to_string());
        }
        if let Some(child) = object.get_mut("child") {
            self.spell_id(child);
        }
    }
}

/// An option by its text, or by its id where its text does not name it.
fn option(found: Found<'_, '_>) -> Value {
    match found.allowed.id.as_ref().filter(|_| found.only_by_id) {
        Some(id) => json!({ "id": id.exact() }),
        None => json!({ "value": found.allowed.text.exact() }),
    }
}

fn cascading(text: &str, known: &Known<'_, '_>) -> Value {
    if let Some(object) = Item::Option.ready_made(text) {
        return object;
    }
    if let Some(parent) = known.find(text) {
        return option(parent);
    }
    let with_child = |mut parent: Value, child: Value| {
        parent["child"] = child;
        parent
    };
    let mut unlisted_child = None;
    for (parent, child) in pairs(text).chain(loose_pairs(text)) {
        let Some(parent) = known.find(parent) else {
            continue;
        };
        let children = Known::of(
            &[(FieldType::One(Item::Option), child)],
            parent.allowed.children,
        );
        if let Some(child) = children.find(child) {
            return with_child(option(parent), option(child));
        }
        unlisted_child.get_or_insert_with(|| (option(parent), child.trim()));
    }
    let first = || pairs(text).next();
    let unlisted =
        || first().map(|(parent, child)| (json!({ "value": parent.trim() }), child.trim()));
    match unlisted_child.or_else(unlisted) {
        Some((parent, child)) => with_child(parent, json!({ "value": child })),
        None => json!({ "value": text.trim() }),
    }
}

/// A text inside a message.
fn quoted(text: &str) -> String {
    format!("{:?}", one_line(text, 24))
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

#[cfg(test)]
mod tests;
