//! `fields`: what can be written, a row a field. Asks for the edit metadata of an
//! issue, or for the fields of the site, and writes nothing.

use crate::client::RetryBudget;
use crate::edit::editmeta::{Allowed, Field};
use crate::edit::field_types;
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::jira::{self, Jira};
use crate::output::OutputFormat;
use crate::redact::Redactor;
use crate::redact::outside::OutsideIn;
use crate::response::evidence::Operation;
use serde_json::{Value, json};

/// A row shows so many allowed values; the JSON shows all.
const SHOWN: usize = 12;

#[derive(Clone, Debug, Default)]
pub(crate) struct FieldQuery {
    /// Whose edit screen is looked at; the whole site without one.
    pub issue: Option<IssueKey>,
    /// Only fields that hold all of these words are listed.
    pub words: Vec<String>,
}

/// The fields as text or as JSON.
///
/// # Errors
/// Where Jira does not list them.
pub(crate) async fn run(
    jira: &Jira,
    query: &FieldQuery,
    format: OutputFormat,
) -> Result<String, Failure> {
    let budget = jira.budget();
    let fields = match &query.issue {
        Some(issue) => of_issue(jira, issue, &budget).await?,
        None => jira.fields(&budget).await?,
    };
    let redactor = jira.redactor();
    let shown = narrowed(&fields, &query.words, redactor);
    if format == OutputFormat::Json {
        let rows: Vec<Value> = shown.iter().map(|field| to_json(field, redactor)).collect();
        let issue = query.issue.as_ref().map(IssueKey::as_str);
        return Ok(format!("{}\n", json!({ "issue": issue, "fields": rows })));
    }
    if shown.is_empty() {
        return Err(nothing(query));
    }
    Ok(shown.iter().map(|field| row(field, redactor)).collect())
}

async fn of_issue(
    jira: &Jira,
    issue: &IssueKey,
    budget: &RetryBudget,
) -> Result<Vec<Field>, Failure> {
    let outcome = jira.edit_metadata(issue, budget).await;
    jira.classify(&outcome, Operation::ReadIssue(issue), budget)
        .await?;
    let fields = jira::read_edit_metadata(outcome.answer?)?;
    if fields.is_empty() {
        let message = format!("Jira lists no field of {issue} that may be edited");
        return Err(Failure::new(Kind::FieldNotEditable, message).hint(format!(
            "ask for the permission Edit issues in {issue}'s project, or look at the fields of \
             the whole site without --issue"
        )));
    }
    Ok(fields)
}

/// Those that hold every word in their id, name or type.
fn narrowed<'a>(fields: &'a [Field], words: &[String], redactor: &Redactor) -> Vec<&'a Field> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let holds = |field: &&Field| {
        let text = format!(
            "{} {} {}",
            field.id.name(redactor),
            field.name.name(redactor),
            shape(field).unwrap_or_default()
        );
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    fields.iter().filter(holds).collect()
}

/// What `--type` calls the field's shape, where it has a name.
fn shape(field: &Field) -> Option<&'static str> {
    field_types::name_of(&field.schema)
}

fn nothing(query: &FieldQuery) -> Failure {
    let (place, hint) = match &query.issue {
        Some(issue) => (
            format!("{issue}'s edit screen"),
            "without --issue the fields of the whole site are searched",
        ),
        None => ("this site".to_owned(), "use fewer words, or none"),
    };
    let message = format!(
        "no field of {place} holds the words {:?}",
        query.words.join(" ")
    );
    Failure::new(Kind::FieldNotEditable, message).hint(hint)
}

/// `customfield_10314  Build status  select  set  Passed, Failed`.
fn row(field: &Field, redactor: &Redactor) -> String {
    let mut values = Vec::new();
    let mut count = 0;
    each_value(field, |parent, value| {
        count += 1;
        if values.len() < SHOWN {
            values.push(path(parent, value, redactor));
        }
    });
    if count > values.len() {
        values.push(format!("and {} more", count - values.len()));
    }
    let mut line = format!(
        "{:<18} {:<28} {:<13} {:<15} {}",
        field.id.name(redactor).as_str(),
        field.name.name(redactor).as_str(),
        shape(field).unwrap_or("json"),
        operations(field, redactor).join(","),
        values.join(", ")
    );
    line.truncate(line.trim_end().len());
    line + "\n"
}

fn to_json(field: &Field, redactor: &Redactor) -> Value {
    let mut allowed = Vec::new();
    each_value(field, |parent, value| {
        let id = value.id.as_ref().map(|id| clean(id, redactor));
        allowed.push(json!({ "id": id, "value": path(parent, value, redactor) }));
    });
    let custom = field.schema.custom.as_ref();
    json!({
        "id": field.id.name(redactor).to_string(),
        "name": field.name.name(redactor).to_string(),
        "type": field.schema.kind.name(redactor).to_string(),
        "custom": custom.map(|custom| custom.name(redactor).to_string()),
        "shape": shape(field),
        "operations": operations(field, redactor),
        "required": field.required,
        "allowed": allowed,
    })
}

/// The values that may be chosen; those of a cascading field with their parents.
fn each_value<'a>(field: &'a Field, mut take: impl FnMut(Option<&OutsideIn<'a>>, &Allowed<'a>)) {
    field.allowed().each(|allowed| {
        if allowed.disabled {
            return;
        }
        take(None, &allowed);
        allowed.children.each(|child| {
            if !child.disabled {
                take(Some(&allowed.text), &child);
            }
        });
    });
}

fn operations(field: &Field, redactor: &Redactor) -> Vec<String> {
    let operations = field.operations.iter().flatten();
    operations
        .map(|operation| operation.name(redactor).to_string())
        .collect()
}

/// A value as `--value` takes it.
fn path(parent: Option<&OutsideIn<'_>>, value: &Allowed<'_>, redactor: &Redactor) -> String {
    let own = text(value, redactor);
    match parent {
        Some(parent) => format!("{} > {own}", clean(parent, redactor)),
        None => own,
    }
}

/// A value's own words; its key where it has none, as a project may.
fn text(allowed: &Allowed<'_>, redactor: &Redactor) -> String {
    match &allowed.key {
        Some(key) if allowed.text.is_empty() => clean(key, redactor),
        _ => clean(&allowed.text, redactor),
    }
}

fn clean(text: &OutsideIn<'_>, redactor: &Redactor) -> String {
    text.name(redactor).to_string()
}
