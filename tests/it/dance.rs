use crate::browser;
use crate::program::{FIELD, Program, Ran, VALUE};
use jira_stand_in::{Fault, Jira, On, Reply, world};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const REQUEST_TOKEN: On = On::Path("/request-token");
const ACCESS_TOKEN: On = On::Path("/access-token");

/// A step with the consumer that the stand-in knows.
fn step(jira: &Jira, folder: &Path, arguments: &[&str]) -> Program {
    Program::bare()
        .set("JIRA_BASE_URL", &jira.base_url())
        .set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY)
        .set("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY)
        .inside(folder)
        .args(&["oauth1"])
        .args(arguments)
}

/// The first step: the token and the page.
fn request_token(jira: &Jira, folder: &Path) -> (String, String) {
    let ran = step(jira, folder, &["request-token"]).run().exits(0);
    let lines: Vec<_> = ran.stdout.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{ran:?}");
    (lines[0].clone(), lines[1].clone())
}

/// What the page shows after Allow.
fn allow(page: &str) -> String {
    let shown = browser::open(page).press("approve");
    let (_, rest) = shown.body.split_once("id=\"verifier\">").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

fn access_token(jira: &Jira, folder: &Path, token: &str, code: &str, more: &[&str]) -> Program {
    step(
        jira,
        folder,
        &["access-token", "--request-token", token, "--verifier", code],
    )
    .args(more)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
}

/// The whole of Atlassian's tutorial, from nothing to a written issue.
#[test]
#[cfg(unix)]
fn from_a_new_key_to_a_written_issue() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let made = Program::bare()
        .inside(folder.path())
        .args(&["oauth1", "keygen"])
        .run()
        .exits(0);
    let (private, public) = (
        folder.path().join("jira-oauth1.private.pem"),
        folder.path().join("jira-oauth1.public.pem"),
    );
    assert_eq!(
        (mode(&private), made.stdout.as_str()),
        (0o600, read(&public).as_str())
    );
    assert!(made.stdout.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    let made = made
        .says("Application links")
        .says("Incoming Authentication")
        .says("oauth1 authorize");
    made.hides(read(&private).lines().nth(3).unwrap());
    jira.site()
        .lock()
        .unwrap()
        .add_consumer("ours", &read(&public));
    let ours = |arguments: &[&str]| {
        step(&jira, folder.path(), arguments)
            .set("JIRA_OAUTH1_CONSUMER_KEY", "ours")
            .unset("JIRA_OAUTH1_PRIVATE_KEY")
            .set("JIRA_OAUTH1_PRIVATE_KEY_FILE", private.to_str().unwrap())
    };
    let asked = ours(&["request-token"]).run().exits(0);
    let (token, page) = asked.stdout.trim().split_once('\n').unwrap();
    assert_eq!(
        page,
        format!(
            "{}/plugins/servlet/oauth/authorize?oauth_token={token}",
            jira.base_url()
        )
    );
    let code = allow(page);
    ours(&[
        "access-token",
        "--request-token",
        token,
        "--verifier",
        &code,
    ])
    .run()
    .exits(0)
    .quietly();
    let file = folder.path().join("jira-oauth1.token");
    assert_eq!((mode(&file), read(&file).lines().count()), (0o600, 1));
    let with_files = |program: Program| {
        program
            .without_password()
            .set("JIRA_OAUTH1_CONSUMER_KEY", "ours")
            .set("JIRA_OAUTH1_PRIVATE_KEY_FILE", private.to_str().unwrap())
            .set("JIRA_OAUTH1_ACCESS_TOKEN_FILE", file.to_str().unwrap())
    };
    with_files(Program::seed(&jira))
        .run()
        .exits(0)
        .quietly()
        .hides(&read(&file));
    assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
    with_files(Program::seed(&jira))
        .args(&["get", "/rest/api/2/issue/HSP-1"])
        .run()
        .exits(0)
        .prints(VALUE);
}

#[test]
fn a_key_that_exists_is_never_overwritten() {
    for taken in ["jira-oauth1.private.pem", "jira-oauth1.public.pem"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(taken), "precious").unwrap();
        let keygen = || {
            Program::bare().args(&["oauth1", "keygen", "--out", folder.path().to_str().unwrap()])
        };
        keygen().run().exits(2).says(taken).says("not overwritten");
        keygen().fails("usage", 2, taken);
        assert_eq!(read(&folder.path().join(taken)), "precious");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    Program::bare()
        .args(&["oauth1", "keygen", "--out", "/nowhere/at/all"])
        .fails("usage", 2, "--out cannot be written: No such file");
}

/// A file may grow to a kilobyte here, which is half of a key.
#[test]
#[cfg(unix)]
fn a_key_that_the_disk_does_not_take_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let keygen = Program::bare().args(&["oauth1", "keygen"]).command();
    let mut shell = std::process::Command::new("bash");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" oauth1 keygen"])
        .arg(keygen.get_program());
    let output = shell.current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2) && said.contains("--out cannot be written: File too large"),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    Program::bare()
        .inside(folder.path())
        .args(&["oauth1", "keygen"])
        .run()
        .exits(0);
    assert_eq!(
        mode(&folder.path().join("jira-oauth1.public.pem")) & 0o400,
        0o400
    );
}

