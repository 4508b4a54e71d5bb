use crate::program::{FIELD, Program};
use jira_stand_in::{Fault, Jira, On, Reply, world};
use serde_json::{Value, json};
use std::io::Write;

/// Runs the seed's pipeline and returns kind, exit code, message and hint.
fn failure(program: Program) -> (String, i32, String, String) {
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
fn expect(program: Program, kind: &str, code: i32, words: &str) {
    let (actual, exit, message, hint) = failure(program);
    assert_eq!((actual.as_str(), exit), (kind, code), "{message} / {hint}");
    assert!(
        message.contains(words) || hint.contains(words),
        "{words:?} is in neither {message:?} nor {hint:?}"
    );
}

/// The seed's pipeline against a Jira that answers the write like this.
fn answered(reply: Reply) -> Program {
    let jira = Box::leak(Box::new(Jira::server().start()));
    jira.misbehave(On::Write, Fault::Answer(reply));
    Program::seed(jira)
}

#[test]
fn each_kind_of_failure_has_its_exit_code_and_says_what_to_do() {
    let jira = Jira::server().start();
    let seed = || Program::seed(&jira);
    expect(Program::bare(), "usage", 2, "JIRA_BASE_URL");
    expect(
        seed().set("JIRA_PASSWORD", "wrong"),
        "credentials_refused",
        3,
        "did not accept the credentials",
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
        "no field of HSP-8 may be edited",
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
    let nobody = seed().set("JIRA_BASE_URL", "http://localhost:1/jira");
    nobody.fails_saying(
        "unreachable",
        5,
        &["no connection", "check JIRA_BASE_URL (--base-url)"],
    );
    expect(
        seed().set("JIRA_BASE_URL", "http://jira.invalid/jira"),
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
fn a_limit_is_named_with_the_time_that_its_herd_needs() {
    for (reason, words) in [
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
    ] {
        let reply = Reply::json(429, &json!({}))
            .header("Retry-After", "1847")
            .header("RateLimit-Reason", reason);
        expect(answered(reply.clone()), "rate_limited", 5, words);
        expect(answered(reply), "rate_limited", 5, reason);
    }
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
fn after_three_bad_logins_the_captcha_is_told_apart() {
    let jira = Jira::server().start();
    for _ in 0..jira_stand_in::CAPTCHA_AFTER {
        Program::seed(&jira)
            .set("JIRA_PASSWORD", "wrong")
            .run()
            .exits(3);
    }
    expect(
        Program::seed(&jira),
        "captcha_required",
        3,
        "log in once in a browser",
    );
}

#[test]
fn refused_credentials_are_tried_once_for_all_issues() {
    let jira = Jira::server().start();
    let (code, report) = Program::seed(&jira)
        .set("JIRA_PASSWORD", "wrong")
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3 HSP-4 HSP-5")
        .report();
    assert_eq!(code, 3);
    assert_eq!(jira.requests().len(), 1);
    let issues = report["issues"].as_array().unwrap();
    assert!(
        issues
            .iter()
            .all(|issue| issue["error"]["kind"] == "credentials_refused"),
        "{report}"
    );
    for untried in &issues[1..] {
        assert_eq!(
            untried["error"]["message"],
            "not tried, because of the refusal at HSP-1"
        );
    }
}

#[test]
fn a_401_is_never_followed_by_another_question() {
    let jira = Jira::server().start();
    Program::seed(&jira)
        .set("JIRA_PASSWORD", "wrong")
        .run()
        .exits(3);
    assert_eq!(jira.requests().len(), 1);
}

#[test]
fn cloud_hides_issues_from_a_wrong_token_and_it_is_called_a_wrong_token() {
    let jira = Jira::cloud().start();
    let cloud = |token: &str| {
        Program::seed(&jira)
            .unset("JIRA_USERNAME")
            .set("JIRA_USER_EMAIL", "ci@example.com")
            .set("JIRA_API_TOKEN", token)
    };
    expect(cloud("wrong-token"), "credentials_refused", 3, "anonymous");
    let good = jira_stand_in::world::CI_API_TOKEN;
    expect(
        cloud(good).set("JIRA_ISSUE_KEY", "SECRET-1"),
        "issue_not_found",
        4,
        "Issue does not exist or you do not have permission",
    );
}

#[test]
fn a_404_without_a_login_reason_is_settled_by_one_more_question() {
    let jira = Jira::server().start();
    let gone = r#"{"errorMessages":["Issue Does Not Exist"],"errors":{}}"#;
    jira.misbehave(On::Write, Fault::Status(404, gone));
    expect(
        Program::seed(&jira),
        "issue_not_found",
        4,
        "Issue Does Not Exist",
    );
    jira.misbehave(On::Write, Fault::Status(404, gone));
    jira.misbehave(On::Path("/myself"), Fault::Status(401, ""));
    expect(
        Program::seed(&jira),
        "credentials_refused",
        3,
        "Issue Does Not Exist",
    );
    let asked: Vec<_> = jira
        .requests()
        .iter()
        .map(|asked| asked.path.clone())
        .collect();
    assert_eq!(
        asked
            .iter()
            .filter(|path| path.ends_with("/myself"))
            .count(),
        2,
        "{asked:?}"
    );
}

#[test]
fn whether_the_credentials_are_good_is_asked_once_a_run_and_doubted_only_where_jira_says_so() {
    let jira = Jira::server().start();
    let asked = || {
        jira.requests()
            .iter()
            .filter(|asked| asked.path.ends_with("/myself"))
            .count()
    };
    let gone = || Program::seed(&jira).set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3");
    jira.always(On::Write, Fault::Status(404, ""));
    gone().fails("issue_not_found", 4, "HSP-1 does not exist");
    assert_eq!(asked(), 1);
    for status in [403, 404, 503] {
        jira.misbehave(On::Path("/myself"), Fault::Status(status, ""));
        expect(
            Program::seed(&jira),
            "issue_not_found",
            4,
            "HSP-1 does not exist",
        );
    }
}

#[test]
fn what_jira_says_of_the_login_or_of_an_issue_that_is_gone_needs_no_further_question() {
    let known = Reply::new(404).header("X-Seraph-LoginReason", "OK");
    for reply in [known, Reply::new(410)] {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, Fault::Answer(reply));
        expect(
            Program::seed(&jira),
            "issue_not_found",
            4,
            "HSP-1 does not exist",
        );
        assert_eq!(jira.requests().len(), 1);
    }
}

#[test]
fn only_204_or_this_issues_json_is_a_write() {
    for (reply, written) in [
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
    ] {
        let status = reply.status;
        let (code, report) = answered(reply).report();
        assert_eq!(code == 0, written, "{status}: {report}");
        if !written {
            assert_eq!(
                report["issues"][0]["error"]["kind"], "unexpected_answer",
                "{report}"
            );
        }
    }
}

#[test]
fn an_empty_200_with_a_failed_login_is_a_failed_login_and_a_server_error_is_none() {
    let failed = |status| Reply::new(status).header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
    expect(answered(failed(200)), "credentials_refused", 3, "anonymous");
    expect(answered(failed(500)), "unreachable", 5, "answers 500");
    expect(
        answered(failed(429).header("Retry-After", "200")),
        "rate_limited",
        5,
        "asks to wait 200 s",
    );
}

#[test]
fn an_address_that_takes_no_write_is_likely_not_jiras() {
    expect(
        answered(Reply::new(405)),
        "unexpected_answer",
        5,
        "is JIRA_BASE_URL (--base-url) the address of Jira",
    );
}

#[test]
fn every_status_has_a_kind() {
    for (status, kind) in [
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
    ] {
        let (actual, code, ..) =
            failure(answered(Reply::new(status).header("Retry-After", "9999")));
        assert_eq!(actual, kind, "{status}");
        assert!(code > 0);
    }
}

#[test]
fn whatever_the_body_the_status_is_understood_and_the_words_are_shown() {
    let cases: Vec<(&[u8], &str)> = vec![
        (br#"{"errorMessages":["Said so."],"errors":{}}"#, "Said so."),
        (br#"{"errorMessages":[],"errors":{"customfield_10314":"Option id 'null' is not valid"}}"#, "allows: "),
        (br#"{"message":"Said so.","status-code":400}"#, "Said so."),
        (br#"{"errorMessage":"Said so."}"#, "Said so."),
        (br#"{"errors":[{"message":"Said so."}]}"#, "Said so."),
        (br#"{"type":"about:blank","title":"No","status":400,"detail":"Said so."}"#, "Said so."),
        (b"<html><head><title>Said so.</title></head><body>x</body></html>", "Said so."),
        (b"Said so.", "Said so."),
        (b"", "Jira refused the value"),
        (br#"{"errorMessages":["Said"#, "Said"),
        (b"\xff\xfe Said so.", "Said so."),
    ];
    for (body, words) in cases {
        let reply = Reply::new(400).body("application/json", body);
        expect(answered(reply), "value_refused", 4, words);
    }
}

#[test]
fn an_option_that_does_not_exist_is_answered_with_those_that_do() {
    let jira = Jira::server().start();
    for kind in ["select", "auto"] {
        let program = Program::seed(&jira)
            .set("JIRA_FIELD_TYPE", kind)
            .set("JIRA_FIELD_VALUE", "Pased");
        let (actual, _, message, hint) = failure(program);
        assert_eq!(actual, "value_refused");
        assert!(
            message.contains("Option id 'null' is not valid"),
            "{message}"
        );
        assert!(
            hint.starts_with("customfield_10314 (Build status, select) allows: Passed, "),
            "{hint}"
        );
        assert!(
            hint.contains("In Progress") && hint.contains("did you mean \"Passed\"?"),
            "{hint}"
        );
    }
}

/// A second field beside the seed's, and the hint where Jira refuses the write
/// of both like this.
fn hint_about_two_fields(body: &'static str) -> String {
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Status(400, body));
    let (kind, _, _, hint) =
        failure(Program::seed(&jira).set("JIRA_FIELDS", "customfield_10315=Good"));
    assert_eq!(kind, "value_refused");
    hint
}

#[test]
fn of_several_fields_those_are_explained_that_the_refusal_names_or_else_all() {
    let (status, verdict) = (
        "customfield_10314 (Build status, select)",
        "customfield_10315 (Build verdict, radiobuttons)",
    );
    for body in [
        r#"{"errorMessages":[],"errors":{"customfield_10315":"No."}}"#,
        r#"{"errorMessages":[],"errors":{"Build verdict":"No."}}"#,
        r#"{"errorMessages":["customfield_10315 takes no such value."],"errors":{}}"#,
    ] {
        let hint = hint_about_two_fields(body);
        assert!(
            hint.starts_with(verdict) && !hint.contains(status),
            "{body}: {hint}"
        );
    }
    let hint = hint_about_two_fields(r#"{"errorMessages":["No."],"errors":{}}"#);
    assert!(hint.contains(status) && hint.contains(verdict), "{hint}");
}

#[test]
fn the_value_that_was_likely_meant_is_sought_by_the_text_of_its_own_field() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE");
    let program = program.args(&["--set", "Build number=42", "--set", "Build status=Pased"]);
    expect(program, "value_refused", 4, "did you mean \"Passed\"?");
}

#[test]
fn a_refusal_of_a_field_that_jira_tells_nothing_about_points_to_check() {
    let jira = Jira::server().start();
    jira.misbehave(
        On::Write,
        Fault::Status(400, r#"{"errorMessages":["No."],"errors":{}}"#),
    );
    jira.always(On::Path("/editmeta"), Fault::Status(404, ""));
    jira.always(On::Path("/field"), Fault::Status(404, ""));
    expect(
        Program::seed(&jira),
        "value_refused",
        4,
        "jira-build-status check shows",
    );
}

#[test]
fn a_translated_refusal_of_a_field_off_the_screen_is_recognised_by_the_metadata() {
    let jira = Jira::server().start();
    let german = r#"{"errorMessages":[],"errors":{"customfield_10342":"Das Feld kann nicht gesetzt werden."}}"#;
    jira.misbehave(On::Write, Fault::Status(400, german));
    let program = Program::seed(&jira)
        .set("JIRA_FIELD_ID", "10342")
        .set("JIRA_FIELD_TYPE", "text");
    expect(
        program,
        "field_not_editable",
        4,
        "customfield_10342 (Off screen, textfield) is not on HSP-1's edit screen",
    );
}

#[test]
fn a_write_that_may_have_happened_is_said_to() {
    let jira = Jira::server().start();
    for (fault, maybe) in [
        (Fault::AfterApplying(Box::new(Fault::Reset)), true),
        (Fault::Reset, true),
        (Fault::AfterApplying(Box::new(Fault::Status(502, ""))), true),
        (Fault::Status(503, ""), false),
        (Fault::Status(409, ""), false),
    ] {
        jira.misbehave(On::Write, fault);
        let (code, report) = Program::seed(&jira).without_retries().report();
        assert!(code > 0);
        assert_eq!(report["issues"][0]["maybe_written"], maybe, "{report}");
    }
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
        .set("JIRA_BASE_URL", "http://localhost:1")
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
        "no proof of a write",
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
