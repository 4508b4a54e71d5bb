use crate::answers::{answered, expect, failure};
use crate::program::Program;
use crate::rows::{Rows, each, ensure};
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::json;

#[test]
fn after_three_bad_logins_the_captcha_is_told_apart() {
    let jira = Jira::server().start();
    for _ in 0..fake_jira::CAPTCHA_AFTER {
        Program::seed(&jira)
            .set("JIRA_PASSWORD", "wrong")
            .run()
            .exits(3);
    }
    expect(
        Program::seed(&jira),
        "captcha_required",
        3,
        "log in once as ci-bot at ",
    );
}

#[test]
fn what_a_captcha_means_is_told_where_the_users_name_leaves_room() {
    each([("ci-bot", true), ("ci-bots", false)], |(user, told)| {
        let captcha = Reply::new(403).header("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE");
        let program = answered(captcha).set("JIRA_USERNAME", user);
        let (_, _, cause, _) = failure(program);
        assert_eq!(cause.contains("until then"), told, "{cause}");
        assert!(cause.chars().count() < 100, "{cause}");
    });
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
        // Nothing was asked of Jira, so there is nothing that it answered.
        assert!(untried["error"]["answer"].is_null(), "{untried}");
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
    expect(
        cloud("wrong-token"),
        "credentials_refused",
        3,
        "Jira Cloud refused JIRA_API_TOKEN",
    );
    let good = fake_jira::world::CI_API_TOKEN;
    expect(
        cloud(good).set("JIRA_ISSUE_KEY", "SECRET-1"),
        "issue_not_found",
        4,
        "Issue does not exist or you do not have permission",
    );
}

#[test]
fn a_404_without_a_login_reason_is_decided_by_one_more_question() {
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
    gone().fails("issue_not_found", 4, "it does not exist");
    assert_eq!(asked(), 1);
    each([403, 404, 503], |status| {
        jira.misbehave(On::Path("/myself"), Fault::Status(status, ""));
        expect(
            Program::seed(&jira),
            "issue_not_found",
            4,
            "it does not exist",
        );
    });
}

#[test]
fn what_jira_says_of_the_login_or_of_an_issue_that_is_gone_needs_no_further_question() {
    let known = Reply::new(404).header("X-Seraph-LoginReason", "OK");
    each([known, Reply::new(410)], |reply| {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, Fault::Answer(reply));
        expect(
            Program::seed(&jira),
            "issue_not_found",
            4,
            "it does not exist",
        );
        assert_eq!(jira.requests().len(), 1);
    });
}

#[test]
fn an_empty_200_with_a_failed_login_is_a_failed_login_and_a_server_error_is_none() {
    let failed = |status| Reply::new(status).header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
    expect(
        answered(failed(200)),
        "credentials_refused",
        3,
        "Jira refused the user name",
    );
    expect(
        answered(failed(500)),
        "unreachable",
        5,
        "Jira failed with an internal error (500)",
    );
    expect(
        answered(failed(429).header("Retry-After", "200")),
        "rate_limited",
        5,
        "asks to wait 200 s",
    );
}

#[test]
fn a_refused_personal_token_is_explained_by_who_answers() {
    let jira = Jira::data_center().start();
    let program = || {
        Program::seed(&jira)
            .without_password()
            .set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN)
    };
    let refusal = Reply::text(401, "Said so.");
    jira.misbehave(On::Write, Fault::Answer(refusal.clone()));
    program().fails(
        "credentials_refused",
        3,
        "on Jira Cloud only a token with scopes works here",
    );
    // A header that self-hosted Jiras alone have.
    jira.misbehave(
        On::Write,
        Fault::Answer(refusal.header("X-ANODEID", "node1")),
    );
    program().fails("credentials_refused", 3, "Jira 8.14 or newer");
}

