//! Which issues are meant by what people and CI systems hand over.

use crate::program::Program;
use crate::rows::each;
use fake_jira::Jira;

fn written(jira: &Jira, program: Program) -> Vec<String> {
    program.run().exits(0);
    let writes = jira.writes();
    let keys = writes
        .iter()
        .map(|write| write.path.rsplit('/').next().unwrap().to_owned());
    let mut keys: Vec<_> = keys.collect();
    keys.sort();
    keys
}

#[test]
fn issues_may_be_listed_in_every_usual_form() {
    let page = |jira: &Jira| format!("{}/browse/hsp-1?focusedId=7#comment-7", jira.base_url());
    let rows = [
        "HSP-1,HSP-2",
        "hsp-1; Hsp-2;",
        "HSP-1\r\nHSP-2\r\n",
        r#"["HSP-1", "hsp-2"]"#,
        "[\n  \"HSP-1\",\n  \"HSP-2\",\n  \"HSP-2\"\n]\n",
        "HSP-1;HSP-2,hsp-1 HSP-2",
        "PAGE HSP-2",
        r#"["PAGE","HSP-2"]"#,
    ];
    each(rows, |given| {
        let jira = Jira::server().start();
        let given = given.replace("PAGE", &page(&jira));
        let by_variable = Program::seed(&jira).set("JIRA_ISSUE_KEY", &given);
        assert_eq!(written(&jira, by_variable), ["HSP-1", "HSP-2"], "{given}");
        let jira = Jira::server().start();
        let given = given.replace("127.0.0.1", "localhost");
        if !given.contains("://") {
            let by_flag = Program::seed(&jira).args(&["--issue", &given]);
            assert_eq!(written(&jira, by_flag), ["HSP-1", "HSP-2"], "{given}");
        }
    });
    let jira = Jira::server().start();
    let ids = Program::seed(&jira).set("JIRA_ISSUE_KEY", r#"[100001, "100002"]"#);
    assert_eq!(written(&jira, ids), ["100001", "100002"]);
    let jira = Jira::server().start();
    let several = Program::seed(&jira).args(&["--issue", r#"["HSP-1"]"#, "--issue", "hsp-2;HSP-1"]);
    assert_eq!(written(&jira, several), ["HSP-1", "HSP-2"]);
}

#[test]
fn check_takes_the_same_list() {
    let jira = Jira::server().start();
    let given = format!(r#"["{}/browse/HSP-1"]"#, jira.base_url());
    let program = Program::seed(&jira).set("JIRA_ISSUE_KEY", &given);
    program
        .args(&["check"])
        .run()
        .exits(0)
        .prints("HSP-1 is a Bug");
}

#[test]
fn an_empty_array_is_no_issue() {
    let jira = Jira::server().start();
    let program = || Program::seed(&jira).set("JIRA_ISSUE_KEY", "[]");
    program().fails("usage", 2, "JIRA_ISSUE_KEY (--issue) is missing");
    let by_text = program().set("JIRA_ISSUES_FROM", "HSP-1: mend it");
    assert_eq!(written(&jira, by_text), ["HSP-1"]);
}

#[test]
fn an_address_of_another_jira_and_what_is_no_key_are_usage_errors() {
    let jira = Jira::server().start();
    let base = jira.base_url();
    let rows = [
        (
            "https://jira.invalid/jira/browse/HSP-1".to_owned(),
            "/browse/HSP-1",
        ),
        (base.replace("/jira", "/browse/HSP-1"), "/browse/HSP-1"),
        (format!("{base}/projects/HSP"), "/browse/HSP-1"),
        (format!("{base}/browse/HSP-1/edit"), "/browse/HSP-1"),
        (
            base.replace("://", "://ci:hunter2@") + "/browse/HSP-1",
            "/browse/HSP-1",
        ),
        ("HSP-1; HSP".to_owned(), "\"HSP\""),
        ("[HSP-1]".to_owned(), "JSON array"),
        (r#"["HSP-1", ["HSP-2"]]"#.to_owned(), "no issue key"),
        (r#"[{"key":"HSP-1"}]"#.to_owned(), "no issue key"),
        ("[1.5]".to_owned(), "no issue key"),
    ];
    each(rows, |(given, words)| {
        let program = || Program::seed(&jira).set("JIRA_ISSUE_KEY", &given);
        program().run().hides("hunter2").hides("jira.invalid");
        program().fails_saying("usage", 2, &["JIRA_ISSUE_KEY (--issue)", words]);
    });
    assert_eq!(jira.requests().len(), 0);
}

#[test]
fn of_named_projects_keys_are_found_in_either_case() {
    let rows = [
        ("feature/hsp-12-utf-8", &["HSP-12"][..]),
        ("fix_Hsp-1 and MKY-1, hsp-1", &["HSP-1"]),
        ("feature/HSP-1_hsp-2", &["HSP-1", "HSP-2"]),
    ];
    each(rows, |(text, keys)| {
        let jira = Jira::server().issues("HSP", 12).start();
        let program = Program::seed(&jira)
            .unset("JIRA_ISSUE_KEY")
            .set("JIRA_ISSUES_FROM", text);
        let program = program.set("JIRA_PROJECT_KEYS", "hsp");
        assert_eq!(written(&jira, program), keys, "{text}");
    });
    let jira = Jira::server().start();
    let found_in = |text| {
        Program::seed(&jira)
            .unset("JIRA_ISSUE_KEY")
            .set("JIRA_ISSUES_FROM", text)
    };
    found_in("feature/hsp-1").fails("usage", 2, "in upper case such as HSP-1");
    each(["xhsp-1", "hsp-1b", "hsp-1.2", "hsp-01", "mky-1"], |text| {
        let program = found_in(text).set("JIRA_PROJECT_KEYS", "HSP");
        program.fails("usage", 2, "no issue key of HSP in");
    });
}
