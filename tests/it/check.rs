use crate::program::Program;
use jira_stand_in::{Jira, world};
use serde_json::{Value, json};

fn check(program: Program) -> (i32, Vec<(String, bool)>, Value) {
    let ran = program.args(&["check", "--output", "json"]).without_retries().run();
    let found: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(found["exit_code"], ran.code, "{ran:?}");
    let steps = found["steps"].as_array().unwrap();
    let steps = steps.iter().map(|step| (step["name"].as_str().unwrap().to_owned(), step["ok"] == true)).collect();
    (ran.code, steps, found)
}

#[test]
fn check_walks_from_the_address_to_the_value_and_writes_nothing() {
    let jira = Jira::server().tls().start();
    let ran =
        Program::seed(&jira).set("JIRA_FIELD_TYPE", "auto").set("JIRA_FIELD_VALUE", "passed").args(&["check"]).run();
    let ran = ran.exits(0).quietly().prints("ci-bot (CI Bot) by basic").prints("HSP-1 is a Bug of Homosapien");
    ran.prints("customfield_10314 (Build status, select) allows: ")
        .prints(r#"{"fields":{"customfield_10314":{"value":"Passed"}}}"#);
    assert_eq!(jira.writes().len(), 0);
    let (_, steps, found) = check(Program::seed(&jira));
    let names: Vec<_> = steps.iter().filter(|(_, ok)| *ok).map(|(name, _)| name.as_str()).collect();
    assert!(
        names.starts_with(&["address"])
            && names.ends_with(&["jira", "credentials", "issue", "permission", "field", "value"]),
        "{found}"
    );
    assert_eq!(found["outcome"], "ok");
}

#[test]
fn check_ends_where_something_fails_and_says_what_to_do() {
    let jira = Jira::server().start();
    let seed = || Program::seed(&jira).set("JIRA_FIELD_TYPE", "auto");
    for (program, step, code, kind) in [
        (seed().set("JIRA_BASE_URL", "http://jira.invalid"), "address", 5, "unreachable"),
        (seed().set("JIRA_BASE_URL", "http://localhost:1/jira"), "jira", 5, "unreachable"),
        (seed().set("JIRA_PASSWORD", "wrong"), "credentials", 3, "credentials_refused"),
        (seed().set("JIRA_ISSUE_KEY", "HSP-404"), "issue", 4, "issue_not_found"),
        (seed().set("JIRA_ISSUE_KEY", world::READ_ONLY_ISSUE), "permission", 4, "field_not_editable"),
        (seed().set("JIRA_FIELD_ID", "10342"), "field", 4, "field_not_editable"),
        (seed().set("JIRA_FIELD_ID", "99999"), "field", 4, "field_not_editable"),
        (seed().set("JIRA_FIELD_ID", "10321"), "value", 4, "value_refused"),
        (seed().set("JIRA_FIELD_VALUE", "Pased"), "value", 4, "value_refused"),
    ] {
        let (exit, steps, found) = check(program);
        assert_eq!(exit, code, "{found}");
        let (failed, _) = steps.iter().find(|(_, ok)| !ok).unwrap();
        assert_eq!(failed, step, "{found}");
        let error = found["steps"].as_array().unwrap().iter().find(|step| step["ok"] == false).unwrap();
        assert_eq!(error["error"]["kind"], kind);
        assert!(error["error"]["hint"].is_string(), "{found}");
    }
    assert_eq!(jira.writes().len(), 0);
}

#[test]
fn check_looks_at_what_is_given_and_misses_nothing_else() {
    let jira = Jira::data_center().start();
    let program =
        || Program::bare().set("JIRA_BASE_URL", &jira.base_url()).set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN);
    let (code, steps, _) = check(program());
    assert_eq!((code, steps.last().unwrap().0.as_str()), (0, "credentials"));
    let (code, steps, found) = check(program().set("JIRA_ISSUE_KEY", "HSP-1").set("JIRA_FIELD_ID", "Build status"));
    assert_eq!((code, steps.last().unwrap().0.as_str()), (0, "field"));
    let field = found["steps"].as_array().unwrap().last().unwrap();
    assert!(field["detail"].as_str().unwrap().contains("Development Completed"), "{field}");
    assert_eq!(field["ok"], json!(true));
}

#[test]
fn check_tries_a_wrong_password_once() {
    let jira = Jira::server().start();
    check(Program::seed(&jira).set("JIRA_PASSWORD", "wrong"));
    let signed = jira.requests().iter().filter(|asked| asked.header("authorization").is_some()).count();
    assert_eq!(signed, 1);
}
