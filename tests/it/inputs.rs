//! Settings of any bytes: a clear error, or a correct request to the right path.

use crate::program::{FIELD, Program};
use crate::rows::each;
use fake_jira::Jira;
use serde_json::json;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

const PATH: &str = "/jira/rest/api/2/issue/HSP-1";

#[test]
fn keys_that_would_lead_elsewhere_are_usage_errors_and_nothing_is_sent() {
    let jira = Jira::server().start();
    let rows = [
        "../../admin",
        "HSP-1?x=y",
        "HSP-1#x",
        "HSP-1/../HSP-2",
        "HSP-1%2f..",
        "HSP-1;x",
        "HSP-1\\..",
        "HSP",
        "-1",
        "HSP-1\u{0130}",
    ];
    each(rows, |key| {
        Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", key)
            .run()
            .exits(2)
            .says("JIRA_ISSUE_KEY (--issue)");
    });
    assert_eq!(jira.connections(), 0);
}

#[test]
fn no_setting_injects_a_header_or_a_second_request() {
    let jira = Jira::server().start();
    let line = "x\r\nX-Injected: yes\r\n\r\nDELETE /jira HTTP/1.1\r\n\r\n";
    Program::seed(&jira)
        .set("JIRA_PASSWORD", line)
        .run()
        .exits(2)
        .says("JIRA_PASSWORD")
        .hides("X-Injected");
    Program::seed(&jira).set("JIRA_USERNAME", line).run();
    Program::seed(&jira)
        .set("JIRA_BASE_URL", &format!("{}{line}", jira.base_url()))
        .run()
        .exits(2)
        .says("control");
    Program::seed(&jira)
        .set("JIRA_FIELD_ID", line)
        .unset("JIRA_FIELD_TYPE")
        .run();
    Program::seed(&jira)
        .set("JIRA_FIELD_VALUE", line)
        .set("JIRA_FIELD_TYPE", "text")
        .set("JIRA_FIELD_ID", "10316")
        .run();
    Program::seed(&jira)
        .set("JIRA_NOTIFY_USERS", line)
        .run()
        .exits(2);
    for request in jira.requests() {
        assert_ne!(request.method, "DELETE");
        assert_eq!(request.header("x-injected"), None);
        assert!(
            request.path.starts_with("/jira/") && !request.path.contains("DELETE"),
            "{}",
            request.path
        );
    }
}

#[test]
fn a_field_with_quotes_in_its_name_is_looked_up_and_named() {
    let jira = Jira::server().start();
    let name = "Build \"status\" \\ {}\u{1b}[31m";
    let ran = Program::seed(&jira)
        .set("JIRA_FIELD_ID", name)
        .unset("JIRA_FIELD_TYPE")
        .run()
        .exits(4);
    ran.says("no field is named").hides("\u{1b}");
}

