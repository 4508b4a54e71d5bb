//! Reads one setting after the other and collects all that is wrong, so that a
//! pipeline is corrected once, not once a run.

use crate::base_url::BaseUrl;
use crate::cli::Flags;
use crate::config::given::Given;
use crate::config::pipeline::Pipeline;
use crate::error::{Failure, Kind};
use crate::output::{Files, OutputFormat, Reporting};
use crate::settings::{
    ALLOW_FAILURE, BASE_URL, CONCURRENCY, DEADLINE, DOTENV, LOG, OUTPUT, Setting, Value,
};
use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;
use tracing_subscriber::filter::Targets;
use url::Url;

/// Each issue that is being written has a connection of its own, and a process
/// may open about a thousand files.
const MOST_AT_ONCE: u32 = 256;
/// The longest time that a setting may ask for: thirty years, far from every overflow.
const LONGEST: f64 = 1e9;

/// What was given, and what was found wrong so far.
pub(super) struct SettingsParser {
    pub(super) given: Given,
    pub(super) pipeline: Pipeline,
    pub(super) errors: Vec<String>,
    pub(super) warnings: Vec<String>,
}

/// What a boolean says; none where it is none.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn span(text: &str) -> Option<Duration> {
    let seconds = text
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|seconds| *seconds > 0.0 && *seconds <= LONGEST)?;
    Some(Duration::from_secs_f64(seconds))
}

impl SettingsParser {
    pub(super) fn new(flags: Flags, variables: &[(OsString, OsString)]) -> Self {
        let given = Given::new(flags, variables);
        let errors = given
            .environment
            .not_text
            .iter()
            .map(|name| format!("{name} is not valid UTF-8"))
            .collect();
        SettingsParser {
            given,
            pipeline: Pipeline::read(variables),
            errors,
            warnings: Vec::new(),
        }
    }

    /// For a command without a connection.
    ///
    /// # Errors
    /// All that is wrong with the settings that were read.
    pub(super) fn end(self) -> Result<(), Failure> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Failure::new(Kind::Usage, self.errors.join("\n"))
            .hint("jira-build-status --help lists the settings"))
    }

    pub(super) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    pub(super) fn error(&mut self, name: impl Display, what: impl AsRef<str>) {
        self.errors.push(format!("{name} {}", what.as_ref()));
    }

    pub(super) fn missing(&mut self, setting: &Setting, more: &str) {
        let variable = setting.variable;
        let closest = self.given.environment.closest_name(variable);
        let closest = closest
            .map(|name| format!("; {name} is set, did you mean {variable}?"))
            .unwrap_or_default();
        self.error(setting, format!("is missing{more}{closest}"));
    }

    pub(super) fn reporting(&mut self) -> Reporting {
        let output = match self.given.text_or_default(OUTPUT) {
            "text" => OutputFormat::Text,
            "json" => OutputFormat::Json,
            other => {
                let what = format!("must be text or json, not {other:?}");
                self.error(OUTPUT, what);
                OutputFormat::Text
            }
        };
        Reporting {
            output,
            allow_failure: self.boolean(ALLOW_FAILURE).unwrap_or(false),
            github_actions: self.pipeline.github_actions,
            takes_commands: self.pipeline.takes_commands,
        }
    }

    /// Where the main job's results go beside the streams.
    pub(super) fn files(&self) -> Files {
        Files {
            github_output: self.pipeline.github_output.clone(),
            github_summary: self.pipeline.github_summary.clone(),
            dotenv: self.given.text(DOTENV).map(PathBuf::from),
        }
    }

    /// A copy of what the setting holds.
    pub(super) fn owned(&self, setting: &Setting) -> Option<String> {
        self.given.text(setting).map(str::to_owned)
    }

    pub(super) fn boolean(&mut self, setting: &Setting) -> Option<bool> {
        let text = self.owned(setting)?;
        let known = truth(&text);
        if known.is_none() {
            self.error(setting, format!("must be true or false, not {text:?}"));
        }
        known
    }

    pub(super) fn seconds(&mut self, setting: &'static Setting) -> Duration {
        let text = self.given.text_or_default(setting);
        let Some(seconds) = span(text) else {
            let what = format!("must be a number of seconds above 0, not {text:?}");
            self.error(setting, what);
            return Duration::default();
        };
        seconds
    }

    /// The run's time, before anything is said of a wrong one.
    pub(super) fn deadline(&self) -> Duration {
        let given = self.given.text(DEADLINE).and_then(span);
        given.or_else(|| span(DEADLINE.default)).unwrap_or_default()
    }

    pub(super) fn count(&mut self, setting: &'static Setting) -> u32 {
        let least = match setting.value {
            Value::Count(least) => least,
            _ => 0,
        };
        let text = self.given.text_or_default(setting);
        match text.trim().parse() {
            Ok(count) if count >= least => count,
            _ => {
                let what = format!("must be a whole number from {least} on, not {text:?}");
                self.error(setting, what);
                least
            }
        }
    }

    pub(super) fn concurrency(&mut self) -> usize {
        let asked = self.count(CONCURRENCY);
        let used = asked.min(MOST_AT_ONCE);
        if used < asked {
            self.warn(format!(
                "{CONCURRENCY} is {asked}: no more than {used} issues are written at once"
            ));
        }
        used as usize
    }

    pub(super) fn base_url(&mut self) -> Option<BaseUrl> {
        let Some(text) = self.owned(BASE_URL) else {
            self.missing(
                BASE_URL,
                ": Jira's address, such as https://jira.example.com/jira",
            );
            return None;
        };
        BaseUrl::parse(&text)
            .map_err(|what| self.error(BASE_URL, what))
            .ok()
    }

    pub(super) fn log(&mut self) -> Targets {
        let default = Targets::new().with_default(tracing::Level::WARN);
        let Some(text) = self.owned(LOG) else {
            return default;
        };
        // A word alone would be taken for a target at its most talkative.
        let is_level = |word: &str| {
            word.trim()
                .parse::<tracing_subscriber::filter::LevelFilter>()
                .is_ok()
        };
        let levels = text
            .split(',')
            .all(|piece| is_level(piece.rsplit_once('=').map_or(piece, |(_, level)| level)));
        text.parse().ok().filter(|_| levels).unwrap_or_else(|| {
            let what = format!(
                "must be error, warn, info, debug, trace or a list of target=level, not {text:?}"
            );
            self.error(LOG, what);
            default
        })
    }

    /// The address that `get` asks. The credentials go nowhere else than below the
    /// base, whatever dots the path holds.
    pub(super) fn url_below(&mut self, base: &BaseUrl, path: &str) -> Option<Url> {
        let url = base.below(path);
        if path.starts_with('/') && url.path().starts_with(&format!("{}/", base.context_path())) {
            return Some(url);
        }
        let what = format!(
            "must begin with a slash and stay below {}, as /rest/api/2/issue/HSP-1 does",
            BASE_URL.variable
        );
        self.error("PATH", what);
        None
    }
}
