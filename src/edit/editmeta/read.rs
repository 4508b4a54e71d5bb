//! Reads edit metadata and field lists.

use crate::edit::editmeta::{Field, Schema};
use crate::redact::outside::Outside;
use bytes::Bytes;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;

/// More fields than any site has are not kept.
pub(super) const MOST_FIELDS: usize = 20_000;
/// More verbs than Jira has are not kept.
const MOST_OPERATIONS: usize = 16;

/// The fields in `GET /issue/{key}/editmeta`: those on the edit screen that the
/// caller may edit. `None` where the text is something else.
pub fn read_edit_metadata(json: impl Into<Bytes>) -> Option<Vec<Field>> {
    let body = json.into();
    let json = std::str::from_utf8(&body).ok()?;
    // An entry that makes no sense is rare. Only then each entry's end is looked for
    // before it is read, and its values are gone through once more.
    let entries = in_metadata::<false>(json).or_else(|| in_metadata::<true>(json))?;
    Some(
        entries
            .into_iter()
            .map(|(id, entry)| entry.field(Some(id), &body))
            .collect(),
    )
}

/// The fields in `GET /field`: every field of the site. Some system fields have
/// no schema.
pub fn read_field_list(json: impl Into<Bytes>) -> Option<Vec<Field>> {
    let body = json.into();
    let json = std::str::from_utf8(&body).ok()?;
    let entries = in_list(json)?;
    Some(
        entries
            .into_iter()
            .map(|(_, entry)| entry.field(None, &body))
            .collect(),
    )
}

/// One field as it stands in an answer.
#[derive(Deserialize)]
struct Entry<'a> {
    /// The id in Cloud's edit metadata; in its field list an app may have its own.
    key: Option<Outside>,
    /// The id in Data Center's edit metadata.
    #[serde(rename = "fieldId")]
    field_id: Option<Outside>,
    /// The id in the answer of `/rest/api/2/field`.
    id: Option<Outside>,
    #[serde(default)]
    name: Outside,
    #[serde(rename = "untranslatedName")]
    untranslated_name: Option<Outside>,
    #[serde(default)]
    schema: Schema,
    #[serde(default)]
    operations: Option<Operations>,
    #[serde(default, deserialize_with = "lenient")]
    required: bool,
    #[serde(rename = "allowedValues", default, borrow)]
    allowed: Option<&'a RawValue>,
}

impl<'a> Entry<'a> {
    fn read(json: &'a RawValue) -> Option<Self> {
        serde_json::from_str(json.get()).ok()
    }

    /// As a part of this body, listed by this id.
    fn field(self, listed_by: Option<Outside>, body: &Bytes) -> Field {
        let own_id = self.id.or(self.field_id).or_else(|| self.key.clone());
        let id = listed_by.or(own_id);
        let key = self.key.filter(|key| Some(key) != id.as_ref());
        Field {
            id: id.unwrap_or_default(),
            name: self.name,
            untranslated_name: self.untranslated_name,
            key,
            schema: self.schema,
            operations: self.operations.map(|verbs| verbs.0),
            required: self.required,
            allowed_json: self
                .allowed
                .map(|json| body.slice_ref(json.get().as_bytes()).into())
                .unwrap_or_default(),
        }
    }
}

/// Anything but `true` is false: no entry is lost for it.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    <&RawValue>::deserialize(deserializer).map(|json| json.get() == "true")
}

struct Operations(Vec<Outside>);

impl<'de> Deserialize<'de> for Operations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Verbs;

        impl<'de> Visitor<'de> for Verbs {
            type Value = Operations;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of verbs")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut verbs: A) -> Result<Operations, A::Error> {
                let mut kept = Vec::new();
                while kept.len() < MOST_OPERATIONS {
                    let Some(verb) = verbs.next_element()? else {
                        return Ok(Operations(kept));
                    };
                    kept.push(verb);
                }
                while verbs.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Operations(kept))
            }
        }

        deserializer.deserialize_seq(Verbs)
    }
}

/// With their ids, in Jira's order. `None` where the text is something else, or where
/// an entry makes no sense and it is not `LENIENT`.
fn in_metadata<const LENIENT: bool>(json: &str) -> Option<Vec<(Outside, Entry<'_>)>> {
    #[derive(Deserialize)]
    struct EditMetadata<'a, const LENIENT: bool> {
        #[serde(borrow)]
        fields: Entries<'a, LENIENT>,
    }
    let metadata: EditMetadata<'_, LENIENT> = serde_json::from_str(json).ok()?;
    Some(metadata.fields.0)
}

/// Without those that make no sense. `None` where the text is something else.
fn in_list(json: &str) -> Option<Vec<(Outside, Entry<'_>)>> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let entries = deserializer.deserialize_seq(Fields::<true>).ok()?;
    deserializer.end().ok()?;
    Some(entries.0)
}

/// With their ids where they are listed by them.
struct Entries<'a, const LENIENT: bool>(Vec<(Outside, Entry<'a>)>);

impl<'a, const LENIENT: bool> Entries<'a, LENIENT> {
    fn keep(&mut self, id: Outside, entry: impl FnOnce() -> Option<Entry<'a>>) {
        if self.0.len() < MOST_FIELDS {
            self.0.extend(entry().map(|entry| (id, entry)));
        }
    }
}

impl<'de: 'a, 'a, const LENIENT: bool> Deserialize<'de> for Entries<'a, LENIENT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields<const LENIENT: bool>;

impl<'de, const LENIENT: bool> Visitor<'de> for Fields<LENIENT> {
    type Value = Entries<'de, LENIENT>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut entries = Entries(Vec::new());
        while let Some(id) = members.next_key::<Outside>()? {
            if LENIENT {
                let json = members.next_value::<&RawValue>()?;
                entries.keep(id, || Entry::read(json));
            } else {
                let entry = members.next_value::<Entry<'de>>()?;
                entries.keep(id, || Some(entry));
            }
        }
        Ok(entries)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut entries = Entries(Vec::new());
        while let Some(json) = elements.next_element::<&RawValue>()? {
            entries.keep(Outside::default(), || Entry::read(json));
        }
        Ok(entries)
    }
}
