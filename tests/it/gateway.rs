use crate::program::{FIELD, Program, VALUE};
use crate::rows::each;
use fake_jira::world::{CI_EMAIL, CI_SCOPED_TOKEN, CLOUD_ID};
use fake_jira::{Fault, Jira, On};

fn basic(jira: &Jira) -> Program {
    Program::cloud(jira)
        .set("JIRA_USER_EMAIL", CI_EMAIL)
        .set("JIRA_API_TOKEN", CI_SCOPED_TOKEN)
}

fn bearer(jira: &Jira) -> Program {
    Program::cloud(jira).set("JIRA_PERSONAL_TOKEN", CI_SCOPED_TOKEN)
}

fn paths(jira: &Jira) -> Vec<String> {
    jira.requests()
        .iter()
        .map(|asked| asked.path.clone())
        .collect()
}

#[test]
fn a_token_with_scopes_goes_through_the_gateway_with_an_id_and_with_auto() {
    let jira = Jira::cloud().start();
    let gateway = format!("/api.atlassian.com/ex/jira/{CLOUD_ID}/rest/api/2/issue/HSP-1");
    basic(&jira).set("JIRA_CLOUD_ID", CLOUD_ID).run().exits(0);
    assert_eq!(paths(&jira), [gateway.as_str()]);
    assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
    bearer(&jira).args(&["--cloud-id", "AUTO"]).run().exits(0);
    assert_eq!(paths(&jira)[1..], ["/_edge/tenant_info", gateway.as_str()]);
    assert!(jira.requests()[1].header("authorization").is_none());
}

#[test]
fn every_read_goes_the_same_way_and_links_keep_the_sites_address() {
    let jira = Jira::cloud().start();
    let (code, report) = basic(&jira)
        .set("JIRA_CLOUD_ID", "auto")
        .unset("JIRA_FIELD_TYPE")
        .report();
    assert_eq!(
        (code, report["issues"][0]["outcome"].as_str()),
        (0, Some("written"))
    );
    assert_eq!(
        report["issues"][0]["url"],
        format!("{}/browse/HSP-1", jira.base_url())
    );
    let beside = paths(&jira)
        .into_iter()
        .filter(|path| !path.starts_with("/api.atlassian.com/ex/"))
        .collect::<Vec<_>>();
    assert_eq!(beside, ["/_edge/tenant_info"]);
    let got = basic(&jira)
        .set("JIRA_CLOUD_ID", "auto")
        .args(&["get", "/rest/api/2/issue/HSP-1?fields=summary"])
        .run();
    got.exits(0).prints("The build of HSP-1");
}

#[test]
fn each_refusal_of_the_gateway_has_its_own_words() {
    let jira = Jira::cloud().start();
    let auto = "JIRA_CLOUD_ID=auto";
    basic(&jira).fails_saying(
        "credentials_refused",
        3,
        &["Client must be authenticated", "a token with scopes", auto],
    );
    bearer(&jira).fails_saying("credentials_refused", 3, &["Connect Session", auto]);
    let through = |program: Program| program.set("JIRA_CLOUD_ID", CLOUD_ID);
    through(basic(&jira))
        .set("JIRA_API_TOKEN", "ATATT3xFfGF0-expired")
        .fails_saying(
            "credentials_refused",
            3,
            &["wrong, withdrawn or expired", "make a new one"],
        );
    through(bearer(&jira))
        .set("JIRA_CLOUD_ID", "00000000-0000-4000-8000-000000000000")
        .fails_saying(
            "credentials_refused",
            3,
            &["knows no such site", "_edge/tenant_info"],
        );
    through(bearer(&jira))
        .set("JIRA_ISSUE_KEY", "HSP-404")
        .fails_saying("issue_not_found", 4, &["Issue does not exist"]);
    jira.site()
        .lock()
        .unwrap()
        .restrict_token(CI_SCOPED_TOKEN, &["read:jira-work"]);
    through(basic(&jira)).fails_saying(
        "credentials_refused",
        3,
        &["scope does not match", "write:jira-work"],
    );
    jira.site()
        .lock()
        .unwrap()
        .restrict_token(CI_SCOPED_TOKEN, &["write:jira-work"]);
    through(basic(&jira)).run().exits(0);
    through(basic(&jira)).unset("JIRA_FIELD_TYPE").fails_saying(
        "credentials_refused",
        3,
        &["read:jira-work", "--type"],
    );
}

#[test]
fn a_good_token_without_the_scope_for_myself_is_not_called_a_bad_one() {
    let jira = Jira::cloud().start();
    jira.site()
        .lock()
        .unwrap()
        .restrict_token(CI_SCOPED_TOKEN, &["write:jira-work"]);
    let program = basic(&jira)
        .set("JIRA_CLOUD_ID", CLOUD_ID)
        .set("JIRA_ISSUE_KEY", "SECRET-1");
    program.fails_saying("issue_not_found", 4, &["Issue does not exist"]);
}

#[test]
fn an_id_that_cannot_be_had_is_said_with_the_way_out() {
    let jira = Jira::cloud().start();
    let auto = || bearer(&jira).set("JIRA_CLOUD_ID", "auto");
    let rows = [
        (403, "credentials_refused", 3),
        (404, "unexpected_answer", 5),
        (503, "unreachable", 5),
    ];
    each(rows, |(status, kind, code)| {
        jira.misbehave(
            On::Path("tenant_info"),
            Fault::Status(status, "<html><title>Elsewhere</title></html>"),
        );
        auto().fails_saying(kind, code, &["Elsewhere", "JIRA_CLOUD_ID"]);
    });
    jira.misbehave(
        On::Path("tenant_info"),
        Fault::Status(200, r#"{"cloudId":"../../evil"}"#),
    );
    auto().fails_saying("unexpected_answer", 5, &["does not tell its cloud id"]);
    auto().set("JIRA_CLOUD_ID", "a/b").fails_saying(
        "usage",
        2,
        &["JIRA_CLOUD_ID (--cloud-id)", "auto"],
    );
    let nowhere = auto()
        .set("JIRA_CLOUD_ID", CLOUD_ID)
        .set("JIRA_CLOUD_API_URL", "http://127.0.0.1:1");
    nowhere.fails_saying(
        "unreachable",
        5,
        &["http://127.0.0.1:1: no connection", "must reach it, too"],
    );
    assert_eq!(jira.writes().len(), 0);
}

#[test]
fn check_goes_through_the_gateway_and_says_so() {
    let jira = Jira::cloud().start();
    let check = || basic(&jira).set("JIRA_CLOUD_ID", "auto").args(&["check"]);
    let through = format!("by basic through {}/ex/jira/{CLOUD_ID}", jira.api_url());
    check()
        .run()
        .exits(0)
        .prints("Jira Cloud")
        .prints(&through)
        .prints("ok      value");
    jira.site()
        .lock()
        .unwrap()
        .restrict_token(CI_SCOPED_TOKEN, &["read:jira-work"]);
    check()
        .run()
        .exits(0)
        .prints("ok      credentials  a good token")
        .prints("read:jira-user");
    check()
        .set("JIRA_API_TOKEN", "ATATT3xFfGF0-expired")
        .run()
        .exits(3)
        .prints("not ok  credentials");
    assert!(jira.writes().is_empty());
}
