//! What CI systems leave in a setting in place of its value.

use crate::program::{Program, Ran};
use crate::rows::{Rows, ensure};
use fake_jira::{Jira, world};

const PLACEHOLDERS: [&str; 9] = [
    "$NAME",
    "${NAME}",
    "$(NAME)",
    "%NAME%",
    "${{ secrets.NAME }}",
    "***",
    "****",
    "[MASKED]",
    " $(NAME)\n",
];
const NOBODY: &str = "nobody put a value in its place";

/// A usage error that names the setting; nothing was sent.
fn refused(jira: &Jira, ran: &Ran, names: &str, words: &str) -> Result<(), String> {
    let right = ran.code == 2
        && ran.stderr.contains(words)
        && ran.stderr.lines().any(|line| line.contains(names))
        && ran.stderr.matches("error: ").count() == 1
        && jira.requests().is_empty();
    ensure(right, || format!("{ran:?}"))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn a_placeholder_is_a_usage_error_for_what_is_no_credential() {
    let jira = Jira::server().start();
    let mut rows = Rows::default();
    for (variable, flag) in [
        ("JIRA_BASE_URL", "--base-url"),
        ("JIRA_ISSUE_KEY", "--issue"),
        ("JIRA_FIELD_ID", "--field"),
        ("JIRA_FIELD_VALUE", "--value"),
        ("JIRA_FIELD_TYPE", "--type"),
        ("JIRA_VALUE_MAP", "--value-map"),
        ("JIRA_FIELDS", "--set"),
        ("JIRA_PROJECT_KEYS", "--project"),
        ("JIRA_IF_NO_ISSUE", "--if-no-issue"),
        ("JIRA_NOTIFY_USERS", ""),
        ("JIRA_AUTH", "--auth"),
        ("JIRA_CLOUD_ID", "--cloud-id"),
        ("JIRA_DRY_RUN", ""),
        ("JIRA_OUTPUT", "--output"),
        ("JIRA_ALLOW_FAILURE", ""),
        ("JIRA_TIMEOUT", "--timeout"),
        ("JIRA_DEADLINE", "--deadline"),
        ("JIRA_MAX_RETRIES", "--max-retries"),
        ("JIRA_CONCURRENCY", "--concurrency"),
        ("JIRA_CA_BUNDLE", "--ca-bundle"),
        ("JIRA_CLIENT_CERT", "--client-cert"),
        ("JIRA_CLIENT_KEY", "--client-key"),
        ("JIRA_INSECURE", ""),
        ("JIRA_DOTENV", "--dotenv"),
        ("JIRA_LOG", "--log"),
        ("JIRA_CLOUD_API_URL", ""),
        ("JIRA_CLOUD_AUTH_URL", ""),
        ("JIRA_OAUTH2_TOKEN_URL", ""),
        ("JIRA_OAUTH2_SCOPE", ""),
    ] {
        for text in PLACEHOLDERS {
            rows.check(&format!("{variable} {text}"), || {
                let ran = Program::seed(&jira).set(variable, text).run();
                refused(&jira, &ran, variable, NOBODY)
            });
            if !flag.is_empty() {
                rows.check(&format!("{flag} {text}"), || {
                    let ran = Program::seed(&jira).args(&[flag, text]).run();
                    refused(&jira, &ran, flag, NOBODY)
                });
            }
        }
    }
    for (flag, text) in [("--proxy", "$(PROXY)"), ("--no-proxy", "$NO_PROXY")] {
        rows.check(flag, || {
            let ran = Program::seed(&jira).args(&[flag, text]).run();
            refused(&jira, &ran, flag, NOBODY)
        });
    }
    rows.check("HTTP_PROXY", || {
        let ran = Program::seed(&jira).set("HTTP_PROXY", "$(PROXY)").run();
        refused(&jira, &ran, "HTTP_PROXY", NOBODY)
    });
    rows.check("a text to find keys in", || {
        let program = Program::seed(&jira).unset("JIRA_ISSUE_KEY");
        let program = program.set("JIRA_IF_NO_ISSUE", "skip");
        let ran = program.set("JIRA_ISSUES_FROM", "$(BRANCH)").run();
        refused(&jira, &ran, "JIRA_ISSUES_FROM", NOBODY)
    });
}

#[test]
fn a_reference_in_the_list_of_hosts_without_a_proxy_warns_by_the_name_that_was_set() {
    let jira = Jira::server().start();
    for name in ["no_proxy", "NO_PROXY"] {
        Program::seed(&jira)
            .set(name, "$(HOSTS)")
            .run()
            .succeeds_saying(&format!(
                "warning: {name} is an unexpanded reference: {NOBODY}"
            ));
    }
}

#[test]
fn a_placeholder_among_several_texts_is_found() {
    let jira = Jira::server().start();
    let mut rows = Rows::default();
    for (variable, text) in [
        ("JIRA_ISSUE_KEY", "HSP-1, $(KEY)"),
        ("JIRA_PROJECT_KEYS", "HSP %KEY%"),
        ("JIRA_FIELDS", "labels=$(LABEL)"),
        ("JIRA_FIELDS", "labels+=***"),
        ("JIRA_FIELDS", "labels=a\nsummary:=${{ github.title }}"),
        ("JIRA_FIELDS", "$(FIELD)=a"),
        ("JIRA_FIELDS", "labels=a\n$(MORE)"),
        ("JIRA_VALUE_MAP", "success=$(PASSED), *=Failed"),
    ] {
        rows.check(text, || {
            let ran = Program::seed(&jira).set(variable, text).run();
            refused(&jira, &ran, variable, NOBODY)
        });
    }
    rows.check("a flag", || {
        let ran = Program::seed(&jira).args(&["--set", "labels=$(X)"]).run();
        refused(&jira, &ran, "--set", NOBODY)
    });
    rows.check("the text is shown", || {
        let ran = Program::seed(&jira).set("JIRA_ISSUE_KEY", "$(KEY)").run();
        refused(
            &jira,
            &ran,
            "JIRA_ISSUE_KEY",
            "is \"$(KEY)\": nobody put a value in its place",
        )
    });
}

#[test]
fn a_reference_in_a_longer_text_is_a_text() {
    let jira = Jira::server().start();
    for text in ["costs $5", "$HOME is set", "$5", "100%", "a *** b", "$A$B"] {
        Program::seed(&jira)
            .set("JIRA_FIELD_ID", "customfield_10319")
            .set("JIRA_FIELD_TYPE", "text")
            .set("JIRA_FIELD_VALUE", text)
            .run()
            .exits(0);
        assert_eq!(jira.field("HSP-1", "customfield_10319"), text);
    }
    Program::seed(&jira)
        .set("JIRA_FIELDS", "customfield_10319=a, $(B), c")
        .run()
        .exits(0);
}

#[test]
fn a_placeholder_counts_as_unset_for_a_credential_and_says_so() {
    let jira = Jira::data_center().start();
    let mut rows = Rows::default();
    let none = || Program::seed(&jira).without_password();
    for text in PLACEHOLDERS {
        for (lacking, others) in [
            ("JIRA_PASSWORD", "JIRA_USERNAME"),
            ("JIRA_USERNAME", "JIRA_PASSWORD"),
            ("JIRA_API_TOKEN", "JIRA_USER_EMAIL"),
            ("JIRA_USER_EMAIL", "JIRA_API_TOKEN"),
            ("JIRA_PERSONAL_TOKEN", ""),
            ("JIRA_PERSONAL_TOKEN_FILE", ""),
            ("JIRA_OAUTH1_CONSUMER_KEY", "JIRA_OAUTH1_ACCESS_TOKEN"),
            ("JIRA_OAUTH1_PRIVATE_KEY", "JIRA_OAUTH1_CONSUMER_KEY"),
            ("JIRA_OAUTH1_ACCESS_TOKEN", "JIRA_OAUTH1_CONSUMER_KEY"),
            ("JIRA_OAUTH2_ACCESS_TOKEN", ""),
            ("JIRA_OAUTH2_CLIENT_ID", "JIRA_OAUTH2_CLIENT_SECRET"),
            ("JIRA_OAUTH2_CLIENT_SECRET", "JIRA_OAUTH2_CLIENT_ID"),
            ("JIRA_CONNECT_APP_KEY", "JIRA_CONNECT_SHARED_SECRET"),
            ("JIRA_CONNECT_SHARED_SECRET", "JIRA_CONNECT_APP_KEY"),
        ] {
            rows.check(&format!("{lacking} {text}"), || {
                let program = match others {
                    "" => none(),
                    others => none().set(others, "something"),
                };
                let ran = program.set(lacking, text).run();
                refused(&jira, &ran, &format!("{lacking} is "), NOBODY)?;
                ensure(!ran.stderr.contains(text.trim()), || format!("{ran:?}"))
            });
        }
    }
    // Another kind is complete.
    none()
        .set("JIRA_PASSWORD", "$(JIRA_PASSWORD)")
        .set("JIRA_API_TOKEN_FILE", "$(TOKEN_FILE)")
        .set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN)
        .run()
        .exits(0);
}

