//! Opens a page for the person at the terminal; never needed, so nothing here can fail.

use std::io::IsTerminal;
use std::process::{Command, Stdio};
use url::Url;

/// Only where a person looks at standard error: there the address stands, too.
pub(super) fn open(page: &Url) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let (program, arguments): (_, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("rundll32", &["url.dll,FileProtocolHandler"]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(page.as_str());
    if let Err(error) = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        tracing::debug!("{program}: {error}");
    }
}
