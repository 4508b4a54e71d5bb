//! Reads one setting after the other and collects all that is wrong, so that a
//! pipeline is corrected once, not once a run.

use crate::base_url::BaseUrl;
use crate::cli::Flags;
use crate::config::given::Given;
use crate::config::pipeline::Pipeline;
use crate::error::{Failure, Kind};
use crate::invalid::Invalid;
use crate::output::{Files, OutputFormat, Reporting};
use crate::settings::{
    ALLOW_FAILURE, BASE_URL, CONCURRENCY, DEADLINE, DOTENV, Group, LOG, OUTPUT, QUIET, Setting,
    VERBOSE, Value,
};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use tracing_subscriber::filter::Targets;
use url::Url;

/// Each issue that is being written has a connection of its own, and a process
/// may open about a thousand files.
const MOST_AT_ONCE: u32 = 256;
/// The longest time that a setting may ask for: thirty years, far from every overflow.
const LONGEST: f64 = 1e9;

pub(super) const UNFILLED_HINT: &str =
    "define what the reference names in the CI system, or write the value itself";
pub(super) const EMPTY_HINT: &str =
    "the CI system passed no value: is it defined for this branch, or is this a fork's build?";
pub(super) const NO_SECRET_HINT: &str =
    "the CI system passed no secret: a fork, or a branch that is not protected?";

/// What was given, and what was found wrong so far.
pub(super) struct SettingsParser {
    pub(super) given: Given,
    pub(super) pipeline: Pipeline,
    pub(super) errors: Vec<SettingError>,
    pub(super) warnings: Vec<String>,
    /// Parts of credentials that count as unset, and what stands in their place.
    pub(super) unfilled: Vec<(&'static Setting, &'static str)>,
    /// Settings of which it was said that they hold no value.
    pub(super) refused: Vec<&'static Setting>,
    /// Groups whose settings hold no more than their values.
    pub(super) looked_over: Vec<Group>,
}

/// What is wrong with a setting.
pub(super) struct SettingError {
    message: String,
    /// One thing to do about it, where that is more than an example.
    hint: Option<String>,
    example: Option<String>,
}

/// What an error is about: a setting, with an example of it, or anything else with a
/// name.
pub(super) struct Subject {
    name: String,
    example: Option<String>,
}

impl From<&Setting> for Subject {
    fn from(setting: &Setting) -> Self {
        Subject {
            name: setting.to_string(),
            example: Some(setting.hint()),
        }
    }
}

impl Subject {
    /// A setting by its variable alone, where the sentence is long.
    pub(super) fn variable(setting: &Setting) -> Self {
        Subject {
            name: setting.variable.to_owned(),
            example: Some(setting.hint()),
        }
    }
}

impl From<String> for Subject {
    fn from(name: String) -> Self {
        Subject {
            name,
            example: None,
        }
    }
}

impl From<&str> for Subject {
    fn from(name: &str) -> Self {
        Subject::from(name.to_owned())
    }
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
            .map(|name| SettingError {
                message: format!("{name} is not valid UTF-8"),
                hint: None,
                example: None,
            })
            .collect();
        SettingsParser {
            given,
            pipeline: Pipeline::read(variables),
            errors,
            warnings: Vec::new(),
            unfilled: Vec::new(),
            refused: Vec::new(),
            looked_over: Vec::new(),
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
        let mut hints: Vec<String> = Vec::new();
        for error in &self.errors {
            hints.extend(error.hint.clone().filter(|hint| !hints.contains(hint)));
        }
        if hints.is_empty() {
            // One example is enough to see how a setting is given.
            hints.extend(self.errors.iter().find_map(|error| error.example.clone()));
        }
        let messages: Vec<_> = self.errors.into_iter().map(|error| error.message).collect();
        let hint = match hints.is_empty() {
            true => "jira-build-status --help lists the settings".to_owned(),
            false => hints.join("\n"),
        };
        Err(Failure::new(Kind::Usage, messages.join("\n")).hint(hint))
    }

    /// What is wrong so far.
    #[cfg(test)]
    pub(super) fn messages(self) -> Vec<String> {
        self.errors.into_iter().map(|error| error.message).collect()
    }

    pub(super) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    pub(super) fn error(&mut self, subject: impl Into<Subject>, what: impl Into<Invalid>) {
        let (subject, what) = (subject.into(), what.into());
        self.errors.push(SettingError {
            message: format!("{} {}", subject.name, what.cause),
            hint: what.hint,
            example: subject.example,
        });
    }

    /// An error with what to do about it.
    pub(super) fn error_with_hint(
        &mut self,
        subject: impl Into<Subject>,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.error(subject, Invalid::new(what, hint));
    }

    /// An error that is about no single setting.
    pub(super) fn push(&mut self, message: String, hint: String) {
        self.errors.push(SettingError {
            message,
            hint: Some(hint),
            example: None,
        });
    }

    pub(super) fn missing(&mut self, setting: &'static Setting, more: &str) {
        self.missing_with_hint(setting, more, None);
    }

    /// The same, with what to do where nothing else is known of the cause.
    pub(super) fn missing_with_hint(
        &mut self,
        setting: &'static Setting,
        more: &str,
        hint: Option<String>,
    ) {
        if self.refused.contains(&setting) {
            return;
        }
        let environment = &self.given.environment;
        let unfilled = self.unfilled_among(&[setting.variable]);
        let closest = environment.meant(setting.variable);
        let invalid = if !unfilled.is_empty() {
            Invalid::new(format!("is missing{unfilled}"), UNFILLED_HINT)
        } else if environment.is_empty(setting.variable) {
            Invalid::new("is set but empty", EMPTY_HINT)
        } else if closest.is_empty() {
            Invalid::from(format!("is missing{more}"))
        } else {
            Invalid::from(format!("is missing{closest}"))
        };
        let hint = hint.or(invalid.hint);
        let cause = invalid.cause;
        self.error(setting, Invalid { cause, hint });
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
        let third_party = |name| self.given.environment.third_party(name);
        let colour = third_party("NO_COLOR").is_none()
            && third_party("TERM").is_some_and(|terminal| terminal != "dumb");
        let quiet = self.given.flag(QUIET).is_some();
        Reporting {
            output,
            quiet,
            colour,
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
            self.missing(BASE_URL, ": Jira's address");
            return None;
        };
        BaseUrl::parse(&text)
            .map_err(|what| self.error(BASE_URL, what))
            .ok()
    }

    pub(super) fn log(&mut self) -> Targets {
        let at = |level| Targets::new().with_default(level);
        let default = at(tracing::Level::WARN);
        let verbose = self.given.flag(VERBOSE).map(<[String]>::len);
        let quiet = self.given.flag(QUIET).is_some();
        let flags = [verbose.is_some(), quiet, self.given.flag(LOG).is_some()];
        if flags.into_iter().filter(|given| *given).count() > 1 {
            self.error(
                "-v, -q, --log",
                "say three different things: give one of them",
            );
        }
        match (verbose, quiet) {
            (_, true) => return at(tracing::Level::ERROR),
            (Some(1), _) => return at(tracing::Level::INFO),
            (Some(_), _) => return at(tracing::Level::DEBUG),
            (None, false) => {}
        }
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
