//! Jiras, and what answers like one, that do not say which fields there are.

use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::{Value, json};

fn auto(jira: &Jira, field: &str, value: &str) -> Program {
    Program::seed(jira)
        .unset("JIRA_FIELD_TYPE")
        .set("JIRA_FIELD_ID", field)
        .set("JIRA_FIELD_VALUE", value)
}

fn cloud_user(jira: &Jira) -> Program {
    Program::cloud(jira)
        .set("JIRA_USER_EMAIL", world::CI_EMAIL)
        .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
}

fn asked(jira: &Jira, end: &str) -> usize {
    let requests = jira.requests();
    requests
        .iter()
        .filter(|asked| asked.method == "GET" && asked.path.ends_with(end))
        .count()
}

/// What emulators answer where they have no edit metadata.
fn absences() -> [Reply; 7] {
    let page = "<html><title>Not Found</title></html>";
    [
        Reply::new(404),
        Reply::html(404, page),
        Reply::text(404, "404 page not found"),
        Reply::json(404, &json!({})),
        Reply::json(
            404,
            &json!({ "message": "null for uri", "status-code": 404 }),
        ),
        Reply::html(405, page),
        Reply::new(501),
    ]
}

#[test]
fn where_there_is_no_edit_metadata_the_field_list_tells_the_type_for_all_issues() {
    let rows = absences()
        .into_iter()
        .zip(["10314", "Build status"].iter().cycle());
    each(rows, |(absent, field)| {
        let status = absent.status;
        let jira = Jira::server().without_edit_metadata(absent).start();
        auto(&jira, field, "Passed")
            .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 MKY-1")
            .run()
            .exits(0);
        assert_eq!(jira.field("MKY-1", world::BUILD_STATUS)["value"], "Passed");
        assert_eq!(
            (
                asked(&jira, "/editmeta"),
                asked(&jira, "/field"),
                jira.requests().len()
            ),
            (1, 1, 5),
            "{status}"
        );
    });
}

#[test]
fn where_there_is_no_field_list_either_an_id_is_written_and_a_name_says_what_to_give() {
    each(absences(), |absent| {
        let jira = Jira::server().without_edit_metadata(absent.clone()).start();
        jira.always(On::Path("/field"), Fault::Answer(absent));
        auto(&jira, "10319", "42").run().exits(0);
        assert_eq!(jira.field("HSP-1", "customfield_10319"), "42");
        let ran = auto(&jira, "Build number", "43").without_retries().run();
        assert!(ran.code == 4 || ran.code == 5, "{ran:?}");
        ran.says("the field's name cannot be looked up")
            .says("give the field's id, such as customfield_10314");
        assert_eq!(jira.writes().len(), 1);
        auto(&jira, "Build number", "43")
            .without_retries()
            .args(&["check"])
            .run()
            .prints("\"Build number\": this Jira lists no fields");
    });
}

#[test]
fn the_report_has_the_request_id_of_the_question_that_failed() {
    let jira = Jira::server().start();
    let failed = Reply::new(500).header("X-AREQUESTID", "1x2x3");
    jira.always(On::Path("/editmeta"), Fault::Answer(failed));
    let (code, report) = auto(&jira, "10314", "Passed").without_retries().report();
    let issue = &report["issues"][0];
    assert_eq!(
        (code, &issue["http_status"], &issue["request_id"]),
        (5, &json!(500), &json!("1x2x3")),
        "{report}"
    );
}

#[test]
fn what_jira_says_of_the_issue_or_the_credentials_is_not_taken_for_missing_metadata() {
    let jira = Jira::server().start();
    auto(&jira, "10314", "Passed")
        .set("JIRA_ISSUE_KEY", "HSP-404")
        .fails("issue_not_found", 4, "");
    let anonymous = Reply::html(404, "<html></html>").header("X-AUSERNAME", "anonymous");
    let gateway = Reply::json(404, &json!({ "code": 404, "message": "Not Found" }));
    each([anonymous, gateway], |reply| {
        let jira = Jira::server().without_edit_metadata(reply).start();
        auto(&jira, "10314", "Passed").fails("credentials_refused", 3, "");
        assert_eq!(jira.writes().len(), 0);
    });
    each(
        [json!([]), json!({}), json!({ "fields": 1 }), json!("ok")],
        |no_metadata| {
            let reply = Reply::json(200, &no_metadata);
            let jira = Jira::server().without_edit_metadata(reply).start();
            auto(&jira, "10314", "Passed").fails("unexpected_answer", 5, "edit metadata");
            assert_eq!(jira.writes().len(), 0);
        },
    );
}

