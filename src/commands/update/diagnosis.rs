//! Why Jira refused a value, from what Jira knows of the field: its name and
//! type, its allowed values, the closest one.

use crate::commands::update::refused_value::{
    LONGEST_CAUSE, LONGEST_NAME, LONGEST_VALUE, Refused, Subject, Why, called,
};
use crate::edit::assignment::Assignment;
use crate::edit::editmeta::{Field, Index};
use crate::edit::{Edit, EditContext, Lookup};
use crate::error::{Failure, Kind};
use crate::response::classify::{permission, read_only};
use crate::response::error_body::{AboutField, ErrorBody};
use crate::text::one_line;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

const CHECK: &str = "jira-build-status check shows what the field is and which values it takes";

/// Puts the cause and the hint in the field's own terms, and corrects the kind
/// where the metadata knows better than a text that may be translated.
pub(super) fn explain<'b>(
    context: &EditContext<'b>,
    said: &'b ErrorBody,
    mut failure: Failure,
    edit: &'b Edit,
    subject: Subject<'b>,
) -> Failure {
    let lookup = context.lookup();
    let concerned = concerned(&lookup, said, edit);
    let editable = context.editable.map(Index::of);
    let off_screen: Vec<_> = match &editable {
        Some(editable) => concerned
            .fields
            .iter()
            .filter(|(id, _)| editable.with_id(id).is_none())
            .copied()
            .collect(),
        None => vec![],
    };
    if said.contains("status in the workflow") {
        return failure
            .saying("its status in the workflow lets nobody edit it")
            .hint("move the issue to another status, or ask a Jira administrator");
    }
    if said.contains("permission to edit issues") {
        return no_permission(failure, subject);
    }
    if let Some(about) = concerned.another {
        return another_field(failure, about, &lookup, subject);
    }
    if !off_screen.is_empty() || failure.kind == Kind::FieldNotEditable {
        failure.kind = Kind::FieldNotEditable;
        let missing = if off_screen.is_empty() {
            concerned.fields
        } else {
            off_screen
        };
        return not_editable(context, failure, &missing, subject);
    }
    refused_values(&lookup, said, failure, edit, &concerned, subject)
}

/// The fields that a refusal is about.
struct Concerned<'b> {
    /// Those that were sent and that it names, by id or by name; or all that were
    /// sent.
    fields: Vec<(&'b str, Option<&'b Field>)>,
    /// True where it names them.
    named: bool,
    /// One that was not sent, where it names only such.
    another: Option<&'b AboutField>,
}

fn concerned<'b>(lookup: &Lookup<'b>, said: &'b ErrorBody, edit: &'b Edit) -> Concerned<'b> {
    let ids = edit.fields.keys().chain(edit.update.keys());
    let sent: Vec<_> = ids.map(|id| (id.as_str(), lookup.with_id(id))).collect();
    let keys: HashSet<&str> = said
        .fields
        .iter()
        .map(|about| about.field.exact())
        .collect();
    let sentences = said.in_lower_case();
    let named = |(id, field): &(&str, Option<&Field>)| {
        let by_key =
            keys.contains(id) || field.is_some_and(|field| keys.contains(field.name.exact()));
        by_key || sentences.contains(&id.to_lowercase())
    };
    let named: Vec<_> = sent.iter().copied().filter(named).collect();
    if !named.is_empty() {
        return Concerned {
            fields: named,
            named: true,
            another: None,
        };
    }
    // An app may report an error under a word that is no field's id.
    let another = said.fields.iter().find(|about| {
        let name = about.field.exact();
        let known = lookup.with_id(name).is_some() || name.starts_with("customfield_");
        known || about.text.as_str().to_lowercase().contains("is required")
    });
    Concerned {
        fields: sent,
        named: false,
        another,
    }
}

fn another_field(
    failure: Failure,
    about: &AboutField,
    lookup: &Lookup<'_>,
    subject: Subject<'_>,
) -> Failure {
    let field = lookup.with_id(about.field.exact());
    let name = match field {
        Some(field) => called(field.id.exact(), Some(field), subject),
        None => one_line(about.called.as_str(), LONGEST_NAME),
    };
    let required = about.text.as_str().to_lowercase().contains("required")
        || field.is_some_and(|field| field.required);
    if required {
        return failure
            .saying(format!("Jira requires the field {name}"))
            .hint(format!("write it in the same run: --set '{name}=TEXT'"));
    }
    failure
        .saying(format!(
            "Jira refused the field {name}, which this run does not write"
        ))
        .hint("look at what Jira says of it below, and correct the issue or write the field, too")
}

