//! What people read when it fails: one table of situations, each with its first
//! line and its hint. The book's page of messages is made of it.

use crate::answers::answered;
use crate::program::Program;
use crate::rows::{Rows, ensure};
use crate::side_by_side::side_by_side;
use crate::troubleshooting::{self, Told};
use crate::{situation_answers, situation_logins, situation_settings, situation_values};
use serde_json::Value;
use std::sync::Mutex;

/// A run that fails, and what is to be said of it.
pub struct Situation {
    pub name: String,
    /// Makes the program; what it talks to lives as long as the second part.
    pub play: Box<dyn FnOnce() -> (Program, Box<dyn Send>) + Send>,
    pub kind: &'static str,
    pub code: i32,
    /// The cause holds these words.
    pub cause: &'static str,
    /// The hint holds these.
    pub hint: &'static str,
    /// The request id that the answer bears.
    pub id: Option<&'static str>,
    /// True where the cause lists all that might be given.
    pub lists_choices: bool,
}

/// Words that were once in messages and that nobody understood.
pub const RETIRED: [&str; 22] = [
    "as to an anonymous",
    "may be edited: the user lacks",
    "no answer settled it",
    "lets this user in no more",
    "for a forged one",
    "no proof of a write",
    "an answer that jira does not give",
    "a personal token nowhere",
    "which nobody asked for",
    "the run's time of",
    "no server may show such a one",
    "it broke tls off",
    "the dance again",
    "without a word of which part",
    "behind the flags",
    "is none of theirs",
    "needs one of its steps behind it",
    "makes that no failure",
    "belongs into",
    "goes around it",
    "asks to wait 0 s",
    "whoever keeps",
];

/// The first line of a text form, without the issue.
fn error(report: &Value) -> &Value {
    if report["error"].is_null() {
        &report["issues"][0]["error"]
    } else {
        &report["error"]
    }
}

fn play(situation: Situation, told: &Mutex<Vec<Told>>) -> Result<(), String> {
    let (program, _world) = (situation.play)();
    let (code, report) = program.without_retries().report();
    let error = error(&report);
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    let (cause, hint, answer) = (text("message"), text("hint"), text("answer"));
    told.lock().unwrap().push(Told {
        name: situation.name.clone(),
        cause: cause.to_owned(),
        hint: hint.to_owned(),
        kind: text("kind").to_owned(),
        code,
    });
    ensure(
        text("kind") == situation.kind && code == situation.code,
        || format!("{} {code}: {report}", text("kind")),
    )?;
    ensure(cause.contains(situation.cause), || {
        format!("{:?} is not in the cause: {report}", situation.cause)
    })?;
    ensure(hint.contains(situation.hint), || {
        format!("{:?} is not in the hint: {report}", situation.hint)
    })?;
    ensure(!hint.is_empty(), || format!("no hint: {report}"))?;
    // All that is wrong with the settings is said at once, a line for each.
    let longest = cause.lines().map(|line| line.chars().count()).max();
    ensure(longest < Some(100) || situation.lists_choices, || {
        format!("{longest:?} characters: {cause}")
    })?;
    let all = report.to_string().to_lowercase();
    for word in RETIRED {
        ensure(!all.contains(word), || format!("{word:?}: {report}"))?;
    }
    if let Some(id) = situation.id {
        let borne = if report["error"].is_null() {
            &report["issues"][0]["request_id"]
        } else {
            &report["error"]["request_id"]
        };
        ensure(borne == id && answer.contains(id), || {
            format!("no request id {id}: {report}")
        })?;
    }
    Ok(())
}

#[test]
fn each_situation_is_told_with_its_cause_and_one_thing_to_do() {
    let mut situations = situation_logins::all();
    situations.extend(situation_values::all());
    situations.extend(situation_answers::all());
    situations.extend(situation_settings::all());
    let (count, told) = (situations.len(), Mutex::default());
    let named = situations.into_iter().map(|row| (row.name.clone(), row));
    side_by_side(named, |row| play(row, &told));
    assert!(count >= 120, "{count}");
    troubleshooting::compare(&told.into_inner().unwrap());
}

