//! Results as variables for GitLab's dotenv report; writes no file.

use crate::output::report::Report;

impl Report {
    /// Lines of `NAME=VALUE` with nothing to quote: a word, and issue keys by
    /// commas. GitLab takes 5 KB of them
    /// (<https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv>).
    pub(crate) fn dotenv(&self) -> String {
        format!(
            "JIRA_REPORT_OUTCOME={}\nJIRA_REPORT_WRITTEN={}\nJIRA_REPORT_FAILED={}\n",
            self.outcome(),
            self.written().join(","),
            self.not_written().join(",")
        )
    }
}
