//! What a running Jira writes of each request.

use fake_jira::Recorded;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::Receiver;

/// The file of `--record`, emptied.
pub(crate) fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Prints each request with the status of its answer, for as long as the Jira runs.
pub(crate) fn follow(requests: &Receiver<Recorded>, mut record: Option<File>) -> ExitCode {
    for request in requests {
        if let Some(file) = &mut record
            && let Err(error) = writeln!(file, "{}", request.without_secrets())
        {
            eprintln!("error: --record: {error}");
            return ExitCode::FAILURE;
        }
        let written = writeln!(std::io::stdout().lock(), "{}", line(&request));
        if written.is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn line(request: &Recorded) -> String {
    let status = request.status.map_or("-".to_owned(), |s| s.to_string());
    let line = format!("{} {} {status}", request.method, request.path);
    if matches!(request.method.as_str(), "GET" | "HEAD") {
        return line;
    }
    let body = request.without_secrets()["body"].clone();
    match body.as_str() {
        Some(text) => format!("{line} {}", text.escape_debug()),
        None => format!("{line} {body}"),
    }
}
