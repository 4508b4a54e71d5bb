use crate::check_connection::first_failure;
use crate::loopback::UNRESOLVABLE;
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Field, FieldType, Jira, On, world};
use serde_json::{Value, json};

pub fn check(program: Program) -> (i32, Vec<(String, bool)>, Value) {
    let ran = program
        .args(&["check", "--output", "json"])
        .without_retries()
        .run();
    let found: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(found["exit_code"], ran.code, "{ran:?}");
    let steps = found["steps"].as_array().unwrap();
    let steps = steps
        .iter()
        .map(|step| {
            (
                step["name"].as_str().unwrap().to_owned(),
                step["ok"] == true,
            )
        })
        .collect();
    (ran.code, steps, found)
}

#[test]
fn check_walks_from_the_address_to_the_value_and_writes_nothing() {
    let jira = Jira::server().tls().start();
    let ran = Program::seed(&jira)
        .set("JIRA_FIELD_TYPE", "auto")
        .set("JIRA_FIELD_VALUE", "passed")
        .args(&["check"])
        .run();
    let ran = ran
        .exits(0)
        .prints("ci-bot (CI Bot) by basic")
        .prints("HSP-1 is a Bug of Homosapien");
    ran.prints("customfield_10314 (Build status, select) allows: ")
        .prints(r#"{"fields":{"customfield_10314":{"value":"Passed"}}}"#);
    assert_eq!(jira.writes().len(), 0);
    let (_, steps, found) = check(Program::seed(&jira));
    let names: Vec<_> = steps
        .iter()
        .filter(|(_, ok)| *ok)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "address",
            "tls",
            "jira",
            "credentials",
            "issue",
            "permission",
            "field",
            "value"
        ],
        "{found}"
    );
    assert_eq!(found["outcome"], "ok");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn check_ends_where_something_fails_and_says_what_to_do() {
    let jira = Jira::server().start();
    let seed = || Program::seed(&jira).set("JIRA_FIELD_TYPE", "auto");
    let rows = [
        (
            seed().set("JIRA_BASE_URL", UNRESOLVABLE),
            "address",
            5,
            "unreachable",
        ),
        (
            seed().set("JIRA_BASE_URL", "http://127.0.0.1:1/jira"),
            "jira",
            5,
            "unreachable",
        ),
        (
            seed().set("JIRA_PASSWORD", "wrong"),
            "credentials",
            3,
            "credentials_refused",
        ),
        (
            seed().set("JIRA_ISSUE_KEY", "HSP-404"),
            "issue",
            4,
            "issue_not_found",
        ),
        (
            seed().set("JIRA_ISSUE_KEY", world::READ_ONLY_ISSUE),
            "permission",
            4,
            "field_not_editable",
        ),
        (
            seed().set("JIRA_FIELD_ID", "10342"),
            "field",
            4,
            "field_not_editable",
        ),
        (
            seed().set("JIRA_FIELD_ID", "99999"),
            "field",
            4,
            "field_not_editable",
        ),
        (
            seed().set("JIRA_FIELD_ID", "10321"),
            "value",
            4,
            "value_refused",
        ),
        (
            seed().set("JIRA_FIELD_VALUE", "Pased"),
            "value",
            4,
            "value_refused",
        ),
        (
            seed()
                .set("JIRA_FIELD_ID", "10316")
                .set("JIRA_FIELD_VALUE", "Linux, Solaris"),
            "value",
            4,
            "value_refused",
        ),
    ];
    each(rows, |(program, step, code, kind)| {
        let (exit, steps, found) = check(program);
        assert_eq!(exit, code, "{found}");
        let (failed, _) = steps.iter().find(|(_, ok)| !ok).unwrap();
        assert_eq!(failed, step, "{found}");
        let error = found["steps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|step| step["ok"] == false)
            .unwrap();
        assert_eq!(error["error"]["kind"], kind);
        assert!(error["error"]["hint"].is_string(), "{found}");
    });
    assert_eq!(jira.writes().len(), 0);
}

#[test]
fn check_looks_at_what_is_given_and_misses_nothing_else() {
    let jira = Jira::data_center().start();
    let program = || {
        Program::bare()
            .set("JIRA_BASE_URL", &jira.base_url())
            .set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN)
    };
    let (code, steps, _) = check(program());
    assert_eq!((code, steps.last().unwrap().0.as_str()), (0, "credentials"));
    let (code, steps, found) = check(
        program()
            .set("JIRA_ISSUE_KEY", "HSP-1")
            .set("JIRA_FIELD_ID", "Build status"),
    );
    assert_eq!((code, steps.last().unwrap().0.as_str()), (0, "field"));
    let field = found["steps"].as_array().unwrap().last().unwrap();
    assert!(
        field["detail"]
            .as_str()
            .unwrap()
            .contains("Development Completed"),
        "{field}"
    );
    assert_eq!(field["ok"], json!(true));
}

#[test]
fn a_value_that_jira_lists_nothing_for_is_not_doubted() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE");
    let sets = [
        "--set",
        "Build labels=nightly",
        "--set",
        "Platforms:=[]",
        "--set",
        "Stage:=null",
    ];
    program
        .args(&["check"])
        .args(&sets)
        .run()
        .exits(0)
        .prints(r#"{"fields":{"customfield_10325":["nightly"],"customfield_10316":[],"customfield_10343":null}}"#);
}

