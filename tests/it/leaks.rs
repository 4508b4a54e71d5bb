//! The leak matrix: every method, every command, every form of an echo, every kind of answer, both outputs, at `trace`.

use crate::program::Program;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::CommandFactory;
use jira_build_status::cli::Cli;
use jira_build_status::credentials::Method;
use jira_stand_in::{Fault, Jira, On, User, world};
use std::path::Path;

/// Every character that some encoding changes.
const AWKWARD: &str = "p%25+/=\"\\ 'é#end";

/// A way to authenticate: its name, and a program that uses it with awkward secrets.
struct Way {
    name: &'static str,
    start: fn() -> Jira,
    give: fn(Program) -> Program,
    secrets: &'static [&'static str],
}

/// A new method joins by a row here.
const METHODS: &[Way] = &[
    Way {
        name: "basic",
        start: || Jira::server().user(User::new("awkward", AWKWARD)).start(),
        give: |program| program.set("JIRA_USERNAME", "awkward").set("JIRA_PASSWORD", AWKWARD),
        secrets: &[AWKWARD],
    },
    Way {
        name: "session",
        start: || Jira::server().user(User::new("awkward", AWKWARD)).start(),
        give: |program| {
            program.set("JIRA_AUTH", "session").set("JIRA_USERNAME", "awkward").set("JIRA_PASSWORD", AWKWARD)
        },
        secrets: &[AWKWARD],
    },
    Way {
        name: "bearer",
        start: || Jira::data_center().personal_token(AWKWARD).start(),
        give: |program| program.set("JIRA_PERSONAL_TOKEN", AWKWARD),
        secrets: &[AWKWARD],
    },
    Way {
        name: "oauth1",
        start: || Jira::data_center().access_token(world::CONSUMER_KEY, AWKWARD, world::CI_BOT).start(),
        give: |program| {
            program
                .set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY)
                .set("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY)
                .set("JIRA_OAUTH1_ACCESS_TOKEN", AWKWARD)
        },
        secrets: &[AWKWARD, world::CONSUMER_PRIVATE_KEY],
    },
    Way {
        name: "oauth2",
        start: || Jira::data_center().start(),
        give: |program| {
            program
                .set("JIRA_OAUTH2_CLIENT_ID", world::SERVICE_CLIENT_ID)
                .set("JIRA_OAUTH2_CLIENT_SECRET", world::SERVICE_CLIENT_SECRET)
                .set("JIRA_OAUTH2_SCOPE", "WRITE")
        },
        secrets: &[world::SERVICE_CLIENT_SECRET],
    },
    Way {
        name: "connect",
        start: || Jira::cloud().connect_app("com.example.awkward", AWKWARD).start(),
        give: |program| {
            program.set("JIRA_CONNECT_APP_KEY", "com.example.awkward").set("JIRA_CONNECT_SHARED_SECRET", AWKWARD)
        },
        secrets: &[AWKWARD],
    },
];

/// A new command joins by a row here. Those that ask nobody have nothing to leak.
const COMMANDS: &[(&str, &[&str])] = &[
    ("", &[]),
    ("check", &["check"]),
    ("get", &["get", "/rest/api/2/issue/HSP-1"]),
    ("oauth1", &["oauth1", "request-token"]),
    ("", &["oauth1", "access-token", "--request-token", "t", "--verifier", "v", "--out", "-"]),
    // Without the client's id it is a usage error; its answers are met in `consent`.
    ("oauth2", &["oauth2", "authorize", "--port", "0"]),
    ("help", &["help", "credentials"]),
];

/// The forms in which an echo comes.
const FORMS: &[fn(&str) -> String] = &[
    str::to_owned,
    |text| STANDARD.encode(text),
    |text| text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
    |text| serde_json::to_string(text).expect("a string").trim_matches('"').to_owned(),
    |text| text.chars().map(|c| format!("{c}\r\n\t")).collect(),
];

/// One of each way in which an answer is judged.
const STATUSES: &[u16] = &[200, 204, 302, 400, 401, 403, 404, 405, 409, 429, 500];

