use crate::browser::{self, Page};
use crate::program::{Program, Ran};
use jira_stand_in::world::{CLIENT_ID, CLIENT_SECRET, CLOUD_ID};
use jira_stand_in::{Fault, Jira, On};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::SystemTime;

/// The program in the middle of the dance.
struct Dance {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    said: String,
    page: String,
    address: String,
}

/// The dance's program, whose redirect address is registered at a port that nobody uses.
fn authorize(jira: &Jira, folder: &Path) -> (Program, String) {
    let port = TcpListener::bind("localhost:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("http://localhost:{port}/callback");
    jira.site()
        .lock()
        .unwrap()
        .oauth_client_mut(CLIENT_ID)
        .unwrap()
        .redirect = Some(address.clone());
    let program = Program::cloud(jira)
        .set("JIRA_OAUTH2_CLIENT_ID", CLIENT_ID)
        .set("JIRA_OAUTH2_CLIENT_SECRET", CLIENT_SECRET)
        .inside(folder)
        .args(&["oauth2", "authorize", "--port", &port.to_string()]);
    (program, address)
}

impl Dance {
    fn begin(program: (Program, String)) -> Self {
        Dance::begin_writing_to(program, Stdio::piped())
    }

    fn begin_writing_to((program, address): (Program, String), stdout: Stdio) -> Self {
        let mut child = program
            .command()
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (mut said, mut page) = (String::new(), String::new());
        // The second sentence says that it listens.
        while !said.contains("waits.") {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "{said}");
            if line.starts_with("http") {
                line.trim().clone_into(&mut page);
            }
            said += &line;
        }
        Dance {
            child,
            stderr,
            said,
            page,
            address,
        }
    }

    fn end(mut self) -> Ran {
        let mut stdout = String::new();
        if let Some(mut piped) = self.child.stdout.take() {
            piped.read_to_string(&mut stdout).unwrap();
        }
        self.stderr.read_to_string(&mut self.said).unwrap();
        let code = self.child.wait().unwrap().code().unwrap();
        Ran {
            code,
            stdout,
            stderr: self.said,
        }
    }

    fn consent_page(&self) -> Page {
        let page = browser::open(&self.page);
        assert!(page.body.contains("asks to act as ci-bot"), "{page:?}");
        page
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let page = url::Url::parse(&self.page).unwrap();
        page.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, text)| text.into_owned())
    }
}

fn exchanges(jira: &Jira) -> usize {
    jira.requests()
        .iter()
        .filter(|asked| asked.path.ends_with("/token"))
        .count()
}

