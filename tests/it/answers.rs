use crate::loopback::UNRESOLVABLE;
use crate::loopback::dead_port;
use crate::program::{FIELD, Program};
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::{Value, json};
use std::io::Write;

/// Runs the seed's pipeline and returns kind, exit code, message and hint.
pub fn failure(program: Program) -> (String, i32, String, String) {
    let (code, report) = program.without_retries().report();
    let error = if report["error"].is_null() {
        &report["issues"][0]["error"]
    } else {
        &report["error"]
    };
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (text("kind"), code, text("message"), text("hint"))
}

#[track_caller]
pub fn expect(program: Program, kind: &str, code: i32, words: &str) {
    program.fails(kind, code, words);
}

/// The seed's pipeline against a Jira that answers the write like this.
pub fn answered(reply: Reply) -> Program {
    let jira = Box::leak(Box::new(Jira::server().start()));
    jira.misbehave(On::Write, Fault::Answer(reply));
    Program::seed(jira)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn each_kind_of_failure_has_its_exit_code_and_says_what_to_do() {
    let jira = Jira::server().start();
    let seed = || Program::seed(&jira);
    expect(Program::bare(), "usage", 2, "JIRA_BASE_URL");
    expect(
        seed().set("JIRA_PASSWORD", "wrong"),
        "credentials_refused",
        3,
        "Jira refused the user name or the password",
    );
    expect(
        seed().set("JIRA_ISSUE_KEY", "HSP-404"),
        "issue_not_found",
        4,
        "HSP-404",
    );
    expect(
        seed().set("JIRA_ISSUE_KEY", "HSP-8"),
        "field_not_editable",
        4,
        "ci-bot may see it but not edit it",
    );
    expect(
        seed().set("JIRA_FIELD_ID", "99999"),
        "field_not_editable",
        4,
        "Jira knows no field customfield_99999",
    );
    expect(
        seed().set("JIRA_FIELD_VALUE", "Development Complete"),
        "value_refused",
        4,
        "did you mean \"Development Completed\"?",
    );
    expect(
        seed().set("JIRA_NOTIFY_USERS", "false"),
        "permission_denied",
        3,
        "HSP-1",
    );
    expect(answered(Reply::new(409)), "conflict", 4, "same moment");
    expect(
        answered(Reply::json(429, &json!({})).header("Retry-After", "1847")),
        "rate_limited",
        5,
        "asks to wait 1847 s",
    );
    expect(
        answered(Reply::html(503, "<title>Page Unavailable</title>")),
        "unreachable",
        5,
        "Page Unavailable",
    );
    expect(
        answered(Reply::new(302).header("Location", "https://sso.example.com/login")),
        "unexpected_answer",
        5,
        "https://sso.example.com/login",
    );
    let nobody = seed().set("JIRA_BASE_URL", "http://127.0.0.1:1/jira");
    nobody.fails_saying(
        "unreachable",
        5,
        &["no connection", "check JIRA_BASE_URL (--base-url)"],
    );
    expect(
        seed().set("JIRA_BASE_URL", UNRESOLVABLE),
        "unreachable",
        5,
        "cannot be resolved",
    );
    jira.misbehave(On::Write, Fault::Hang);
    expect(
        seed().set("JIRA_TIMEOUT", "0.2"),
        "timeout",
        5,
        "JIRA_TIMEOUT",
    );
    let tls = Jira::server().tls().start();
    expect(
        Program::seed(&tls).unset("JIRA_CA_BUNDLE"),
        "tls",
        5,
        "JIRA_CA_BUNDLE",
    );
}

#[test]
fn the_report_says_how_long_an_issue_took() {
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Hang);
    let (_, report) = Program::seed(&jira)
        .set("JIRA_TIMEOUT", "0.2")
        .without_retries()
        .report();
    let elapsed = report["issues"][0]["elapsed_ms"].as_u64();
    assert!(elapsed.unwrap() >= 200, "{report}");
}

