use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply, world};
use std::io::Read;
use std::process::Stdio;

fn get(jira: &Jira, path: &str) -> Program {
    Program::bare()
        .set("JIRA_BASE_URL", &jira.base_url())
        .set("JIRA_USERNAME", world::CI_BOT)
        .set("JIRA_PASSWORD", world::CI_BOT_PASSWORD)
        .args(&["get", path])
}

#[test]
fn the_body_of_a_success_is_all_that_is_printed() {
    let jira = Jira::server().start();
    let ran = get(&jira, "/rest/api/2/issue/HSP-1?fields=summary")
        .run()
        .exits(0);
    let issue: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(issue["key"], "HSP-1");
    assert_eq!(jira.requests().len(), 1);
}

#[test]
fn flags_stand_behind_the_command_and_win() {
    let jira = Jira::server().start();
    let program = get(&jira, "/rest/api/2/myself").set("JIRA_BASE_URL", "http://127.0.0.1:1");
    program
        .args(&["--base-url", &jira.base_url()])
        .run()
        .exits(0)
        .prints("ci-bot");
}

#[test]
fn what_nobody_put_into_the_main_jobs_settings_is_no_matter_here() {
    let jira = Jira::server().start();
    get(&jira, "/rest/api/2/myself")
        .set("JIRA_ISSUE_KEY", "$(KEY)")
        .set("JIRA_FIELDS", "\"labels=a\"")
        .run()
        .exits(0)
        .prints("ci-bot");
}

#[test]
fn every_method_can_ask() {
    let server = Jira::data_center().start();
    let bare = |jira: &Jira| Program::bare().set("JIRA_BASE_URL", &jira.base_url());
    let ask = |program: Program| {
        program
            .args(&["get", "/rest/api/2/myself"])
            .run()
            .exits(0)
            .prints("CI Bot")
    };
    ask(bare(&server)
        .set("JIRA_USERNAME", world::CI_BOT)
        .set("JIRA_PASSWORD", world::CI_BOT_PASSWORD));
    ask(bare(&server)
        .set("JIRA_AUTH", "session")
        .set("JIRA_USERNAME", world::CI_BOT)
        .set("JIRA_PASSWORD", world::CI_BOT_PASSWORD));
    ask(bare(&server).set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN));
    ask(bare(&server)
        .set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY)
        .set("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY)
        .set("JIRA_OAUTH1_ACCESS_TOKEN", world::CI_ACCESS_TOKEN));
    let cloud = Jira::cloud().start();
    ask(bare(&cloud)
        .set("JIRA_USER_EMAIL", world::CI_EMAIL)
        .set("JIRA_API_TOKEN", world::CI_API_TOKEN));
}

#[test]
fn a_body_of_any_length_is_streamed_and_secrets_in_it_are_hidden_across_its_pieces() {
    let jira = Jira::server().start();
    let mut body = "x".repeat(65_530);
    body += world::CI_BOT_PASSWORD;
    body += &"y".repeat(3_000_000);
    jira.misbehave(On::Any, Fault::Answer(Reply::text(200, &body)));
    // Megabytes take a build without optimisation its time, the more so beside
    // other tests.
    let patient = get(&jira, "/rest/long")
        .set("JIRA_TIMEOUT", "300")
        .set("JIRA_DEADLINE", "300");
    let ran = patient.run().exits(0).hides(world::CI_BOT_PASSWORD);
    assert_eq!(ran.stdout.len(), 65_530 + "***".len() + 3_000_000);
}

#[test]
fn what_is_no_success_is_printed_too_explained_on_standard_error_and_in_the_exit_code() {
    let jira = Jira::server().start();
    let cases: [(&str, i32, &str); 3] = [
        ("/rest/api/2/issue/HSP-404", 4, "Issue Does Not Exist"),
        (
            "/rest/api/2/issue/SECRET-1",
            3,
            "may not read /jira/rest/api/2/issue/SECRET-1",
        ),
        ("/rest/nothing", 4, "there is nothing at this path"),
    ];
    each(cases, |(path, code, words)| {
        let ran = get(&jira, path).run().exits(code).says(words);
        assert!(!ran.stdout.is_empty(), "{ran:?}");
    });
    get(&jira, "/rest/api/2/issue/HSP-404").fails("issue_not_found", 4, "Issue Does Not Exist");
    get(&jira, "/rest/api/2/myself")
        .set("JIRA_PASSWORD", "wrong")
        .fails("credentials_refused", 3, "JIRA_PASSWORD");
}

