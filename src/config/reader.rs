//! Reads one setting after the other and collects all that is wrong, so that a
//! person mends a pipeline once, not once a run.

use crate::base_url::BaseUrl;
use crate::cli::{JobFlags, ReportingFlags};
use crate::config::pipeline::Pipeline;
use crate::config::variables::Environment;
use crate::config::{Connection, main_assignment, shape_named};
use crate::edit::assignment::{Assignment, FieldName, ValueMap};
use crate::error::{Failure, Kind};
use crate::output::{Files, OutputFormat, Reporting};
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use tracing_subscriber::filter::Targets;
use url::Url;

/// The longest time that a setting may ask for: thirty years, far from every overflow.
const LONGEST: f64 = 1e9;
/// Each issue that is being written has a connection of its own, and a process
/// may open about a thousand files.
const MOST_AT_ONCE: u32 = 256;
/// Seconds that a run may last unless told.
pub(super) const DEADLINE: u64 = 120;

/// The environment, and what was found wrong so far.
pub(super) struct Reader {
    pub(super) environment: Environment,
    pub(super) pipeline: Pipeline,
    pub(super) problems: Vec<String>,
    warnings: Vec<String>,
}

/// A flag wins over its variable, also an empty one; empty means unset.
pub(super) fn pick(flag: &Option<String>, variable: &Option<String>) -> Option<String> {
    flag.as_ref()
        .or(variable.as_ref())
        .filter(|text| !text.is_empty())
        .cloned()
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

impl Reader {
    pub(super) fn new(variables: &[(OsString, OsString)]) -> Self {
        let environment = Environment::read(variables);
        let problems = environment
            .not_text
            .iter()
            .map(|name| format!("{name} is not valid UTF-8"))
            .collect();
        Reader {
            environment,
            pipeline: Pipeline::read(variables),
            problems,
            warnings: Vec::new(),
        }
    }

    /// The settings, the connection with all that is worth a warning.
    ///
    /// # Errors
    /// All that is wrong with the settings that were read. One that is `None` has
    /// said why.
    pub(super) fn finish<T>(
        self,
        connection: Option<Connection>,
        others: Option<T>,
    ) -> Result<(Box<Connection>, T), Failure> {
        match connection.zip(others) {
            Some((connection, others)) if self.problems.is_empty() => Ok((
                Box::new(Connection {
                    warnings: self.warnings,
                    ..connection
                }),
                others,
            )),
            _ => Err(self.end().err().unwrap_or_else(|| {
                Failure::new(Kind::Internal, "a setting is missing, unexplained")
            })),
        }
    }

    /// For a command without a connection.
    ///
    /// # Errors
    /// All that is wrong with the settings that were read.
    pub(super) fn end(self) -> Result<(), Failure> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(Failure::new(Kind::Usage, self.problems.join("\n"))
            .hint("jira-build-status --help lists the settings"))
    }

    #[cfg(test)]
    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    pub(super) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    pub(super) fn problem(&mut self, name: &str, what: impl AsRef<str>) {
        self.problems.push(format!("{name} {}", what.as_ref()));
    }

    pub(super) fn missing(&mut self, variable: &str, flag: &str, more: &str) {
        let lookalike = self.environment.lookalike(variable);
        let lookalike = lookalike
            .map(|name| format!("; {name} is set, did you mean {variable}?"))
            .unwrap_or_default();
        self.problem(
            &format!("{variable} ({flag})"),
            format!("is missing{more}{lookalike}"),
        );
    }

    pub(super) fn reporting(&mut self, flags: &ReportingFlags) -> Reporting {
        let output = match pick(&flags.output, &self.environment.known.output).as_deref() {
            None | Some("text") => OutputFormat::Text,
            Some("json") => OutputFormat::Json,
            Some(other) => {
                self.problem(
                    "JIRA_OUTPUT (--output)",
                    format!("must be text or json, not {other:?}"),
                );
                OutputFormat::Text
            }
        };
        let variable = self.environment.known.allow_failure.clone();
        let allow_failure = self.boolean(
            &flags.allow_failure,
            &variable,
            "JIRA_ALLOW_FAILURE (--allow-failure)",
        );
        Reporting {
            output,
            allow_failure: allow_failure.unwrap_or(false),
            github_actions: self.pipeline.github_actions,
            takes_commands: self.pipeline.takes_commands,
        }
    }

    /// Where the main job's results go beside the streams.
    pub(super) fn files(&self, dotenv: &Option<String>) -> Files {
        Files {
            github_output: self.pipeline.github_output.clone(),
            github_summary: self.pipeline.github_summary.clone(),
            dotenv: pick(dotenv, &self.environment.known.dotenv).map(PathBuf::from),
        }
    }

    pub(super) fn boolean(
        &mut self,
        flag: &Option<String>,
        variable: &Option<String>,
        name: &str,
    ) -> Option<bool> {
        let text = pick(flag, variable)?;
        let known = truth(&text);
        if known.is_none() {
            self.problem(name, format!("must be true or false, not {text:?}"));
        }
        known
    }

    pub(super) fn seconds(
        &mut self,
        flag: &Option<String>,
        variable: &Option<String>,
        name: &str,
        default: u64,
    ) -> Duration {
        let Some(text) = pick(flag, variable) else {
            return Duration::from_secs(default);
        };
        span(&text).unwrap_or_else(|| {
            self.problem(
                name,
                format!("must be a number of seconds above 0, not {text:?}"),
            );
            Duration::from_secs(default)
        })
    }

    /// The run's time, before anything is said of a wrong one.
    pub(super) fn deadline(&self, flag: Option<&String>) -> Duration {
        let given = pick(&flag.cloned(), &self.environment.known.deadline);
        given
            .as_deref()
            .and_then(span)
            .unwrap_or(Duration::from_secs(DEADLINE))
    }

    pub(super) fn count(
        &mut self,
        flag: &Option<String>,
        variable: &Option<String>,
        name: &str,
        least: u32,
        default: u32,
    ) -> u32 {
        let Some(text) = pick(flag, variable) else {
            return default;
        };
        match text.trim().parse() {
            Ok(count) if count >= least => count,
            _ => {
                self.problem(
                    name,
                    format!("must be a whole number from {least} on, not {text:?}"),
                );
                default
            }
        }
    }

    pub(super) fn concurrency(&mut self, flag: &Option<String>) -> usize {
        const NAME: &str = "JIRA_CONCURRENCY (--concurrency)";
        let variable = self.environment.known.concurrency.clone();
        let asked = self.count(flag, &variable, NAME, 1, 4);
        let used = asked.min(MOST_AT_ONCE);
        if used < asked {
            self.warn(format!(
                "{NAME} is {asked}: no more than {used} issues are written at once"
            ));
        }
        used as usize
    }

    pub(super) fn base_url(&mut self, flag: &Option<String>) -> Option<BaseUrl> {
        let Some(text) = pick(flag, &self.environment.known.base_url) else {
            self.missing(
                "JIRA_BASE_URL",
                "--base-url",
                ": Jira's address, such as https://jira.example.com/jira",
            );
            return None;
        };
        BaseUrl::parse(&text)
            .map_err(|what| self.problem("JIRA_BASE_URL (--base-url)", what))
            .ok()
    }

    pub(super) fn log(&mut self, flag: &Option<String>) -> Targets {
        let default = Targets::new().with_default(tracing::Level::WARN);
        let Some(text) = pick(flag, &self.environment.known.log) else {
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
            self.problem("JIRA_LOG (--log)", what);
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
        self.problem(
            "PATH",
            "must begin with a slash and stay below JIRA_BASE_URL, as /rest/api/2/issue/HSP-1 does",
        );
        None
    }

    /// Whether any field is given, or a value that lacks one.
    pub(super) fn names_fields(&self, flags: &JobFlags) -> bool {
        let vars = &self.environment.known;
        let main =
            pick(&flags.field, &vars.field_id).or_else(|| pick(&flags.value, &vars.field_value));
        main.is_some() || !flags.set.is_empty() || vars.fields.is_some()
    }

    /// The field alone, where nothing says what to write into it.
    pub(super) fn field_without_value(&self, flags: &JobFlags) -> Option<String> {
        let vars = &self.environment.known;
        let further = !flags.set.is_empty() || vars.fields.is_some();
        let valued = further || pick(&flags.value, &vars.field_value).is_some();
        pick(&flags.field, &vars.field_id).filter(|_| !valued)
    }

    pub(super) fn assignments(&mut self, flags: &JobFlags) -> Option<Vec<Assignment>> {
        let before = self.problems.len();
        let mut assignments: Vec<Assignment> = self.further_assignments(&flags.set);
        let vars = &self.environment.known;
        let (field, value) = (
            pick(&flags.field, &vars.field_id),
            pick(&flags.value, &vars.field_value),
        );
        let (shape, map) = (
            pick(&flags.shape, &vars.field_type),
            pick(&flags.value_map, &vars.value_map),
        );
        let shape = shape.map_or(Ok(None), |name| shape_named(name.trim()));
        let shape = shape
            .map_err(|what| self.problem("JIRA_FIELD_TYPE (--type)", what))
            .ok();
        let map = map.map_or(Ok(ValueMap::default()), |text| ValueMap::parse(&text));
        let map = map.map_err(|piece| {
            self.problem(
                "JIRA_VALUE_MAP (--value-map)",
                format!("holds {piece:?}, which is no WORD=VALUE"),
            );
        });
        match (field, value) {
            (Some(field), Some(value)) => {
                let (shape, map) = (shape.flatten(), map.unwrap_or_default());
                match main_assignment(&field, &value, shape, &map) {
                    Some(assignment) => assignments.insert(0, assignment),
                    None => self.problem("JIRA_FIELD_ID (--field)", "is blank"),
                }
            }
            (None, None) if !assignments.is_empty() => {}
            (None, value) => {
                self.missing(
                    "JIRA_FIELD_ID",
                    "--field",
                    ": the field to write, such as customfield_10314",
                );
                if value.is_none() {
                    self.missing("JIRA_FIELD_VALUE", "--value", ": the value to write");
                }
            }
            (Some(field), None) => {
                let more = format!(" or empty; to clear the field use --set {field}:=null");
                self.missing("JIRA_FIELD_VALUE", "--value", &more);
            }
        }
        self.refuse_twice(&assignments);
        (self.problems.len() == before).then_some(assignments)
    }

    /// `--set`, or else the lines of `JIRA_FIELDS`.
    fn further_assignments(&mut self, flags: &[String]) -> Vec<Assignment> {
        let variable = self.environment.known.fields.clone().unwrap_or_default();
        let lines = variable
            .lines()
            // A field's name may begin with a blank.
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .map(str::to_owned);
        let texts: Vec<String> = if flags.is_empty() {
            lines.collect()
        } else {
            flags.to_vec()
        };
        let mut assignments = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            match Assignment::parse(text) {
                Ok(assignment) => assignments.push(assignment),
                Err(what) => {
                    self.problem(&format!("JIRA_FIELDS (--set), the {}. one,", at + 1), what)
                }
            }
        }
        assignments
    }

    /// Jira refuses a field that stands in both of its maps, and of two values for
    /// one field one would be lost.
    fn refuse_twice(&mut self, assignments: &[Assignment]) {
        use crate::edit::assignment::Operator::{Add, Remove};
        // For each field whether all that was given for it so far adds or removes.
        let mut earlier: HashMap<&FieldName, bool> = HashMap::new();
        for assignment in assignments {
            let adds = matches!(assignment.operator, Add | Remove);
            let before = earlier.insert(&assignment.field, adds);
            if before.is_some_and(|all_add| !(all_add && adds)) {
                earlier.insert(&assignment.field, false);
                let name = assignment.field.as_str().to_owned();
                self.problem(
                    "JIRA_FIELD_ID (--field), JIRA_FIELDS (--set)",
                    format!("give {name} more than one value"),
                );
            }
        }
    }
}
