use crate::loopback::Server;
use crate::oauth1_flow::step;
use crate::program::Program;
use crate::rows::each;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fake_jira::{Fault, Jira, On, Reply, world};

/// Every character that some encoding changes.
const AWKWARD: &str = "p%25+/=\"\\ 'é#end";

#[test]
fn nothing_secret_is_shown_at_any_level_when_jira_echoes_it() {
    let pair = STANDARD.encode(format!("ci-bot:{AWKWARD}"));
    let percent: String = AWKWARD.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let json = serde_json::to_string(AWKWARD).unwrap();
    let forms = [
        AWKWARD.to_owned(),
        pair,
        STANDARD.encode(AWKWARD),
        percent,
        json.trim_matches('"').to_owned(),
    ];
    let jira = Jira::server().password(AWKWARD).start();
    for form in &forms {
        let rows = [
            form.clone(),
            format!("<html><title>{form}</title>"),
            serde_json::json!({ "errorMessages": [form] }).to_string(),
        ];
        each(rows, |body| {
            let echo = Reply::text(400, &body).header("X-Echo", "plain");
            jira.misbehave(On::Write, Fault::Answer(echo));
            let ran = Program::seed(&jira)
                .set("JIRA_PASSWORD", AWKWARD)
                .set("JIRA_LOG", "trace")
                .run()
                .exits(if body.starts_with('<') { 5 } else { 4 });
            for form in &forms {
                let ran = &ran;
                assert!(
                    !ran.stderr.contains(form.as_str()) && !ran.stdout.contains(form.as_str()),
                    "{form} in {ran:?}"
                );
            }
            assert!(ran.stderr.contains("***"), "{ran:?}");
        });
    }
}

/// Of a refusal `get` reads 64 KiB.
#[test]
fn the_beginning_of_a_secret_is_hidden_at_the_end_of_an_answer_that_was_cut_and_of_no_other() {
    const READ: usize = 64 << 10;
    let (short, long) = (
        "you sent correct".to_owned(),
        "x".repeat(READ - 7) + "correct",
    );
    let rows = [
        ("whole", short.len(), &short, true),
        ("broken off", short.len() + 1, &short, false),
        ("as long as is read", READ, &long, true),
        ("more announced than is read", READ + 1, &long, false),
        (
            "more sent than is read",
            READ + 7,
            &format!("{long} horse"),
            false,
        ),
    ];
    each(rows, |(name, length, body, shown)| {
        let head = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
        );
        let server = Server::answering(head + body);
        let ran = Program::bare()
            .set(
                "JIRA_BASE_URL",
                &format!("http://127.0.0.1:{}", server.port),
            )
            .set("JIRA_PERSONAL_TOKEN", "correct horse battery staple")
            .args(&["get", "/rest/api/2/myself"])
            .run()
            .exits(4);
        assert_eq!(ran.stdout.ends_with("correct"), shown, "{name}");
        assert_eq!(ran.stdout.ends_with("***"), !shown, "{name}");
    });
}

#[test]
fn the_base64_of_a_short_pair_is_hidden_by_itself() {
    let jira = Jira::server().start();
    let pair = STANDARD.encode("fred:fred");
    jira.misbehave(
        On::Write,
        Fault::Answer(Reply::text(400, &format!("you sent {pair}"))),
    );
    let program = Program::seed(&jira)
        .set("JIRA_USERNAME", "fred")
        .set("JIRA_PASSWORD", "fred");
    program.run().exits(4).says("you sent ***").hides(&pair);
}

#[test]
fn our_own_words_stay_readable_where_a_setting_equals_a_secret() {
    let jira = Jira::server().start();
    let (code, report) = Program::seed(&jira)
        .set("JIRA_USERNAME", "fred")
        .set("JIRA_PASSWORD", "fred")
        .set("JIRA_FIELD_ID", "customfield_10319")
        .set("JIRA_FIELD_TYPE", "text")
        .set("JIRA_FIELD_VALUE", "fred")
        .report();
    assert_eq!(code, 0);
    assert_eq!(report["issues"][0]["fields"]["customfield_10319"], "fred");
}

#[test]
fn a_short_secret_warns() {
    let jira = Jira::server().password("abc").start();
    let ran = Program::seed(&jira)
        .set("JIRA_PASSWORD", "abc")
        .run()
        .succeeds_saying("warning: JIRA_PASSWORD has fewer");
    ran.says("warning: JIRA_PASSWORD has fewer than 4 characters");
    let jira = Jira::server().password("abcd").start();
    Program::seed(&jira)
        .set("JIRA_PASSWORD", "abcd")
        .run()
        .exits(0);
}

