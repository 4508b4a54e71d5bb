use crate::program::{FIELD, Program, VALUE};
use crate::rows::each;
use fake_jira::{Jira, world};

fn connect(jira: &Jira) -> Program {
    Program::seed(jira)
        .without_password()
        .set("JIRA_CONNECT_APP_KEY", world::CONNECT_APP_KEY)
        .set("JIRA_CONNECT_SHARED_SECRET", world::CONNECT_SHARED_SECRET)
}

#[test]
fn a_connect_app_writes_the_field_at_the_root_and_below_a_context_path() {
    let rows = [
        Jira::cloud().start(),
        Jira::cloud().context_path("/jira").start(),
    ];
    each(rows, |jira| {
        connect(&jira)
            .set("JIRA_NOTIFY_USERS", "true")
            .set("JIRA_FIELD_TYPE", "auto")
            .run()
            .exits(0);
        assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
        assert_eq!(jira.requests().len(), 2);
        for request in jira.requests() {
            assert!(
                request.header("authorization").unwrap().starts_with("JWT "),
                "{request:?}"
            );
        }
    });
}

#[test]
fn the_hash_covers_whatever_the_path_and_query_hold() {
    let jira = Jira::cloud().start();
    let rows = [
        "/rest/api/2/issue/HSP-1?fields=b&fields=a&expand=&x=a+b%2Bc%26d~*",
        "/rest/api/2/myself/",
        "/rest/api/2/issue/hsp%2D1",
    ];
    each(rows, |path| {
        let ran = connect(&jira).args(&["get", path]).run();
        // The path with a slash at its end is none of Jira's; what matters is that the
        // token is no problem.
        assert!(
            ran.code == 0 || (ran.code == 4 && path.ends_with('/')),
            "{path}: {ran:?}"
        );
    });
}

#[test]
fn a_wrong_app_or_secret_is_refused_and_says_what_to_look_at() {
    let jira = Jira::cloud().start();
    connect(&jira)
        .set("JIRA_CONNECT_SHARED_SECRET", "another secret")
        .fails("credentials_refused", 3, "JIRA_CONNECT_SHARED_SECRET");
    connect(&jira)
        .set("JIRA_CONNECT_APP_KEY", "com.example.other")
        .fails("credentials_refused", 3, "the installation on this site");
    assert_eq!(jira.requests().len(), 2);
    connect(&jira).unset("JIRA_CONNECT_SHARED_SECRET").fails(
        "usage",
        2,
        "JIRA_CONNECT_SHARED_SECRET",
    );
}
