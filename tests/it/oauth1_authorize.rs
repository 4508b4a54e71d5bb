use crate::browser;
use crate::oauth1_flow::{access_token, allow, read, request_token, step};
use crate::program::{Program, Ran};
use crate::rows::each;
use fake_jira::{Jira, world};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};

/// The program while a person is in between.
struct Flow {
    child: Child,
    output: BufReader<Box<dyn Read>>,
    said: String,
}

impl Flow {
    /// Runs it until it has said this.
    fn begin(program: Program, until: &str, on_a_terminal: bool) -> Self {
        let mut command = program.command();
        if on_a_terminal {
            command = in_a_terminal(&command);
        }
        command.stdin(if on_a_terminal {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output: Box<dyn Read> = if on_a_terminal {
            Box::new(child.stdout.take().unwrap())
        } else {
            Box::new(child.stderr.take().unwrap())
        };
        let (mut output, mut said) = (BufReader::new(output), String::new());
        while !said.contains(until) {
            let mut byte = [0];
            output
                .read_exact(&mut byte)
                .unwrap_or_else(|_| panic!("{said}"));
            said.push(char::from(byte[0]));
        }
        Flow {
            child,
            output,
            said,
        }
    }

    fn page(&self) -> String {
        self.said
            .lines()
            .find(|line| line.starts_with("http"))
            .unwrap()
            .trim()
            .to_owned()
    }

    /// Waits for its end; its standard input stays open so long.
    fn end(mut self) -> Ran {
        let mut stdout = String::new();
        let _stdin = self.child.stdin.take();
        while self.output.read_line(&mut self.said).unwrap_or(0) > 0 {}
        if let Some(mut rest) = self.child.stdout.take() {
            rest.read_to_string(&mut stdout).unwrap();
        }
        Ran {
            code: self.child.wait().unwrap().code().unwrap(),
            stdout,
            stderr: self.said,
        }
    }
}

/// The same command inside `script`, which gives it a terminal.
fn in_a_terminal(command: &std::process::Command) -> std::process::Command {
    let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap());
    let line: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(quoted)
        .collect();
    let mut script = std::process::Command::new("script");
    script.args([
        "--quiet",
        "--return",
        "--flush",
        "--command",
        &line.join(" "),
        "/dev/null",
    ]);
    script.env_clear().env("SHELL", "/bin/sh");
    script.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    if let Some(folder) = command.get_current_dir() {
        script.current_dir(folder);
    }
    script
}

#[test]
fn the_browser_brings_the_code_where_it_is_told_to() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let authorize = || step(&jira, folder.path(), &["authorize", "--callback"]);
    let flow = Flow::begin(authorize(), "waits.", false);
    let sent_back = browser::open(&flow.page()).press("approve");
    let callback = sent_back.location.clone().unwrap();
    // Somebody else's visit disturbs nobody.
    let (address, _) = callback.split_once('?').unwrap();
    assert_eq!(
        browser::open(&format!(
            "{address}?oauth_token=other&oauth_verifier=abcdef"
        ))
        .status,
        400
    );
    assert!(sent_back.follow().body.contains("Done"));
    flow.end()
        .succeeds_saying("Open this page")
        .prints("jira-oauth1.token: the access token");
    let token = read(&folder.path().join("jira-oauth1.token"));
    let job = Program::seed(&jira)
        .without_password()
        .set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY)
        .set("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY);
    job.set("JIRA_OAUTH1_ACCESS_TOKEN", &token).run().exits(0);
    std::fs::remove_file(folder.path().join("jira-oauth1.token")).unwrap();
    let flow = Flow::begin(authorize(), "waits.", false);
    assert_eq!(
        browser::open(&flow.page()).press("deny").follow().status,
        400
    );
    flow.end().exits(3).says("pressed Deny");
    let flow = Flow::begin(authorize().set("JIRA_DEADLINE", "1"), "waits.", false);
    flow.end().exits(5).says("nobody pressed Allow");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
#[cfg(unix)]
fn a_signal_ends_the_wait_for_a_person() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let flow = Flow::begin(
        step(&jira, folder.path(), &["authorize", "--callback"]),
        "waits.",
        false,
    );
    let told = std::process::Command::new("kill")
        .args(["-TERM", &flow.child.id().to_string()])
        .status();
    assert!(told.unwrap().success());
    flow.end().exits(143).says("SIGTERM");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn at_a_terminal_the_person_types_the_code() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let authorize = |more: &[&str]| step(&jira, folder.path(), &["authorize"]).args(more);
    let mut flow = Flow::begin(authorize(&[]), "Verification code: ", true);
    let code = allow(&flow.page());
    flow.child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(format!(" {code} \n").as_bytes())
        .unwrap();
    let ran = flow
        .end()
        .succeeds_saying("jira-oauth1.token: the access token");
    let token = read(&folder.path().join("jira-oauth1.token"));
    assert!(token.len() == 32 && !ran.stderr.contains(&token), "{ran:?}");
    let aside = || authorize(&["--out", "-"]);
    let rows = [
        ("denied", 3, "pressed Deny"),
        (" ", 2, "no verification code was typed"),
    ];
    each(rows, |(typed, code, words)| {
        let mut flow = Flow::begin(aside(), "Verification code: ", true);
        flow.child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(format!("{typed}\n").as_bytes())
            .unwrap();
        flow.end().exits(code).says(words);
    });
    let flow = Flow::begin(
        aside().set("JIRA_DEADLINE", "1"),
        "Verification code: ",
        true,
    );
    flow.end().exits(5).says("nobody pressed Allow");
}

#[test]
#[cfg(target_os = "linux")]
fn at_a_terminal_the_page_opens_by_itself() {
    use std::os::unix::fs::PermissionsExt;
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let opener = folder.path().join("xdg-open");
    std::fs::write(
        &opener,
        "#!/bin/sh\nenv >\"$0.environment\"\nprintf %s \"$1\" >\"$0.part\" && mv \"$0.part\" \"$0.page\"\n",
    )
    .unwrap();
    std::fs::set_permissions(&opener, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let authorize = step(&jira, folder.path(), &["authorize", "--out", "-"])
        .set("PATH", &path)
        .set("HTTPS_PROXY", "http://bob:hunter2@proxy");
    let mut flow = Flow::begin(authorize, "Verification code: ", true);
    let opened = folder.path().join("xdg-open.page");
    while !opened.exists() {
        std::thread::yield_now();
    }
    assert_eq!(read(&opened), flow.page());
    // A browser outlives the run: it inherits none of our settings, and what it
    // needs itself.
    let inherited = read(&folder.path().join("xdg-open.environment"));
    assert!(
        inherited.contains("PATH=")
            && !inherited.contains("JIRA_")
            && !inherited.contains("hunter2"),
        "{inherited}"
    );
    flow.child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(b"denied\n")
        .unwrap();
    flow.end().exits(3);
}

#[test]
#[cfg(target_os = "linux")]
fn a_token_that_standard_output_does_not_take_is_called_lost() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let (token, page) = request_token(&jira, folder.path());
    let mut exchange =
        access_token(&jira, folder.path(), &token, &allow(&page), &["--out", "-"]).command();
    let output = exchange
        .stdout(std::fs::File::create("/dev/full").unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("the token is lost") && said.contains("Authorized Applications"),
        "{said}"
    );
}
