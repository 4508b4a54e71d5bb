//! Where a report goes: the two streams and a CI system's files. A file that
//! cannot be written warns and changes no exit code.

mod colour;
mod diagnostics;
mod dotenv;
mod github;
pub(crate) mod log;
pub(crate) mod progress;
pub mod report;
mod reporting;
pub mod status;
pub(crate) mod stdout;
mod summary;

pub use colour::for_stdout;
pub use reporting::{Files, OutputFormat, Reporting};

use crate::error::{EXIT_OK, Failure};
use crate::named_file;
use crate::output::report::Report;
use crate::output::status::{LastWords, Status};
use crate::settings::{ALLOW_FAILURE, DOTENV};
use crate::text::{escape_commands, escape_commands_in_json};
use std::fs::OpenOptions;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::Path;

/// Shows what became of the run, to people and to programs, and returns its
/// exit code: the streams first, for a file may be a pipe that nobody reads.
pub(crate) fn show(report: &Report, reporting: Reporting, files: &Files, status: &Status) -> u8 {
    print(
        &mut std::io::stderr().lock(),
        &colour::for_stderr(diagnostics(report, reporting), reporting),
    );
    status.begin_telling(reporting.process_exit_code(report.exit_code()));
    let known = report
        .failure
        .as_ref()
        .is_some_and(|failure| failure.message.starts_with(stdout::UNWRITTEN));
    let code =
        match stdout::write(colour::for_stdout(result(report, reporting), reporting).as_bytes()) {
            Err(failure) if !known => unwritten(&failure, report.exit_code()),
            _ => report.exit_code(),
        };
    fill(files, report, reporting.quiet);
    code
}

/// The last line of a run that failed and that the CI system is told nothing of.
pub(crate) fn say_that_it_is_allowed(reporting: Reporting, code: u8) {
    if code != EXIT_OK && reporting.process_exit_code(code) == EXIT_OK {
        let name = ALLOW_FAILURE.variable;
        let line =
            format!("note: the failure is allowed ({name}): exit code 0 in place of {code}\n");
        print(&mut std::io::stderr().lock(), &line);
    }
}

/// Says that the result cannot be read where it was expected. A failure before
/// that keeps its exit code.
pub(crate) fn unwritten(failure: &Failure, code: u8) -> u8 {
    print(
        &mut std::io::stderr().lock(),
        &Report::failed(failure.clone()).diagnostics(),
    );
    if code == EXIT_OK {
        failure.kind.exit_code()
    } else {
        code
    }
}

/// The same for a run that does not end by itself. Neither stream waits for the
/// other: one of them may be what it hangs in.
pub(crate) fn show_last(words: LastWords, why: &Failure) {
    let Some(report) = words.report else {
        let text = format!("warning: {why} before all of the result was taken\n");
        return print(&mut std::io::stderr().lock(), &text);
    };
    let text = diagnostics(&report, words.reporting);
    let theirs = text.clone();
    let said =
        std::thread::Builder::new().spawn(move || print(&mut std::io::stderr().lock(), &theirs));
    print(
        &mut std::io::stdout().lock(),
        &result(&report, words.reporting),
    );
    match said {
        Ok(thread) => drop(thread.join()),
        Err(_) => print(&mut std::io::stderr().lock(), &text),
    }
    fill(&words.files, &report, words.reporting.quiet);
}

fn diagnostics(report: &Report, reporting: Reporting) -> String {
    let annotations = reporting
        .github_actions
        .then(|| report.annotations(reporting));
    escape_commands(&report.diagnostics()) + &annotations.unwrap_or_default()
}

fn result(report: &Report, reporting: Reporting) -> String {
    match reporting.output {
        OutputFormat::Text if reporting.quiet => String::new(),
        OutputFormat::Text => escape_commands_in_json(&report.text()),
        OutputFormat::Json => format!("{}\n", escape_commands_in_json(&report.json().to_string())),
    }
}

/// Warns of each file that cannot be written, where warnings are wanted.
fn fill(files: &Files, report: &Report, quiet: bool) {
    let warn = |warning: Option<String>| {
        if let Some(warning) = warning.filter(|_| !quiet) {
            print(&mut std::io::stderr().lock(), &warning);
        }
    };
    if let Some(file) = &files.github_output {
        warn(append(file, &report.outputs(&delimiter()), "GITHUB_OUTPUT"));
    }
    if let Some(file) = &files.github_summary {
        warn(append(file, &report.summary(), "GITHUB_STEP_SUMMARY"));
    }
    if let Some(file) = &files.dotenv {
        warn(warning(
            std::fs::write(file, report.dotenv()),
            &DOTENV.to_string(),
        ));
    }
}

/// Other steps' lines in these files stay.
fn append(file: &Path, text: &str, name: &str) -> Option<String> {
    let open = OpenOptions::new().append(true).create(true).open(file);
    warning(
        open.and_then(|mut file| file.write_all(text.as_bytes())),
        name,
    )
}

fn warning(written: std::io::Result<()>, name: &str) -> Option<String> {
    let error = written.err()?;
    Some(format!(
        "warning: {name} {}\n",
        named_file::unwritable(name, error)
    ))
}

/// A line that no text can hold by intent: the hasher's keys are the operating
/// system's random bits.
fn delimiter() -> String {
    let bits = || RandomState::new().build_hasher().finish();
    format!("end_{:016x}{:016x}", bits(), bits())
}

/// A closed stream loses the text, never the exit code.
pub(crate) fn print(stream: &mut dyn Write, text: &str) {
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
}
