use crate::loopback::Server;
use crate::oauth2::Consent;
use crate::program::Program;
use crate::rows::each;
use fake_jira::world::{CONSUMER_KEY, CONSUMER_PRIVATE_KEY};
use fake_jira::{Fault, Jira, On, Reply};
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::process::{Command, Output, Stdio};

const WORDS: &str = "error: standard output cannot be written: ";

fn onto_a_full_disk(program: Program) -> (Option<i32>, String) {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    ended(program.command().stdout(full).output().unwrap())
}

fn ended(output: Output) -> (Option<i32>, String) {
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn get(jira: &Jira, path: &str) -> Program {
    let program = Program::bare().set("JIRA_BASE_URL", &jira.base_url());
    let program = program
        .set("JIRA_USERNAME", "ci-bot")
        .set("JIRA_PASSWORD", "correct horse battery staple");
    program.args(&["get", path])
}

#[track_caller]
fn fails(program: Program, code: i32) {
    let (exit, said) = onto_a_full_disk(program);
    assert_eq!(exit, Some(code), "{said}");
    assert_eq!(said.matches(WORDS).count(), 1, "{said}");
}

#[test]
fn whatever_cannot_be_printed_is_a_failure() {
    let jira = Jira::server().start();
    fails(get(&jira, "/rest/api/2/myself"), 1);
    fails(
        get(&jira, "/rest/api/2/myself").set("JIRA_OUTPUT", "json"),
        1,
    );
    fails(Program::seed(&jira), 1);
    fails(Program::seed(&jira).set("JIRA_OUTPUT", "json"), 1);
    fails(Program::seed(&jira).args(&["check"]), 1);
    fails(Program::bare().args(&["--help"]), 1);
    fails(Program::bare().args(&["--version"]), 1);
    fails(Program::bare().args(&["help", "fields"]), 1);
    let folder = tempfile::tempdir().unwrap();
    fails(
        Program::bare()
            .args(&["oauth1", "keygen"])
            .inside(folder.path()),
        1,
    );
    assert!(folder.path().join("jira-oauth1.public.pem").exists());
    let oauth1 = Program::bare()
        .set("JIRA_BASE_URL", &jira.base_url())
        .set("JIRA_OAUTH1_CONSUMER_KEY", CONSUMER_KEY)
        .set("JIRA_OAUTH1_PRIVATE_KEY", CONSUMER_PRIVATE_KEY);
    fails(oauth1.args(&["oauth1", "request-token"]), 1);
    assert_eq!(jira.writes().len(), 2, "the field is written all the same");
}

#[test]
fn a_failure_keeps_its_exit_code_where_its_report_cannot_be_printed() {
    let jira = Jira::server().start();
    fails(get(&jira, "/rest/api/2/issue/HSP-404"), 4);
    fails(
        Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", "HSP-404")
            .set("JIRA_OUTPUT", "json"),
        4,
    );
    fails(
        Program::seed(&jira)
            .args(&["check"])
            .set("JIRA_PASSWORD", "wrong"),
        3,
    );
    fails(Program::bare().set("JIRA_OUTPUT", "json"), 2);
    fails(Program::seed(&jira).set("JIRA_ALLOW_FAILURE", "true"), 0);
}

#[test]
fn a_token_that_cannot_be_printed_is_lost_and_said_to_be() {
    let server = Server::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\noauth_token=abcdefghijklmnopqrstu",
    );
    let program = Program::bare()
        .set(
            "JIRA_BASE_URL",
            &format!("http://127.0.0.1:{}", server.port),
        )
        .set("JIRA_OAUTH1_CONSUMER_KEY", CONSUMER_KEY)
        .set("JIRA_OAUTH1_PRIVATE_KEY", CONSUMER_PRIVATE_KEY)
        .args(&[
            "oauth1",
            "access-token",
            "--request-token",
            "some-token",
            "--verifier",
            "some-code",
            "--out",
            "-",
        ]);
    let (exit, said) = onto_a_full_disk(program);
    assert_eq!(exit, Some(2), "{said}");
    assert!(said.contains("the token is lost"), "{said}");
}

/// The program, after these commands of a shell.
fn limited(commands: &str, program: Program) -> Command {
    let command = program.command();
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!("{commands}; exec \"$0\" \"$@\""))
        .arg(command.get_program());
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    shell.args(command.get_args()).env_clear().envs(variables);
    shell
}

/// With the signal and without it: a program may be started with it ignored.
#[test]
fn a_file_that_has_reached_its_limit_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    each(["", "trap '' XFSZ; "], |signal| {
        let jira = Jira::server().start();
        jira.misbehave(
            On::Any,
            Fault::Answer(Reply::text(200, &"x".repeat(100_000))),
        );
        let mut shell = limited(&format!("{signal}ulimit -f 8"), get(&jira, "/rest/long"));
        let file = File::create(folder.path().join("body")).unwrap();
        let (exit, said) = ended(shell.stdout(file).output().unwrap());
        assert_eq!(exit, Some(1), "{signal}{said}");
        assert!(said.contains(WORDS), "{signal}{said}");
    });
}

#[test]
fn a_refresh_token_that_cannot_be_saved_any_more_is_the_reason_that_is_told() {
    let jira = Jira::data_center().start();
    let consent = Consent::new(&jira, &["WRITE"]);
    let granted = json!({
        "access_token": "hunter2",
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": "r".repeat(3000),
    });
    let reply = Reply::json(200, &granted);
    jira.misbehave(On::Path("/token"), Fault::Answer(reply));
    let program = consent.program(Program::cloud(&jira));
    // As much as the old token needs.
    let (exit, said) = ended(limited("ulimit -f 2", program).output().unwrap());
    assert_eq!(exit, Some(2), "{said}");
    assert!(
        said.contains("cannot be written") && said.contains("the old refresh token is spent"),
        "{said}"
    );
    assert!(jira.writes().is_empty(), "{said}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure_of_any_command() {
    let jira = Jira::server().start();
    let rows = [
        get(&jira, "/rest/api/2/myself"),
        Program::seed(&jira),
        Program::seed(&jira).set("JIRA_OUTPUT", "json"),
        Program::seed(&jira).args(&["check"]),
        Program::bare().args(&["--help"]),
    ];
    each(rows, |program| {
        let mut child = program
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let (exit, said) = ended(child.wait_with_output().unwrap());
        assert_eq!((exit, said.as_str()), (Some(0), ""));
    });
}

#[test]
fn a_file_of_the_ci_system_that_cannot_be_written_warns_and_fails_nothing() {
    let jira = Jira::server().start();
    let rows = [
        (
            "GITHUB_OUTPUT",
            Program::seed(&jira)
                .set("GITHUB_ACTIONS", "true")
                .set("GITHUB_OUTPUT", "/dev/full"),
        ),
        (
            "GITHUB_STEP_SUMMARY",
            Program::seed(&jira)
                .set("GITHUB_ACTIONS", "true")
                .set("GITHUB_STEP_SUMMARY", "/dev/full"),
        ),
        (
            "JIRA_DOTENV",
            Program::seed(&jira).set("JIRA_DOTENV", "/dev/full"),
        ),
    ];
    each(rows, |(name, program)| {
        program
            .run()
            .succeeds_saying(&format!("warning: {name}"))
            .says("No space left on device");
    });
}
