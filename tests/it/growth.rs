//! Inputs far larger than honest ones: they take no longer and no more memory
//! than their size, and none crashes the program. How long is a matter of
//! `cargo bench --bench growth`; here a run that takes the square of it would
//! not end.

use crate::program::{FIELD, Program};
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply};
use serde_json::{Value, json};

/// The site lists these values for the field, whose type is to be asked for.
fn listing(jira: &Jira, custom: &str, allowed: &Value) -> Program {
    let kind = if custom == "select" {
        "option"
    } else {
        "array"
    };
    let custom = format!("com.atlassian.jira.plugin.system.customfieldtypes:{custom}");
    let field = json!({
        "name": "Stage", "operations": ["set", "add"], "allowedValues": allowed,
        "schema": { "type": kind, "items": "option", "custom": custom },
    });
    answering(
        jira,
        &Reply::json(200, &json!({ "fields": { FIELD: field } })),
    )
}

/// The site answers so where it is asked what may be edited.
fn answering(jira: &Jira, reply: &Reply) -> Program {
    jira.always(On::Path("editmeta"), Fault::Answer(reply.clone()));
    jira.always(On::Write, Fault::Answer(Reply::new(204)));
    Program::seed(jira).unset("JIRA_FIELD_TYPE")
}

fn options(count: usize) -> Value {
    (0..count)
        .map(|number| json!({ "id": number.to_string(), "value": format!("Option, {number}") }))
        .collect()
}

#[test]
fn hundreds_of_values_among_thousands_of_options_are_each_sent_in_jiras_spelling() {
    let jira = Jira::server().start();
    let given: Vec<_> = (0..300)
        .map(|number| format!("option, {}", number * 3))
        .collect();
    let program =
        listing(&jira, "multiselect", &options(1000)).set("JIRA_FIELD_VALUE", &given.join(","));
    let (code, report) = program.report();
    let sent = report["issues"][0]["fields"][FIELD].as_array().unwrap();
    assert_eq!((code, sent.len()), (0, 300));
    assert_eq!(sent[299], json!({ "value": "Option, 897" }));
}

#[test]
fn each_value_that_is_added_by_a_line_of_its_own_is_found_among_the_options() {
    let jira = Jira::server().start();
    let lines: Vec<_> = (0..1000)
        .map(|number| format!("{FIELD}+=OPTION, {number}"))
        .collect();
    let program =
        listing(&jira, "multiselect", &options(5000)).set("JIRA_FIELDS", &lines.join("\n"));
    let (code, report) = program
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .report();
    let sent = report["issues"][0]["update"][FIELD].as_array().unwrap();
    assert_eq!(
        (code, sent.len(), &sent[999]),
        (0, 1000, &json!({ "add": { "value": "Option, 999" } }))
    );
}