#[test]
fn a_megabyte_of_value_arrives_whole() {
    let jira = Jira::server().start();
    // One variable or argument may hold 128 KiB (MAX_ARG_STRLEN), so the megabyte
    // comes in nine.
    let piece = "0123456789abcde\n".repeat(7 << 10);
    let sets: Vec<_> = (1..=9)
        .map(|n| format!("customfield_2000{n}:={}", json!(piece)))
        .collect();
    let arguments: Vec<_> = sets
        .iter()
        .flat_map(|set| ["--set", set.as_str()])
        .collect();
    let program = Program::seed(&jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE");
    let ran = program.args(&arguments).run();
    assert!(matches!(ran.code, 0 | 4), "{}", ran.stderr);
    let sent = jira.writes()[0].json();
    assert_eq!(sent["fields"]["customfield_20009"], piece);
    assert!(jira.writes()[0].body.len() > 1_000_000);
}

#[test]
fn json_that_is_ten_thousand_deep_is_a_clear_error() {
    let jira = Jira::server().start();
    let rows = [
        "[".repeat(10_000) + &"]".repeat(10_000),
        "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000),
    ];
    each(rows, |deep| {
        let program = || {
            Program::seed(&jira)
                .unset("JIRA_FIELD_ID")
                .unset("JIRA_FIELD_VALUE")
                .unset("JIRA_FIELD_TYPE")
        };
        let ran = program()
            .args(&["--set", &format!("10314:={deep}")])
            .run()
            .exits(2);
        ran.says("takes JSON").says("recursion limit");
        // As a text it is one.
        let ran = Program::seed(&jira).set("JIRA_FIELD_VALUE", &deep).run();
        assert!(matches!(ran.code, 0 | 4), "{}", ran.stderr);
    });
}

#[test]
fn an_answer_that_is_ten_thousand_deep_is_shown_as_text() {
    use fake_jira::{Fault, On, Reply};
    each([200, 400], |status| {
        let jira = Jira::server().start();
        let reply = Reply::new(status).body("application/json", "[".repeat(10_000));
        jira.always(On::Any, Fault::Answer(reply));
        let ran = Program::seed(&jira).run();
        assert!(matches!(ran.code, 4 | 5), "{}", ran.stderr);
        assert!(ran.stderr.len() < 2000, "{}", ran.stderr);
    });
}

#[test]
fn settings_that_are_no_utf_8_are_named_and_never_shown() {
    let jira = Jira::server().start();
    let rows = [
        ("JIRA_BASE_URL", "JIRA_BASE_URL is not valid UTF-8"),
        ("JIRA_PASSWORD", "JIRA_PASSWORD is not valid UTF-8"),
        ("JIRA_FIELD_VALUE", "JIRA_FIELD_VALUE is not valid UTF-8"),
        ("HTTP_PROXY", "HTTP_PROXY is not valid UTF-8"),
        ("no_proxy", "no_proxy is not valid UTF-8"),
    ];
    each(rows, |(variable, says)| {
        let mut command = Program::seed(&jira).command();
        let output = command
            .env(variable, OsStr::from_bytes(b"hunter\xff2"))
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{variable}: {stderr}");
        assert!(
            stderr.contains(says) && !stderr.contains("hunter"),
            "{stderr}"
        );
    });
    let mut command = Program::seed(&jira).command();
    let output = command
        .arg(OsStr::from_bytes(b"--value=\xff"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let mut command = Program::seed(&jira).command();
    let output = command
        .env("SSL_CERT_FILE", OsStr::from_bytes(b"/\xff"))
        .env("PATH", OsStr::from_bytes(b"\xff"))
        .output();
    assert_eq!(
        output.unwrap().status.code(),
        Some(0),
        "what concerns nobody does no harm"
    );
    assert_eq!(jira.writes().len(), 1);
}

#[test]
fn every_form_of_jiras_address_leads_to_the_same_path() {
    let rows = [
        ("", &["", "/", "//"][..]),
        (
            "/jira",
            &["/jira", "/jira/", "/jira//", "/./jira", "/x/../jira"],
        ),
        ("/a/b/c", &["/a/b/c", "/a/b/c/"]),
        ("/j%20ira", &["/j%20ira", "/j ira"]),
    ];
    each(rows, |(context, forms)| {
        let jira = Jira::server().context_path(context).start();
        for form in forms {
            for host in ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"] {
                let address = format!("http://{host}:{}{form}", jira.port());
                Program::seed(&jira)
                    .set("JIRA_BASE_URL", &address)
                    .run()
                    .exits(0);
            }
        }
        for write in jira.writes() {
            assert_eq!(write.path, format!("{context}/rest/api/2/issue/HSP-1"));
        }
    });
    assert!(PATH.starts_with("/jira"));
}

#[test]
fn an_address_copied_from_the_browser_is_refused_with_the_likely_base() {
    let rows = [
        (
            "https://jira.example.com/browse/HSP-1",
            "https://jira.example.com",
        ),
        (
            "https://jira.example.com/jira/browse/HSP-1",
            "https://jira.example.com/jira",
        ),
        (
            "https://jira.example.com/jira/secure/Dashboard.jspa",
            "https://jira.example.com/jira",
        ),
        (
            "https://jira.example.com/jira/rest/api/2/issue/HSP-1",
            "https://jira.example.com/jira",
        ),
        (
            "https://x.atlassian.net/browse/HSP-1",
            "https://x.atlassian.net",
        ),
    ];
    each(rows, |(address, base)| {
        Program::bare()
            .set("JIRA_BASE_URL", address)
            .run()
            .exits(2)
            .says(&format!("likely {base}\n"));
    });
}

#[test]
fn redirects_and_web_pages_say_what_they_mean() {
    use fake_jira::{Fault, On, Reply};
    let jira = Jira::server().start();
    let moved = format!("https://new.example.com{PATH}");
    let rows = [
        (
            Reply::new(301).header("Location", &moved),
            "whether https://new.example.com/jira is Jira before",
        ),
        (
            Reply::new(302).header("Location", "https://sso.example.com/saml?SAMLRequest=x"),
            "a login page",
        ),
        (
            Reply::new(307).header("Location", "/jira/login.jsp"),
            "a login page",
        ),
        (
            Reply::html(200, "<html><title>Log in</title></html>"),
            "is a login page in front of Jira?",
        ),
        (
            Reply::html(
                400,
                "<title>400 The plain HTTP request was sent to HTTPS port</title>",
            ),
            "https://",
        ),
        (
            Reply::html(
                400,
                "<title>400 No required SSL certificate was sent</title>",
            ),
            "JIRA_CLIENT_CERT",
        ),
    ];
    each(rows, |(reply, says)| {
        jira.misbehave(On::Write, Fault::Answer(reply));
        let (_, report) = Program::seed(&jira).report();
        let error = report["issues"][0]["error"].to_string();
        assert!(error.contains(says), "{report}");
    });
    assert_eq!(jira.writes().len(), 6, "no redirect was followed");
    assert!(jira.field("HSP-1", FIELD).is_null());
}