#[test]
fn a_secret_that_really_looks_so_is_taken_from_a_file() {
    for secret in ["$(JIRA_PASSWORD)", "****"] {
        let jira = Jira::server().password(secret).start();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, secret).unwrap();
        Program::seed(&jira)
            .unset("JIRA_PASSWORD")
            .set("JIRA_PASSWORD_FILE", file.to_str().unwrap())
            .run()
            .exits(0);
    }
}

#[test]
fn quotation_marks_around_a_setting_are_named() {
    let jira = Jira::server().start();
    let mut rows = Rows::default();
    for (variable, text) in [
        ("JIRA_BASE_URL", "\"https://jira.example.com\""),
        ("JIRA_BASE_URL", "'https://jira.example.com'"),
        ("JIRA_CLOUD_API_URL", "\"https://jira.example.com\""),
        ("JIRA_ISSUE_KEY", "\"HSP-1\""),
        ("JIRA_ISSUE_KEY", "'HSP-1, HSP-2'"),
        ("JIRA_PROJECT_KEYS", "\"HSP\""),
        ("JIRA_FIELD_ID", "\"customfield_10314\""),
        ("JIRA_FIELDS", "\"labels\"=a"),
        ("JIRA_FIELDS", "\"labels=a\""),
        ("JIRA_USERNAME", "\"ci-bot\""),
        ("JIRA_USER_EMAIL", "'ci@example.com'"),
        ("JIRA_OAUTH1_CONSUMER_KEY", "\"key\""),
        ("JIRA_OAUTH2_CLIENT_ID", "\"id\""),
        ("JIRA_CONNECT_APP_KEY", "\"key\""),
        ("JIRA_OUTPUT", "\"json\""),
        ("JIRA_DRY_RUN", "\"true\""),
        ("JIRA_TIMEOUT", "\"3\""),
        ("HTTP_PROXY", "\"http://proxy:3128\""),
    ] {
        rows.check(&format!("{variable}={text}"), || {
            let ran = Program::seed(&jira).set(variable, text).run();
            refused(
                &jira,
                &ran,
                variable,
                "begins and ends with a quotation mark",
            )
        });
    }
    Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", "\"HSP-1\"")
        .fails("usage", 2, "take the quotation marks away");
    // Several lines, none of which is quoted.
    Program::seed(&jira)
        .set("JIRA_FIELDS", "\"Green\" builds=1\nlabels=\"b\"")
        .fails("field_not_editable", 4, "no field is named");
}