#[test]
fn github_actions_learns_derived_secrets_before_anything_else_and_other_systems_do_not() {
    let jira = Jira::server().start();
    let pair = STANDARD.encode(format!("{}:{}", world::CI_BOT, world::CI_BOT_PASSWORD));
    let ran = Program::seed(&jira)
        .set("GITHUB_ACTIONS", "true")
        .set("JIRA_LOG", "trace")
        .run()
        .succeeds_saying("::add-mask::");
    assert_eq!(
        ran.stderr.lines().next(),
        Some(format!("::add-mask::{pair}").as_str())
    );
    assert!(!ran.stdout.contains("add-mask"));
    // The runner knows what a variable holds.
    let ran = ran.hides(world::CI_BOT_PASSWORD);
    assert_eq!(ran.stderr.matches("add-mask").count(), 1, "{ran:?}");
    Program::seed(&jira)
        .set("GITLAB_CI", "true")
        .run()
        .exits(0)
        .hides(&pair);
}

#[test]
fn a_secret_from_a_file_is_masked_in_github_actions_too() {
    let jira = Jira::data_center().start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, world::CI_PERSONAL_TOKEN).unwrap();
    Program::seed(&jira)
        .unset("JIRA_PASSWORD")
        .set("JIRA_PERSONAL_TOKEN_FILE", file.to_str().unwrap())
        .set("GITHUB_ACTIONS", "true")
        .run()
        .succeeds_saying(&format!("::add-mask::{}", world::CI_PERSONAL_TOKEN));
}

#[test]
fn the_debug_log_shows_request_line_status_and_headers_without_the_credentials() {
    let jira = Jira::server().start();
    Program::seed(&jira)
        .set("JIRA_LOG", "debug")
        .run()
        .succeeds_saying("> PUT http://127.0.0.1:")
        .says("< 204")
        .says("< x-seraph-loginreason: OK")
        .hides(&STANDARD.encode(format!("{}:{}", world::CI_BOT, world::CI_BOT_PASSWORD)));
}

#[test]
fn the_trace_log_shows_each_body_that_is_sent_and_a_login_as_stars() {
    let jira = Jira::server().start();
    let ran = Program::seed(&jira)
        .set("JIRA_AUTH", "session")
        .set("JIRA_LOG", "trace")
        .run()
        .succeeds_saying("> POST http");
    ran.says("trace: > ***\n")
        .says(
            "trace: > {\"fields\":{\"customfield_10314\":{\"value\":\"Development Completed\"}}}\n",
        )
        .hides(world::CI_BOT_PASSWORD);
}

#[test]
fn no_secret_stands_on_a_command_line() {
    let help = Program::bare().args(&["--help"]).run().stdout;
    let rows = [
        "--password",
        "--api-token",
        "--token",
        "--personal-token",
        "--username",
    ];
    each(rows, |flag| {
        assert!(!help.contains(flag));
    });
}

/// A CI system sets every secret of a project for every job.
#[test]
fn a_secret_that_is_set_and_not_used_is_hidden_too() {
    const UNUSED: &str = "NDc4MDkxODg3Njk2OkyA";
    let jira = Jira::server().start();
    let echo = serde_json::json!({ "errorMessages": [format!("you sent {UNUSED}")] }).to_string();
    let basic = || Program::seed(&jira).set("JIRA_AUTH", "basic");
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        ("JIRA_PERSONAL_TOKEN", basic()),
        ("JIRA_CONNECT_SHARED_SECRET", basic()),
        (
            "JIRA_PASSWORD",
            basic()
                .set("JIRA_AUTH", "bearer")
                .set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN),
        ),
        (
            "JIRA_OAUTH1_ACCESS_TOKEN",
            step(&jira, folder.path(), &["request-token"]),
        ),
        (
            "JIRA_PASSWORD",
            step(&jira, folder.path(), &["request-token"]),
        ),
    ];
    each(rows, |(variable, program)| {
        let answer = Reply::text(400, &echo).header("X-Echo", UNUSED);
        jira.misbehave(On::Any, Fault::Answer(answer));
        let ran = program.set("JIRA_LOG", "trace").set(variable, UNUSED).run();
        assert!(
            ran.stderr.contains("you sent ***") || ran.stderr.contains("< x-echo: ***"),
            "{variable}: {ran:?}"
        );
        ran.hides(UNUSED);
    });
}

#[test]
fn the_trace_log_shows_what_jira_answers_and_not_what_a_login_is_answered() {
    let jira = Jira::server().start();
    Program::seed(&jira)
        .set("JIRA_AUTH", "session")
        .set("JIRA_FIELD_TYPE", "auto")
        .set("JIRA_LOG", "trace")
        .run()
        .succeeds_saying("trace: < {\"fields\"")
        .hides("{\"session\"");
}
