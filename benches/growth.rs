//! How time and memory grow with the input, each measured at 1x, 2x and 4x in a
//! process of its own: `cargo bench --bench growth`. The exponent is that of
//! the time from 1x to 4x: about 1 for what grows as its input does, 2 for what
//! grows as its square.

use jira_build_status::edit::assignment::{Assignment, ValueMap};
use jira_build_status::edit::editmeta::{read_edit_metadata, read_field_list};
use jira_build_status::edit::{Edit, EditContext, allowed_values};
use jira_build_status::issue_key::in_text::keys_in;
use jira_build_status::issue_key::list as issue_list;
use jira_build_status::redact::Redactor;
use jira_build_status::redact::Secret;
use jira_build_status::response::error_body::ErrorBody;
use jira_build_status::transport::Response;
use jira_build_status::transport::proxy::Exceptions;
use serde_json::{Value, json};
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

/// What is measured, at so many times its least size. It makes its input, then
/// says how long the work on it took.
type Row = (&'static str, fn(usize) -> Duration);

const ROWS: &[Row] = &[
    ("300 values of 1000 options", |times| {
        values(300 * times, 1000 * times)
    }),
    ("values, of 5000 options", |times| values(250 * times, 5000)),
    ("options, for one value", |times| values(1, 30_000 * times)),
    ("lines that add, of 5000 options", |times| {
        lines(250 * times)
    }),
    ("values that are shown", |times| {
        shown(500 * times, "\u{e9}")
    }),
    ("values that are shown cleaned", |times| {
        shown(500 * times, "\u{202e}")
    }),
    ("long options to compare with", |times| {
        likeness(250 * times, 15_000)
    }),
    ("short options to compare with", |times| {
        likeness(25_000 * times, 10)
    }),
    ("bytes of hostile metadata", |times| {
        metadata(&format!(
            "[{}0]",
            "[[]],\"a\",0,{},".repeat(300_000 * times)
        ))
    }),
    ("depth of metadata", |times| {
        metadata(&"[".repeat(1_000_000 * times))
    }),
    ("names among as many fields", |times| names(1000 * times)),
    ("sentences of an answer", |times| sentences(2500 * times)),
    ("a text of numbers for keys", |times| {
        keys(&format!("AB-1{}", "-1".repeat(100_000 * times)))
    }),
    ("a text of keys", |times| {
        keys(
            &(0..20_000 * times)
                .map(|at| format!("AB-{at} "))
                .collect::<String>(),
        )
    }),
    ("a list of issues", |times| issues(10_000 * times)),
    ("words of a value map", |times| words(10_000 * times)),
    ("hosts without a proxy", |times| hosts(5000 * times)),
    ("bytes of a text that is masked", |times| {
        masked(100_000 * times, 100)
    }),
    ("bytes of a secret that is masked", |times| {
        masked(65_536, 500 * times)
    }),
];

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    if let (Some(row), Some(times)) = (arguments.next(), arguments.next()) {
        let (row, times): (usize, usize) =
            (row.parse().expect("a row"), times.parse().expect("a size"));
        println!(
            "{} {}",
            ROWS[row].1(times).as_micros(),
            peak().unwrap_or_default()
        );
        return;
    }
    println!(
        "{:35} {:>32} {:>9} {:>26}",
        "", "ms at 1x, 2x, 4x", "exponent", "peak MiB at 1x, 2x, 4x"
    );
    for (row, (name, _)) in ROWS.iter().enumerate() {
        let measured = [1, 2, 4].map(|times| measure(row, times));
        let mut line = format!("{name:35}");
        line.extend(
            measured
                .iter()
                .map(|(micros, _)| format!(" {:>10.2}", *micros as f64 / 1000.0)),
        );
        let exponent = (measured[2].0.max(1) as f64 / measured[0].0.max(1) as f64).log(4.0);
        line += &format!(" {exponent:>9.2}");
        line.extend(measured.iter().map(|(_, kib)| format!(" {:>8}", kib >> 10)));
        println!("{line}");
    }
}

/// Microseconds and KiB, in a process of its own.
fn measure(row: usize, times: usize) -> (u64, u64) {
    let program = std::env::current_exe().expect("this program");
    let ran = Command::new(program)
        .args([row.to_string(), times.to_string()])
        .output()
        .expect("a run");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let (micros, kib) = said
        .trim()
        .split_once(' ')
        .unwrap_or_else(|| panic!("{}: {ran:?}", ROWS[row].0));
    (
        micros.parse().expect("a number"),
        kib.parse().expect("a number"),
    )
}

/// The most memory that this process has held, in KiB; none where the kernel
/// does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mark = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    mark.trim().trim_end_matches(" kB").parse().ok()
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

fn edit_metadata(allowed: &str) -> String {
    format!(
        r#"{{"fields":{{"customfield_1":{{"name":"Stage","operations":["set","add"],"schema":{{"type":"array","items":"option"}},
        "allowedValues":{allowed}}}}}}}"#
    )
}