#[test]
fn blanks_and_line_ends_around_a_setting_mean_nothing() {
    let jira = Jira::server().start();
    let spaced = |text: &str| format!(" {text}\u{a0}\r\n");
    let mut program = Program::seed(&jira).set("JIRA_BASE_URL", &spaced(&jira.base_url()));
    for (variable, text) in [
        ("JIRA_USERNAME", "ci-bot"),
        ("JIRA_OUTPUT", "text"),
        ("JIRA_AUTH", "basic"),
        ("JIRA_FIELD_TYPE", "select"),
        ("JIRA_IF_NO_ISSUE", "fail"),
        ("JIRA_LOG", "warn"),
        ("JIRA_DRY_RUN", "false"),
        ("JIRA_TIMEOUT", "30"),
        ("JIRA_MAX_RETRIES", "4"),
        ("JIRA_CONNECT_APP_KEY", ""),
    ] {
        program = program.set(variable, &spaced(text));
    }
    program.run().exits(0);
    let mut rows = Rows::default();
    for variable in [
        "JIRA_USERNAME",
        "JIRA_USER_EMAIL",
        "JIRA_OAUTH1_CONSUMER_KEY",
        "JIRA_OAUTH2_CLIENT_ID",
        "JIRA_CONNECT_APP_KEY",
        "JIRA_BASE_URL",
        "JIRA_OAUTH2_TOKEN_URL",
    ] {
        rows.check(variable, || {
            let jira = Jira::server().start();
            let ran = Program::seed(&jira).set(variable, "https://a\nb").run();
            refused(&jira, &ran, variable, "control character")
        });
    }
}