#[test]
fn a_failure_is_cause_action_and_evidence() {
    use fake_jira::Reply;
    let body = serde_json::json!({ "errorMessages": ["No such issue."], "errors": {} });
    let reply = Reply::json(404, &body)
        .header("X-Seraph-LoginReason", "OK")
        .header("Atl-Traceid", "41aa0c55");
    let ran = answered(reply).run().exits(4);
    let lines: Vec<_> = ran.stderr.lines().collect();
    let first = "error: HSP-1 was not written: it does not exist, or ci-bot may not see it";
    assert_eq!(lines[0], first, "{ran:?}");
    assert!(lines[1].starts_with("hint: compare the key"), "{ran:?}");
    assert!(
        lines[2].starts_with("answer: 404 \"No such issue.\" to PUT http://127.0.0.1:")
            && lines[2].ends_with("/jira/rest/api/2/issue/HSP-1"),
        "{ran:?}"
    );
    assert!(
        lines[3].starts_with("        as ci-bot, ")
            && lines[3].ends_with("Z, attempt 1 of 5, Atl-Traceid 41aa0c55"),
        "{ran:?}"
    );
    assert_eq!(lines.len(), 4, "{ran:?}");
}

#[test]
fn a_write_of_which_nobody_knows_is_not_called_undone() {
    use fake_jira::Reply;
    let reply = Reply::new(500).header("X-AREQUESTID", "1184x40213x1");
    let ran = answered(reply).set("JIRA_MAX_RETRIES", "0").run().exits(5);
    let first = "error: HSP-1 may or may not be written: Jira failed with an internal error (500)\n\
                 hint: give X-AREQUESTID 1184x40213x1 to a Jira administrator\n";
    assert!(ran.stderr.starts_with(first), "{ran:?}");
}

#[test]
fn the_id_of_a_write_that_succeeded_is_in_the_report() {
    use fake_jira::Reply;
    let (code, report) = answered(Reply::new(204).header("X-AREQUESTID", "1x2x3")).report();
    assert_eq!(
        (code, &report["issues"][0]["request_id"]),
        (0, &"1x2x3".into()),
        "{report}"
    );
}

#[test]
fn one_cause_of_several_issues_is_told_once() {
    let jira = fake_jira::Jira::server().start();
    let program = Program::seed(&jira)
        .set("JIRA_BASE_URL", "http://127.0.0.1:1/jira")
        .set(
            "JIRA_ISSUE_KEY",
            "HSP-1 HSP-2 HSP-3 HSP-4 HSP-5 HSP-6 HSP-7",
        )
        .set("JIRA_MAX_RETRIES", "0");
    let ran = program.run().exits(5);
    assert_eq!(ran.stderr.matches("error: ").count(), 1, "{ran:?}");
    ran.says("error: HSP-1, HSP-2, HSP-3, HSP-4, HSP-5 and 2 more were not written: ");
}

#[test]
fn a_failure_that_is_allowed_says_so_in_the_last_line() {
    let jira = fake_jira::Jira::server().start();
    let program = Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-404")
        .set("JIRA_ALLOW_FAILURE", "true");
    let ran = program.run();
    let last = "note: the failure is allowed (JIRA_ALLOW_FAILURE): exit code 0 in place of 4";
    assert_eq!(
        (ran.code, ran.stderr.lines().last()),
        (0, Some(last)),
        "{ran:?}"
    );
}

#[test]
fn a_warning_follows_the_error() {
    let jira = fake_jira::Jira::server().tls().start();
    let program = Program::seed(&jira)
        .set("JIRA_INSECURE", "true")
        .set("JIRA_ISSUE_KEY", "HSP-404");
    let ran = program.run().exits(4);
    let at = |text: &str| ran.stderr.find(text).unwrap_or_else(|| panic!("{ran:?}"));
    assert!(at("error: ") < at("warning: "), "{ran:?}");
}

#[test]
fn a_long_wait_is_announced_with_its_cause_once() {
    use fake_jira::{Fault, On, Reply};
    let jira = fake_jira::Jira::server().start();
    for _ in 0..2 {
        let reply = Reply::new(429).header("Retry-After", "2");
        jira.misbehave(On::Write, Fault::Answer(reply));
    }
    let ran = Program::seed(&jira).run();
    assert_eq!(ran.code, 0, "{ran:?}");
    let said = "warning: Jira answered 429 and asks to wait: trying again in ";
    assert_eq!(ran.stderr.matches(said).count(), 1, "{ran:?}");
}

/// Sources, help and documents are read, but for the lists of such words.
#[test]
fn no_text_of_ours_has_a_retired_word() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut files = vec![root.join("README.md"), root.join("CHANGELOG.md")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    let mut rows = Rows::default();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap().to_lowercase();
        // A string may go on in the next line.
        let text = text.replace("\\\n", " ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        rows.check(&file.display().to_string(), || {
            let found = RETIRED.iter().find(|word| text.contains(**word));
            ensure(found.is_none(), || format!("{found:?}"))
        });
    }
}