#[test]
fn a_limit_is_named_with_the_time_that_so_many_jobs_need() {
    let rows = [
        ("jira-per-issue-on-write", "0.3 s for each job"),
        ("jira-burst-based", "20 s for each thousand"),
        (
            "jira-quota-tenant-based",
            "begins anew at the full hour (UTC)",
        ),
        (
            "jira-quota-global-based",
            "begins anew at the full hour (UTC)",
        ),
    ];
    each(rows, |(reason, words)| {
        let reply = Reply::json(429, &json!({}))
            .header("Retry-After", "1847")
            .header("RateLimit-Reason", reason);
        expect(answered(reply.clone()), "rate_limited", 5, words);
        expect(answered(reply), "rate_limited", 5, reason);
    });
    let budget = Reply::new(429)
        .header("Retry-After", "200")
        .header("X-RateLimit-FillRate", "5");
    expect(answered(budget), "rate_limited", 5, "this user's budget");
    let plain = Reply::new(429).header("Retry-After", "200");
    expect(
        answered(plain),
        "rate_limited",
        5,
        "raise JIRA_DEADLINE (--deadline), or write from fewer jobs",
    );
}

#[test]
fn only_204_or_this_issues_json_is_a_write() {
    let rows = [
        (Reply::new(204), true),
        (
            Reply::json(
                200,
                &json!({ "id": "100001", "key": "HSP-1", "fields": {} }),
            ),
            true,
        ),
        (
            Reply::json(
                200,
                &json!({ "id": "100002", "key": "HSP-2", "fields": {} }),
            ),
            false,
        ),
        (Reply::json(200, &json!({})), false),
        (Reply::new(200), false),
        (
            Reply::html(200, "<html><title>Log in</title></html>"),
            false,
        ),
        (Reply::json(201, &json!({ "key": "HSP-1" })), false),
        (Reply::new(202), false),
        (Reply::new(205), false),
    ];
    each(rows, |(reply, written)| {
        let status = reply.status;
        let (code, report) = answered(reply).report();
        assert_eq!(code == 0, written, "{status}: {report}");
        if !written {
            assert_eq!(
                report["issues"][0]["error"]["kind"], "unexpected_answer",
                "{report}"
            );
        }
    });
}

#[test]
fn an_address_that_takes_no_write_is_likely_not_jiras() {
    expect(
        answered(Reply::new(405)),
        "unexpected_answer",
        5,
        "is JIRA_BASE_URL the address of Jira",
    );
}

#[test]
fn a_failure_of_clouds_own_is_a_matter_for_atlassians_support() {
    let jira = Jira::cloud().start();
    let failed = Reply::new(500).header("X-AREQUESTID", "1184x40213x1");
    jira.always(On::Write, Fault::Answer(failed));
    let program = Program::cloud(&jira)
        .set("JIRA_CLOUD_ID", world::CLOUD_ID)
        .set("JIRA_USER_EMAIL", world::CI_EMAIL)
        .set("JIRA_API_TOKEN", world::CI_API_TOKEN);
    let ran = program.without_retries().run().exits(5);
    ran.says("give X-AREQUESTID 1184x40213x1 to Atlassian's support");
}

#[test]
fn a_status_that_says_little_is_jiras_own_where_jira_shows_itself() {
    let failed = || Reply::new(507);
    let rows = [
        (
            failed().header("X-AREQUESTID", "1x2x3"),
            "Jira answered 507",
        ),
        (failed(), "Jira or something in front of it answered 507"),
        (
            Reply::new(503),
            "Jira or something in front of it answered 503",
        ),
    ];
    each(rows, |(reply, words)| {
        expect(answered(reply), "unreachable", 5, words);
    });
}

#[test]
fn a_long_address_is_cut_so_that_the_cause_fits_beside_it() {
    let jira = Jira::server().start();
    let (port, _held) = dead_port();
    let address = format!("http://127.0.0.1:{port}/{}", "a".repeat(200));
    let (_, _, message, _) = failure(Program::seed(&jira).set("JIRA_BASE_URL", &address));
    assert!(message.contains("…: no connection: "), "{message}");
    assert_eq!(message.chars().count(), 99, "{message}");
}

#[test]
fn every_status_has_a_kind() {
    let rows = [
        (400, "value_refused"),
        (401, "credentials_refused"),
        (402, "unexpected_answer"),
        (403, "permission_denied"),
        (404, "issue_not_found"),
        (405, "unexpected_answer"),
        (406, "unexpected_answer"),
        (407, "unreachable"),
        (408, "unreachable"),
        (409, "conflict"),
        (410, "issue_not_found"),
        (413, "value_refused"),
        (415, "value_refused"),
        (418, "unexpected_answer"),
        (422, "value_refused"),
        (425, "unreachable"),
        (429, "rate_limited"),
        (500, "unreachable"),
        (501, "unreachable"),
        (502, "unreachable"),
        (503, "unreachable"),
        (504, "unreachable"),
        (301, "unexpected_answer"),
        (304, "unexpected_answer"),
    ];
    each(rows, |(status, kind)| {
        let (actual, code, ..) =
            failure(answered(Reply::new(status).header("Retry-After", "9999")));
        assert_eq!(actual, kind, "{status}");
        assert!(code > 0);
    });
}

