use crate::authority::{Authority, against, private};
use crate::loopback::{Server, WRITTEN, read_request, tls_config};
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Jira, Leaf};
use rcgen::KeyPair;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

#[test]
fn a_token_endpoint_is_checked_although_jira_is_not() {
    let jira = Jira::server().tls_with(Leaf::SelfSigned).start();
    let other = Authority::new().server(&["localhost"], |_| {});
    let program = Program::seed(&jira)
        .without_password()
        .unset("JIRA_CA_BUNDLE")
        .args(&["--insecure"]);
    program
        .set("JIRA_OAUTH2_CLIENT_ID", "client")
        .set("JIRA_OAUTH2_CLIENT_SECRET", "client's secret")
        .set("JIRA_OAUTH2_SCOPE", "WRITE")
        .set(
            "JIRA_OAUTH2_TOKEN_URL",
            &format!("https://localhost:{}/token", other.port),
        )
        .fails_saying("tls", 5, &["not trusted here"]);
    assert_eq!((jira.writes().len(), other.connections()), (0, 1));
}

#[test]
fn a_gateway_is_checked_although_the_site_is_not() {
    let other = Authority::new().server(&["localhost"], |_| {});
    let program = against("localhost", 1).args(&["--insecure", "--cloud-id", "1-2"]);
    let program = program.set(
        "JIRA_CLOUD_API_URL",
        &format!("https://localhost:{}", other.port),
    );
    program.fails_saying("tls", 5, &["not trusted here"]);
}

#[test]
fn a_proxy_is_checked_although_jira_is_not() {
    let proxy = Authority::new().server(&["localhost"], |_| {});
    let program = against("localhost", 1).args(&[
        "--insecure",
        "--proxy",
        &format!("https://localhost:{}", proxy.port),
    ]);
    program.fails_saying(
        "tls",
        5,
        &["the proxy https://localhost:", "not trusted here"],
    );
}

fn settings(acme: &Authority, clients: bool) -> Arc<ServerConfig> {
    speaking(&TLS13, acme, clients)
}

fn speaking(
    version: &'static SupportedProtocolVersion,
    acme: &Authority,
    clients: bool,
) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let chain = vec![acme.sign(&["localhost"], |_| {}, &key).der().clone()];
    Arc::new(tls_config(
        chain,
        private(&key),
        &[version],
        clients.then(|| acme.der()),
    ))
}

/// A proxy behind TLS that is the server behind it, too.
fn proxy(outer: Arc<ServerConfig>, inner: Arc<ServerConfig>) -> Server {
    Server::new(move |stream| {
        let mut outer =
            StreamOwned::new(ServerConnection::new(Arc::clone(&outer)).unwrap(), stream);
        if read_request(&mut outer).is_none() {
            return;
        }
        outer.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut inner = StreamOwned::new(ServerConnection::new(Arc::clone(&inner)).unwrap(), outer);
        if read_request(&mut inner).is_some() {
            inner.write_all(WRITTEN).unwrap();
        }
    })
}

fn client(acme: &Authority) -> PathBuf {
    let key = KeyPair::generate().unwrap();
    acme.file(
        "ours.pem",
        &(acme.sign(&["ci"], |_| {}, &key).pem() + &key.serialize_pem()),
    )
}

#[test]
fn a_proxy_gets_no_client_certificate_and_jira_behind_it_does() {
    let (acme, stranger) = (Authority::new(), Authority::new());
    let certificate = client(&acme);
    let through = |proxy: &Server| {
        let address = format!("https://localhost:{}", proxy.port);
        let program = against("localhost", 1)
            .trusting(&acme.ca_file())
            .args(&["--proxy", &address]);
        program
            .set("JIRA_CLIENT_CERT", certificate.to_str().unwrap())
            .without_retries()
    };
    through(&proxy(settings(&acme, false), settings(&acme, true)))
        .run()
        .exits(0);
    through(&proxy(settings(&acme, true), settings(&acme, false)))
        .run()
        .exits(5)
        .says("wants a client certificate");
    // The proxy is trusted, the server behind it is not.
    each([&TLS12, &TLS13], |version| {
        let half = || {
            through(&proxy(
                speaking(version, &acme, false),
                speaking(version, &stranger, false),
            ))
        };
        half().run().exits(5).says("that is trusted here");
        half()
            .args(&["--insecure"])
            .run()
            .succeeds_saying("certificates are not checked");
    });
}

#[test]
fn a_token_endpoint_gets_no_client_certificate() {
    let acme = Authority::new();
    let certificate = client(&acme);
    let endpoint = Server::tls(Arc::unwrap_or_clone(settings(&acme, true)));
    let jira = acme.server(&["localhost"], |_| {});
    let program = against("localhost", jira.port)
        .unset("JIRA_PERSONAL_TOKEN")
        .trusting(&acme.ca_file());
    program
        .set("JIRA_CLIENT_CERT", certificate.to_str().unwrap())
        .set("JIRA_OAUTH2_CLIENT_ID", "client")
        .set("JIRA_OAUTH2_CLIENT_SECRET", "client's secret")
        .set("JIRA_OAUTH2_SCOPE", "WRITE")
        .set(
            "JIRA_OAUTH2_TOKEN_URL",
            &format!("https://localhost:{}/token", endpoint.port),
        )
        .fails_saying("tls", 5, &["wants a client certificate"]);
}