fn options(count: usize) -> String {
    let option = |at| json!({ "self": "https://jira.example.com/rest/api/2/customFieldOption/1", "value": format!("Option, {at}"), "id": at });
    (0..count).map(option).collect::<Value>().to_string()
}

fn planned(json: String, texts: &[String]) -> Duration {
    let texts = texts
        .iter()
        .map(|text| Assignment::parse(text).expect("an assignment"));
    let assignments: Vec<_> = texts.collect();
    timed(|| {
        let fields = read_edit_metadata(json).expect("metadata");
        let context = EditContext {
            editable: Some(&fields),
            all: None,
            deployment: jira_build_status::deployment::Deployment::SelfHosted,
            now: 0,
            redactor: &Redactor::default(),
        };
        context.plan(&assignments).expect("an edit")
    })
}

fn values(values: usize, listed: usize) -> Duration {
    let texts: Vec<_> = (0..values).map(|at| format!("option, {at}")).collect();
    planned(
        edit_metadata(&options(listed)),
        &[format!("customfield_1={}", texts.join(","))],
    )
}

fn lines(count: usize) -> Duration {
    let texts: Vec<_> = (0..count)
        .map(|at| format!("customfield_1+=option, {at}"))
        .collect();
    planned(edit_metadata(&options(5000)), &texts)
}

/// Each an assignment of its own, and found by its id.
fn shown(count: usize, mark: &str) -> Duration {
    let texts = (0..count)
        .map(|at| Assignment::parse(&format!("customfield_1+={at}")).expect("an assignment"));
    let assignments: Vec<_> = texts.collect();
    let option = |at| json!({ "value": format!("Option, {at}{mark}"), "key": format!("{at}{mark}"), "id": at });
    let update = (0..count).map(|at| json!({ "add": option(at) })).collect();
    let edit = Edit {
        update: [("customfield_1".to_owned(), update)].into_iter().collect(),
        ..Edit::default()
    };
    timed(|| edit.shown(&assignments, &Redactor::default()))
}

fn metadata(allowed: &str) -> Duration {
    let json = edit_metadata(allowed);
    let text = Assignment::parse("customfield_1=a").expect("an assignment");
    timed(|| {
        let fields = read_edit_metadata(json).unwrap_or_default();
        let context = EditContext {
            editable: Some(&fields),
            all: None,
            deployment: jira_build_status::deployment::Deployment::SelfHosted,
            now: 0,
            redactor: &Redactor::default(),
        };
        context.plan(&[text])
    })
}

fn likeness(count: usize, length: usize) -> Duration {
    let options: Value = (0..count)
        .map(|at| json!({ "value": format!("{}{at}", "ab".repeat(length / 2)) }))
        .collect();
    let fields = read_edit_metadata(edit_metadata(&options.to_string())).expect("metadata");
    let text = "ba".repeat(1000);
    timed(|| allowed_values(&fields[0], &text, &Redactor::default()))
}

fn names(count: usize) -> Duration {
    let field = |at| json!({ "id": format!("customfield_{at}"), "name": format!("Field {at}"), "schema": { "type": "string" } });
    let list = (0..count).map(field).collect::<Value>().to_string();
    let texts =
        (0..count).map(|at| Assignment::parse(&format!("Field {at}=x")).expect("an assignment"));
    let assignments: Vec<_> = texts.collect();
    timed(|| {
        let fields = read_field_list(list).expect("fields");
        let context = EditContext {
            editable: None,
            all: Some(&fields),
            deployment: jira_build_status::deployment::Deployment::SelfHosted,
            now: 0,
            redactor: &Redactor::default(),
        };
        context.plan(&assignments).expect("an edit")
    })
}

fn sentences(count: usize) -> Duration {
    let messages: Vec<_> = (0..count).map(|at| format!("Sentence {at}.")).collect();
    let body = json!({ "errorMessages": messages })
        .to_string()
        .into_bytes();
    let answer = Response {
        status: 400,
        body,
        complete: true,
        ..Response::default()
    };
    timed(|| ErrorBody::read(&answer, &Redactor::default()))
}

fn keys(text: &str) -> Duration {
    timed(|| keys_in(text, &[]))
}

fn issues(count: usize) -> Duration {
    let list: String = (0..count).map(|at| format!("HSP-{at} ")).collect();
    timed(|| issue_list::parse(&[&list], None).expect("keys").len())
}

fn words(count: usize) -> Duration {
    let list: String = (0..count).map(|at| format!("word{at}=x,")).collect();
    timed(|| ValueMap::parse(&list).expect("a map").apply("none").len())
}

fn hosts(count: usize) -> Duration {
    let list: String = (0..count).map(|at| format!("h{at}.example.com,")).collect();
    let url = url::Url::parse("https://jira.example.net").expect("an address");
    timed(|| Exceptions::parse(&list).hold(&url))
}

fn masked(bytes: usize, secret: usize) -> Duration {
    let redactor = Redactor::default();
    redactor.register(&Secret::derived(format!(
        "{}!",
        "secret".repeat(secret / 6)
    )));
    let text = "secretsecre ".repeat(bytes / 12);
    timed(|| redactor.redact(&text))
}