#[test]
fn a_name_whose_type_is_told_asks_the_field_list_alone() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira).set("JIRA_FIELD_ID", "Build status");
    program
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 MKY-1")
        .run()
        .exits(0);
    assert_eq!((asked(&jira, "/field"), jira.requests().len()), (1, 4));
    let jira = Jira::server().start();
    let json = r#"Build status:={"value":"Passed"}"#;
    let program = Program::seed(&jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE");
    program.args(&["--set", json]).run().exits(0);
    assert_eq!((asked(&jira, "/field"), jira.requests().len()), (1, 2));
    let program = Program::seed(&jira).set("JIRA_FIELD_ID", "Build statsu");
    program.fails("field_not_editable", 4, "did you mean \"Build status\"");
}

#[test]
fn a_name_that_is_not_on_the_edit_screen_costs_one_question_a_project() {
    let jira = Jira::server().issues("MKY", 4).start();
    let issues = "HSP-1 MKY-1 HSP-2 MKY-2 MKY-3 HSP-3 MKY-4 HSP-4";
    each(
        [("Off screen", 2), ("10342", 2), ("No such name", 2)],
        |(field, once)| {
            let jira = Jira::server().issues("MKY", 4).start();
            let (code, report) = auto(&jira, field, "x")
                .set("JIRA_ISSUE_KEY", issues)
                .report();
            assert_eq!(report["issues"][7]["error"]["kind"], "field_not_editable");
            assert_eq!(
                (code, asked(&jira, "/editmeta"), asked(&jira, "/field")),
                (4, once, 1),
                "{field}: {report}"
            );
        },
    );
    jira.always(On::Write, Fault::Answer(Reply::new(204)));
    auto(&jira, "Off screen", "x")
        .set("JIRA_ISSUE_KEY", issues)
        .run()
        .exits(0);
    assert_eq!((asked(&jira, "/editmeta"), jira.writes().len()), (2, 8));
}

#[test]
fn metadata_of_more_than_16_mib_is_named_and_never_shown() {
    each(["/editmeta", "/field"], |path| {
        let jira = Jira::server().start();
        jira.always(On::Path(path), Fault::Flood(17 << 20));
        let program = match path {
            "/editmeta" => auto(&jira, "10314", "Passed"),
            _ => {
                jira.always(On::Path("/editmeta"), Fault::Answer(Reply::new(404)));
                auto(&jira, "Build status", "Passed")
            }
        };
        program.fails_saying(
            "unexpected_answer",
            5,
            &["this Jira lists more than 16 MiB of fields", "(--type)"],
        );
        assert_eq!(jira.writes().len(), 0);
    });
    let jira = Jira::server().start();
    jira.always(On::Path("/editmeta"), Fault::Flood(17 << 20));
    let check = auto(&jira, "10314", "Passed").args(&["check"]).run();
    assert!(check.stdout.len() < 2000, "{}", check.stdout.len());
    check
        .exits(5)
        .prints("not ok  permission   this Jira lists more than 16 MiB of fields");
}

fn steps(program: Program) -> (i32, Vec<(String, bool)>, Value) {
    let ran = program.args(&["check", "--output", "json"]).run();
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let step = |step: &Value| {
        (
            step["name"].as_str().unwrap().to_owned(),
            step["ok"] == true,
        )
    };
    let steps = found["steps"].as_array().unwrap().iter().map(step);
    (ran.code, steps.collect(), found)
}