#[test]
fn an_end_that_looks_like_a_secrets_beginning_is_hidden_only_where_more_was_to_come() {
    let jira = Jira::server().start();
    let beginning = &world::CI_BOT_PASSWORD[..9];
    each([(200, 0), (400, 4)], |(status, code)| {
        jira.misbehave(
            On::Any,
            Fault::Answer(Reply::text(status, &format!("It begins: {beginning}"))),
        );
        let ran = get(&jira, "/rest/x").without_retries().run().exits(code);
        assert_eq!(ran.stdout, format!("It begins: {beginning}"));
    });
    each([("200 OK", 5), ("400 Bad Request", 4)], |(status, code)| {
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\n");
        jira.misbehave(
            On::Any,
            Fault::Raw(format!("{head}It begins: {beginning}").into_bytes()),
        );
        let ran = get(&jira, "/rest/x").without_retries().run().exits(code);
        assert_eq!(ran.stdout, "It begins: ***");
    });
}

#[test]
fn a_refused_question_is_no_refused_value() {
    let jira = Jira::server().start();
    jira.misbehave(On::Any, Fault::Status(400, ""));
    get(&jira, "/rest/api/2/search?jql=x").fails("value_refused", 4, "Jira refused the request");
}

#[test]
fn credentials_go_nowhere_but_below_the_base() {
    let jira = Jira::server().start();
    let rows = [
        "rest/api/2/myself",
        "/../admin",
        "/%2e%2e/admin",
        "/rest/../../x",
        "https://evil.example.com/",
        "",
    ];
    each(rows, |path| {
        get(&jira, path).fails("usage", 2, "stay below JIRA_BASE_URL");
    });
    let rows = [
        "//evil.example.com/x",
        "/@evil.example.com",
        "/rest/../rest/x",
    ];
    each(rows, |path| {
        get(&jira, path).fails("issue_not_found", 4, "/jira/");
    });
    assert!(
        jira.requests()
            .iter()
            .all(|asked| asked.path.starts_with("/jira/"))
    );
    Program::bare().args(&["get"]).fails("usage", 2, "PATH");
}

#[test]
fn what_may_pass_is_tried_again_until_something_was_printed() {
    let jira = Jira::server().start();
    jira.misbehave(
        On::Any,
        Fault::Answer(Reply::new(503).header("Retry-After", "0")),
    );
    get(&jira, "/rest/api/2/myself")
        .run()
        .exits(0)
        .prints("ci-bot");
    assert_eq!(jira.requests().len(), 2);
    jira.misbehave(On::Any, Fault::Cut(600));
    let ran = get(&jira, "/rest/api/2/issue/HSP-1")
        .run()
        .exits(5)
        .says("the connection broke");
    assert!(ran.stdout.len() > 100, "{ran:?}");
    assert_eq!(jira.requests().len(), 3);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let jira = Jira::server().start();
    jira.misbehave(On::Any, Fault::Flood(1 << 30));
    let program = get(&jira, "/rest/long")
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = program.unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(
        (ended.status.code(), ended.stderr.as_slice()),
        (Some(0), b"".as_slice())
    );
}

#[test]
fn its_help_names_each_variable() {
    let ran = Program::bare().args(&["get", "--help"]).run().exits(0);
    assert!(ran.stdout.lines().count() <= 70);
    for line in ran
        .stdout
        .lines()
        .filter(|line| line.trim_start().starts_with("--"))
    {
        assert!(ran.stdout.contains("JIRA_"), "{line}");
    }
}
