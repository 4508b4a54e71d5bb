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
    shown(program, false, 0)
}

/// What stood on the terminal, which is standard output, too, or standard error
/// alone.
fn shown(program: Program, whole: bool, code: i32) -> String {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let screen = openpt(flags).unwrap();
    unlockpt(&screen).unwrap();
    let terminal = ioctl_tiocgptpeer(&screen, flags).unwrap();
    // The command goes at the end of the statement, and its terminal with it: only
    // the child holds that open.
    let stdout = if whole {
        Stdio::from(terminal.try_clone().unwrap())
    } else {
        Stdio::null()
    };
    let mut child = program
        .command()
        .stdout(stdout)
        .stderr(Stdio::from(terminal))
        .spawn()
        .unwrap();
    let mut drawn = Vec::new();
    // On Linux the end of a terminal is an error.
    let _ = File::from(screen).read_to_end(&mut drawn);
    assert_eq!(
        child.wait().unwrap().code(),
        Some(code),
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
        assert!(drawn.ends_with("\r\u{1b}[K"), "it is taken away: {drawn:?}");
        program(issues).run().exits(0);
    });
    assert_eq!(
        at_a_terminal(program("HSP-1")),
        "",
        "one issue is nothing to watch"
    );
}

#[test]
fn a_terminal_is_shown_colours_unless_that_is_unwanted() {
    let jira = Jira::server().start();
    let program = |issue: &str| {
        Program::seed(&jira)
            .set("TERM", "xterm")
            .set("JIRA_ISSUE_KEY", issue)
    };
    let (green, red) = ("\u{1b}[32mwritten\u{1b}[0m", "\u{1b}[31merror:\u{1b}[0m");
    let drawn = shown(program("HSP-1"), true, 0);
    assert!(drawn.contains(&format!("HSP-1 {green} in ")), "{drawn:?}");
    let drawn = shown(program("HSP-404"), false, 4);
    assert!(drawn.contains(red), "{drawn:?}");
    let drawn = shown(program("HSP-1").args(&["check"]), true, 0);
    assert!(
        drawn.contains("\u{1b}[32mok \u{1b}[0m     address"),
        "{drawn:?}"
    );
    for plain in [
        program("HSP-1").set("NO_COLOR", "1"),
        program("HSP-1").set("TERM", "dumb"),
        program("HSP-1").set("JIRA_OUTPUT", "json"),
    ] {
        let drawn = shown(plain, true, 0);
        assert!(!drawn.contains('\u{1b}'), "{drawn:?}");
    }
    let drawn = shown(program("HSP-1").set("NO_COLOR", ""), true, 0);
    assert!(
        drawn.contains(green),
        "an empty variable is unset: {drawn:?}"
    );
    let drawn = shown(program("HSP-404").set("NO_COLOR", "1"), false, 4);
    assert!(!drawn.contains('\u{1b}'), "{drawn:?}");
    for (issue, code) in [("HSP-1", 0), ("HSP-404", 4)] {
        let piped = program(issue).run().exits(code);
        let both = format!("{}{}", piped.stdout, piped.stderr);
        assert!(!both.contains('\u{1b}'), "{piped:?}");
    }
}

#[test]
fn q_shows_no_progress() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira)
        .set("TERM", "xterm")
        .args(&["-q", "--issue", "HSP-1 HSP-2"]);
    assert_eq!(shown(program, true, 0), "");
}
