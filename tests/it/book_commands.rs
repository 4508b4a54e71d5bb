//! Every command of the README and the book is run (`book_blocks`), or stands here
//! with the reason why not.

use crate::book::{blocks, code_spans, pages, prose};
use jira_build_status::cli;
use std::collections::BTreeSet;

/// Commands that are not run here, by how they begin, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo run --example demo", ".ci/checks/book runs it"),
    (
        "cargo run -p fake-jira",
        "runs until it is stopped; .ci/checks/examples starts it",
    ),
    ("cargo test --test it beside_curl", "is this run"),
    ("cargo test", "is this run"),
    (
        "cargo bench --bench put",
        "takes minutes; .ci/checks/budgets runs it",
    ),
    ("cargo bench --bench many_jobs", "takes minutes"),
    (
        "cargo binstall",
        "needs a published release; .ci/checks/workflows compares its addresses with the archives' names",
    ),
    ("cargo install", "needs a published release"),
    ("cargo build --release", "takes minutes; .ci/static runs it"),
    ("rustup target add", "takes minutes; release.yml runs it"),
    (".ci/build-musl", "takes minutes; .ci/static runs it"),
    (
        "brew install",
        "needs Homebrew and a published release; release.yml makes the formula",
    ),
    (
        "curl -fsSL",
        "needs a published release; .ci/checks/installer runs install.sh from a release on this machine",
    ),
    ("VERSION=0.1.0 BIN_DIR=", ".ci/checks/installer runs it"),
    ("docker buildx", "needs a published image"),
    ("docker build", "needs Docker; .ci/checks/images runs it"),
    ("docker pull", "needs a published image"),
    (
        "docker run",
        "needs Docker; .ci/checks/images runs the image",
    ),
    ("gh attestation verify", "needs a published release"),
    (
        "jira-build-status oauth1 authorize",
        "waits for a person; oauth1_authorize plays one",
    ),
    (
        "jira-build-status oauth2 authorize",
        "waits for a person; consent plays one",
    ),
    (
        "jira-build-status get /rest/api/2/issue/HSP-1   # with the new token",
        "needs the token that a person allowed; oauth1_flow has one",
    ),
];

/// Programs whose name at the front makes a span of code a command.
const PROGRAMS: [&str; 10] = [
    "cargo ",
    "rustup ",
    "brew ",
    "curl -f",
    "docker ",
    "gh ",
    "VERSION=",
    ".ci/build",
    "npm ",
    "pip ",
];

/// The entry that says why a command is not run.
pub fn not_run(command: &str) -> Option<&'static str> {
    let mut entries = NOT_RUN.iter();
    entries
        .find(|(begin, _)| command.starts_with(begin))
        .map(|(begin, _)| *begin)
}

/// The lines of a script, those that go on joined, without comments.
pub fn commands(block: &str) -> Vec<String> {
    let joined = block.replace("\\\n", " ");
    let lines = joined.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// The words of a command line, as a shell takes them apart.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            (' ', None) => words.push(String::new()),
            (c, _) => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn every_command_within_a_sentence_is_one_that_there_is() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (name, text) in pages() {
        for block in blocks(&text, "sh") {
            used.extend(commands(&block).iter().filter_map(|line| not_run(line)));
        }
        for span in code_spans(&prose(&text)) {
            let known = not_run(span);
            used.extend(known);
            if PROGRAMS.iter().any(|program| span.starts_with(program)) && known.is_none() {
                wrong.push(format!("{name}: {span} is neither run nor listed"));
            }
            let ours = span.starts_with("jira-build-status ") && !span.contains('…');
            if let Some(error) = ours
                .then(|| cli::command().try_get_matches_from(words(span)).err())
                .flatten()
            {
                wrong.push(format!("{name}: {span}: {error}"));
            }
        }
    }
    for (begin, why) in NOT_RUN {
        println!("not run: {begin}: {why}");
        if !used.contains(begin) {
            wrong.push(format!("{begin} stands on no page"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
