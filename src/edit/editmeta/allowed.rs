//! The values that a field accepts, as Jira lists them. They stay in the
//! answer's JSON and are read anew by whoever looks into them, one after the
//! other: there may be a hundred thousand, of which a run wants a few.

use crate::redact::outside::OutsideIn;
use bytes::Bytes;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The JSON of a field's values: a part of the answer, which all its fields
/// share. As other text from outside, its `Debug` shows its length alone.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct AllowedJson(Bytes);

impl AllowedJson {
    pub(crate) fn values(&self) -> AllowedValues<'_> {
        AllowedValues(&self.0)
    }
}

impl<T: Into<Bytes>> From<T> for AllowedJson {
    fn from(json: T) -> Self {
        AllowedJson(json.into())
    }
}

impl fmt::Debug for AllowedJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values().fmt(f)
    }
}

/// A JSON array of values, or nothing.
#[derive(Clone, Copy, Default, PartialEq)]
pub struct AllowedValues<'a>(&'a [u8]);

impl fmt::Debug for AllowedValues<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes)", self.0.len())
    }
}

/// One value that a field accepts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Allowed<'a> {
    /// Its id, a string in Jira's answers.
    pub id: Option<OutsideIn<'a>>,
    /// What people see: an option's `value`, a version's or component's `name`,
    /// an icon option's `label`.
    pub text: OutsideIn<'a>,
    /// Projects have one beside their id, such as `HSP`.
    pub key: Option<OutsideIn<'a>>,
    /// The second level of a cascading select. Nobody looks for a third.
    pub children: AllowedValues<'a>,
    /// An option that an administrator switched off.
    pub disabled: bool,
    /// Its text is a `label`, which Jira does not find it by.
    pub only_by_id: bool,
}

impl<'a> AllowedValues<'a> {
    pub fn new(json: &'a [u8]) -> Self {
        AllowedValues(json)
    }

    pub(crate) fn is_empty(self) -> bool {
        let inside = self.0.trim_ascii().strip_prefix(b"[");
        inside.is_none_or(|inside| inside.trim_ascii_start().starts_with(b"]"))
    }

    /// Shows each that has something to show, in Jira's order.
    pub(crate) fn each(self, see: impl FnMut(Allowed<'a>)) {
        // Once for all: serde_json would look at the bytes of each string.
        let json = std::str::from_utf8(self.0).unwrap_or_default();
        let inside = json.trim_ascii().strip_prefix('[').unwrap_or_default();
        if inside.trim_ascii_start().starts_with('[') {
            let _ = serde_json::Deserializer::from_str(json).deserialize_seq(EachList(see));
        } else {
            each_in(json, see);
        }
    }
}

fn each_in<'a>(json: &'a str, see: impl FnMut(Allowed<'a>)) {
    // What is no array lists nothing.
    let _ = serde_json::Deserializer::from_str(json).deserialize_seq(Each(see));
}

/// Jira 5 lists them one level deeper.
struct EachList<F>(F);

impl<'de, F: FnMut(Allowed<'de>)> Visitor<'de> for EachList<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of lists of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut lists: A) -> Result<(), A::Error> {
        while let Some(list) = lists.next_element::<&RawValue>()? {
            // An error for each of millions would take seconds.
            if list.get().starts_with('[') {
                each_in(list.get(), &mut self.0);
            }
        }
        Ok(())
    }
}

struct Each<F>(F);

impl<'de, F: FnMut(Allowed<'de>)> Visitor<'de> for Each<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut values: A) -> Result<(), A::Error> {
        while let Some(allowed) = values.next_element::<Allowed<'de>>()? {
            if !allowed.text.is_empty() || allowed.id.is_some() || allowed.key.is_some() {
                (self.0)(allowed);
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Allowed<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(One)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    Id,
    Value,
    Name,
    Label,
    Key,
    Children,
    Disabled,
    #[serde(other)]
    Other,
}

/// One value of any type of field; what is neither an object nor a string has
/// nothing to show.
struct One;

impl<'de> Visitor<'de> for One {
    type Value = Allowed<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Allowed<'de>, A::Error> {
        let mut allowed = Allowed::default();
        let mut name = None;
        let mut caption = None;
        while let Some(member) = members.next_key()? {
            match member {
                Member::Id => allowed.id = label(members.next_value()?),
                Member::Value => allowed.text = label(members.next_value()?).unwrap_or_default(),
                Member::Name => name = label(members.next_value()?),
                Member::Label => caption = label(members.next_value()?),
                Member::Key => allowed.key = label(members.next_value()?),
                Member::Children => {
                    allowed.children =
                        AllowedValues(members.next_value::<&RawValue>()?.get().as_bytes());
                }
                Member::Disabled => {
                    allowed.disabled = members.next_value::<&RawValue>()?.get() == "true"
                }
                Member::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        if allowed.text.is_empty() {
            allowed.only_by_id = name.is_none() && caption.is_some();
            allowed.text = name.or(caption).unwrap_or_default();
        }
        Ok(allowed)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Allowed<'de>, E> {
        Ok(Allowed {
            text: Cow::Borrowed(text).into(),
            ..Allowed::default()
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Allowed<'de>, E> {
        Ok(Allowed {
            text: Cow::<str>::Owned(text.to_owned()).into(),
            ..Allowed::default()
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Allowed<'de>, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Allowed::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Allowed<'de>, E> {
        Ok(Allowed::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Allowed<'de>, E> {
        Ok(Allowed::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Allowed<'de>, E> {
        Ok(Allowed::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Allowed<'de>, E> {
        Ok(Allowed::default())
    }

    fn visit_unit<E>(self) -> Result<Allowed<'de>, E> {
        Ok(Allowed::default())
    }
}

/// A string's text, or a number as it is written.
fn label(json: &RawValue) -> Option<OutsideIn<'_>> {
    let text = json.get();
    let label: Option<Cow<'_, str>> = match text.as_bytes().first()? {
        b'"' if text.contains('\\') => serde_json::from_str(text).ok().map(Cow::Owned),
        b'"' => Some(Cow::Borrowed(&text[1..text.len() - 1])),
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(text)),
        _ => None,
    };
    label.map(OutsideIn::from)
}