#[test]
fn every_method_and_every_command_stands_in_the_matrix() {
    let methods: Vec<_> = METHODS.iter().map(|method| method.name).collect();
    let known: Vec<_> = Method::ALL.iter().map(|method| method.name()).collect();
    assert_eq!(methods, known);
    let commands: Vec<_> = COMMANDS.iter().map(|(name, _)| *name).filter(|name| !name.is_empty()).collect();
    let cli = Cli::command();
    let known: Vec<_> = cli.get_subcommands().map(|command| command.get_name()).collect();
    assert_eq!(commands, known);
}

#[test]
fn no_secret_leaves_the_program_in_any_form() {
    let runs: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = METHODS.iter().map(|method| scope.spawn(|| every_echo(method))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("leak matrix: {runs} runs, {} forms searched for each secret", FORMS.len());
}

/// Every command, status and form with one method; how many runs that were.
fn every_echo(method: &Way) -> usize {
    let jira = (method.start)();
    let mut runs = 0;
    for (_, arguments) in COMMANDS {
        for (at, status) in STATUSES.iter().enumerate() {
            for (form_at, form) in FORMS.iter().enumerate() {
                let output = if (at + form_at) % 2 == 0 { "text" } else { "json" };
                jira.behave();
                // Logins and token endpoints answer as they do, so that what they give is on the wire, too.
                jira.always(On::Path("/rest/api/"), Fault::Echo(*status, *form));
                let folder = tempfile::tempdir().unwrap();
                let shown = run(&jira, method, arguments, output, folder.path());
                let what = format!("{} {arguments:?} {status} {output}, form {form_at}", method.name);
                search(&shown, &secrets(&jira, method), &what);
                runs += 1;
            }
        }
    }
    runs
}

/// Everything that the run let out: both streams and the files that it was told to write.
fn run(jira: &Jira, method: &Way, arguments: &[&str], output: &str, folder: &Path) -> String {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let program = Program::bare()
        .set("JIRA_BASE_URL", &jira.base_url())
        .set("JIRA_ISSUE_KEY", "HSP-1")
        .set("JIRA_FIELD_ID", "customfield_10314")
        .set("JIRA_FIELD_VALUE", "Passed")
        .set("JIRA_LOG", "trace")
        .set("JIRA_OUTPUT", output)
        .set("JIRA_DEADLINE", "0.3")
        .set("JIRA_DOTENV", &file("dotenv"))
        .set("GITHUB_OUTPUT", &file("output"))
        .set("GITHUB_STEP_SUMMARY", &file("summary"));
    let ran = (method.give)(program).without_retries().args(arguments).run();
    let mut shown = ran.stdout + &ran.stderr;
    for entry in std::fs::read_dir(folder).unwrap() {
        shown += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    shown
}

/// What was configured, and what went over the wire in its place.
fn secrets(jira: &Jira, method: &Way) -> Vec<String> {
    let mut secrets: Vec<String> = method.secrets.iter().map(|secret| (*secret).to_owned()).collect();
    for request in jira.requests() {
        for name in ["authorization", "cookie"] {
            let sent = request.header(name).unwrap_or_default();
            secrets.extend(sent.split_once(' ').map(|(_, sent)| sent.to_owned()));
        }
    }
    secrets.sort();
    secrets.dedup();
    secrets
}

#[track_caller]
fn search(shown: &str, secrets: &[String], what: &str) {
    let unfolded: String = shown.chars().filter(|c| !matches!(c, '\r' | '\n' | '\t')).collect();
    for secret in secrets.iter().filter(|secret| secret.len() > 3) {
        for form in FORMS {
            let form: String = form(secret).chars().filter(|c| !matches!(c, '\r' | '\n' | '\t')).collect();
            let form = form.trim_end_matches('=');
            assert!(!unfolded.contains(form), "{what}: {form} is in {shown}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn no_secret_stands_on_the_command_line_of_the_process() {
    for method in METHODS {
        let jira = (method.start)();
        jira.always(On::Any, Fault::Hang);
        let program = Program::bare()
            .set("JIRA_BASE_URL", &jira.base_url())
            .args(&["--issue", "HSP-1", "--field", "10314", "--type", "select", "--value", "Passed"]);
        let mut child = (method.give)(program).command().stderr(std::process::Stdio::null()).spawn().unwrap();
        while jira.requests().is_empty() {
            std::thread::yield_now();
        }
        let line = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let line = String::from_utf8_lossy(&line).into_owned();
        assert!(line.contains("HSP-1"));
        search(&line, &secrets(&jira, method), method.name);
    }
}
