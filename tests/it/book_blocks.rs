//! Runs the blocks of commands of the README and the book as a reader copies them.

use crate::book::{blocks, pages};
use crate::book_commands::{commands, not_run};
use fake_jira::{Jira, world};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a page leaves to its reader.
const READER_HAS: [(&str, &str); 5] = [
    ("JIRA_PASSWORD", world::CI_BOT_PASSWORD),
    ("JIRA_API_TOKEN", world::CI_API_TOKEN),
    ("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN),
    ("JIRA_OAUTH2_CLIENT_ID", world::SERVICE_CLIENT_ID),
    ("JIRA_OAUTH2_CLIENT_SECRET", world::SERVICE_CLIENT_SECRET),
];

struct Jiras {
    cloud: Jira,
    data_center: Jira,
}

impl Jiras {
    /// The one that a script is for.
    fn meant(&self, script: &str) -> &Jira {
        let of_cloud = ["atlassian.net", "JIRA_API_TOKEN", "OAUTH2"];
        if of_cloud.iter().any(|word| script.contains(word)) {
            &self.cloud
        } else {
            &self.data_center
        }
    }

    /// Runs a script in a folder of its own.
    fn run(&self, script: &str) -> Result<(), String> {
        let jira = self.meant(script);
        let folder = tempfile::tempdir().unwrap();
        let mut command = bash(jira, folder.path());
        let (script, typed) = filled(script, &mut command);
        if script.contains("OAUTH2") {
            command.env("JIRA_BASE_URL", jira.base_url());
            command.env("JIRA_CLOUD_ID", world::CLOUD_ID);
        } else if !script.contains("JIRA_BASE_URL=") {
            command.env("JIRA_BASE_URL", jira.base_url());
            command.env("JIRA_USERNAME", world::CI_BOT);
            command.env("JIRA_PASSWORD", world::CI_BOT_PASSWORD);
            if !script.contains("--issue") {
                command.env("JIRA_ISSUE_KEY", "HSP-1");
            }
        }
        let script = script
            .replace("https://your-site.atlassian.net", &jira.base_url())
            .replace("https://jira.example.com/jira", &jira.base_url());
        let ran = output(command.args(["-c", &script]), &typed);
        if ran.status.success() {
            return Ok(());
        }
        let said = [ran.stderr, ran.stdout].map(|said| String::from_utf8_lossy(&said).into_owned());
        Err(format!("{script}\n{}: {}", ran.status, said.concat()))
    }
}

/// A shell that finds the program, and reaches the Jira.
fn bash(jira: &Jira, folder: &Path) -> Command {
    let mut command = Command::new("bash");
    let built = Path::new(env!("CARGO_BIN_EXE_jira-build-status"));
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        built.parent().unwrap().display()
    );
    command.args(["-euo", "pipefail"]).current_dir(folder);
    command.env_clear().env("PATH", path).env("HOME", folder);
    command.env("BRANCH", "feature/HSP-1-login");
    command.env("JIRA_CLOUD_API_URL", jira.api_url());
    command.env("JIRA_CLOUD_AUTH_URL", jira.auth_url());
    if jira.base_url().starts_with("https") {
        std::fs::copy(jira.ca_file(), folder.join("ca.pem")).unwrap();
        command.env("JIRA_CA_BUNDLE", "ca.pem");
    }
    command
}

/// The script with what its reader fills in, and what is typed.
fn filled(script: &str, command: &mut Command) -> (String, String) {
    let (mut script, mut typed) = (script.to_owned(), String::new());
    for (name, value) in READER_HAS {
        if script.contains(&format!("read -rs {name}")) {
            typed = format!("{value}\n");
        } else if script.contains(&format!("{name}=...")) {
            script = script.replace(&format!("{name}=..."), &format!("{name}='{value}'"));
        } else if script.contains(name) {
            command.env(name, value);
        }
    }
    (script, typed)
}

fn output(command: &mut Command, typed: &str) -> Output {
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A script that reads nothing may have ended.
    let _ = stdin.write_all(typed.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[test]
fn every_block_of_commands_runs_as_it_is_copied() {
    let jiras = Jiras {
        cloud: Jira::cloud().start(),
        data_center: Jira::data_center().tls().start(),
    };
    let (mut ran, mut wrong) = (0, Vec::new());
    for (name, text) in pages() {
        for block in blocks(&text, "sh") {
            let mut left = commands(&block);
            left.retain(|line| not_run(line).is_none());
            if left.is_empty() {
                continue;
            }
            ran += left.len();
            let verdict = jiras.run(&left.join("\n"));
            wrong.extend(verdict.err().map(|why| format!("{name}: {why}")));
        }
    }
    println!("{ran} lines of commands were run");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran > 30, "{ran}");
}
