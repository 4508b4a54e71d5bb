//! The schema of reports that the book publishes. Every report that a test reads
//! is held against it.
//!
//! The validator knows the keywords of this one schema and refuses any other: a
//! crate for all of JSON Schema would bring a dozen more into the first build of
//! the tests. `.ci/checks/book` holds the schema and real reports against a full
//! validator.

use crate::book::{blocks, page};
use crate::pipelines::keyless;
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Jira, world};
use serde_json::{Value, json};
use std::sync::LazyLock;

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&page("report.schema.json")).unwrap());

/// Holds a report against the schema.
#[track_caller]
pub fn validate(report: &Value) {
    if let Err(why) = hold(&SCHEMA, report, "the report") {
        panic!("docs/src/report.schema.json: {why}: {report}");
    }
}

fn hold(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let closed = schema.get("properties");
    for (keyword, wanted) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            "$ref" => hold(named(wanted), value, at)?,
            "oneOf" => one_of(wanted, value, at)?,
            "type" => typed(wanted, value, at)?,
            "const" => ensure(value == wanted, || format!("{at} is not {wanted}"))?,
            "enum" => ensure(list(wanted).contains(value), || {
                format!("{at} is none of {wanted}")
            })?,
            "minimum" => ensure(value.as_i64() >= wanted.as_i64(), || {
                format!("{at} is below {wanted}")
            })?,
            "required" => {
                for name in list(wanted) {
                    ensure(value.get(name.as_str().unwrap()).is_some(), || {
                        format!("{at} lacks {name}")
                    })?;
                }
            }
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    let known = closed.and_then(|known| known.get(name));
                    let known =
                        known.ok_or_else(|| format!("{at} has {name}, which is not described"))?;
                    hold(known, member, &format!("{at}.{name}"))?;
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    hold(wanted, item, &format!("{at}[{index}]"))?;
                }
            }
            other => panic!("the validator does not know {other}"),
        }
    }
    Ok(())
}

fn named(reference: &Value) -> &'static Value {
    let name = reference
        .as_str()
        .unwrap()
        .strip_prefix("#/$defs/")
        .unwrap();
    &SCHEMA["$defs"][name]
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn ensure(held: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if held { Ok(()) } else { Err(why()) }
}

fn one_of(schemas: &Value, value: &Value, at: &str) -> Result<(), String> {
    let verdicts = list(schemas).iter().map(|schema| hold(schema, value, at));
    let wrong: Vec<_> = verdicts.filter_map(Result::err).collect();
    ensure(wrong.len() + 1 == list(schemas).len(), || {
        format!(
            "{at} is not exactly one of {}: {wrong:?}",
            list(schemas).len()
        )
    })
}

fn typed(wanted: &Value, value: &Value, at: &str) -> Result<(), String> {
    let is = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("the validator does not know {other}"),
    };
    let held = wanted
        .as_array()
        .map_or_else(|| is(wanted), |names| names.iter().any(is));
    ensure(held, || format!("{at} is no {wanted}"))
}

#[test]
fn every_command_prints_json_as_the_schema_has_it() {
    let jira = Jira::data_center().start();
    let seed = || Program::seed(&jira);
    let rows = [
        ("written", seed(), 0),
        ("planned", seed().args(&["--dry-run"]), 0),
        ("partial", seed().set("JIRA_ISSUE_KEY", "HSP-1 HSP-404"), 6),
        (
            "a value that is refused",
            seed().set("JIRA_FIELD_VALUE", "Nonsense"),
            4,
        ),
        ("no setting at all", Program::bare(), 2),
        (
            "a refused password",
            seed().set("JIRA_PASSWORD", "wrong"),
            3,
        ),
        (
            "skipped",
            keyless(&jira).args(&["--issues-from", "main", "--if-no-issue", "skip"]),
            0,
        ),
        ("check", seed().args(&["check"]), 0),
        (
            "check, a field that is not there",
            seed().args(&["check", "--field", "Nonsense"]),
            4,
        ),
        ("fields", seed().args(&["fields"]), 0),
        (
            "fields of the site",
            keyless(&jira).args(&["fields", "build"]),
            0,
        ),
        (
            "fields, none found",
            seed().args(&["fields", "nonsense"]),
            0,
        ),
        (
            "get, a path that is not there",
            seed().args(&["get", "nonsense"]),
            2,
        ),
    ];
    each(rows, |(name, program, wanted)| {
        let ran = program.set("JIRA_OUTPUT", "json").run();
        assert_eq!(ran.code, wanted, "{name}: {ran:?}");
        validate(&serde_json::from_str(&ran.stdout).unwrap());
    });
}

#[test]
fn the_books_example_of_a_report_is_as_the_schema_has_it() {
    let examples = blocks(&page("outputs.md"), "json");
    let report = serde_json::from_str(&examples[0]).unwrap();
    validate(&report);
    assert_eq!(report["issues"][1]["error"]["kind"], "issue_not_found");
}

#[test]
fn what_the_schema_does_not_describe_is_refused() {
    let good = || {
        json!({ "outcome": "written", "exit_code": 0, "issues": [{
            "key": "HSP-1", "outcome": "written", "fields": { world::BUILD_STATUS: 1 },
            "update": {}, "attempts": 1, "elapsed_ms": 3 }] })
    };
    validate(&good());
    let rows: [(&str, Value); 6] = [
        ("/outcome", json!("done")),
        ("/exit_code", json!(7)),
        ("/issues/0/attempts", json!(-1)),
        ("/issues/0/attempts", json!("1")),
        ("/issues/0/outcome", json!("failed")),
        ("/issues/0", json!({ "key": "HSP-1", "further": 1 })),
    ];
    each(rows, |(path, value)| {
        let mut report = good();
        *report.pointer_mut(path).unwrap() = value;
        assert!(hold(&SCHEMA, &report, "it").is_err(), "{report}");
    });
}