#[test]
fn a_value_that_is_refused_is_compared_with_long_options_in_no_time() {
    let jira = Jira::server().start();
    let long: Value = (0..1000)
        .map(|number| json!({ "value": format!("{}{number}", "ab".repeat(7500)) }))
        .collect();
    let program = listing(&jira, "select", &long).set("JIRA_FIELD_VALUE", &"ba".repeat(1000));
    jira.misbehave(
        On::Write,
        Fault::Status(400, r#"{"errors":{"customfield_10314":"no"}}"#),
    );
    let (code, report) = program.without_retries().report();
    let hint = report["issues"][0]["error"]["hint"]
        .as_str()
        .unwrap_or_default();
    assert_eq!(code, 4, "{report}");
    assert!(hint.contains("and 988 more"), "{hint}");
}

#[test]
fn thousands_of_fields_by_their_names_are_found_in_the_field_list() {
    let jira = Jira::server().start();
    let field = |number: usize| {
        (
            format!("customfield_{number}"),
            json!({ "name": format!("Field {number}"), "schema": { "type": "string" } }),
        )
    };
    let fields: serde_json::Map<_, _> = (1..=4000).map(field).collect();
    let program = answering(&jira, &Reply::json(200, &json!({ "fields": fields })));
    let lines: Vec<_> = (1..=4000)
        .map(|number| format!("Field {number}=x"))
        .collect();
    let program = program
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .set("JIRA_FIELDS", &lines.join("\n"));
    let (code, report) = program.set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3").report();
    assert_eq!(
        (
            code,
            report["issues"][2]["fields"]
                .as_object()
                .map(|fields| fields.len())
        ),
        (0, Some(4000))
    );
}

#[test]
fn of_thousands_of_sentences_the_first_hundred_are_told() {
    let jira = Jira::server().start();
    let messages: Vec<_> = (0..30_000)
        .map(|number| format!("Sentence {number}."))
        .collect();
    let errors: serde_json::Map<_, _> = (0..30_000)
        .map(|number| (format!("f{number}"), json!("no")))
        .collect();
    let metadata = Reply::json(400, &json!({ "errorMessages": messages, "errors": errors }));
    jira.always(On::Path("editmeta"), Fault::Answer(metadata));
    jira.always(
        On::Write,
        Fault::Answer(Reply::json(
            400,
            &json!({ "errorMessages": messages[..3000] }),
        )),
    );
    let program = Program::seed(&jira).unset("JIRA_FIELD_TYPE");
    let (code, report) = program.without_retries().report();
    let message = report["issues"][0]["error"]["answer"].as_str().unwrap();
    assert_eq!(code, 4);
    assert!(
        message.contains("Sentence 99.") && !message.contains("Sentence 100."),
        "{message}"
    );
}

#[test]
fn no_depth_of_an_answer_is_too_deep() {
    let nested =
        |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let children = nested(r#"{"value":"x","children":["#, "]}");
    let rows = [
        nested("[", "]"),
        nested(r#"{"id":"#, "}"),
        format!("[{children}]"),
        nested(r#"[{"a":"#, "}]"),
    ];
    each(rows, |allowed| {
        let jira = Jira::server().start();
        let body = format!(
            r#"{{"fields":{{"{FIELD}":{{"schema":{{"type":"option"}},"allowedValues":{allowed}}},"labels":{allowed}}}}}"#
        );
        let program = answering(
            &jira,
            &Reply::new(200).body("application/json", body.clone()),
        );
        let (code, report) = program.report();
        assert_eq!(
            (code, &report["issues"][0]["fields"]),
            (0, &json!({ FIELD: { "value": "Development Completed" } }))
        );
        each([200, 400, 403, 404, 500], |status| {
            jira.always(
                On::Write,
                Fault::Answer(Reply::new(status).body("application/json", allowed.clone())),
            );
            let ran = Program::seed(&jira)
                .without_retries()
                .set("JIRA_ALLOW_FAILURE", "true")
                .run();
            assert_eq!(ran.code, 0, "{status}: {ran:?}");
        });
        let ran = Program::seed(&jira)
            .set("JIRA_FIELD_TYPE", "json")
            .set("JIRA_FIELD_VALUE", &allowed[..90_000])
            .run();
        assert_eq!(ran.code, 2, "{ran:?}");
    });
}

#[test]
fn a_message_of_dashes_and_numbers_holds_its_first_key() {
    let jira = Jira::server().start();
    jira.always(On::Write, Fault::Answer(Reply::new(204)));
    let rows = [
        (format!("AB-1-{}x", "1-".repeat(60_000)), 0),
        (format!("HSP-1 {}", "1-1".repeat(40_000)), 0),
        ("AB-1-1".repeat(20_000), 0),
        ("A_".repeat(60_000) + "-1", 0),
    ];
    each(rows, |(text, code)| {
        let program = Program::seed(&jira)
            .unset("JIRA_ISSUE_KEY")
            .set("JIRA_ISSUES_FROM", &text);
        assert_eq!(program.run().code, code, "{}", &text[..12]);
    });
}

#[test]
fn a_push_of_two_megabytes_is_read_to_its_end() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("event.json");
    let message = format!("{}x HSP-1", "AB-1-1".repeat(350_000));
    std::fs::write(
        &event,
        json!({ "head_commit": { "message": message } }).to_string(),
    )
    .unwrap();
    let program = Program::seed(&jira)
        .unset("JIRA_ISSUE_KEY")
        .set("JIRA_ISSUES_FROM", "ci");
    jira.always(On::Write, Fault::Answer(Reply::new(204)));
    assert_eq!(
        program
            .set("GITHUB_EVENT_PATH", event.to_str().unwrap())
            .run()
            .code,
        0
    );
    assert_eq!(jira.writes().len(), 2);
}

#[test]
fn a_text_with_more_than_a_hundred_keys_is_no_order_to_write_them_and_a_list_of_issues_is() {
    let jira = Jira::server().start();
    jira.always(On::Write, Fault::Answer(Reply::new(204)));
    let keys = |count: usize| {
        (1..=count)
            .map(|number| format!("BIG-{number} "))
            .collect::<String>()
    };
    let found = |count: usize| {
        Program::seed(&jira)
            .unset("JIRA_ISSUE_KEY")
            .set("JIRA_ISSUES_FROM", &keys(count))
    };
    found(8000).set("JIRA_IF_NO_ISSUE", "skip").fails_saying(
        "usage",
        2,
        &["8000 issue keys", "JIRA_ISSUE_KEY (--issue)"],
    );
    found(101).fails("usage", 2, "101 issue keys");
    assert_eq!(jira.requests().len(), 0);
    assert_eq!(found(100).run().code, 0);
    assert_eq!(jira.writes().len(), 100);
    assert_eq!(
        Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", &keys(101))
            .run()
            .code,
        0
    );
}

#[test]
fn settings_of_a_hundred_kilobytes_are_refused_or_used() {
    let jira = Jira::server().start();
    let lines: String = (0..8000)
        .map(|number| format!("{}=x\n", 20_000 + number))
        .collect();
    let hosts: String = (0..9000).map(|number| format!("h{number}.net,")).collect();
    let words: String = (0..9000).map(|number| format!("w{number}=x,")).collect();
    let program = Program::seed(&jira)
        .set("JIRA_FIELDS", &lines)
        .set("NO_PROXY", &hosts)
        .set("JIRA_VALUE_MAP", &words);
    let (code, report) = program
        .set("JIRA_DRY_RUN", "true")
        .set("JIRA_PROJECT_KEYS", &"HSP ".repeat(20_000))
        .report();
    assert_eq!(
        (
            code,
            report["issues"][0]["fields"]
                .as_object()
                .map(|fields| fields.len())
        ),
        (0, Some(8001))
    );
}

#[cfg(target_os = "linux")]
pub mod memory {
    use super::*;
    use std::process::Stdio;

    /// The most memory, in MiB, that it held until it wrote, where nobody answers it.
    pub fn peak(jira: &Jira, program: Program) -> u64 {
        jira.misbehave(On::Write, Fault::Hang);
        let writes = jira.writes().len();
        // However slow the machine is.
        let program = program
            .set("JIRA_TIMEOUT", "100000")
            .set("JIRA_DEADLINE", "100000");
        let mut child = program
            .command()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while jira.writes().len() == writes {
            assert!(
                child.try_wait().unwrap().is_none(),
                "it ended before it wrote"
            );
            std::thread::yield_now();
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let mark = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        mark.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
    }

    #[test]
    fn a_hundred_thousand_options_fit_into_little_more_than_their_answer() {
        let jira = Jira::server().start();
        let option = |number: usize| {
            let about = format!(
                "https://jira.example.com/rest/api/2/customFieldOption/{number}?padding=of-a-long-address"
            );
            json!({ "self": about, "value": format!("Build {number} of the pipeline"), "id": number.to_string() })
        };
        let options: Value = (0..100_000).map(option).collect();
        let program = listing(&jira, "select", &options)
            .set("JIRA_FIELD_VALUE", "build 99999 of the pipeline");
        let held = peak(&jira, program);
        assert!(held <= 32, "{held} MiB");
        assert_eq!(
            jira.writes()[0].json()["fields"][FIELD],
            json!({ "value": "Build 99999 of the pipeline" })
        );
    }

    #[test]
    fn metadata_of_any_form_becomes_no_more_than_a_few_times_its_size() {
        const SIZE: usize = 4 << 20;
        let many = |one: &str| one.repeat(SIZE / one.len());
        let field =
            |members: &str| format!(r#""{FIELD}":{{"schema":{{"type":"option"}},{members}}}"#);
        let bodies = [
            field(&format!(r#""allowedValues":[{}0]"#, many("0,"))),
            field(&format!(r#""allowedValues":[{}""]"#, many(r#""a","#))),
            field(&format!(r#""operations":["set",{}""]"#, many(r#""","#))),
            format!("{}{}", many(r#""a":{},"#), field(r#""name":"b""#)),
            format!("{}{}", many(r#""a":{"name":"b"},"#), field(r#""name":"b""#)),
            field(&format!(r#""allowedValues":[{{"id":[{}0]}}]"#, many("[],"))),
        ];
        for (at, body) in bodies.into_iter().enumerate() {
            let jira = Jira::server().start();
            let reply =
                Reply::new(200).body("application/json", format!(r#"{{"fields":{{{body}}}}}"#));
            let held = peak(&jira, answering(&jira, &reply));
            assert!(held <= 40, "the {at}. held {held} MiB");
        }
    }

    #[test]
    fn no_more_workers_are_made_than_there_are_issues() {
        let jira = Jira::server().start();
        let held = peak(
            &jira,
            Program::seed(&jira).set("JIRA_CONCURRENCY", "1000000"),
        );
        assert!(held <= 32, "{held} MiB");
    }
}
