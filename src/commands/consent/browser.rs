//! Opens a page for the person at the terminal; never needed, so nothing here can fail.

use crate::settings;
use std::io::IsTerminal;
use std::process::{Command, Stdio};
use url::Url;

/// Only where a person looks at standard error: there the address stands, too.
pub(in crate::commands) fn open(page: &Url) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let (program, arguments) = opener(std::env::consts::OS);
    let mut command = Command::new(program);
    command.args(arguments).arg(page.as_str());
    // It outlives this run, and needs none of our settings: some are secrets, and a
    // proxy's may hold a password.
    settings::variables().for_each(|name| {
        command.env_remove(name);
    });
    if let Err(error) = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
    {
        tracing::debug!("{program}: {error}");
    }
}

/// What opens a page on this system, and what it wants in front of the address.
fn opener(system: &str) -> (&'static str, &'static [&'static str]) {
    match system {
        "macos" => ("open", &[]),
        "windows" => ("rundll32", &["url.dll,FileProtocolHandler"]),
        _ => ("xdg-open", &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn each_system_opens_a_page_in_its_own_way() {
        assert_eq!(opener("macos").0, "open");
        assert_eq!(
            opener("windows"),
            ("rundll32", &["url.dll,FileProtocolHandler"][..])
        );
        each(["linux", "freebsd"], |system| {
            assert_eq!(opener(system).0, "xdg-open");
        });
    }
}
