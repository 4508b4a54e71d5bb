//! Every command of the README and the book is run, or stands here with the
//! reason why not.

use crate::book::{blocks, code_spans, pages, prose};
use fake_jira::{Jira, world};
use jira_build_status::cli;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Commands that are not run here, by how they begin, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo run --example demo", ".ci/checks/book runs it"),
    (
        "cargo run --example jira",
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
fn not_run(command: &str) -> Option<&'static str> {
    let mut entries = NOT_RUN.iter();
    entries
        .find(|(begin, _)| command.starts_with(begin))
        .map(|(begin, _)| *begin)
}

/// The lines of a script, those that go on joined, without comments.
fn commands(block: &str) -> Vec<String> {
    let joined = block.replace("\\\n", " ");
    let lines = joined.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// What a page's variables hold where it leaves them to the reader.
fn reader_has(name: &str, cloud: bool) -> Option<&'static str> {
    Some(match name {
        "JIRA_PASSWORD" => world::CI_BOT_PASSWORD,
        "JIRA_API_TOKEN" => world::CI_API_TOKEN,
        "JIRA_PERSONAL_TOKEN" => world::CI_PERSONAL_TOKEN,
        "JIRA_OAUTH2_CLIENT_ID" => world::SERVICE_CLIENT_ID,
        "JIRA_OAUTH2_CLIENT_SECRET" => world::SERVICE_CLIENT_SECRET,
        "JIRA_CLOUD_ID" if cloud => world::CLOUD_ID,
        _ => return None,
    })
}

struct Jiras {
    cloud: Jira,
    data_center: Jira,
}

impl Jiras {
    /// Runs what is left of a block in a folder of its own, as a reader who has
    /// copied it.
    fn run(&self, script: &str) -> Result<(), String> {
        let cloud = ["atlassian.net", "JIRA_API_TOKEN", "OAUTH2"]
            .iter()
            .any(|word| script.contains(word));
        let jira = if cloud {
            &self.cloud
        } else {
            &self.data_center
        };
        let mut script = script
            .replace("https://your-site.atlassian.net", &jira.base_url())
            .replace("https://jira.example.com/jira", &jira.base_url());
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("bash");
        let built = Path::new(env!("CARGO_BIN_EXE_jira-build-status"));
        let path = format!(
            "{}:/usr/local/bin:/usr/bin:/bin",
            built.parent().unwrap().display()
        );
        command
            .env_clear()
            .env("PATH", path)
            .env("BRANCH", "feature/HSP-1-login")
            .env("HOME", folder.path());
        if cloud {
            command
                .env("JIRA_CLOUD_API_URL", jira.api_url())
                .env("JIRA_CLOUD_AUTH_URL", jira.auth_url());
        } else {
            std::fs::copy(jira.ca_file(), folder.path().join("ca.pem")).unwrap();
            command.env("JIRA_CA_BUNDLE", "ca.pem");
        }
        let mut typed = String::new();
        for name in [
            "JIRA_PASSWORD",
            "JIRA_API_TOKEN",
            "JIRA_PERSONAL_TOKEN",
            "JIRA_OAUTH2_CLIENT_ID",
            "JIRA_OAUTH2_CLIENT_SECRET",
        ] {
            let value = reader_has(name, cloud).unwrap();
            if script.contains(&format!("read -rs {name}")) {
                typed = format!("{value}\n");
            } else if script.contains(&format!("{name}=...")) {
                script = script.replace(&format!("{name}=..."), &format!("{name}='{value}'"));
            } else if script.contains(name) {
                command.env(name, value);
            }
        }
        if script.contains("OAUTH2") {
            command
                .env("JIRA_BASE_URL", jira.base_url())
                .env("JIRA_CLOUD_ID", world::CLOUD_ID);
        } else if !script.contains("JIRA_BASE_URL=") {
            command
                .env("JIRA_BASE_URL", jira.base_url())
                .env("JIRA_USERNAME", world::CI_BOT)
                .env("JIRA_PASSWORD", world::CI_BOT_PASSWORD);
            if !script.contains("--issue") {
                command.env("JIRA_ISSUE_KEY", "HSP-1");
            }
        }
        command
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(folder.path());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(typed.as_bytes()).unwrap();
        drop(stdin);
        let ran = child.wait_with_output().unwrap();
        if ran.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        Err(format!(
            "{script}\n{}: {said}{}",
            ran.status,
            String::from_utf8_lossy(&ran.stdout)
        ))
    }
}

#[cfg(unix)]
#[test]
fn every_block_of_commands_runs_as_it_is_copied() {
    let jiras = Jiras {
        cloud: Jira::cloud().start(),
        data_center: Jira::data_center().tls().start(),
    };
    let (mut ran, mut wrong) = (0, Vec::new());
    for (name, text) in pages() {
        for block in blocks(&text, "sh") {
            let left: Vec<_> = commands(&block)
                .into_iter()
                .filter(|line| not_run(line).is_none())
                .collect();
            if left.is_empty() {
                continue;
            }
            ran += left.len();
            wrong.extend(
                jiras
                    .run(&left.join("\n"))
                    .err()
                    .map(|why| format!("{name}: {why}")),
            );
        }
    }
    println!("{ran} lines of commands were run");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran > 30, "{ran}");
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
