//! Why Jira refused a value, from what Jira knows of the field: its name and
//! type, its allowed values, the closest one.

use crate::edit::assignment::{Assignment, FieldName};
use crate::edit::editmeta::{Field, Index};
use crate::edit::field_type::FieldType;
use crate::edit::{Edit, EditContext, Lookup, allowed_values, describe};
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::redact::Redactor;
use crate::redact::outside::CleanText;
use crate::response::error_body::ErrorBody;
use std::collections::{HashMap, HashSet};

/// Rewrites the hint, and corrects the kind where the metadata knows better
/// than a text that may be translated.
pub(super) fn explain(
    context: &EditContext<'_>,
    said: &ErrorBody,
    mut failure: Failure,
    edit: &Edit,
    assignments: &[Assignment],
    issue: &IssueKey,
    redactor: &Redactor,
) -> Failure {
    let lookup = context.lookup();
    let concerned = concerned(&lookup, said, edit);
    let editable = context.editable.map(Index::of);
    let off_screen: Vec<_> = match &editable {
        Some(editable) => concerned
            .iter()
            .filter(|(id, _)| editable.with_id(id).is_none())
            .collect(),
        None => vec![],
    };
    let given = assignments.iter().filter_map(|one| match &one.field {
        FieldName::Id(id) => Some(id.as_str()),
        FieldName::Named(_) => None,
    });
    let own: HashSet<&str> = given.collect();
    let shown = |id: &str| {
        if own.contains(id) {
            id.to_owned()
        } else {
            CleanText::name(id, redactor).to_string()
        }
    };
    let mut hints = Vec::new();
    if !off_screen.is_empty() || failure.kind == Kind::FieldNotEditable {
        failure.kind = Kind::FieldNotEditable;
        let missing = if off_screen.is_empty() {
            concerned.iter().collect()
        } else {
            off_screen
        };
        let names: Vec<_> = missing
            .iter()
            .map(|(id, field)| describe(&shown(id), *field, redactor))
            .collect();
        hints.push(not_editable(context, &names, issue));
    } else {
        let texts = texts_by_id(&lookup, assignments);
        for (id, field) in &concerned {
            if let Some(field) = field {
                let name = describe(&shown(id), Some(field), redactor);
                let text = texts.get(id).copied().unwrap_or_default();
                hints.push(format!(
                    "{name}{}",
                    values(field, &shown(id), text, redactor)
                ));
            }
        }
    }
    let check =
        || "jira-build-status check shows what the field is and which values it takes".to_owned();
    let hint = if hints.is_empty() {
        failure.hint.take().unwrap_or_else(check)
    } else {
        hints.join("; ")
    };
    failure.hint(hint)
}

fn texts_by_id<'a>(
    lookup: &Lookup<'a>,
    assignments: &'a [Assignment],
) -> HashMap<&'a str, &'a str> {
    let mut texts = HashMap::new();
    for assignment in assignments {
        let field = lookup.field(&assignment.field).ok().flatten();
        let id = field.map_or(assignment.field.as_str(), |field| field.id.exact());
        texts.entry(id).or_insert(assignment.text.as_str());
    }
    texts
}

/// What the field allows, and its JSON where no plain text becomes that.
fn values(field: &Field, shown_id: &str, text: &str, redactor: &Redactor) -> String {
    let json = FieldType::of_field(Some(field), field.id.exact()).json_example();
    let json = json.map(|json| format!("; give its JSON: --set '{shown_id}:={json}'"));
    allowed_values(field, text, redactor) + &json.unwrap_or_default()
}

/// The fields that the refusal is about: those it names by id or by name, or
/// all that were sent.
fn concerned<'b>(
    lookup: &Lookup<'b>,
    said: &ErrorBody,
    edit: &'b Edit,
) -> Vec<(&'b str, Option<&'b Field>)> {
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
    if named.is_empty() { sent } else { named }
}

fn not_editable(context: &EditContext<'_>, names: &[String], issue: &IssueKey) -> String {
    let names = names.join(", ");
    if context.editable.is_some_and(<[Field]>::is_empty) {
        return format!(
            "no field of {issue} may be edited: the user lacks permission to edit it, or its \
             status forbids it"
        );
    }
    if context.all.is_some_and(|all| !all.is_empty())
        && names.ends_with(|c: char| c.is_ascii_digit())
    {
        return format!("Jira knows no field {names}; check the id in the field's settings");
    }
    format!(
        "{names} is not on {issue}'s edit screen, or the user may not edit it; \
         ask a Jira administrator to add it to the edit screen of the issue's project and type"
    )
}
