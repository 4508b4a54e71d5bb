//! The program as a person at a terminal sees it.

use crate::program::Program;
use crate::rows::each;
use fake_jira::Jira;
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use std::fs::File;
use std::io::Read;
use std::process::Stdio;

/// What stood on standard error, in the order in which it was drawn.
fn at_a_terminal(program: Program) -> String {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let screen = openpt(flags).unwrap();
    unlockpt(&screen).unwrap();
    let terminal = ioctl_tiocgptpeer(&screen, flags).unwrap();
    // The command goes at the end of the statement, and its terminal with it: only
    // the child holds that open.
    let mut child = program
        .command()
        .stdout(Stdio::null())
        .stderr(Stdio::from(terminal))
        .spawn()
        .unwrap();
    let mut drawn = Vec::new();
    // On Linux the end of a terminal is an error.
    let _ = File::from(screen).read_to_end(&mut drawn);
    assert_eq!(
        child.wait().unwrap().code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&drawn)
    );
    String::from_utf8(drawn).unwrap()
}

#[test]
fn how_far_many_issues_have_come_is_shown_to_a_person_and_to_no_pipeline() {
    let jira = Jira::server().start();
    let program = |issues: &str| {
        Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", issues)
            .set("TERM", "xterm")
    };
    let rows = [
        ("HSP-1 HSP-2", "1/2 issues"),
        ("HSP-1 HSP-2 HSP-3", "1/3 issues"),
    ];
    each(rows, |(issues, shown)| {
        let drawn = at_a_terminal(program(issues));
        assert!(drawn.contains(shown), "{drawn:?}");
        program(issues).run().exits(0);
    });
    assert_eq!(
        at_a_terminal(program("HSP-1")),
        "",
        "one issue is nothing to watch"
    );
}
