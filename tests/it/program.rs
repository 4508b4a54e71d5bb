//! Runs the real binary with exactly the environment that a test names.

use crate::report_schema;
use fake_jira::Jira;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// The field of the seed's pipeline, and its value.
pub const FIELD: &str = "customfield_10314";
pub const VALUE: &str = "Development Completed";

/// One run of the program.
pub struct Program {
    command: Command,
}

impl Program {
    /// The program with nothing set at all.
    pub fn bare() -> Self {
        let built = env!("CARGO_BIN_EXE_jira-build-status");
        // .ci/checks/targets names the one of another processor or system.
        let other = std::env::var_os("BINARY_UNDER_TEST");
        let mut command = Command::new(other.unwrap_or_else(|| built.into()));
        command.env_clear();
        // Where cargo-llvm-cov collects what was run.
        command.envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
        Program { command }
    }

    /// The seed's pipeline: one select of HSP-1, with a password.
    pub fn seed(jira: &Jira) -> Self {
        let program = Program::bare()
            .set("JIRA_BASE_URL", &jira.base_url())
            .set("JIRA_USERNAME", "ci-bot")
            .set("JIRA_PASSWORD", "correct horse battery staple")
            .set("JIRA_ISSUE_KEY", "HSP-1")
            .set("JIRA_FIELD_ID", FIELD)
            .set("JIRA_FIELD_VALUE", VALUE)
            .set("JIRA_FIELD_TYPE", "select");
        if jira.base_url().starts_with("https") {
            program.trusting(jira.ca_file())
        } else {
            program
        }
    }

    /// The same pipeline against a site of Cloud and the hosts beside it, without
    /// credentials.
    pub fn cloud(jira: &Jira) -> Self {
        Program::seed(jira)
            .unset("JIRA_USERNAME")
            .unset("JIRA_PASSWORD")
            .set("JIRA_CLOUD_API_URL", &jira.api_url())
            .set("JIRA_CLOUD_AUTH_URL", &jira.auth_url())
    }

    pub fn trusting(self, ca: &Path) -> Self {
        self.set("JIRA_CA_BUNDLE", ca.to_str().unwrap())
    }

    pub fn set(mut self, variable: &str, value: &str) -> Self {
        self.command.env(variable, value);
        self
    }

    pub fn set_all(mut self, variables: &[(&str, String)]) -> Self {
        self.command.envs(variables.iter().cloned());
        self
    }

    pub fn unset(mut self, variable: &str) -> Self {
        self.command.env_remove(variable);
        self
    }

    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// No second request after one that failed in a way that may pass.
    pub fn without_retries(self) -> Self {
        self.set("JIRA_MAX_RETRIES", "0")
    }

    /// Other credentials than the seed's.
    pub fn without_password(self) -> Self {
        self.unset("JIRA_USERNAME").unset("JIRA_PASSWORD")
    }

    /// Runs it without retries for a failure of this kind and exit code, whose
    /// message, hint or answer holds these words.
    #[track_caller]
    pub fn fails(self, kind: &str, code: i32, words: &str) {
        self.fails_saying(kind, code, &[words]);
    }

    /// The same, with all of these words.
    #[track_caller]
    pub fn fails_saying(self, kind: &str, code: i32, words: &[&str]) {
        let (exit, report) = self.without_retries().report();
        let error = if report["error"].is_null() {
            &report["issues"][0]["error"]
        } else {
            &report["error"]
        };
        assert_eq!(
            (error["kind"].as_str(), exit),
            (Some(kind), code),
            "{report}"
        );
        let said = |name: &str| error[name].as_str().unwrap_or_default();
        for word in words {
            assert!(
                ["message", "hint", "answer"]
                    .iter()
                    .any(|name| said(name).contains(word)),
                "{word:?} is not in {error}"
            );
        }
    }

    /// Lets it run in this folder.
    pub fn inside(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub fn command(self) -> Command {
        self.command
    }

    pub fn run(mut self) -> Ran {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran {
            code: status.code().unwrap(),
            stdout: text(stdout),
            stderr: text(stderr),
        }
    }

    /// Runs it for its JSON, which must be as the book's schema has it.
    pub fn report(self) -> (i32, Value) {
        let ran = self.set("JIRA_OUTPUT", "json").run();
        let report: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("no JSON: {ran:?}"));
        assert!(ran.code == 0 || report["exit_code"] == ran.code, "{ran:?}");
        report_schema::validate(&report);
        (ran.code, report)
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// A success says nothing on standard error.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        if code == 0 { self.quietly() } else { self }
    }

    /// A success, with this text on standard error: a warning, progress or a log.
    #[track_caller]
    pub fn succeeds_saying(self, text: &str) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self.says(text)
    }

    /// Standard error holds this text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{text:?} is not in {self:?}");
        self
    }

    /// Standard output holds this text.
    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "{text:?} is not in {self:?}");
        self
    }

    /// Neither stream holds this text.
    #[track_caller]
    pub fn hides(self, text: &str) -> Self {
        assert!(
            !self.stdout.contains(text) && !self.stderr.contains(text),
            "{text:?} is in {self:?}"
        );
        self
    }

    /// Nothing but the result was said. That a retry waits is said or not, as the
    /// jitter makes the wait long or short.
    #[track_caller]
    pub fn quietly(self) -> Self {
        let waits =
            |line: &&str| line.starts_with("warning: ") && line.contains(": trying again in ");
        let said: Vec<_> = self.stderr.lines().filter(|line| !waits(line)).collect();
        assert!(said.is_empty(), "{self:?}");
        self
    }
}
