//! Names, ids and messages that would command a runner or a terminal: none of
//! them does, wherever it is shown.

use crate::program::{Program, Ran};
use crate::rows::each;
use crate::side_by_side::side_by_side;
use fake_jira::{Fault, Jira, On, Reply, User, hostile, world};
use serde_json::{Value, json};
use std::path::Path;

/// A step of GitHub's with its files, and a dotenv file.
struct Step {
    folder: tempfile::TempDir,
}

const FILES: [(&str, &str); 3] = [
    ("GITHUB_OUTPUT", "output"),
    ("GITHUB_STEP_SUMMARY", "summary"),
    ("JIRA_DOTENV", "dotenv"),
];

impl Step {
    fn new() -> Self {
        Step {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn run(&self, program: Program) -> Ran {
        let program = FILES.iter().fold(
            program.set("GITHUB_ACTIONS", "true"),
            |program, (variable, file)| {
                program.set(variable, self.folder.path().join(file).to_str().unwrap())
            },
        );
        let ran = program.without_retries().run();
        commands_nobody("stdout", &ran.stdout);
        commands_nobody("stderr", &ran.stderr);
        for (_, file) in FILES {
            commands_nobody(file, &read(&self.folder.path().join(file)));
        }
        ran
    }

    fn summary(&self) -> String {
        read(&self.folder.path().join("summary"))
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Our own commands are at most an annotation and a mask a line, and hold
/// nothing that is meant for a terminal.
#[track_caller]
fn commands_nobody(place: &str, text: &str) {
    let marks = ['\u{202e}', '\u{2066}', '\u{200f}', '\u{feff}', '\u{2028}'];
    let strange = |c: &char| (c.is_control() && *c != '\n') || marks.contains(c);
    assert_eq!(text.chars().find(strange), None, "in {place}: {text:?}");
    for line in text.lines() {
        let ours = ["::error title=", "::notice title=", "::add-mask::"]
            .iter()
            .any(|ours| line.starts_with(ours));
        assert!(
            ours || !line.trim_start().starts_with("::"),
            "in {place}: {line:?}"
        );
        assert!(line != "::add-mask::a", "in {place}: {line:?}");
        let heading = place == "summary" && line.starts_with("### Jira: ");
        assert!(heading || !line.contains("##"), "in {place}: {line:?}");
    }
}

fn seed(jira: &Jira) -> Program {
    Program::seed(jira).set("JIRA_FIELD_TYPE", "auto")
}

/// A job's name, its settings and its exit code.
type Job = (&'static str, Vec<(&'static str, &'static str)>, i32);

/// The jobs of a person who has to do with such fields.
fn jobs() -> Vec<Job> {
    vec![
        (
            "a refused value",
            vec![("JIRA_FIELD_ID", "10400"), ("JIRA_FIELD_VALUE", "Pased")],
            4,
        ),
        (
            "its id",
            vec![("JIRA_FIELD_ID", "10400"), ("JIRA_FIELD_VALUE", "10410")],
            0,
        ),
        (
            "the same value",
            vec![
                ("JIRA_FIELD_ID", "10400"),
                ("JIRA_FIELD_VALUE", hostile::NAME),
            ],
            0,
        ),
        (
            "an odd id",
            vec![("JIRA_FIELD_ID", "Odd id"), ("JIRA_FIELD_VALUE", "Passed")],
            0,
        ),
        (
            "an odd id's refusal",
            vec![("JIRA_FIELD_ID", "Odd id"), ("JIRA_FIELD_VALUE", "Pased")],
            4,
        ),
        (
            "twice",
            vec![
                ("JIRA_FIELD_ID", "Odd id"),
                ("JIRA_FIELDS", "Odd id=Passed"),
            ],
            2,
        ),
        ("no addition", vec![("JIRA_FIELDS", "10400+=Passed")], 4),
        ("a name like it", vec![("JIRA_FIELD_ID", "Odd ix")], 4),
        (
            "a name of the person's",
            vec![
                ("JIRA_FIELD_ID", hostile::NAME),
                ("JIRA_FIELD_VALUE", "::error::option"),
            ],
            0,
        ),
        (
            "a long list",
            vec![("JIRA_FIELD_ID", "Endless"), ("JIRA_FIELD_VALUE", "Lost")],
            4,
        ),
    ]
}

#[test]
fn names_and_ids_command_nobody_wherever_they_are_shown() {
    let jira = Jira::server().hostile().start();
    let jobs = jobs().into_iter().map(|job| (job.0.to_owned(), job));
    side_by_side(jobs, |(_, settings, code)| {
        each([("text", "trace"), ("json", "warn")], |(output, log)| {
            let commands = [
                &["--dry-run"][..],
                &["check"],
                &["fields"],
                &["--comment", hostile::NAME],
                &[],
            ];
            each(commands, |arguments| {
                let job = settings.iter().fold(seed(&jira), |job, (variable, value)| {
                    job.set(variable, value)
                });
                let job = job
                    .args(arguments)
                    .set("JIRA_OUTPUT", output)
                    .set("JIRA_LOG", log);
                let ran = Step::new().run(job);
                if arguments.is_empty() {
                    assert_eq!(ran.code, code, "{ran:?}");
                }
                if output == "json" {
                    assert!(
                        serde_json::from_str::<Value>(&ran.stdout).is_ok(),
                        "{ran:?}"
                    );
                }
            });
        });
    });
}

#[test]
fn what_is_sent_is_what_jira_calls_it() {
    let jira = Jira::server().hostile().start();
    seed(&jira)
        .set("JIRA_FIELD_ID", "Odd id")
        .set("JIRA_FIELD_VALUE", "passed")
        .run()
        .exits(0);
    let odd = json!({ "fields": { hostile::ID: [{ "value": "Passed" }] } });
    let mine = seed(&jira)
        .set("JIRA_FIELD_ID", "10400")
        .set("JIRA_FIELD_VALUE", hostile::NAME);
    let (_, report) = mine.report();
    let named = json!({ "customfield_10400": { "value": hostile::NAME } });
    assert_eq!(
        report["issues"][0]["fields"], named,
        "the person's own words are reported as they were sent"
    );
    let sent: Vec<_> = jira
        .writes()
        .iter()
        .map(|write| serde_json::from_slice::<Value>(&write.body).unwrap())
        .collect();
    assert_eq!(sent, [odd, json!({ "fields": named })]);
}

#[test]
fn a_list_of_values_is_as_long_as_a_person_reads() {
    let jira = Jira::server().hostile().start();
    let endless = || {
        seed(&jira)
            .set("JIRA_FIELD_ID", "Endless")
            .set("JIRA_FIELD_VALUE", "Lost")
    };
    let (_, report) = endless().report();
    let error = &report["issues"][0]["error"];
    let hint = error["hint"].as_str().unwrap();
    assert!(
        hint.contains("and 28 more") && hint.len() < 2500,
        "{}: {hint}",
        hint.len()
    );
    let step = Step::new();
    let ran = step.run(endless());
    assert!(ran.stderr.lines().all(|line| line.len() < 5000), "{ran:?}");
    assert!(step.summary().len() < 10_000);
    // However many sentences Jira says, and however long they are.
    let sentences: Vec<_> = (0..500)
        .map(|number| format!("{number} {}", "y".repeat(90)))
        .collect();
    let errors: Value = sentences
        .iter()
        .map(|text| (text.clone(), json!(text)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let rows = [
        json!({ "errorMessages": sentences }),
        json!({ "errors": errors }),
    ];
    each(rows, |body| {
        jira.misbehave(On::Write, Fault::Answer(Reply::json(400, &body)));
        let (_, report) = Program::seed(&jira).report();
        let error = &report["issues"][0]["error"];
        let answer = error["answer"].as_str().unwrap();
        assert!(
            answer.len() < 2500 && answer.starts_with("400 \"") && answer.contains("0 yyy"),
            "{answer}"
        );
        let refused = "Jira refused the value \"Development Completed\" for Build status";
        assert_eq!(error["message"], refused);
    });
}

#[test]
fn a_message_commands_nobody_whoever_says_it() {
    let text = hostile::NAME;
    let header = "::error::h\u{9b}2J\u{202e}##[error]";
    let bodies = [
        json!({ "errorMessages": [text], "errors": { hostile::ID: text, text: { "a": [text] } } }).to_string(),
        json!(text).to_string(),
        format!("<html><title>{text}</title>Basic Authentication Failure {text}"),
        text.to_owned(),
        "oauth_problem=signature_invalid&oauth_signature_base_string=PUT%26http%253A%252F%252Fa%250A%3A%3Aerror%3A%3Ab%251B%252523%252523%26c".to_owned(),
    ];
    let named = bodies.into_iter().map(|body| (body.clone(), body));
    side_by_side(named, |body| {
        let jira = Jira::server().hostile().start();
        each([200, 302, 400, 401, 403, 404, 409, 500], |status| {
            let reply = || {
                Reply::text(status, &body)
                    .header("X-Evil", header)
                    .header("Location", header)
            };
            each(["warn", "trace"], |log| {
                let commands = [&[][..], &["check"], &["fields"], &["--comment", "Build 42"]];
                each(commands, |arguments| {
                    jira.misbehave(On::Any, Fault::Answer(reply()));
                    let ran =
                        Step::new().run(Program::seed(&jira).args(arguments).set("JIRA_LOG", log));
                    // The first question of `check` is without credentials: that it is refused says nothing.
                    let goes_on = arguments == ["check"] && matches!(status, 401 | 403 | 404);
                    assert_eq!(ran.code == 0, goes_on, "{ran:?}");
                });
            });
        });
    });
}

#[test]
fn a_field_that_is_called_like_the_password_shows_nothing_of_it() {
    const PASSWORD: &str = "hunter2-and-more";
    let field = |id: &str, name: &str| {
        fake_jira::Field::new(id, name, fake_jira::FieldType::Select)
            .options(10_600, &["Passed", PASSWORD])
    };
    let site = Jira::server().user(User::new(world::CI_BOT, PASSWORD).group("jira-developers"));
    let jira = site
        .field(field("customfield_10600", PASSWORD))
        .field(field(PASSWORD, "Secretive"))
        .start();
    let rows = [
        ("10600", "Pased"),
        ("10600", "10601"),
        ("Secretive", "Passed"),
        ("Secretive", "Pased"),
        ("Secretiv", "x"),
    ];
    each(rows, |(id, value)| {
        each(
            [&["--dry-run"][..], &["check"], &["fields"], &[]],
            |arguments| {
                each(["text", "json"], |output| {
                    let job = seed(&jira)
                        .set("JIRA_PASSWORD", PASSWORD)
                        .set("JIRA_FIELD_ID", id)
                        .set("JIRA_FIELD_VALUE", value);
                    let step = Step::new();
                    let ran = step.run(job.args(arguments).set("JIRA_OUTPUT", output));
                    assert!(!step.summary().contains(PASSWORD), "{}", step.summary());
                    let stderr: String = ran
                        .stderr
                        .lines()
                        .filter(|line| !line.starts_with("::add-mask::"))
                        .collect();
                    assert!(
                        !ran.stdout.contains(PASSWORD) && !stderr.contains(PASSWORD),
                        "{id} {value}: {ran:?}"
                    );
                });
            },
        );
    });
}

#[test]
fn markup_of_others_is_text_in_the_summary() {
    let jira = Jira::server().hostile().start();
    let step = Step::new();
    step.run(
        seed(&jira)
            .set("JIRA_FIELD_ID", "10400")
            .set("JIRA_FIELD_VALUE", "Pased"),
    );
    let summary = step.summary();
    each(
        [" <img", " [a](", " `c`", "http://b", " | <", "www.d"],
        |markup| {
            assert!(!summary.contains(markup), "{markup:?} is in {summary}");
        },
    );
    assert!(summary.contains("\\<img src=x\\>"), "{summary}");
}

#[test]
fn a_body_that_is_printed_commands_no_runner_and_is_exact_elsewhere() {
    let body = format!("\u{feff}::error::first\n{}\n x::y # z", hostile::NAME);
    let json = "{\"a\": \"##[error]\",\n\"b\": [\"##vso[x]\"]}";
    let jira = Jira::server().start();
    let get = |body: &str, status: u16| {
        jira.misbehave(On::Any, Fault::Answer(Reply::text(status, body)));
        Program::seed(&jira)
            .without_retries()
            .args(&["get", "/rest/x"])
    };
    each([(200, 0), (400, 4)], |(status, code)| {
        assert_eq!(get(&body, status).run().exits(code).stdout, body);
        each(
            ["GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"],
            |runner| {
                let ran = get(&body, status).set(runner, "True").run().exits(code);
                let lines: Vec<_> = ran
                    .stdout
                    .split(['\n', '\r'])
                    .map(|line| line.trim_start().trim_start_matches('\u{feff}'))
                    .collect();
                assert!(
                    lines
                        .iter()
                        .all(|line| !line.starts_with("::") && !line.contains("##")),
                    "{lines:?}"
                );
                assert!(ran.stdout.ends_with("\n x::y # z"), "{ran:?}");
                let ran = get(json, status).set(runner, "True").run().exits(code);
                assert!(!ran.stdout.contains("##"), "{ran:?}");
                let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
                assert_eq!(parsed(&ran.stdout), parsed(json));
            },
        );
    });
}
