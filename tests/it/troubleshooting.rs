//! The book's page of messages, made of the table of situations: `UPDATE_DOCS=1
//! cargo test --test it each_situation` writes it anew.

use crate::book::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const BEGIN: &str = "<!-- Made of the table of situations by `UPDATE_DOCS=1 cargo test --test it each_situation`. -->\n";
const END: &str = "<!-- The end of what is made. -->\n";

/// The parts of the page, by the kinds of failure.
const PARTS: [(&str, &str); 14] = [
    ("usage", "The settings are wrong"),
    ("credentials_refused", "The credentials are refused"),
    ("captcha_required", "Jira wants a CAPTCHA"),
    ("permission_denied", "The user may not do it"),
    ("issue_not_found", "The issue is not found"),
    ("field_not_editable", "The field cannot be written"),
    ("value_refused", "The value is refused"),
    ("conflict", "Two changes at once"),
    ("rate_limited", "Rate limits"),
    ("unreachable", "Jira cannot be reached, or is down"),
    ("tls", "Certificates"),
    ("timeout", "No answer in time"),
    (
        "unexpected_answer",
        "Something in front of Jira answered, or no Jira is there",
    ),
    ("internal", "A bug of this program"),
];

/// What one situation was told.
pub struct Told {
    pub name: String,
    pub cause: String,
    pub hint: String,
    pub kind: String,
    pub code: i32,
}

/// The text as it is in every run: without ports, clocks and the system's numbers.
fn steady(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let mut word = word.to_owned();
        if let Some(at) = word.find("127.0.0.1:") {
            let end = at + "127.0.0.1:".len();
            let port = word[end..].chars().take_while(char::is_ascii_digit).count();
            word.replace_range(end - 1..end + port, "");
        }
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == ':');
        if let Some(time) = word
            .strip_suffix('Z')
            .filter(|time| time.len() == 8 && digits(time))
        {
            word = word.replace(time, "07:30:00");
        }
        words.push(word.replace("127.0.0.1", "jira.example.com"));
    }
    let mut text = words.join(" ");
    while let Some((before, rest)) = text.split_once(" (os error ") {
        let after = rest.split_once(')').map_or("", |(_, after)| after);
        text = format!("{before}{after}");
    }
    text.replace("http://jira.example.com", "https://jira.example.com")
}

/// A cell of a table in Markdown.
fn cell(text: &str) -> String {
    let mut escaped = String::new();
    for c in steady(text).replace('\n', " ").chars() {
        if "*<>[]|`~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// One table for each kind, a row for each message.
fn made(rows: &[Told]) -> String {
    let mut text = String::new();
    for (kind, title) in PARTS {
        let mut messages: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
        let of_kind: Vec<_> = rows.iter().filter(|row| row.kind == kind).collect();
        for row in &of_kind {
            let told = (cell(&row.cause), cell(&row.hint));
            messages.entry(told).or_default().insert(&row.name);
        }
        let Some(first) = of_kind.first() else {
            continue;
        };
        let _ = writeln!(
            text,
            "\n## {title}\n\nExit code {}, `error.kind` is `{kind}`.\n\n| Message | What to do | Seen with |\n|---|---|---|",
            first.code
        );
        for ((cause, hint), names) in messages {
            let names: Vec<_> = names.into_iter().map(cell).collect();
            let _ = writeln!(text, "| {cause} | {hint} | {} |", names.join("; "));
        }
    }
    text
}

/// The page has these rows, in the words of Linux.
pub fn compare(rows: &[Told]) {
    let parts = PARTS.map(|(kind, _)| kind);
    for row in rows {
        assert!(
            parts.contains(&row.kind.as_str()),
            "{} has no part",
            row.kind
        );
    }
    if !cfg!(target_os = "linux") {
        return;
    }
    let path = root().join("docs/src/troubleshooting.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}\n{END}{after}", made(rows));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    let differs = page
        .lines()
        .zip(wanted.lines())
        .find(|(old, new)| old != new);
    assert!(
        page == wanted,
        "UPDATE_DOCS=1 cargo test --test it each_situation writes it anew: {differs:?}"
    );
}

#[test]
fn what_changes_from_run_to_run_is_left_out() {
    let rows = [
        (
            "look whether http://127.0.0.1:4711/jira opens",
            "look whether https://jira.example.com/jira opens",
        ),
        ("until 07:30:17Z", "until 07:30:00Z"),
        (
            "Connection refused (os error 111) now",
            "Connection refused now",
        ),
        ("(401 from 127.0.0.1)", "(401 from jira.example.com)"),
    ];
    for (given, wanted) in rows {
        assert_eq!(steady(given), wanted);
    }
    assert_eq!(cell("*=VALUE"), "\\*=VALUE");
}