#[test]
fn check_does_not_call_credentials_refused_that_it_did_not_send() {
    each([401, 403, 404], |status| {
        each([Jira::server(), Jira::cloud()], |builder| {
            let jira = builder.server_info_wants_credentials(status).start();
            let (cloud, account) = match jira.base_url().ends_with("/jira") {
                true => (false, Program::seed(&jira)),
                false => (true, cloud_user(&jira)),
            };
            let (code, steps, found) = steps(account);
            assert_eq!((code, steps.len()), (0, 7), "{status} {cloud}: {found}");
            let told = found["steps"][1]["detail"].as_str().unwrap();
            assert_eq!(found["steps"][1]["name"], "jira");
            assert!(told.contains(&status.to_string()), "{told}");
        });
        let jira = Jira::server().server_info_wants_credentials(status).start();
        let (code, steps, _) = steps(Program::seed(&jira).set("JIRA_PASSWORD", "wrong"));
        assert_eq!(
            (code, steps.last()),
            (3, Some(&("credentials".to_owned(), false)))
        );
        let signed = jira.requests();
        let signed = signed
            .iter()
            .filter(|asked| asked.header("authorization").is_some());
        assert_eq!(signed.count(), 1);
    });
}

#[test]
fn check_goes_on_where_there_is_no_edit_metadata() {
    each(absences(), |absent| {
        let status = absent.status;
        let jira = Jira::server().without_edit_metadata(absent).start();
        let (code, found, report) = steps(auto(&jira, "Build status", "Passed"));
        assert!(
            code == 0 && found.iter().all(|(_, ok)| *ok),
            "{status}: {report}"
        );
        let last = report["steps"].as_array().unwrap().last().unwrap();
        assert_eq!(
            last["detail"],
            r#"{"fields":{"customfield_10314":{"value":"Passed"}}}"#
        );
        let (code, found, _) = steps(auto(&jira, "No such name", "Passed"));
        assert_eq!((code, &found[5]), (4, &("field".to_owned(), false)));
    });
}

#[test]
fn an_empty_name_is_no_name() {
    let jira = Jira::cloud().empty_name().start();
    let ran = cloud_user(&jira).args(&["check"]).run();
    ran.exits(0)
        .prints(&format!("{} (CI Bot) by basic", world::CI_EMAIL));
}

#[test]
#[cfg(target_os = "linux")]
fn the_largest_metadata_that_was_seen_fits_into_little_more_than_itself() {
    let option = |number: usize| {
        let about = format!("https://jira.example.com/rest/api/2/customFieldOption/{number}");
        json!({ "self": about, "value": format!("Option of a select, {number}"), "id": number.to_string() })
    };
    let custom = "com.atlassian.jira.plugin.system.customfieldtypes:select";
    let field = json!({
        "name": "Stage", "operations": ["set"], "schema": { "type": "option", "custom": custom },
        "allowedValues": (0..117_772).map(option).collect::<Value>(),
    });
    let metadata = json!({ "fields": { "customfield_1": field } });
    let jira = Jira::server()
        .without_edit_metadata(Reply::json(200, &metadata))
        .start();
    let field = |number: usize| {
        let id = format!("customfield_{number}");
        let clauses = [
            format!("cf[{number}]"),
            format!("Field {number} of this site"),
        ];
        json!({
            "id": id, "key": id, "name": clauses[1], "untranslatedName": clauses[1], "custom": true,
            "orderable": true, "navigable": true, "searchable": true, "clauseNames": clauses,
            "schema": { "type": "option", "custom": custom, "customId": number },
        })
    };
    let fields: Value = (1..=4142).map(field).collect();
    jira.always(On::Path("/field"), Fault::Answer(Reply::json(200, &fields)));
    let program = auto(&jira, "Field 4142 of this site", "Passed");
    let held = crate::growth::memory::peak(&jira, program);
    println!(
        "edit metadata of {} bytes and a field list of {} bytes: {held} MiB",
        metadata.to_string().len(),
        fields.to_string().len()
    );
    assert!(held <= 40, "{held} MiB");
    assert_eq!(
        jira.writes()[0].json(),
        json!({ "fields": { "customfield_4142": { "value": "Passed" } } })
    );
}