#[test]
fn the_token_goes_to_standard_output_alone_when_asked_and_never_into_a_log() {
    let jira = Jira::data_center().start();
    let folder = tempfile::tempdir().unwrap();
    let (token, page) = request_token(&jira, folder.path());
    let code = allow(&page);
    let exchange =
        access_token(&jira, folder.path(), &token, &code, &["--out", "-"]).set("JIRA_LOG", "trace");
    let ran = exchange.run().exits(0);
    let access = ran.stdout.trim();
    assert_eq!((access.len(), ran.stdout.lines().count()), (32, 1));
    for secret in [access, &token, &code] {
        assert!(!ran.stderr.contains(secret), "{secret} is in {ran:?}");
    }
    assert!(ran.stderr.contains("POST"), "{ran:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_cannot_take_the_token_is_found_out_before_the_code_is_spent() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jira-oauth1.token");
    std::fs::write(&file, "precious").unwrap();
    access_token(&jira, folder.path(), "token", "code", &[]).fails(
        "usage",
        2,
        "is not overwritten",
    );
    access_token(
        &jira,
        folder.path(),
        "token",
        "code",
        &["--out", "/nowhere/x"],
    )
    .fails("usage", 2, "--out cannot be written: No such file");
    assert_eq!(
        (read(&file).as_str(), jira.requests().len()),
        ("precious", 0)
    );
    let other = folder.path().join("other");
    let out = ["--out", other.to_str().unwrap()];
    access_token(&jira, folder.path(), "token", "code", &out).fails(
        "credentials_refused",
        3,
        "token_rejected",
    );
    assert!(!other.exists());
}

#[test]
fn each_step_says_why_it_is_refused() {
    let jira = Jira::data_center().start();
    let folder = tempfile::tempdir().unwrap();
    let ask = || step(&jira, folder.path(), &["request-token"]);
    let exchange =
        |token: &str, code: &str| access_token(&jira, folder.path(), token, code, &["--out", "-"]);
    ask().set("JIRA_OAUTH1_CONSUMER_KEY", "nobody").fails(
        "credentials_refused",
        3,
        "consumer_key_unknown",
    );
    let (token, page) = request_token(&jira, folder.path());
    exchange(&token, "abcdef").fails("credentials_refused", 3, "token_not_authorized");
    let code = allow(&page);
    exchange(&token, "wrong1").fails("credentials_refused", 3, "token_rejected");
    exchange(&token, &code).run().exits(0);
    exchange(&token, &code).fails("credentials_refused", 3, "token_used");
    let (token, page) = request_token(&jira, folder.path());
    assert!(
        browser::open(&page)
            .press("deny")
            .body
            .contains("You have denied")
    );
    exchange(&token, "denied").fails("credentials_refused", 3, "pressed Deny");
    let (token, page) = request_token(&jira, folder.path());
    let code = allow(&page);
    jira.site().lock().unwrap().expire_request_tokens();
    exchange(&token, &code).fails("credentials_refused", 3, "token_expired");
    jira.misbehave(
        REQUEST_TOKEN,
        Fault::Answer(Reply::text(200, "oauth_token=a&oauth_token_secret=b")),
    );
    ask().fails("unexpected_answer", 5, "oauth_callback_confirmed");
    for reply in [
        Reply::html(200, "<title>Log in</title>"),
        Reply::text(
            200,
            "oauth_token=&oauth_token_secret=&oauth_callback_confirmed=true",
        ),
    ] {
        jira.misbehave(REQUEST_TOKEN, Fault::Answer(reply));
        ask().fails("unexpected_answer", 5, "no OAuth 1.0a provider");
    }
    jira.misbehave(
        REQUEST_TOKEN,
        Fault::Answer(Reply::text(
            403,
            "oauth_token=a&oauth_callback_confirmed=true",
        )),
    );
    ask().fails("permission_denied", 3, "403");
    let cloud = Jira::cloud().start();
    step(&cloud, folder.path(), &["request-token"]).fails(
        "unexpected_answer",
        5,
        "Jira Cloud has none",
    );
}

