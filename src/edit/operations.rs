//! Which operations a field offers to an edit. Jira ignores a value of a field
//! that does not offer `set` and answers 204 all the same, so that such a write
//! must never be sent.

use crate::edit::assignment::Operator;
use crate::edit::editmeta::Field;
use crate::edit::system_fields;
use crate::error::{Failure, Kind};
use crate::redact::Redactor;

pub(super) fn verb(operator: Operator) -> &'static str {
    match operator {
        Operator::Set | Operator::SetJson => "set",
        Operator::Add => "add",
        Operator::Remove => "remove",
    }
}

/// What a field offers: as its metadata says, or else as every site's does.
struct Offered<'a> {
    verbs: Vec<&'a str>,
    shown: String,
}

impl<'a> Offered<'a> {
    fn of(id: &str, field: Option<&'a Field>, redactor: &Redactor) -> Option<Self> {
        if let Some(said) = field.and_then(|field| field.operations.as_deref()) {
            return Some(Offered {
                verbs: said.iter().map(|one| one.exact()).collect(),
                shown: said
                    .iter()
                    .map(|one| one.name(redactor).to_string())
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        }
        let known = system_fields::operations(id)?;
        Some(Offered {
            verbs: known.to_vec(),
            shown: known.join(", "),
        })
    }
}

/// Why this cannot be done to the field that the person calls `called`; `None`
/// where it can be, or nobody said.
pub(super) fn refused(
    operator: Operator,
    id: &str,
    field: Option<&Field>,
    called: &str,
    described: impl Fn() -> String,
    redactor: &Redactor,
) -> Option<Failure> {
    let offered = Offered::of(id, field, redactor)?;
    let verb = verb(operator);
    if offered.verbs.contains(&verb) {
        return None;
    }
    let described = described();
    let message = match (verb, offered.verbs.is_empty()) {
        (_, true) => format!("{described} cannot be edited: Jira offers no operation for it"),
        ("set", false) => format!(
            "{described} cannot be set: Jira offers for it {} and would ignore a value",
            offered.shown
        ),
        (verb, false) => format!(
            "{described} does not support {verb}; Jira offers for it: {}",
            offered.shown
        ),
    };
    let other = ["set", "add"]
        .into_iter()
        .find(|other| offered.verbs.contains(other));
    let hint = match (system_fields::instead(id), other) {
        (Some(instead), _) => instead.to_owned(),
        (None, Some("set")) => format!("replace its value: --set '{called}=TEXT'"),
        (None, Some(_)) => format!("add to it: --set '{called}+=TEXT'"),
        (None, None) => {
            "Jira, a workflow or an app changes this field; name another one".to_owned()
        }
    };
    Some(Failure::new(Kind::FieldNotEditable, message).hint(hint))
}
