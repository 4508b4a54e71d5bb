use crate::browser::{self};
use crate::consent::{Flow, authorize, exchanges};
use crate::program::Program;
use crate::rows::each;
use fake_jira::world::{CLIENT_ID, CLIENT_SECRET};
use fake_jira::{Fault, Jira, On};
use std::io::Write;
use std::net::TcpListener;

#[test]
fn a_denied_consent_and_a_missing_offline_access_are_told_apart() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let flow = Flow::begin(authorize(&jira, folder.path()));
    let denied = flow.consent_page().press("deny").follow();
    assert!(denied.body.contains("consent was denied"), "{denied:?}");
    flow.end()
        .exits(3)
        .says("consent was denied: User did not authorize the request (access_denied)");

    let (program, address) = authorize(&jira, folder.path());
    let flow = Flow::begin((program.args(&["--scope", "read:jira-work"]), address));
    flow.consent_page().press("allow").follow();
    flow.end()
        .exits(3)
        .says("warning: the scope lacks offline_access: Atlassian will give no refresh token")
        .says("gave an access token but no refresh token")
        .says("the scope lacks offline_access: add it to --scope");

    let (program, address) = authorize(&jira, folder.path());
    let flow = Flow::begin((
        program.set("JIRA_OAUTH2_SCOPE", "manage:jira-project offline_access"),
        address,
    ));
    browser::open(&flow.page).follow();
    flow.end()
        .exits(3)
        .says("the scope is refused")
        .hides("lacks offline_access");
    let rows = [
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
    ];
    each(rows, |(error, code, words)| {
        let flow = Flow::begin(authorize(&jira, folder.path()));
        let state = flow.parameter("state").unwrap();
        browser::open(&format!("{}?error={error}&state={state}", flow.address));
        flow.end().exits(code).says(words);
    });
    assert!(!folder.path().join("jira-oauth2.token").exists());
}

#[test]
fn whoever_else_comes_to_the_callback_disturbs_nobody() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let flow = Flow::begin(authorize(&jira, folder.path()));
    let origin = flow.address.trim_end_matches("/callback");
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
    assert_eq!(browser::open(&flow.address).status, 400);
    // Any page of the web can send a browser here with an <img>.
    let rows = [
        "code=c0de&state=forged",
        "code=c0de",
        "code=c0de&state=",
        "error=access_denied&state=forged",
        "error=x",
    ];
    each(rows, |query| {
        assert_eq!(
            browser::open(&format!("{}?{query}", flow.address)).status,
            400,
            "{query}"
        );
    });
    assert_eq!(exchanges(&jira), 0);
    flow.consent_page().press("allow").follow();
    flow.end()
        .succeeds_saying("Open this page")
        .hides("c0de")
        .hides("forged");
    drop((silent, slow));
}

#[test]
fn a_code_is_exchanged_once_whatever_comes_of_it() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let rows = [
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
    ];
    each(rows, |(fault, code, words)| {
        let before = exchanges(&jira);
        let flow = Flow::begin(authorize(&jira, folder.path()));
        jira.misbehave(On::Path("oauth/token"), fault);
        flow.consent_page().press("allow").follow();
        flow.end().exits(code).says(words);
        assert_eq!(exchanges(&jira) - before, 1);
    });
    let (program, address) = authorize(&jira, folder.path());
    let flow = Flow::begin((program.set("JIRA_OAUTH2_CLIENT_SECRET", "wrong"), address));
    flow.consent_page().press("allow").follow();
    flow.end()
        .exits(3)
        .says("the client id or the client secret is refused");
}

#[test]
fn a_redirect_address_that_is_not_the_clients_is_refused_by_the_exchange_with_its_name() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let flow = Flow::begin(authorize(&jira, folder.path()));
    let elsewhere = flow.page.replace("callback&", "elsewhere&");
    assert_eq!(browser::open(&elsewhere).status, 400);
    jira.misbehave(
        On::Path("oauth/token"),
        Fault::Status(
            400,
            r#"{"error":"invalid_grant","error_description":"redirect_uri does not match"}"#,
        ),
    );
    flow.consent_page().press("allow").follow();
    flow.end()
        .exits(3)
        .says("/callback is refused")
        .says("enter exactly this address as callback URL");
}

#[test]
fn nothing_waits_for_ever_and_a_signal_ends_it() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = authorize(&jira, folder.path());
    let flow = Flow::begin((program.set("JIRA_DEADLINE", "0.5"), address));
    flow.end()
        .exits(5)
        .says("nobody consented before the run's time was over");
    #[cfg(unix)]
    {
        let flow = Flow::begin(authorize(&jira, folder.path()));
        let id = flow.child.id().to_string();
        std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap();
        flow.end().exits(143).says("SIGTERM ended the run");
    }
}

/// Nothing can be read from a socket's name, nor take its place.
#[cfg(unix)]
#[test]
fn a_file_for_the_token_that_cannot_be_opened_is_found_out_before_anybody_consents() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _bound = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let (program, _) = authorize(&jira, folder.path());
    program
        .args(&["--out", socket.to_str().unwrap()])
        .run()
        .exits(2)
        .says("--out cannot be made: ");
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
    each(["0", "70000"], |port| {
        let ran = client()
            .args(&["oauth2", "authorize", "--port", port])
            .run();
        ran.exits(2)
            .says("--port must be a number from 1 to 65535")
            .says("JIRA_OAUTH2_CLIENT_SECRET is missing");
    });
    let anywhere = client().args(&["oauth2", "authorize"]).run().exits(2);
    anywhere
        .says("JIRA_OAUTH2_CLIENT_SECRET is missing")
        .hides("--port must");
    assert!(jira.requests().is_empty());
}
