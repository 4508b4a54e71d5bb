//! `cargo test --test it field_table -- --nocapture` prints what each kind of field
//! takes: the text given, the body sent, the value read back, and what a wrong text
//! is told.

use crate::program::Program;
use crate::rows::{Rows, ensure};
use crate::{app_fields, fields};
use fake_jira::{Jira, world};
use serde_json::Value;

type Wrong = Option<(&'static str, &'static str)>;

/// A field, what is given for it, what goes out, and a wrong text with what is said
/// of it. What goes out is not compared where it is empty.
type Row = (&'static str, &'static str, &'static str, Wrong);

/// What is added to a field.
const ADDED: &[Row] = &[
    (
        "comment",
        "Build 42",
        r#"[{"add":{"body":"Build 42"}}]"#,
        None,
    ),
    (
        "issuelinks",
        "blocks HSP-2",
        "",
        Some(("blocks", "takes a link such as")),
    ),
    ("worklog", "1h", "", Some(("a while", "Log Work"))),
    (
        "labels",
        "nightly",
        r#"[{"add":"nightly"}]"#,
        Some(("a b", "contains spaces")),
    ),
];

/// Types of fields that stand in no other table.
const OTHERS: &[Row] = &[("Epic Colour", "ghx-label-3", r#""ghx-label-3""#, None)];

fn schema(field: &Value) -> String {
    let schema = &field["schema"];
    let part = |name: &str, before: &str| {
        let part = schema[name].as_str().map(|part| format!("{before}{part}"));
        part.unwrap_or_default()
    };
    let shown = part("type", "") + &part("items", " of ") + &part("custom", ", ");
    if shown.is_empty() {
        "none".to_owned()
    } else {
        shown
    }
}

/// Prints the row, where Jira takes what is sent and refuses the wrong text.
fn row(
    jira: &Jira,
    schemas: &Value,
    given: &dyn Fn(&str) -> Program,
    (field, text, sent, wrong): Row,
) -> Result<(), String> {
    let (code, report) = given(text).report();
    ensure(code == 0, || report.to_string())?;
    let body = jira.writes().pop().unwrap().json();
    let mut maps = ["fields", "update"].into_iter();
    let map = maps.find_map(|name| body[name].as_object()).unwrap();
    let (id, value) = map.iter().next().unwrap();
    let value = value.to_string();
    ensure(sent.is_empty() || value == sent, || value.clone())?;
    let held = jira.field("HSP-1", id);
    let mut told = String::new();
    if let Some((wrong, words)) = wrong {
        let ran = given(wrong).without_retries().run();
        let right = ran.code == 4 && ran.stderr.contains(words);
        ensure(right, || format!("{wrong}: {ran:?}"))?;
        told = ran.stderr.trim().replace('\n', " / ").replace('|', "\\|");
    }
    let wrong = wrong.map_or(String::new(), |(wrong, _)| format!("{wrong:?}"));
    let schema = schema(&schemas[id]);
    println!("| {field} | {schema} | {text:?} | {value} | {held} | {wrong} | {told} |");
    Ok(())
}

fn schemas(program: Program) -> Value {
    let ran = program
        .args(&["get", "/rest/api/2/issue/HSP-1/editmeta"])
        .run();
    let metadata: Value = serde_json::from_str(&ran.stdout).unwrap();
    metadata["fields"].clone()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn every_schema_has_a_text_a_body_a_value_and_a_message() {
    println!("| Field | Schema | Text | Body sent | Read back | A wrong text | is told |");
    println!("|---|---|---|---|---|---|---|");
    let jira = Jira::data_center().every_field().start();
    let listed = schemas(Program::seed(&jira));
    let built_in = fields::ROWS.iter();
    let built_in = built_in.map(|row| (row.field, row.text, row.sent, row.wrong));
    let mut rows = Rows::default();
    let apps = app_fields::ROWS.iter().chain(OTHERS).copied();
    for set in built_in.chain(apps) {
        let given = |text: &str| fields::auto(&jira, set.0, text);
        rows.check(&format!("{set:?}"), || row(&jira, &listed, &given, set));
    }
    for added in ADDED {
        let given = |text: &str| {
            let program = Program::seed(&jira)
                .unset("JIRA_FIELD_ID")
                .unset("JIRA_FIELD_VALUE")
                .unset("JIRA_FIELD_TYPE");
            program.args(&["--set", &format!("{}+={text}", added.0)])
        };
        rows.check(&format!("{added:?}"), || {
            row(&jira, &listed, &given, *added)
        });
    }
    // Fields that Cloud alone has, and users by their account ids.
    let cloud = Jira::cloud().every_field().start();
    let account = |program: Program| {
        program
            .unset("JIRA_USERNAME")
            .unset("JIRA_PASSWORD")
            .set("JIRA_USER_EMAIL", world::CI_EMAIL)
            .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
    };
    let on_cloud = schemas(account(Program::seed(&cloud)));
    for set in [
        ("Team", "36885b3c-1bf0-4f85-a357-c5b858c31de4", "", None),
        ("Release manager", world::FRED_ACCOUNT_ID, "", None),
    ] {
        let given = |text: &str| account(fields::auto(&cloud, set.0, text));
        rows.check(&format!("{set:?}"), || row(&cloud, &on_cloud, &given, set));
    }
    let shown: Vec<String> = jira
        .writes()
        .iter()
        .map(|write| write.json().to_string())
        .collect();
    let listed = listed.as_object().unwrap();
    let is_shown = |id: &String| {
        shown
            .iter()
            .any(|body| body.contains(&format!("\"{id}\":")))
    };
    for (id, field) in listed {
        rows.check(id, || {
            let verbs = field["operations"].as_array();
            // Jira takes an import's number and ignores it.
            let ignored = schema(field).ends_with(":importid");
            let editable = verbs.is_some_and(|verbs| !verbs.is_empty()) && !ignored;
            let alike = |(_, other): &(&String, &Value)| schema(other) == schema(field);
            let holds = listed.iter().filter(alike).any(|(id, _)| is_shown(id));
            ensure(holds || !editable, || {
                format!("no row shows {}", schema(field))
            })
        });
    }
}
