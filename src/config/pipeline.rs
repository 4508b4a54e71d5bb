//! What CI systems tell a build, by the names they give it; reads GitHub's
//! event only when its texts are asked for.

use serde::Deserialize;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

/// GitHub's webhooks carry at most 25 MB.
const LONGEST_EVENT: u64 = 32 << 20;

/// A text in which issue keys may stand.
#[derive(Clone, Copy)]
enum Source {
    Variable(&'static str),
    /// The title of the pull request in GitHub's event.
    EventTitle,
    /// The message of the commit in GitHub's event.
    EventMessage,
}

use Source::{EventMessage, EventTitle, Variable};

/// Where `--issues-from ci` looks, and in which order: a branch is named for
/// its issue on purpose, while a message may mention others. The table in the
/// book links to each system's page.
const SOURCES: &[Source] = &[
    // The branch that a pull request offers: Jenkins, GitHub, GitLab, Azure.
    Variable("CHANGE_BRANCH"),
    Variable("GITHUB_HEAD_REF"),
    Variable("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
    Variable("SYSTEM_PULLREQUEST_SOURCEBRANCH"),
    // The branch or tag that is built: Jenkins, its Git plugin, GitHub, GitLab,
    // Bitbucket, Azure, CircleCI.
    Variable("BRANCH_NAME"),
    Variable("TAG_NAME"),
    Variable("GIT_BRANCH"),
    Variable("GITHUB_REF_NAME"),
    Variable("CI_COMMIT_REF_NAME"),
    Variable("BITBUCKET_BRANCH"),
    Variable("BITBUCKET_TAG"),
    Variable("BUILD_SOURCEBRANCH"),
    Variable("CIRCLE_BRANCH"),
    Variable("CIRCLE_TAG"),
    // The pull request's title: Jenkins, GitHub, GitLab. The others do not tell it.
    Variable("CHANGE_TITLE"),
    EventTitle,
    Variable("CI_MERGE_REQUEST_TITLE"),
    // The commit's message: GitHub, GitLab, Azure. The others do not tell it.
    EventMessage,
    Variable("CI_COMMIT_MESSAGE"),
    Variable("BUILD_SOURCEVERSIONMESSAGE"),
];

#[derive(Debug, Default)]
pub(super) struct Pipeline {
    pub(super) github_actions: bool,
    /// Whoever reads our streams takes some lines for commands: GitHub Actions,
    /// Azure Pipelines or TeamCity.
    pub(super) takes_commands: bool,
    pub(super) github_output: Option<PathBuf>,
    pub(super) github_summary: Option<PathBuf>,
    github_event: Option<PathBuf>,
    texts: Vec<(&'static str, String)>,
}

impl Pipeline {
    /// Picks them out of the environment. Empty ones, and ones that are no UTF-8,
    /// are unset.
    pub(super) fn read(variables: &[(OsString, OsString)]) -> Self {
        let mut pipeline = Pipeline::default();
        for (name, value) in variables {
            let (Some(name), false) = (name.to_str(), value.is_empty()) else {
                continue;
            };
            pipeline.takes_commands |=
                matches!(name, "GITHUB_ACTIONS" | "TF_BUILD" | "TEAMCITY_VERSION");
            match name {
                "GITHUB_ACTIONS" => pipeline.github_actions = value == "true",
                "GITHUB_OUTPUT" => pipeline.github_output = Some(value.into()),
                "GITHUB_STEP_SUMMARY" => pipeline.github_summary = Some(value.into()),
                "GITHUB_EVENT_PATH" => pipeline.github_event = Some(value.into()),
                _ => {
                    let known = SOURCES.iter().filter_map(|source| match source {
                        Variable(known) => Some(*known),
                        EventTitle | EventMessage => None,
                    });
                    let known = known.into_iter().find(|known| *known == name);
                    pipeline
                        .texts
                        .extend(known.zip(value.to_str().map(str::to_owned)));
                }
            }
        }
        pipeline
    }

    /// The texts that this build has, by the names of their sources, in the order
    /// in which they are searched.
    pub(super) fn texts(&self) -> Vec<(&'static str, String)> {
        let event = self
            .github_event
            .as_deref()
            .and_then(Event::read)
            .unwrap_or_default();
        let message = event.head_commit.and_then(|commit| commit.message);
        let title = event.pull_request.and_then(|request| request.title);
        let text = |source: &Source| match source {
            Variable(name) => self.texts.iter().find(|(known, _)| known == name).cloned(),
            EventTitle => Some(("the pull request's title", title.clone()?)),
            EventMessage => Some(("the commit's message", message.clone()?)),
        };
        SOURCES.iter().filter_map(text).collect()
    }
}

/// The few words that are wanted of the event that started a workflow
/// (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>).
#[derive(Default, Deserialize)]
struct Event {
    pull_request: Option<PullRequest>,
    head_commit: Option<Commit>,
}

#[derive(Deserialize)]
struct PullRequest {
    title: Option<String>,
}

#[derive(Deserialize)]
struct Commit {
    message: Option<String>,
}

impl Event {
    /// None where it cannot be read: then it tells no title, which the person hears
    /// of when no key is found.
    fn read(path: &Path) -> Option<Self> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .ok()?
            .take(LONGEST_EVENT)
            .read_to_end(&mut bytes)
            .ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    fn texts(variables: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Pipeline::read(&variables).texts()
    }

    #[test]
    fn a_branch_comes_before_a_title_and_a_title_before_a_message() {
        let folder = tempfile::tempdir().unwrap();
        let event = folder.path().join("event.json");
        std::fs::write(
            &event,
            r#"{"pull_request":{"title":"A title","head":{}},"head_commit":{"message":"A message"}}"#,
        )
        .unwrap();
        let found = texts(&[
            ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
            ("PATH", "/bin"),
            ("GITHUB_REF_NAME", "7/merge"),
            ("GITHUB_HEAD_REF", "feature/HSP-1"),
            ("CHANGE_TITLE", ""),
        ]);
        let names: Vec<_> = found
            .iter()
            .map(|(name, text)| format!("{name}={text}"))
            .collect();
        let wanted = [
            "GITHUB_HEAD_REF=feature/HSP-1",
            "GITHUB_REF_NAME=7/merge",
            "the pull request's title=A title",
            "the commit's message=A message",
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn the_book_names_every_variable_in_the_order_in_which_they_are_searched() {
        let mut rest = include_str!("../../docs/src/issue-keys.md");
        each(SOURCES, |source| {
            let words = if let Variable(name) = source {
                format!("`{name}`")
            } else {
                "of the event".to_owned()
            };
            rest = rest
                .split_once(&words)
                .unwrap_or_else(|| panic!("{words} is missing or out of order"))
                .1;
        });
        assert!(!rest.contains('`'), "the page names more: {rest}");
    }

    #[test]
    fn an_event_that_cannot_be_read_has_no_texts() {
        let folder = tempfile::tempdir().unwrap();
        let broken = folder.path().join("event.json");
        std::fs::write(&broken, "{").unwrap();
        each([broken.to_str().unwrap(), "/nowhere/event.json"], |path| {
            assert!(texts(&[("GITHUB_EVENT_PATH", path)]).is_empty(), "{path}");
        });
    }
}
