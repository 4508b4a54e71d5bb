//! Which operations a field offers to an edit. Jira ignores a value of a field
//! that does not offer `set` and answers 204 all the same, so that such a write
//! must never be sent.

use crate::edit::assignment::Operator;
use crate::edit::editmeta::Field;
use crate::edit::system_fields;
use crate::error::{Failure, Kind};
use crate::redact::Redactor;
use crate::redact::outside::Outside;

pub(super) fn verb(operator: Operator) -> &'static str {
    match operator {
        Operator::Set | Operator::SetJson => "set",
        Operator::Add => "add",
        Operator::Remove => "remove",
    }
}

/// What a field offers: as its metadata says, or else as every site's does.
enum Offered<'a> {
    Said(&'a [Outside]),
    Known(&'static [&'static str]),
}

impl<'a> Offered<'a> {
    fn of(id: &str, field: Option<&'a Field>) -> Option<Self> {
        match field.and_then(|field| field.operations.as_deref()) {
            Some(said) => Some(Offered::Said(said)),
            None => system_fields::operations(id).map(Offered::Known),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Offered::Said(said) => said.is_empty(),
            Offered::Known(known) => known.is_empty(),
        }
    }

    fn has(&self, verb: &str) -> bool {
        match self {
            Offered::Said(said) => said.iter().any(|one| one == verb),
            Offered::Known(known) => known.contains(&verb),
        }
    }

    fn shown(&self, redactor: &Redactor) -> String {
        match self {
            Offered::Said(said) => {
                let names = said.iter().map(|one| one.name(redactor).to_string());
                names.collect::<Vec<_>>().join(", ")
            }
            Offered::Known(known) => known.join(", "),
        }
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
    let offered = Offered::of(id, field)?;
    let verb = verb(operator);
    if offered.has(verb) {
        return None;
    }
    let (described, shown) = (described(), offered.shown(redactor));
    let message = match (verb, offered.is_empty()) {
        (_, true) => format!("{described} cannot be edited: Jira offers no operation for it"),
        ("set", false) => format!(
            "{described} cannot be set: Jira offers for it {shown} and would ignore a value"
        ),
        (verb, false) => {
            format!("{described} does not support {verb}; Jira offers for it: {shown}")
        }
    };
    let other = ["set", "add"].into_iter().find(|other| offered.has(other));
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