#[test]
fn what_is_missing_is_a_usage_error_and_nothing_waits_for_anybody() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let with = |arguments: &[&str]| step(&jira, folder.path(), arguments);
    with(&["authorize"]).fails("usage", 2, "--callback");
    with(&["access-token"]).fails("usage", 2, "--request-token is missing");
    with(&["access-token", "--request-token", "x"]).fails("usage", 2, "--verifier is missing");
    with(&["request-token"])
        .unset("JIRA_OAUTH1_PRIVATE_KEY")
        .fails("usage", 2, "oauth1 keygen");
    with(&["request-token"])
        .unset("JIRA_OAUTH1_CONSUMER_KEY")
        .fails("usage", 2, "JIRA_OAUTH1_CONSUMER_KEY is missing");
    let neither = with(&["request-token"])
        .unset("JIRA_OAUTH1_CONSUMER_KEY")
        .unset("JIRA_OAUTH1_PRIVATE_KEY");
    neither.fails_saying(
        "usage",
        2,
        &[
            "JIRA_OAUTH1_CONSUMER_KEY is missing",
            "JIRA_OAUTH1_PRIVATE_KEY is missing",
        ],
    );
    with(&["request-token"])
        .unset("JIRA_BASE_URL")
        .fails("usage", 2, "JIRA_BASE_URL");
    Program::bare().args(&["oauth1"]).fails("usage", 2, "step");
    assert_eq!(jira.requests().len(), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_code_is_exchanged_once_and_a_request_token_asked_for_again() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let busy = || Fault::Answer(Reply::new(503).header("Retry-After", "0"));
    jira.misbehave(REQUEST_TOKEN, busy());
    let (token, page) = request_token(&jira, folder.path());
    let code = allow(&page);
    let before = jira.requests();
    for asked in before
        .iter()
        .filter(|asked| asked.path.ends_with("/request-token"))
    {
        assert_eq!(
            asked.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        assert_eq!(asked.header("content-length"), Some("0"));
    }
    let before = before.len();
    jira.misbehave(ACCESS_TOKEN, busy());
    access_token(&jira, folder.path(), &token, &code, &[])
        .run()
        .exits(5);
    assert_eq!(jira.requests().len(), before + 1);
}

/// The program while a person is in between.
struct Dance {
    child: Child,
    output: BufReader<Box<dyn Read>>,
    said: String,
}

impl Dance {
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
        Dance {
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
    let dance = Dance::begin(authorize(), "waits.", false);
    let sent_back = browser::open(&dance.page()).press("approve");
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
    dance
        .end()
        .exits(0)
        .prints("jira-oauth1.token: the access token");
    let token = read(&folder.path().join("jira-oauth1.token"));
    let job = Program::seed(&jira)
        .without_password()
        .set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY)
        .set("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY);
    job.set("JIRA_OAUTH1_ACCESS_TOKEN", &token).run().exits(0);
    std::fs::remove_file(folder.path().join("jira-oauth1.token")).unwrap();
    let dance = Dance::begin(authorize(), "waits.", false);
    assert_eq!(
        browser::open(&dance.page()).press("deny").follow().status,
        400
    );
    dance.end().exits(3).says("pressed Deny");
    let dance = Dance::begin(authorize().set("JIRA_DEADLINE", "1"), "waits.", false);
    dance.end().exits(5).says("nobody pressed Allow");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
#[cfg(unix)]
fn a_signal_ends_the_wait_for_a_person() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let dance = Dance::begin(
        step(&jira, folder.path(), &["authorize", "--callback"]),
        "waits.",
        false,
    );
    let told = std::process::Command::new("kill")
        .args(["-TERM", &dance.child.id().to_string()])
        .status();
    assert!(told.unwrap().success());
    dance.end().exits(143).says("SIGTERM");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn at_a_terminal_the_person_types_the_code() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let authorize = |more: &[&str]| step(&jira, folder.path(), &["authorize"]).args(more);
    let mut dance = Dance::begin(authorize(&[]), "Verification code: ", true);
    let code = allow(&dance.page());
    dance
        .child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(format!(" {code} \n").as_bytes())
        .unwrap();
    let ran = dance
        .end()
        .exits(0)
        .says("jira-oauth1.token: the access token");
    let token = read(&folder.path().join("jira-oauth1.token"));
    assert!(token.len() == 32 && !ran.stderr.contains(&token), "{ran:?}");
    let aside = || authorize(&["--out", "-"]);
    for (typed, code, words) in [
        ("denied", 3, "pressed Deny"),
        (" ", 2, "no verification code was typed"),
    ] {
        let mut dance = Dance::begin(aside(), "Verification code: ", true);
        dance
            .child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(format!("{typed}\n").as_bytes())
            .unwrap();
        dance.end().exits(code).says(words);
    }
    let dance = Dance::begin(
        aside().set("JIRA_DEADLINE", "1"),
        "Verification code: ",
        true,
    );
    dance.end().exits(5).says("nobody pressed Allow");
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
    let mut dance = Dance::begin(authorize, "Verification code: ", true);
    let (opened, begun) = (folder.path().join("xdg-open.page"), Instant::now());
    while !opened.exists() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "no page was opened"
        );
        std::thread::yield_now();
    }
    assert_eq!(read(&opened), dance.page());
    // A browser outlives the run: it inherits none of our settings, and what it
    // needs itself.
    let inherited = read(&folder.path().join("xdg-open.environment"));
    assert!(
        inherited.contains("PATH=")
            && !inherited.contains("JIRA_")
            && !inherited.contains("hunter2"),
        "{inherited}"
    );
    dance
        .child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(b"denied\n")
        .unwrap();
    dance.end().exits(3);
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