/// Jira's older pages say it in their text alone, below a title that says
/// nothing, and without the headers.
#[test]
fn a_page_that_says_why_only_in_its_text_is_understood() {
    let rows = [
        (
            "AUTHENTICATED_FAILED",
            401,
            "credentials_refused",
            "JIRA_USERNAME is ci-bot",
        ),
        (
            "AUTHENTICATED_FAILED",
            403,
            "credentials_refused",
            "JIRA_USERNAME is ci-bot",
        ),
        (
            "AUTHENTICATION_DENIED",
            403,
            "captcha_required",
            "log in once as ci-bot at ",
        ),
    ];
    each(rows, |(reason, status, kind, words)| {
        let page = format!(
            "<html><head><title>Unauthorized ({status})</title></head><body><h1>HTTP Status {status}</h1><p>{}</p>\
             <p>Basic Authentication Failure - Reason : {reason}</p></body></html>",
            "Jira keeps this page long. ".repeat(40),
        );
        let jira = Jira::server().start();
        jira.misbehave(On::Write, Fault::Answer(Reply::html(status, &page)));
        Program::seed(&jira).fails(kind, 3, words);
        assert_eq!(jira.requests().len(), 1, "{reason} {status}");
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn what_is_visible_in_a_refused_secret_is_the_hint_and_the_secret_is_not_shown() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let secret = "hunter2-hunter2";
    let pair = STANDARD.encode(format!("ci-bot:{secret}"));
    let personal = STANDARD.encode(format!("615330269199:{secret}"));
    let mut rows = Rows::default();
    for (variable, text, hint) in [
        (
            "JIRA_PASSWORD",
            format!("\"{secret}\""),
            "begins and ends with a quotation mark",
        ),
        (
            "JIRA_PASSWORD",
            format!("Basic {secret}"),
            "begins with \"Basic \"",
        ),
        (
            "JIRA_PASSWORD",
            format!("{secret} "),
            "begins or ends with a blank",
        ),
        ("JIRA_PASSWORD", pair.clone(), "the base64 of NAME:SECRET"),
        (
            "JIRA_PASSWORD",
            personal.clone(),
            "set it as JIRA_PERSONAL_TOKEN",
        ),
        (
            "JIRA_API_TOKEN",
            format!("'{secret}'"),
            "begins and ends with a quotation mark",
        ),
        ("JIRA_API_TOKEN", pair.clone(), "the base64 of NAME:SECRET"),
        ("JIRA_API_TOKEN", personal, "set it as JIRA_PERSONAL_TOKEN"),
        (
            "JIRA_PERSONAL_TOKEN",
            format!("Bearer {secret}"),
            "begins with \"Bearer \"",
        ),
        (
            "JIRA_PERSONAL_TOKEN",
            format!("\"{secret}\""),
            "begins and ends with a quotation mark",
        ),
        (
            "JIRA_PERSONAL_TOKEN",
            pair,
            "JIRA_USERNAME and the secret as JIRA_PASSWORD",
        ),
        (
            "JIRA_PERSONAL_TOKEN",
            format!("ATATT3x{secret}"),
            "set JIRA_USER_EMAIL and JIRA_API_TOKEN",
        ),
        (
            "JIRA_OAUTH2_ACCESS_TOKEN",
            format!("bearer {secret}"),
            "begins with \"Bearer \"",
        ),
    ] {
        for session in [false, true] {
            if session && variable != "JIRA_PASSWORD" {
                continue;
            }
            rows.check(&format!("{variable} {hint} {session}"), || {
                let jira = Jira::data_center().start();
                let program = Program::seed(&jira).unset("JIRA_PASSWORD");
                let program = match variable {
                    "JIRA_API_TOKEN" => program.set("JIRA_USER_EMAIL", "ci@example.com"),
                    _ if session => program.set("JIRA_AUTH", "session"),
                    _ => program,
                };
                let (code, report) = program.set(variable, &text).report();
                let error = &report["issues"][0]["error"];
                let said = error["hint"].as_str().unwrap_or_default();
                let right = code == 3
                    && error["kind"] == "credentials_refused"
                    && said.starts_with(variable)
                    && said.contains(hint)
                    && !report.to_string().contains("hunter2");
                ensure(right, || report.to_string())
            });
        }
    }
}

#[test]
fn what_is_visible_in_a_secret_is_no_hint_where_something_else_is_refused() {
    let jira = Jira::server().start();
    jira.always(On::Write, Fault::Status(500, ""));
    Program::seed(&jira)
        .set("JIRA_PASSWORD", "\"hunter2\"")
        .without_retries()
        .run()
        .exits(5)
        .hides("quotation mark");
}

#[test]
fn a_password_at_cloud_is_told_that_cloud_takes_none() {
    let jira = Jira::cloud().start();
    let password = world::CI_BOT_PASSWORD;
    let program = Program::cloud(&jira)
        .set("JIRA_USERNAME", world::CI_EMAIL)
        .set("JIRA_PASSWORD", password);
    program.fails(
        "credentials_refused",
        3,
        "Jira Cloud takes no password, only an API token",
    );
}

#[test]
fn a_refusal_that_names_its_cause_is_understood_in_each_of_its_wordings() {
    let rows = [
        (
            "This site has an IP allowlist",
            "permission_denied",
            "not on the IP allowlist",
        ),
        (
            "Your IP address has been rejected",
            "permission_denied",
            "not on the IP allowlist",
        ),
        (
            "Basic auth is not allowed on this instance",
            "credentials_refused",
            "Basic authentication is switched off",
        ),
        (
            "The type basic-auth is not allowed",
            "credentials_refused",
            "Basic authentication is switched off",
        ),
    ];
    each(rows, |(text, kind, words)| {
        let jira = Jira::server().start();
        let body = json!({ "errorMessages": [text], "errors": {} });
        jira.misbehave(On::Write, Fault::Answer(Reply::json(403, &body)));
        Program::seed(&jira).fails(kind, 3, words);
    });
}
