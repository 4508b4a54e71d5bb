//! How a run reports: in which form, to whom, and what a failure does to the exit
//! code. Plain values.

use crate::error::EXIT_OK;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputFormat {
    #[default]
    Text,
    Json,
}

/// How the run reports, whatever else it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reporting {
    pub output: OutputFormat,
    /// A failure is reported and the exit code is 0.
    pub allow_failure: bool,
    pub github_actions: bool,
    /// Whether whoever reads our streams takes some lines for commands.
    pub takes_commands: bool,
}

/// Where the main job's results go beside the streams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// GitHub Actions takes a step's outputs from here.
    pub github_output: Option<PathBuf>,
    /// GitHub Actions takes a step's summary from here.
    pub github_summary: Option<PathBuf>,
    /// A dotenv report, of which GitLab makes variables for later jobs.
    pub dotenv: Option<PathBuf>,
}

impl Reporting {
    /// The exit code of the process: a failure that is allowed is none, a signal
    /// stays one.
    pub fn process_exit_code(self, code: u8) -> u8 {
        if self.allow_failure && code < 128 {
            EXIT_OK
        } else {
            code
        }
    }
}