#[test]
fn a_type_that_is_not_the_fields_own_is_told_before_jira_refuses_its_value() {
    let jira = Jira::server().start();
    let program = |kind| Program::seed(&jira).set("JIRA_FIELD_TYPE", kind);
    program("text").fails("value_refused", 4, "Could not find valid 'id' or 'value'");
    let (code, steps, found) = check(program("text"));
    assert_eq!(
        (code, steps.last().unwrap().0.as_str()),
        (4, "value"),
        "{found}"
    );
    let error = &found["steps"].as_array().unwrap().last().unwrap()["error"];
    let message = r#"customfield_10314 (Build status, select) takes {"value":"Development Completed"}, not "Development Completed""#;
    assert_eq!(
        (error["kind"].as_str(), error["message"].as_str()),
        (Some("value_refused"), Some(message))
    );
    assert_eq!(
        error["hint"],
        "leave JIRA_FIELD_TYPE (--type) out, or name the field's own type"
    );
    let json = program("json").set("JIRA_FIELD_VALUE", r#"{"value":"Development Completed"}"#);
    json.args(&["check"]).run().exits(0);
    let of_a_plugin = r#"{"fields":{"customfield_10314":{"schema":{"type":"any","custom":"com.example:lights"}}}}"#;
    jira.misbehave(On::Path("/editmeta"), Fault::Status(200, of_a_plugin));
    program("select").args(&["check"]).run().exits(0);
}

#[test]
fn an_answer_that_jira_does_not_give_ends_the_walk_where_it_comes() {
    let rows = [
        ("/serverInfo", "{}", "jira", "context path, such as /jira?"),
        ("/myself", "{}", "credentials", "names no user"),
        (
            "/editmeta",
            "[]",
            "permission",
            "the edit metadata cannot be read",
        ),
    ];
    each(rows, |(path, body, step, words)| {
        let jira = Jira::server().start();
        jira.misbehave(On::Path(path), Fault::Status(200, body));
        let (failed, kind, said) = first_failure(Program::seed(&jira));
        assert_eq!(
            (failed.as_str(), kind.as_str()),
            (step, "unexpected_answer"),
            "{said}"
        );
        assert!(said.contains(words), "{said}");
    });
}

#[test]
fn a_wrong_name_shows_once_and_on_one_line_which_fields_could_be_meant() {
    let jira = Jira::server()
        .field(Field::new(
            "customfield_11000",
            "Build state",
            FieldType::TextField,
        ))
        .start();
    let ran = Program::seed(&jira)
        .set("JIRA_FIELD_TYPE", "auto")
        .set("JIRA_FIELD_ID", "Build stat")
        .args(&["check"])
        .run()
        .exits(4);
    let lines: Vec<_> = ran
        .stdout
        .lines()
        .filter(|line| line.contains("customfield_10314"))
        .collect();
    assert_eq!(lines.len(), 1, "{ran:?}");
    let meant =
        "did you mean \"Build state\" (customfield_11000) or \"Build status\" (customfield_10314)?";
    assert!(lines[0].contains(meant), "{ran:?}");
    assert_eq!(ran.stdout.matches("not ok").count(), 1, "{ran:?}");
}

#[test]
fn check_tries_a_wrong_password_once() {
    let jira = Jira::server().start();
    check(Program::seed(&jira).set("JIRA_PASSWORD", "wrong"));
    let signed = jira
        .requests()
        .iter()
        .filter(|asked| asked.header("authorization").is_some())
        .count();
    assert_eq!(signed, 1);
}

#[test]
fn a_field_is_checked_however_it_is_given_and_half_a_setting_is_a_usage_error() {
    let jira = Jira::server().start();
    let without = || {
        Program::seed(&jira)
            .unset("JIRA_FIELD_ID")
            .unset("JIRA_FIELD_VALUE")
            .unset("JIRA_FIELD_TYPE")
    };
    let further = "customfield_10314=Passed";
    let rows = [
        without().args(&["check", "--set", further]),
        without().set("JIRA_FIELDS", further).args(&["check"]),
    ];
    each(rows, |program| {
        program.run().exits(0).prints("ok      value");
    });
    let valueless = || {
        Program::seed(&jira)
            .unset("JIRA_FIELD_VALUE")
            .args(&["check"])
    };
    valueless()
        .run()
        .exits(0)
        .prints("ok      field")
        .hides("ok      value");
    valueless()
        .args(&["--set", "labels+=a"])
        .run()
        .exits(2)
        .says("JIRA_FIELD_VALUE (--value) is missing");
    valueless()
        .set("JIRA_FIELD_ID", " ")
        .run()
        .exits(2)
        .says("JIRA_FIELD_ID (--field) is blank");
    valueless()
        .set("JIRA_FIELDS", "labels+=a")
        .run()
        .exits(2)
        .says("JIRA_FIELD_VALUE (--value) is missing");
    valueless()
        .args(&["--issue", "no key"])
        .run()
        .exits(2)
        .says("JIRA_ISSUE_KEY (--issue) holds \"no\"");
}

#[test]
fn a_system_field_is_described_by_what_it_holds() {
    let jira = Jira::server().start();
    let rows = [
        ("summary", "summary (Summary, string)"),
        ("labels", "labels (Labels, array of string)"),
    ];
    each(rows, |(field, described)| {
        let program = Program::seed(&jira).set("JIRA_FIELD_ID", field);
        let program = program.unset("JIRA_FIELD_VALUE").unset("JIRA_FIELD_TYPE");
        program.args(&["check"]).run().exits(0).prints(described);
    });
    let nameless = r#"{"fields":{"customfield_10314":{"schema":{"type":""}}}}"#;
    jira.always(On::Path("/editmeta"), Fault::Status(200, nameless));
    let program = Program::seed(&jira).unset("JIRA_FIELD_VALUE");
    let program = program.unset("JIRA_FIELD_TYPE").args(&["check"]);
    program
        .run()
        .exits(0)
        .prints("ok      field        customfield_10314\n");
}
