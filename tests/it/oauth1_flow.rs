use crate::browser;
use crate::program::{FIELD, Program, VALUE};
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply, world};
use std::path::Path;
use std::time::Duration;

pub const REQUEST_TOKEN: On = On::Path("/request-token");

pub const ACCESS_TOKEN: On = On::Path("/access-token");

/// A step with the consumer that the stand-in knows.
pub fn step(jira: &Jira, folder: &Path, arguments: &[&str]) -> Program {
    Program::bare()
        .set("JIRA_BASE_URL", &jira.base_url())
        .set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY)
        .set("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY)
        .inside(folder)
        .args(&["oauth1"])
        .args(arguments)
}

/// The first step: the token and the page.
pub fn request_token(jira: &Jira, folder: &Path) -> (String, String) {
    let ran = step(jira, folder, &["request-token"])
        .run()
        .succeeds_saying("note: open the page");
    let lines: Vec<_> = ran.stdout.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{ran:?}");
    (lines[0].clone(), lines[1].clone())
}

/// What the page shows after Allow.
pub fn allow(page: &str) -> String {
    let shown = browser::open(page).press("approve");
    let (_, rest) = shown.body.split_once("id=\"verifier\">").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

pub fn access_token(jira: &Jira, folder: &Path, token: &str, code: &str, more: &[&str]) -> Program {
    step(
        jira,
        folder,
        &["access-token", "--request-token", token, "--verifier", code],
    )
    .args(more)
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[cfg(unix)]
pub fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
}

/// The whole of Atlassian's tutorial, from nothing to a written issue.
#[test]
#[cfg(unix)]
#[expect(
    clippy::too_many_lines,
    reason = "one sequence that reads from top to bottom"
)]
fn from_a_new_key_to_a_written_issue() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let made = Program::bare()
        .inside(folder.path())
        .args(&["oauth1", "keygen"])
        .run()
        .succeeds_saying("note: the private key is");
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
    let asked = ours(&["request-token"])
        .run()
        .succeeds_saying("note: open the page");
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
    .exits(0);
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
    each(
        ["jira-oauth1.private.pem", "jira-oauth1.public.pem"],
        |taken| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(taken), "precious").unwrap();
            let keygen = || {
                Program::bare().args(&[
                    "oauth1",
                    "keygen",
                    "--out",
                    folder.path().to_str().unwrap(),
                ])
            };
            keygen().run().exits(2).says(taken).says("not overwritten");
            keygen().fails("usage", 2, taken);
            assert_eq!(read(&folder.path().join(taken)), "precious");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        },
    );
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
        .succeeds_saying("note: the private key is");
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
    let ran = exchange.run().succeeds_saying("> POST http");
    let access = ran.stdout.trim();
    assert_eq!((access.len(), ran.stdout.lines().count()), (32, 1));
    each([access, &token, &code], |secret| {
        assert!(!ran.stderr.contains(secret), "{secret} is in {ran:?}");
    });
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
    let rows = [
        Reply::html(200, "<title>Log in</title>"),
        Reply::text(
            200,
            "oauth_token=&oauth_token_secret=&oauth_callback_confirmed=true",
        ),
    ];
    each(rows, |reply| {
        jira.misbehave(REQUEST_TOKEN, Fault::Answer(reply));
        ask().fails("unexpected_answer", 5, "no OAuth 1.0a provider");
    });
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
        .exits(5)
        .says(", attempt 1 of 1");
    assert_eq!(jira.requests().len(), before + 1);
}

#[test]
fn an_exchange_that_was_sent_is_awaited_past_the_attempts_time() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let (token, page) = request_token(&jira, folder.path());
    let code = allow(&page);
    let late = Fault::Delay(Duration::from_millis(1500));
    jira.misbehave(ACCESS_TOKEN, Fault::AfterApplying(Box::new(late)));
    access_token(&jira, folder.path(), &token, &code, &[])
        .set("JIRA_TIMEOUT", "0.5")
        .run()
        .exits(0);
}
