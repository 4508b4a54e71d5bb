use crate::program::Program;
use crate::rows::each;
use fake_jira::{Choice, Context, Fault, Field, FieldType, Jira, On, Reply};
use serde_json::{Value, json};

fn auto(jira: &Jira, field: &str, text: &str) -> Program {
    Program::seed(jira)
        .set("JIRA_FIELD_TYPE", "auto")
        .set("JIRA_FIELD_ID", field)
        .set("JIRA_FIELD_VALUE", text)
}

/// What the last of the program's writes sent.
#[track_caller]
fn sent(jira: &Jira, program: Program) -> Value {
    program.run().exits(0);
    jira.writes().pop().unwrap().json()["fields"].clone()
}

fn custom(number: u32, name: &str, kind: FieldType) -> Field {
    Field::new(&format!("customfield_{number}"), name, kind)
}

fn choices(choices: Vec<Choice>) -> Vec<Context> {
    let mut context = Context::everywhere("Places");
    context.options = choices;
    vec![context]
}

#[test]
fn a_field_s_name_is_taken_exactly_then_without_blanks_then_in_either_case() {
    let jira = Jira::server()
        .field(custom(11001, "Country ", FieldType::TextField))
        .field(custom(11002, "Country", FieldType::Url))
        .field(custom(11003, "\u{a0}Region\u{a0}", FieldType::TextField))
        .start();
    let rows = [
        ("Country ", "customfield_11001"),
        ("Country", "customfield_11002"),
        ("  Country", "customfield_11002"),
        ("Region", "customfield_11003"),
        ("\u{a0}Region\u{a0}", "customfield_11003"),
        ("region", "customfield_11003"),
        ("build STATUS", "customfield_10314"),
        ("cf[11001]", "customfield_11001"),
    ];
    each(rows, |(name, id)| {
        let text = if id == "customfield_10314" {
            "Passed"
        } else {
            "https://ci.example.com"
        };
        let fields = sent(&jira, auto(&jira, name, text));
        assert!(!fields[id].is_null(), "{name:?}: {fields}");
    });
    let fields = sent(
        &jira,
        Program::seed(&jira)
            .unset("JIRA_FIELD_ID")
            .unset("JIRA_FIELD_VALUE")
            .unset("JIRA_FIELD_TYPE")
            .args(&["--set", "Country =x"]),
    );
    assert_eq!(fields, json!({ "customfield_11001": "x" }));
    auto(&jira, "COUNTRY", "x").fails("usage", 2, "customfield_11001, customfield_11002");
}

#[test]
fn a_field_is_found_by_its_english_name_and_by_its_apps_key() {
    let jira = Jira::cloud()
        .field(custom(11001, "Baustand", FieldType::TextField).untranslated("Build stage"))
        .field(custom(11002, "Konto", FieldType::TextField).key("io.tempo.jira__account"))
        .start();
    let cloud = |name: &str| {
        Program::cloud(&jira)
            .set("JIRA_USER_EMAIL", fake_jira::world::CI_EMAIL)
            .set("JIRA_API_TOKEN", fake_jira::world::CI_API_TOKEN)
            .set("JIRA_FIELD_TYPE", "auto")
            .set("JIRA_FIELD_ID", name)
            .set("JIRA_FIELD_VALUE", "x")
    };
    let rows = [
        ("Build stage", "customfield_11001"),
        ("Baustand", "customfield_11001"),
        ("io.tempo.jira__account", "customfield_11002"),
    ];
    each(rows, |(name, id)| {
        assert_eq!(sent(&jira, cloud(name)), json!({ id: "x" }), "{name}");
    });
}

#[test]
fn a_misspelt_id_gets_its_suggestion() {
    let jira = Jira::server().start();
    let rows = [
        "customfiled_10314",
        "customfield 10314",
        "custom_field_10314",
        "Customfield-10314",
        "custmfield10314",
    ];
    each(rows, |name| {
        auto(&jira, name, "x").fails(
            "field_not_editable",
            4,
            "did you mean customfield_10314 (Build status, select)?",
        );
    });
    auto(&jira, "customfiled_99999", "x").fails(
        "field_not_editable",
        4,
        "did you mean customfield_99999?",
    );
}

