//! A value that Jira refused, in the terms of its field.

use crate::edit::assignment::{Assignment, FieldName, Mapping};
use crate::edit::editmeta::Field;
use crate::edit::field_type::{FieldType, Item};
use crate::edit::field_types::{name_of, name_of_shape};
use crate::edit::{allowed_values, unlisted};
use crate::issue_key::IssueKey;
use crate::redact::Redactor;
use crate::redact::outside::CleanText;
use crate::settings::{FIELD_TYPE, VALUE_MAP};
use crate::text::one_line;
use serde_json::Value;

/// A field's name, and a value, are shown so far in a cause, in characters.
pub(super) const LONGEST_NAME: usize = 34;
pub(super) const LONGEST_VALUE: usize = 24;
/// A cause has no more characters.
pub(super) const LONGEST_CAUSE: usize = 98;

/// What was asked, and of whom.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub issue: &'a IssueKey,
    /// Whom the write was sent as, as the subject of a sentence.
    pub user: &'a str,
    pub assignments: &'a [Assignment],
    /// Whether the user has the permission to edit issues there, where it was asked.
    pub may_edit: Option<bool>,
    pub redactor: &'a Redactor,
}

/// A field as people call it; its id where Jira did not tell its name.
pub(super) fn called(id: &str, field: Option<&Field>, subject: Subject<'_>) -> String {
    let own = |one: &Assignment| matches!(&one.field, FieldName::Id(own) if own == id);
    let name = field.map(|field| field.name.name(subject.redactor).to_string());
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        if subject.assignments.iter().any(own) {
            id.to_owned()
        } else {
            CleanText::name(id, subject.redactor).to_string()
        }
    });
    one_line(&name, LONGEST_NAME)
}

fn quoted(text: &str) -> String {
    format!("{:?}", one_line(text, LONGEST_VALUE))
}

/// Why a value was refused, in Jira's words.
#[derive(Clone, Copy)]
pub(super) enum Why<'b> {
    /// Said of this field.
    Said(&'b str),
    /// Something is said, and not of this field.
    Elsewhere,
    Unsaid,
}

/// A value that was sent, and what is known of its field.
pub(super) struct Refused<'b> {
    pub(super) id: &'b str,
    pub(super) field: Option<&'b Field>,
    pub(super) assignment: &'b Assignment,
    /// What is set, or a list of what is added or removed.
    pub(super) value: Option<Value>,
    /// Whether the refusal names the field.
    pub(super) named: bool,
    /// What Jira says of the field, or that it says nothing at all.
    pub(super) why: Why<'b>,
    pub(super) subject: Subject<'b>,
}

impl Refused<'_> {
    pub(super) fn called(&self) -> String {
        called(self.id, self.field, self.subject)
    }

    /// A part of the text that the field does not list, where it lists any.
    fn unlisted(&self) -> Option<&str> {
        unlisted(self.value.as_ref()?, self.field?.allowed())
    }

    fn shape(&self) -> FieldType {
        FieldType::of_field(self.field, self.id)
    }

    /// The field's own type, where `--type` names another.
    fn other_type(&self) -> Option<(&'static str, &'static str)> {
        let given = self
            .assignment
            .shape
            .filter(|shape| *shape != FieldType::Json)?;
        let own = name_of(&self.field?.schema)?;
        (given != self.shape()).then(|| Some((name_of_shape(given)?, own)))?
    }

    pub(super) fn cause(&self) -> String {
        let (name, text) = (self.called(), self.assignment.text.as_str());
        let noun = match self.shape() {
            FieldType::One(Item::Option) | FieldType::Many(Item::Option) | FieldType::Cascading => {
                "option"
            }
            _ => "value",
        };
        if let Some((given, own)) = self.other_type() {
            return format!(
                "{} is {given}, but the field {name} is of the type {own}",
                FIELD_TYPE.variable
            );
        }
        if let Some(missing) = self.unlisted() {
            let missing = quoted(missing);
            return match &self.assignment.mapping {
                Mapping::NoEntry => format!(
                    "{name} has no {noun} {missing}, and {} has no entry for it",
                    VALUE_MAP.variable
                ),
                Mapping::From(word) => format!(
                    "{name} has no {noun} {missing}, which {} makes of {:?}",
                    VALUE_MAP.variable,
                    one_line(word, 10)
                ),
                Mapping::Absent => format!("{name} has no {noun} {missing}"),
            };
        }
        let text = quoted(text);
        match self.shape() {
            FieldType::Date => format!("{name} takes a date such as 2026-11-18, not {text}"),
            FieldType::Datetime => {
                format!("{name} takes a time such as 2026-11-18T14:39:00Z, not {text}")
            }
            FieldType::One(Item::User) | FieldType::Many(Item::User) if self.named => {
                format!("Jira knows no user {text} for {name}")
            }
            _ => {
                let cause = format!("Jira refused the value {text} for {name}");
                match self.why {
                    Why::Said(why) => one_line(&format!("{cause}: {why}"), LONGEST_CAUSE),
                    Why::Elsewhere => cause,
                    Why::Unsaid => format!("{cause} and did not say why"),
                }
            }
        }
    }

    pub(super) fn hint(&self) -> Option<String> {
        if let Some((_, own)) = self.other_type() {
            return Some(format!("set {}, or leave it out", FIELD_TYPE.set_to(own)));
        }
        let values = self.values();
        if self.unlisted().is_some() && self.assignment.mapping == Mapping::NoEntry {
            let word = one_line(self.assignment.text.trim(), LONGEST_VALUE);
            let listed = values
                .map(|values| format!(" ({values})"))
                .unwrap_or_default();
            return Some(format!(
                "add {word}=VALUE or *=VALUE to {}, with a value that the field has{listed}",
                VALUE_MAP.variable
            ));
        }
        values.or_else(|| match self.shape() {
            FieldType::Date => Some("write it as YYYY-MM-DD, or as now".to_owned()),
            FieldType::Datetime => Some("write it as RFC 3339 has it, or as now".to_owned()),
            FieldType::One(Item::User) | FieldType::Many(Item::User) => Some(
                "give the login name; on Jira Cloud the account id, the end of the address of the \
                 user's profile page"
                    .to_owned(),
            ),
            _ => None,
        })
    }

    /// `it has: Passed, Failed`, or the JSON to give where no plain text becomes that.
    fn values(&self) -> Option<String> {
        let field = self.field?;
        if let Some(json) = self.shape().json_example() {
            let id = CleanText::name(self.id, self.subject.redactor);
            return Some(format!("give its JSON: --set '{id}:={json}'"));
        }
        let missing = self.unlisted();
        if missing.is_none() && !self.named {
            return None;
        }
        let whole = self.shape() == FieldType::Cascading;
        let text = missing.filter(|_| !whole).unwrap_or(&self.assignment.text);
        let allowed = allowed_values(field, text, self.subject.redactor);
        let allowed = allowed.strip_prefix(" allows: ")?;
        Some(format!("it has: {allowed}"))
    }

    pub(super) fn hint_with_name(&self) -> Option<String> {
        let field = self.field?;
        let allowed = allowed_values(field, &self.assignment.text, self.subject.redactor);
        let allowed = allowed.strip_prefix(" allows: ")?;
        Some(format!("{} has: {allowed}", self.called()))
    }
}
