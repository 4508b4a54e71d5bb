//! The program: what it prints, and what its flags do.

use fake_jira::world;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fake-jira");

/// A running program, which ends with the test.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    greeting: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        let command = command.args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self {
            child,
            out,
            greeting: String::new(),
        };
        while !running.greeting.contains("# Users") {
            let line = running.line();
            running.greeting += &line;
        }
        running
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(
            self.out.read_line(&mut line).unwrap() > 0,
            "it ended: {}",
            self.greeting
        );
        line
    }

    fn exported(&self, name: &str) -> &str {
        let (_, rest) = self.greeting.split_once(&format!("{name}=")).unwrap();
        rest.split_whitespace().next().unwrap()
    }

    fn get(&self, path: &str) -> String {
        let address = self
            .exported("JIRA_BASE_URL")
            .strip_prefix("http://")
            .unwrap();
        let (host, context) = address.split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let request =
            format!("GET /{context}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

fn output(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn it_prints_lines_for_a_shell_for_curl_and_for_a_person() {
    let running = Running::start(&["data-center"]);
    let base = running.exported("JIRA_BASE_URL").to_owned();
    let secret = world::CI_BOT_PASSWORD;
    for line in [
        format!("export JIRA_USERNAME=ci-bot JIRA_PASSWORD='{secret}'"),
        format!(
            "export JIRA_ISSUE_KEY=HSP-1 JIRA_FIELD_ID={} JIRA_FIELD_VALUE=Passed",
            world::BUILD_STATUS
        ),
        format!(
            "curl --user 'ci-bot:{secret}' '{base}/rest/api/2/issue/HSP-1?fields={}'",
            world::BUILD_STATUS
        ),
        format!("# In a browser: {base}/ and {base}/browse/HSP-1"),
    ] {
        assert!(
            running.greeting.lines().any(|printed| printed == line),
            "no {line} in {}",
            running.greeting
        );
    }
    assert!(running.get("/browse/HSP-1").contains("The build of HSP-1"));
}

#[test]
fn each_request_is_printed_and_recorded() {
    let record = file("record.jsonl");
    let mut running = Running::start(&["--record", record.to_str().unwrap()]);
    running.get("/rest/api/2/serverInfo?jwt=a.b.c");
    let line = loop {
        let line = running.line();
        if !line.starts_with('#') {
            break line;
        }
    };
    assert_eq!(line, "GET /jira/rest/api/2/serverInfo 200\n");
    let recorded = std::fs::read_to_string(record).unwrap();
    let recorded: Value = serde_json::from_str(&recorded).unwrap();
    assert_eq!(
        (&recorded["status"], &recorded["query"]),
        (&200.into(), &"jwt=***".into())
    );
}

#[test]
fn it_serves_the_world_of_a_file_and_says_what_is_wrong_with_one() {
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds/shop.json");
    let running = Running::start(&["--world", shop]);
    let line =
        "export JIRA_ISSUE_KEY=SHOP-1 JIRA_FIELD_ID=customfield_10001 JIRA_FIELD_VALUE=Passed\n";
    assert!(running.greeting.contains(line), "{}", running.greeting);
    let broken = file("broken.json");
    std::fs::write(&broken, "{\n \"usres\": []}").unwrap();
    let ended = output(&["--world", broken.to_str().unwrap()]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(
        said.contains("broken.json: unknown field `usres`"),
        "{said}"
    );
    assert!(said.contains("at line 2 column 8"), "{said}");
}

#[test]
fn the_authority_is_written_where_it_is_told_to() {
    let file = file("authority.pem");
    let running = Running::start(&["cloud", "--ca-out", file.to_str().unwrap()]);
    assert!(
        running
            .exported("JIRA_BASE_URL")
            .starts_with("https://127.0.0.1:")
    );
    assert_eq!(running.exported("JIRA_CA_BUNDLE"), file.to_str().unwrap());
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written.starts_with("-----BEGIN CERTIFICATE-----"),
        "{written}"
    );
}

#[test]
fn a_port_that_is_taken_is_said_in_a_line() {
    let running = Running::start(&[]);
    let base = running.exported("JIRA_BASE_URL");
    let port = base.rsplit(':').next().unwrap().split('/').next().unwrap();
    let ended = output(&["--port", port]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(
        (ended.status.code(), said.lines().count()),
        (Some(1), 1),
        "{said}"
    );
    assert!(said.starts_with(&format!("error: port {port}: ")), "{said}");
}

#[test]
fn the_readme_has_each_flag_of_the_help() {
    let help = String::from_utf8(output(&["--help"]).stdout).unwrap();
    let readme = include_str!("../../README.md");
    let flags = help
        .split_whitespace()
        .filter(|word| word.starts_with("--"));
    for flag in flags.filter(|flag| *flag != "--help") {
        assert!(
            readme.contains(&format!("`{flag}")),
            "the README lacks {flag}"
        );
    }
}