#[test]
fn a_consent_given_in_the_browser_becomes_a_file_that_the_pipeline_takes_as_it_is() {
    for jira in [Jira::cloud().start(), Jira::data_center().start()] {
        let folder = tempfile::tempdir().unwrap();
        let dance = Dance::begin(authorize(&jira, folder.path()));
        let cloud = dance.parameter("audience").is_some();
        assert_eq!(dance.parameter("code_challenge_method").is_some(), !cloud);
        let done = dance.consent_page().press("allow").follow();
        assert!(
            done.status == 200 && done.body.contains("Done."),
            "{done:?}"
        );
        let ran = dance
            .end()
            .exits(0)
            .prints("jira-oauth2.token: the refresh token");
        if cloud {
            ran.prints(&format!(
                "{} (this), JIRA_CLOUD_ID={CLOUD_ID}: ",
                jira.base_url()
            ));
        }
        let file = folder.path().join("jira-oauth2.token");
        let token = std::fs::read_to_string(&file).unwrap();
        assert!(
            jira.site()
                .lock()
                .unwrap()
                .is_good_refresh_token(&token, SystemTime::now())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        Program::cloud(&jira)
            .set("JIRA_OAUTH2_CLIENT_ID", CLIENT_ID)
            .set("JIRA_OAUTH2_CLIENT_SECRET", CLIENT_SECRET)
            .set("JIRA_OAUTH2_REFRESH_TOKEN_FILE", file.to_str().unwrap())
            .run()
            .exits(0)
            .quietly();
    }
}

#[test]
fn the_token_alone_goes_to_standard_output_when_asked_and_into_no_log() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = authorize(&jira, folder.path());
    let dance = Dance::begin((
        program.args(&["--out", "-"]).set("JIRA_LOG", "trace"),
        address,
    ));
    dance.consent_page().press("allow").follow();
    let ran = dance.end().exits(0).hides(CLIENT_SECRET);
    let token = ran.stdout.trim().to_owned();
    assert!(
        jira.site()
            .lock()
            .unwrap()
            .is_good_refresh_token(&token, SystemTime::now()),
        "{ran:?}"
    );
    assert!(
        !ran.stderr.contains(&token) && ran.stderr.contains("JIRA_CLOUD_ID="),
        "{ran:?}"
    );
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn a_token_is_kept_whatever_is_found_out_of_the_sites_that_it_reaches() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let dance = Dance::begin(authorize(&jira, folder.path()));
    jira.misbehave(
        On::Path("accessible-resources"),
        Fault::Status(401, r#"{"message":"Said so."}"#),
    );
    dance.consent_page().press("allow").follow();
    dance
        .end()
        .exits(0)
        .says("Said so. (401 from ")
        .says("no list of the sites that the token reaches");
    assert!(folder.path().join("jira-oauth2.token").exists());
    jira.site().lock().unwrap().leave_out_of_consents();
    let dance = Dance::begin(authorize(&jira, folder.path()));
    dance.consent_page().press("allow").follow();
    dance
        .end()
        .exits(0)
        .says("the consent does not reach")
        .says("on the consent page choose that site");
}

#[test]
fn a_denied_consent_and_a_missing_offline_access_are_told_apart() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let dance = Dance::begin(authorize(&jira, folder.path()));
    let denied = dance.consent_page().press("deny").follow();
    assert!(denied.body.contains("consent was denied"), "{denied:?}");
    dance
        .end()
        .exits(3)
        .says("consent was denied: User did not authorize the request (access_denied)");

    let (program, address) = authorize(&jira, folder.path());
    let dance = Dance::begin((program.args(&["--scope", "read:jira-work"]), address));
    dance.consent_page().press("allow").follow();
    dance
        .end()
        .exits(3)
        .says("warning: the scope lacks offline_access: Atlassian will give no refresh token")
        .says("gave an access token but no refresh token")
        .says("the scope lacks offline_access: add it to --scope");

    let (program, address) = authorize(&jira, folder.path());
    let dance = Dance::begin((
        program.set("JIRA_OAUTH2_SCOPE", "manage:jira-project offline_access"),
        address,
    ));
    browser::open(&dance.page).follow();
    dance
        .end()
        .exits(3)
        .says("the scope is refused")
        .hides("lacks offline_access");
    for (error, code, words) in [
        (
            "server_error",
            5,
            "the provider is in trouble: server_error",
        ),
        (
            "temporarily_unavailable&error_description=Later",
            5,
            "in trouble: Later (temporarily_unavailable)",
        ),
        (
            "unauthorized_client",
            3,
            "the request for consent is refused: unauthorized_client",
        ),
    ] {
        let dance = Dance::begin(authorize(&jira, folder.path()));
        let state = dance.parameter("state").unwrap();
        browser::open(&format!("{}?error={error}&state={state}", dance.address));
        dance.end().exits(code).says(words);
    }
    assert!(!folder.path().join("jira-oauth2.token").exists());
}

#[test]
fn what_the_consent_reaches_is_told_once_the_token_is_stored() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let consents = || {
        let dance = Dance::begin(authorize(&jira, folder.path()));
        dance.consent_page().press("allow").follow();
        dance
            .end()
            .exits(0)
            .prints("jira-oauth2.token: the refresh token")
    };
    consents().hides("does not reach").hides("warning");
    jira.misbehave(On::Path("accessible-resources"), Fault::Status(403, ""));
    consents()
        .says("no list of the sites that the token reaches")
        .hides("JIRA_CLOUD_ID=");
    jira.site().lock().unwrap().leave_out_of_consents();
    let here = format!(
        "warning: the consent does not reach {}: on the consent page choose",
        jira.base_url()
    );
    consents()
        .says(&here)
        .prints("https://another.atlassian.net");
}

#[test]
fn a_data_center_that_gives_no_refresh_token_is_said() {
    let jira = Jira::data_center().start();
    let folder = tempfile::tempdir().unwrap();
    let dance = Dance::begin(authorize(&jira, folder.path()));
    jira.misbehave(
        On::Path("/token"),
        Fault::Status(200, r#"{"access_token":"short-lived"}"#),
    );
    dance.consent_page().press("allow").follow();
    dance
        .end()
        .exits(3)
        .says("no refresh token")
        .says("see the incoming link under Application links");
}

#[test]
#[cfg(target_os = "linux")]
fn standard_output_that_takes_no_token_is_an_error() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = authorize(&jira, folder.path());
    let full = std::fs::File::create("/dev/full").unwrap();
    let dance = Dance::begin_writing_to((program.args(&["--out", "-"]), address), full.into());
    dance.consent_page().press("allow").follow();
    dance
        .end()
        .exits(2)
        .says("--out -: standard output cannot be written");
}