#[test]
fn whatever_the_body_the_status_is_understood_and_the_words_are_shown() {
    let cases: Vec<(&[u8], &str)> = vec![
        (br#"{"errorMessages":["Said so."],"errors":{}}"#, "Said so."),
        (br#"{"errorMessages":[],"errors":{"customfield_10314":"Option id 'null' is not valid"}}"#, "it has: "),
        (br#"{"message":"Said so.","status-code":400}"#, "Said so."),
        (br#"{"errorMessage":"Said so."}"#, "Said so."),
        (br#"{"errors":[{"message":"Said so."}]}"#, "Said so."),
        (br#"{"type":"about:blank","title":"No","status":400,"detail":"Said so."}"#, "Said so."),
        (b"Said so.", "Said so."),
        (b"", "Jira refused the value"),
        (br#"{"errorMessages":["Said"#, "Said"),
        (b"\xff\xfe Said so.", "Said so."),
    ];
    each(cases, |(body, words)| {
        let reply = Reply::new(400).body("application/json", body);
        expect(answered(reply), "value_refused", 4, words);
    });
}

#[test]
fn a_write_that_may_have_happened_is_said_to() {
    let jira = Jira::server().start();
    let rows = [
        (Fault::AfterApplying(Box::new(Fault::Reset)), true),
        (Fault::Reset, true),
        (Fault::AfterApplying(Box::new(Fault::Status(502, ""))), true),
        (Fault::Status(503, ""), false),
        (Fault::Status(409, ""), false),
    ];
    each(rows, |(fault, maybe)| {
        jira.misbehave(On::Write, fault);
        let (code, report) = Program::seed(&jira).without_retries().report();
        assert!(code > 0);
        assert_eq!(report["issues"][0]["maybe_written"], maybe, "{report}");
    });
    // The attempt that nobody knows the end of counts, also where a later one is
    // answered.
    let cloud = Jira::cloud().adf_only().start();
    cloud.misbehave(
        On::Write,
        Fault::Answer(Reply::new(502).header("Retry-After", "0")),
    );
    cloud.misbehave(On::Path("/rest/api/3/"), Fault::Status(410, ""));
    let program = Program::cloud(&cloud)
        .set("JIRA_USER_EMAIL", world::CI_EMAIL)
        .set("JIRA_API_TOKEN", world::CI_API_TOKEN);
    let (_, report) = program
        .set("JIRA_FIELD_ID", "customfield_10320")
        .set("JIRA_FIELD_TYPE", "text")
        .report();
    let issue = &report["issues"][0];
    assert_eq!(
        (&issue["http_status"], &issue["maybe_written"]),
        (&json!(410), &json!(true)),
        "{report}"
    );
    let (_, report) = Program::seed(&jira)
        .set("JIRA_BASE_URL", "http://127.0.0.1:1")
        .without_retries()
        .report();
    assert_eq!(report["issues"][0]["maybe_written"], Value::Bool(false));
}

#[test]
fn what_may_pass_is_tried_again_and_signed_again() {
    let jira = Jira::server().start();
    jira.misbehave(
        On::Write,
        Fault::Answer(Reply::new(503).header("Retry-After", "0")),
    );
    jira.misbehave(On::Write, Fault::Reset);
    let (code, report) = Program::seed(&jira).report();
    assert_eq!(code, 0);
    assert_eq!(report["issues"][0]["attempts"], 3);
    assert_eq!(jira.field("HSP-1", FIELD)["value"], "Development Completed");
}

#[test]
fn an_answer_is_read_to_its_limit_and_no_further() {
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Flood(1 << 30));
    expect(
        Program::seed(&jira),
        "unexpected_answer",
        5,
        "confirms a write",
    );
}

#[test]
fn a_ca_bundle_that_holds_no_certificate_is_a_usage_error() {
    let jira = Jira::server().tls().start();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"not a certificate").unwrap();
    expect(
        Program::seed(&jira).trusting(file.path()),
        "usage",
        2,
        "holds no certificate",
    );
}
