use crate::matching::{auto, choices, custom, sent};
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Choice, Fault, FieldType, Jira, On, Reply};
use serde_json::{Value, json};

#[test]
fn an_option_refused_by_its_text_although_it_is_listed_is_sent_once_more_by_its_id() {
    let mut parent = Choice::new(3, "Europe").children(31, &["Berlin"]);
    parent.children[0].unfound = true;
    let places = || {
        vec![
            Choice::new(1, "Roof").unfound(),
            Choice::new(2, "Cellar"),
            parent.clone(),
        ]
    };
    let rows = [
        (
            FieldType::Select,
            "Roof",
            json!({ "value": "Roof" }),
            json!({ "id": "1" }),
        ),
        (
            FieldType::MultiSelect,
            "Cellar, Roof",
            json!([{ "value": "Cellar" }, { "value": "Roof" }]),
            json!([{ "id": "2" }, { "id": "1" }]),
        ),
        (
            FieldType::CascadingSelect,
            "Europe > Berlin",
            json!({ "value": "Europe", "child": { "value": "Berlin" } }),
            json!({ "id": "3", "child": { "id": "31" } }),
        ),
    ];
    each(rows, |(kind, text, refused, written)| {
        let jira = Jira::server()
            .field(custom(11001, "Place", kind).contexts(choices(places())))
            .start();
        let (code, report) = auto(&jira, "11001", text).report();
        let issue = &report["issues"][0];
        assert_eq!((code, &issue["attempts"]), (0, &json!(2)), "{report}");
        assert_eq!(issue["fields"], json!({ "customfield_11001": written }));
        let sent = |body: &Value| json!({ "fields": { "customfield_11001": body } });
        let writes: Vec<Value> = jira.writes().iter().map(|write| write.json()).collect();
        assert_eq!(writes, [sent(&refused), sent(&written)]);
        let asked = jira.requests();
        let asked = asked.iter().map(|request| request.path.as_str());
        assert_eq!(asked.filter(|path| path.ends_with("/editmeta")).count(), 1);
    });
}

#[test]
fn an_option_is_sent_by_its_id_once_and_only_where_it_is_listed_and_refused() {
    let field = || {
        custom(11001, "Place", FieldType::MultiSelect).contexts(choices(vec![
            Choice::new(1, "Roof").unfound(),
            Choice::new(2, "Cellar"),
        ]))
    };
    let jira = Jira::server().field(field()).start();
    // One more question where the type was told.
    let told = auto(&jira, "11001", "Roof").set("JIRA_FIELD_TYPE", "multi-select");
    assert_eq!(
        sent(&jira, told),
        json!({ "customfield_11001": [{ "id": "1" }] })
    );
    let asked = jira.requests();
    assert_eq!(asked.len(), 3, "{asked:?}");
    let jira = Jira::server().field(field()).start();
    sent(
        &jira,
        Program::seed(&jira)
            .unset("JIRA_FIELD_ID")
            .unset("JIRA_FIELD_VALUE")
            .unset("JIRA_FIELD_TYPE")
            .args(&["--set", "11001+=Roof"]),
    );
    let jira = Jira::server().field(field()).start();
    auto(&jira, "11001", "Attic").fails("value_refused", 4, "Attic");
    assert_eq!(jira.writes().len(), 1);
    let no = r#"{"errorMessages":[],"errors":{"customfield_11001":"No."}}"#;
    jira.always(On::Write, Fault::Status(400, no));
    auto(&jira, "11001", "Roof").run().exits(4).says("No.");
    assert_eq!(jira.writes().len(), 3);
    auto(&jira, "11001", "Roof").fails("value_refused", 4, "No.");
    assert_eq!(jira.writes().len(), 4, "no retry is allowed");
}

#[test]
fn of_options_with_one_text_the_first_that_is_not_disabled_is_meant() {
    let rows = [
        (&[true, false][..], "2"),
        (&[false, true], "1"),
        (&[true, false, false], "2"),
        (&[true, true], "1"),
    ];
    let jira = Jira::server().start();
    each(rows, |(disabled, meant)| {
        let option = |(at, disabled): (usize, &bool)| {
            let id = (at + 1).to_string();
            json!({ "id": id, "value": "Passed", "disabled": disabled })
        };
        let allowed: Vec<_> = disabled.iter().enumerate().map(option).collect();
        let field =
            json!({ "name": "Result", "schema": { "type": "option" }, "allowedValues": allowed });
        let metadata = json!({ "fields": { "customfield_11001": field } });
        let reply = Fault::Answer(Reply::json(200, &metadata));
        jira.misbehave(On::Path("/editmeta"), reply);
        let program = auto(&jira, "11001", "Passed").args(&["--dry-run"]);
        let (code, report) = program.report();
        let planned = &report["issues"][0]["fields"]["customfield_11001"];
        assert_eq!((code, planned), (0, &json!({ "id": meant })), "{report}");
    });
    assert!(jira.writes().is_empty());
}

#[test]
fn the_ids_are_those_that_the_issue_itself_lists() {
    let jira = Jira::server().start();
    let no = r#"{"errorMessages":[],"errors":{"customfield_11001":"No."}}"#;
    for (path, id) in [("HSP-1/editmeta", "1"), ("HSP-2/editmeta", "2")] {
        let allowed = json!([{ "id": id, "value": "Passed" }]);
        let field =
            json!({ "name": "Result", "schema": { "type": "option" }, "allowedValues": allowed });
        let metadata = json!({ "fields": { "customfield_11001": field } });
        let reply = Reply::json(200, &metadata);
        jira.misbehave(On::Path(path), Fault::Answer(reply));
        jira.misbehave(On::Write, Fault::Status(400, no));
        jira.misbehave(On::Write, Fault::Answer(Reply::new(204)));
    }
    let (code, report) = auto(&jira, "11001", "Passed")
        .set("JIRA_FIELD_TYPE", "select")
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2")
        .set("JIRA_CONCURRENCY", "1")
        .report();
    assert_eq!(code, 0, "{report}");
    let sent: Vec<Value> = jira.writes().iter().map(|write| write.json()).collect();
    let by_id = |id: &str| json!({ "fields": { "customfield_11001": { "id": id } } });
    assert_eq!((&sent[1], &sent[3]), (&by_id("1"), &by_id("2")), "{sent:?}");
}