#[test]
fn whoever_else_comes_to_the_callback_disturbs_nobody() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let dance = Dance::begin(authorize(&jira, folder.path()));
    let origin = dance.address.trim_end_matches("/callback");
    // A browser opens connections ahead of need.
    let mut silent = std::net::TcpStream::connect(origin.trim_start_matches("http://")).unwrap();
    let slow: Vec<_> = (0..100)
        .map(|_| {
            let mut slow =
                std::net::TcpStream::connect(origin.trim_start_matches("http://")).unwrap();
            slow.write_all(b"GET /callback?code=c0de&sta").unwrap();
            slow
        })
        .collect();
    silent.write_all(b"G").unwrap();
    assert_eq!(browser::open(&format!("{origin}/favicon.ico")).status, 404);
    assert_eq!(browser::open(&dance.address).status, 400);
    // Any page of the web can send a browser here with an <img>.
    for query in [
        "code=c0de&state=forged",
        "code=c0de",
        "code=c0de&state=",
        "error=access_denied&state=forged",
        "error=x",
    ] {
        assert_eq!(
            browser::open(&format!("{}?{query}", dance.address)).status,
            400,
            "{query}"
        );
    }
    assert_eq!(exchanges(&jira), 0);
    dance.consent_page().press("allow").follow();
    dance.end().exits(0).hides("c0de").hides("forged");
    drop((silent, slow));
}

#[test]
fn a_code_is_exchanged_once_whatever_comes_of_it() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    for (fault, code, words) in [
        (Fault::Status(503, ""), 5, "503"),
        (
            Fault::AfterApplying(Box::new(Fault::Reset)),
            5,
            "connection broke",
        ),
        (
            Fault::Status(401, ""),
            3,
            "the redirect address http://localhost:",
        ),
        (
            Fault::Status(
                403,
                r#"{"error":"invalid_grant","error_description":"Invalid code"}"#,
            ),
            3,
            "the authorization code is refused",
        ),
    ] {
        let before = exchanges(&jira);
        let dance = Dance::begin(authorize(&jira, folder.path()));
        jira.misbehave(On::Path("oauth/token"), fault);
        dance.consent_page().press("allow").follow();
        dance.end().exits(code).says(words);
        assert_eq!(exchanges(&jira) - before, 1);
    }
    let (program, address) = authorize(&jira, folder.path());
    let dance = Dance::begin((program.set("JIRA_OAUTH2_CLIENT_SECRET", "wrong"), address));
    dance.consent_page().press("allow").follow();
    dance
        .end()
        .exits(3)
        .says("the client id or the client secret is refused");
}

#[test]
fn a_redirect_address_that_is_not_the_clients_is_refused_by_the_exchange_with_its_name() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let dance = Dance::begin(authorize(&jira, folder.path()));
    let elsewhere = dance.page.replace("callback&", "elsewhere&");
    assert_eq!(browser::open(&elsewhere).status, 400);
    jira.misbehave(
        On::Path("oauth/token"),
        Fault::Status(
            400,
            r#"{"error":"invalid_grant","error_description":"redirect_uri does not match"}"#,
        ),
    );
    dance.consent_page().press("allow").follow();
    dance
        .end()
        .exits(3)
        .says("/callback is refused")
        .says("enter exactly this address as callback URL");
}

#[test]
fn nothing_waits_for_ever_and_a_signal_ends_it() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = authorize(&jira, folder.path());
    let dance = Dance::begin((program.set("JIRA_DEADLINE", "0.5"), address));
    dance
        .end()
        .exits(5)
        .says("nobody consented before the run's time was over");
    #[cfg(unix)]
    {
        let dance = Dance::begin(authorize(&jira, folder.path()));
        let id = dance.child.id().to_string();
        std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap();
        dance.end().exits(143).says("SIGTERM ended the run");
    }
}

#[test]
fn what_cannot_work_is_found_out_before_anybody_consents() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let begin = || authorize(&jira, folder.path()).0;
    begin()
        .unset("JIRA_OAUTH2_CLIENT_SECRET")
        .run()
        .exits(2)
        .says("JIRA_OAUTH2_CLIENT_SECRET is missing");
    begin()
        .args(&["--out", "no/such/folder/token"])
        .run()
        .exits(2)
        .says("--out cannot be made: No such file");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let program = Program::cloud(&jira)
        .set("JIRA_OAUTH2_CLIENT_ID", CLIENT_ID)
        .set("JIRA_OAUTH2_CLIENT_SECRET", CLIENT_SECRET)
        .inside(folder.path());
    let ran = program
        .args(&["oauth2", "authorize", "--port", &port])
        .run();
    ran.exits(2)
        .says(&format!("nobody can listen on port {port}"))
        .says("--port");
    let client = || {
        Program::cloud(&jira)
            .set("JIRA_OAUTH2_CLIENT_ID", CLIENT_ID)
            .inside(folder.path())
    };
    for port in ["0", "70000"] {
        let ran = client()
            .args(&["oauth2", "authorize", "--port", port])
            .run();
        ran.exits(2)
            .says("--port must be a number from 1 to 65535")
            .says("JIRA_OAUTH2_CLIENT_SECRET is missing");
    }
    let anywhere = client().args(&["oauth2", "authorize"]).run().exits(2);
    anywhere
        .says("JIRA_OAUTH2_CLIENT_SECRET is missing")
        .hides("--port must");
    assert!(jira.requests().is_empty());
}