#[test]
fn an_option_that_its_text_does_not_name_goes_by_its_id() {
    let jira = Jira::server()
        .field(
            custom(11001, "Place", FieldType::Select).contexts(choices(vec![
                Choice::new(1, " TX - Hall (299)"),
                Choice::new(2, "Roof\u{a0}"),
                Choice::new(3, "Twin"),
                Choice::new(4, "Twin"),
                Choice::new(5, "Sun").labelled(),
                Choice::new(6, "Cellar"),
                Choice::new(7, " Yard"),
                Choice::new(8, "Yard"),
                Choice::new(9, "6"),
            ])),
        )
        .start();
    let rows = [
        (" TX - Hall (299)", json!({ "id": "1" })),
        ("TX - Hall (299)", json!({ "id": "1" })),
        ("tx - hall (299)", json!({ "id": "1" })),
        ("Roof\u{a0}", json!({ "id": "2" })),
        ("roof", json!({ "id": "2" })),
        ("Twin", json!({ "id": "3" })),
        ("twin", json!({ "id": "3" })),
        ("Sun", json!({ "id": "5" })),
        ("cellar", json!({ "value": "Cellar" })),
        (" Yard", json!({ "id": "7" })),
        ("Yard", json!({ "id": "8" })),
        ("6", json!({ "value": "6" })),
        (r#"{"id":6}"#, json!({ "id": "6" })),
    ];
    each(rows, |(text, value)| {
        let fields = sent(&jira, auto(&jira, "11001", text));
        assert_eq!(fields["customfield_11001"], value, "{text:?}");
    });
}

#[test]
fn of_several_values_each_is_taken_exactly_first() {
    let jira = Jira::server()
        .field(
            custom(11001, "Places", FieldType::MultiSelect).contexts(choices(vec![
                Choice::new(1, " Yard"),
                Choice::new(2, "Yard"),
                Choice::new(3, " TX - Hall (299)"),
                Choice::new(4, "Roof"),
            ])),
        )
        .start();
    let ids = |text: &str| {
        let fields = sent(&jira, auto(&jira, "11001", text));
        let of = |one: &Value| one.get("id").unwrap_or(&one["value"]).clone();
        let values = fields["customfield_11001"].as_array().unwrap().clone();
        Value::from_iter(values.iter().map(of))
    };
    let rows = [
        (" Yard", json!(["1"])),
        ("Roof, Yard", json!(["Roof", "2"])),
        ("Roof,  Yard", json!(["Roof", "1"])),
        ("Roof\n Yard", json!(["Roof", "1"])),
        ("Roof, TX - Hall (299),\n, Yard", json!(["Roof", "3", "2"])),
        (r#"[" Yard","Yard",{"id":4}]"#, json!(["1", "2", "4"])),
    ];
    each(rows, |(text, named)| {
        assert_eq!(ids(text), named, "{text:?}");
    });
}

#[test]
fn values_that_are_listed_one_level_deeper_are_found() {
    let jira = Jira::server().nested_values().start();
    let fields = sent(&jira, auto(&jira, "10314", "passed"));
    assert_eq!(fields["customfield_10314"], json!({ "value": "Passed" }));
    auto(&jira, "10314", "Pased").fails("value_refused", 4, "did you mean \"Passed\"?");
}

#[test]
fn the_report_says_which_option_a_number_was() {
    let jira = Jira::server().start();
    let (code, report) = auto(&jira, "10314", "10114").report();
    let issue = &report["issues"][0];
    assert_eq!(
        (code, &issue["fields"]["customfield_10314"]),
        (0, &json!({ "id": "10114" }))
    );
    assert_eq!(
        issue["notes"],
        json!(["customfield_10314 (Build status, select): 10114 is the id of \"Passed\""])
    );
    let ran = auto(&jira, "10314", "10114").run().exits(0);
    assert!(
        ran.stdout.contains("10114 is the id of \"Passed\""),
        "{ran:?}"
    );
    let (_, report) = auto(&jira, "10314", "Passed").report();
    assert!(report["issues"][0]["notes"].is_null(), "{report}");
}

#[test]
fn the_id_of_an_option_a_version_and_a_component_may_be_a_number() {
    let jira = Jira::server().start();
    let rows = [
        ("10314", r#"{"id":10114}"#, json!({ "id": "10114" })),
        (
            "fixVersions",
            r#"[{"id":10010}]"#,
            json!([{ "id": "10010" }]),
        ),
        ("fixVersions", r#"{"id":10010}"#, json!([{ "id": "10010" }])),
    ];
    each(rows, |(field, text, value)| {
        let fields = sent(&jira, auto(&jira, field, text));
        let (_, sent) = fields.as_object().unwrap().iter().next().unwrap();
        assert_eq!(*sent, value, "{field}");
    });
}

#[test]
fn a_time_is_taken_as_date_and_databases_write_it() {
    let jira = Jira::server().start();
    let rows = [
        ("2026-01-21T15:00:00+0000", "2026-01-21T15:00:00.000+0000"),
        ("2026-01-21 15:00:00+01:00", "2026-01-21T14:00:00.000+0000"),
        ("2026-01-21T15:00Z", "2026-01-21T15:00:00.000+0000"),
        ("2026-01-21T15:00:00.25Z", "2026-01-21T15:00:00.250+0000"),
    ];
    each(rows, |(text, held)| {
        let (code, report) = auto(&jira, "Built at", text).report();
        assert_eq!(code, 0, "{text}: {report}");
        assert!(report["issues"][0]["notes"].is_null(), "{report}");
        let write = jira.writes().pop().unwrap().json()["fields"].clone();
        let (id, _) = write.as_object().unwrap().iter().next().unwrap();
        assert_eq!(jira.field("HSP-1", id), held, "{text}");
    });
    each(["2026-01-21T15:00:00", "2026-01-21 15:00"], |text| {
        let (code, report) = auto(&jira, "Built at", text).report();
        let note = report["issues"][0]["notes"][0].as_str().unwrap_or_default();
        assert_eq!(code, 0, "{report}");
        assert!(
            note.contains("names no zone and is taken as UTC"),
            "{report}"
        );
    });
    let fields = sent(&jira, auto(&jira, "duedate", "2026-01-21 23:30-0800"));
    assert_eq!(fields, json!({ "duedate": "2026-01-21" }));
}

#[test]
fn a_parent_and_its_child_are_found_by_whatever_separates_them() {
    let place = |number: u32, name: &str| Choice::new(number, name);
    let jira = Jira::server()
        .field(
            custom(11001, "Place", FieldType::CascadingSelect).contexts(choices(vec![
                place(1, "Europe").children(11, &["Berlin", "Paris/Nord", " Rome"]),
                place(2, "Asia/Pacific").children(21, &["Tokyo"]),
                place(3, "A->B"),
                place(4, " Moon").children(41, &["Sea"]),
            ])),
        )
        .start();
    let pair = |parent: &str, child: &str| json!({ "value": parent, "child": { "value": child } });
    let rows = [
        ("Europe > Berlin", pair("Europe", "Berlin")),
        ("Europe->Berlin", pair("Europe", "Berlin")),
        ("europe -> berlin", pair("Europe", "Berlin")),
        ("Europe/Berlin", pair("Europe", "Berlin")),
        ("Europe / Berlin", pair("Europe", "Berlin")),
        ("Europe>Berlin", pair("Europe", "Berlin")),
        ("Europe / Paris/Nord", pair("Europe", "Paris/Nord")),
        ("Asia/Pacific / Tokyo", pair("Asia/Pacific", "Tokyo")),
        ("Asia/Pacific", json!({ "value": "Asia/Pacific" })),
        ("A->B", json!({ "value": "A->B" })),
        (
            "Europe/Rome",
            json!({ "value": "Europe", "child": { "id": "13" } }),
        ),
        (
            "Moon > Sea",
            json!({ "id": "4", "child": { "value": "Sea" } }),
        ),
    ];
    each(rows, |(text, value)| {
        let fields = sent(&jira, auto(&jira, "11001", text));
        assert_eq!(fields["customfield_11001"], value, "{text:?}");
    });
    auto(&jira, "11001", "Europe/Brlin").fails(
        "value_refused",
        4,
        "did you mean \"Europe > Berlin\"?",
    );
}

#[test]
fn a_parent_without_a_schema_is_an_issue() {
    let jira = Jira::server().start();
    let metadata = json!({ "fields": { "parent": { "name": "Parent", "operations": ["set"] } } });
    jira.always(
        On::Path("editmeta"),
        Fault::Answer(Reply::json(200, &metadata)),
    );
    jira.always(On::Write, Fault::Answer(Reply::new(204)));
    let fields = sent(&jira, auto(&jira, "parent", "HSP-2"));
    assert_eq!(fields, json!({ "parent": { "key": "HSP-2" } }));
}