fn no_permission(failure: Failure, subject: Subject<'_>) -> Failure {
    failure
        .saying(format!("{} may see it but not edit it", subject.user))
        .hint(permission("Edit issues", subject.issue))
}

fn not_editable(
    context: &EditContext<'_>,
    failure: Failure,
    missing: &[(&str, Option<&Field>)],
    subject: Subject<'_>,
) -> Failure {
    if context.editable.is_some_and(<[Field]>::is_empty) {
        return if subject.may_edit == Some(true) {
            let (cause, hint) = read_only("it", &one_line(subject.user, LONGEST_VALUE));
            failure.saying(cause).hint(hint)
        } else {
            no_permission(failure, subject)
        };
    }
    let Some((id, field)) = missing.first() else {
        return failure;
    };
    if *id == "comment" {
        return failure
            .saying(format!("{} may see it but not comment on it", subject.user))
            .hint(permission("Add comments", subject.issue));
    }
    let name = called(id, *field, subject);
    if field.is_none() && context.all.is_some_and(|all| !all.is_empty()) {
        return failure
            .saying(format!("Jira knows no field {name}"))
            .hint("jira-build-status fields lists those that can be written");
    }
    let cause = if context.editable.is_some() {
        format!("the field {name} is not on its edit screen")
    } else {
        format!(
            "the field {name} is not on its edit screen, or {} may not edit it",
            one_line(subject.user, LONGEST_VALUE)
        )
    };
    failure
        .saying(cause)
        .hint("ask a Jira administrator to add it there")
}

/// What Jira says of a field, by its id or its name.
fn why<'b>(said: &'b ErrorBody, id: &str, field: Option<&Field>) -> Why<'b> {
    let is_about = |about: &&AboutField| {
        let name = about.field.exact();
        name == id || field.is_some_and(|field| name == field.name.exact())
    };
    match said.fields.iter().find(is_about) {
        Some(about) if !about.text.as_str().is_empty() => Why::Said(about.text.as_str()),
        _ if said.sentence().is_empty() => Why::Unsaid,
        _ => Why::Elsewhere,
    }
}

fn refused_values<'b>(
    lookup: &Lookup<'b>,
    said: &'b ErrorBody,
    failure: Failure,
    edit: &Edit,
    concerned: &Concerned<'b>,
    subject: Subject<'b>,
) -> Failure {
    let assigned = by_id(lookup, subject.assignments);
    let mut found = vec![];
    for (id, field) in &concerned.fields {
        let Some(assignment) = assigned.get(id) else {
            continue;
        };
        let value = edit
            .fields
            .get(*id)
            .cloned()
            .or_else(|| added(edit.update.get(*id)?));
        let refused = Refused {
            id,
            field: *field,
            assignment,
            value,
            named: concerned.named,
            why: why(said, id, *field),
            subject,
        };
        found.push(refused);
    }
    match &found[..] {
        [] => failure.or_hint(CHECK),
        [one] => {
            let failure = failure.saying(one.cause());
            match one.hint() {
                Some(hint) => failure.hint(hint),
                None => failure.hint(CHECK),
            }
        }
        several => {
            let names: Vec<_> = several.iter().map(Refused::called).collect();
            let hints: Vec<_> = several.iter().filter_map(Refused::hint_with_name).collect();
            let failure = failure.saying(one_line(
                &format!("Jira refused the value of {}", names.join(" or ")),
                LONGEST_CAUSE,
            ));
            if hints.is_empty() {
                failure.hint(CHECK)
            } else {
                failure.hint(hints.join("; "))
            }
        }
    }
}

/// The elements of operations, without their verbs.
fn added(operations: &Value) -> Option<Value> {
    let operations = operations.as_array()?.iter();
    let elements = operations.filter_map(|one| one.as_object()?.values().next().cloned());
    Some(Value::Array(elements.collect()))
}

fn by_id<'a>(
    lookup: &Lookup<'a>,
    assignments: &'a [Assignment],
) -> HashMap<&'a str, &'a Assignment> {
    let mut assigned = HashMap::new();
    for assignment in assignments {
        let field = lookup.field(&assignment.field).ok().flatten();
        let id = field.map_or(assignment.field.as_str(), |field| field.id.exact());
        assigned.entry(id).or_insert(assignment);
    }
    assigned
}
