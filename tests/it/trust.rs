use crate::authority::{Authority, against};
use crate::loopback::{Server, WRITTEN};
use crate::program::Program;
use fake_jira::Jira;
use std::path::Path;

#[test]
fn no_certificate_is_read_for_what_is_not_encrypted_and_a_proxys_is_where_that_is() {
    let acme = Authority::new();
    let nothing = acme.file("nothing.pem", "nothing\n");
    let jira = Server::answering(WRITTEN);
    let plain =
        || against("localhost", 1).set("JIRA_BASE_URL", &format!("http://localhost:{}", jira.port));
    let proxy = Server::http_proxy(None, None);
    plain().trusting(&nothing).run().exits(0);
    plain()
        .trusting(&nothing)
        .args(&["--proxy", &format!("http://localhost:{}", proxy.port)])
        .run()
        .exits(0);
    let encrypted = acme.server(&["localhost"], |_| {});
    let through = |ca: &Path| {
        plain()
            .trusting(ca)
            .args(&["--proxy", &format!("https://localhost:{}", encrypted.port)])
            .run()
    };
    through(&acme.ca_file()).exits(0);
    through(&nothing)
        .exits(2)
        .says("JIRA_CA_BUNDLE (--ca-bundle) holds no certificate");
    assert_eq!((proxy.connections(), encrypted.connections()), (1, 1));
}

/// Found when it is asked, not before: the run may never need a token.
#[test]
fn a_bundle_that_only_the_provider_of_tokens_needs_is_told_of_when_it_is_asked() {
    let jira = Jira::server().start();
    let acme = Authority::new();
    let program = Program::seed(&jira)
        .without_password()
        .trusting(&acme.file("nothing.pem", "nothing\n"));
    program
        .set("JIRA_OAUTH2_CLIENT_ID", "client")
        .set("JIRA_OAUTH2_CLIENT_SECRET", "client's secret")
        .set("JIRA_OAUTH2_SCOPE", "WRITE")
        .set("JIRA_OAUTH2_TOKEN_URL", "https://localhost:1/token")
        .fails_saying(
            "tls",
            5,
            &[
                "JIRA_CA_BUNDLE (--ca-bundle) holds no certificate",
                "it takes a file of PEM",
            ],
        );
    assert_eq!(jira.writes().len(), 0);
}

/// What comes through a pipe is gone when it was read.
#[cfg(unix)]
#[test]
fn the_bundle_is_read_once_for_all_connections() {
    let jira = Jira::server().tls().start();
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, &std::fs::read(jira.ca_file()).unwrap()).unwrap();
    drop(writer);
    let program = Program::seed(&jira)
        .set("JIRA_CA_BUNDLE", "/dev/stdin")
        .set("JIRA_ISSUE_KEY", "HSP-1,HSP-2,HSP-3");
    let ran = program
        .set("JIRA_CONCURRENCY", "2")
        .command()
        .stdin(reader)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!((jira.writes().len(), jira.connections()), (3, 2));
}