/// Everything that is wrong in one line each, with one question.
#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn names_that_pipelines_use_get_one_question_each() {
    let jira = Jira::cloud().start();
    let mut rows = Rows::default();
    let base = jira.base_url();
    let seed = || Program::seed(&jira).without_password();
    for name in [
        "URL",
        "HOST",
        "DOMAIN",
        "SERVER",
        "SERVER_URL",
        "SITE",
        "API_URL",
    ] {
        let name = format!("JIRA_{name}");
        rows.check(&name, || {
            let program = Program::seed(&jira).unset("JIRA_BASE_URL");
            one_question(&jira, program.set(&name, &base), &name, "JIRA_BASE_URL")
        });
    }
    for (set, asked, meant) in [
        (
            &["JIRA_USER", "JIRA_PASSWORD"][..],
            "JIRA_USER",
            "JIRA_USERNAME",
        ),
        (
            &["JIRA_LOGIN", "JIRA_PASSWORD"],
            "JIRA_LOGIN",
            "JIRA_USERNAME",
        ),
        (
            &["JIRA_EMAIL", "JIRA_API_TOKEN"],
            "JIRA_EMAIL",
            "JIRA_USER_EMAIL",
        ),
        (
            &["JIRA_USER", "JIRA_API_TOKEN"],
            "JIRA_USER",
            "JIRA_USER_EMAIL",
        ),
        (&["JIRA_USER"], "JIRA_USER", "JIRA_USERNAME"),
        (&["JIRA_TOKEN"], "JIRA_TOKEN", "JIRA_PERSONAL_TOKEN"),
        (&["JIRA_TOKEN"], "JIRA_TOKEN", "JIRA_API_TOKEN"),
        (&["JIRA_PAT"], "JIRA_PAT", "JIRA_PERSONAL_TOKEN"),
        (
            &["JIRA_BEARER_TOKEN"],
            "JIRA_BEARER_TOKEN",
            "JIRA_PERSONAL_TOKEN",
        ),
        (
            &["JIRA_TOKEN", "JIRA_USER_EMAIL"],
            "JIRA_TOKEN",
            "JIRA_API_TOKEN",
        ),
        (
            &["JIRA_TOKEN", "JIRA_USERNAME"],
            "JIRA_TOKEN",
            "JIRA_API_TOKEN",
        ),
        (
            &["JIRA_USERNAME", "JIRA_API_TOKEN"],
            "JIRA_USERNAME",
            "JIRA_USER_EMAIL",
        ),
        (&["JIRA_API_TOKEN"], "JIRA_API_TOKEN", "JIRA_PERSONAL_TOKEN"),
        (
            &["JIRA_API_TOKEN"],
            "JIRA_USER_EMAIL",
            "JIRA_PERSONAL_TOKEN",
        ),
    ] {
        rows.check(&format!("{set:?}"), || {
            let program = set
                .iter()
                .fold(seed(), |program, name| program.set(name, "hunter2x"));
            one_question(&jira, program, asked, meant)
        });
    }
}

fn one_question(jira: &Jira, program: Program, asked: &str, meant: &str) -> Result<(), String> {
    let (code, report) = program.report();
    let message = report["error"]["message"].as_str().unwrap_or_default();
    let question = message.split("did you mean").nth(1).unwrap_or_default();
    let right = code == 2
        && message.contains(asked)
        && message.matches("did you mean").count() == 1
        && question.contains(meant)
        && message.len() < 300
        && !message.contains("hunter2x")
        && jira.requests().is_empty();
    ensure(right, || format!("{} {report}", message.len()))
}
