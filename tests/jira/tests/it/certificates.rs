//! What a client that trusts the authority sees of each certificate.

use fake_jira::{Jira, Leaf};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, Stream};

/// The status line that a client with that root gets, or why the handshake failed.
fn status_line(jira: &Jira, name: &'static str, identified: bool) -> Result<String, String> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(jira.ca_file()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = if identified {
        let (certificate, key) = jira.client_files();
        let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
        let key = PrivateKeyDer::from_pem_file(key).unwrap();
        config.with_client_auth_cert(chain, key).unwrap()
    } else {
        config.with_no_client_auth()
    };
    let name = ServerName::try_from(name).unwrap();
    let mut tls = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut tcp = TcpStream::connect(("127.0.0.1", jira.port())).unwrap();
    let mut stream = Stream::new(&mut tls, &mut tcp);
    let request =
        b"GET /jira/rest/api/2/serverInfo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream
        .write_all(request)
        .map_err(|error| error.to_string())?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .map_err(|error| error.to_string())?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn a_good_certificate_is_good_for_localhost_and_both_addresses() {
    let jira = Jira::data_center().tls().start();
    assert!(jira.base_url().starts_with("https://127.0.0.1:"));
    for name in ["localhost", "127.0.0.1", "::1"] {
        assert_eq!(
            status_line(&jira, name, false).unwrap(),
            "HTTP/1.1 200 OK",
            "{name}"
        );
    }
}

#[test]
fn every_other_certificate_is_refused_by_a_client_that_looks() {
    for (leaf, words) in [
        (Leaf::Expired, "Expired"),
        (Leaf::OtherName, "NotValidForName"),
        (Leaf::SelfSigned, "CaUsedAsEndEntity"),
        (Leaf::CommonNameOnly, "NotValidForName"),
    ] {
        let jira = Jira::data_center().tls_with(leaf).start();
        let error = status_line(&jira, "localhost", false).unwrap_err();
        let compact = error.replace(' ', "").to_lowercase();
        assert!(compact.contains(&words.to_lowercase()), "{leaf:?}: {error}");
        assert!(jira.requests().is_empty());
    }
}

#[test]
fn a_client_without_a_certificate_is_refused_where_one_is_demanded() {
    let jira = Jira::data_center().client_certificate().start();
    assert!(status_line(&jira, "localhost", false).is_err());
    assert_eq!(
        status_line(&jira, "localhost", true).unwrap(),
        "HTTP/1.1 200 OK"
    );
}

#[test]
fn the_files_go_when_the_jira_goes() {
    let jira = Jira::cloud().tls().start();
    let file = jira.ca_file().to_owned();
    assert!(file.exists());
    drop(jira);
    assert!(!file.exists());
}
