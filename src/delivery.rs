//! Where a report goes: the two streams and a CI system's files. A file that cannot be written warns and changes no exit code.

use crate::config::{Files, Output, Reporting};
use crate::named_file;
use crate::print;
use crate::report::Report;
use crate::workflow_command::{defused, defused_json};
use std::fs::OpenOptions;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::Path;

/// Shows what became of the run, to people and to programs.
pub fn show(report: &Report, reporting: Reporting, files: &Files) {
    let mut diagnostics = defused(&report.diagnostics());
    if reporting.github_actions {
        diagnostics.push_str(&report.annotations());
    }
    if let Some(file) = &files.github_output {
        diagnostics.extend(append(file, &report.outputs(&delimiter()), "GITHUB_OUTPUT"));
    }
    if let Some(file) = &files.github_summary {
        diagnostics.extend(append(file, &report.summary(), "GITHUB_STEP_SUMMARY"));
    }
    if let Some(file) = &files.dotenv {
        let written = std::fs::write(file, report.dotenv());
        diagnostics.extend(warning(written, "JIRA_DOTENV (--dotenv)"));
    }
    let result = match reporting.output {
        Output::Text => defused_json(&report.text()),
        Output::Json => format!("{}\n", defused_json(&report.json().to_string())),
    };
    print(&mut std::io::stderr().lock(), &diagnostics);
    print(&mut std::io::stdout().lock(), &result);
}

/// Other steps' lines in these files stay.
fn append(file: &Path, text: &str, name: &str) -> Option<String> {
    let open = OpenOptions::new().append(true).create(true).open(file);
    warning(open.and_then(|mut file| file.write_all(text.as_bytes())), name)
}

fn warning(written: std::io::Result<()>, name: &str) -> Option<String> {
    let error = written.err()?;
    Some(format!("warning: {name} {}\n", named_file::unwritable(name, error)))
}

/// A line that no text can hold by intent: the hasher's keys are the operating system's random bits.
fn delimiter() -> String {
    let bits = || RandomState::new().build_hasher().finish();
    format!("end_{:016x}{:016x}", bits(), bits())
}
