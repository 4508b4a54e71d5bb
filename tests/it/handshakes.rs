use crate::authority::{Authority, against, private, refused};
use crate::loopback::{Server, read_request, tls_config};
use crate::rows::each;
use rcgen::KeyPair;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConnection, StreamOwned, SupportedProtocolVersion};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

type Encrypted = StreamOwned<ServerConnection, TcpStream>;

/// Answers the first bytes with these, whatever they say.
fn saying(bytes: Vec<u8>) -> Server {
    Server::new(move |mut stream| {
        let _ = stream.peek(&mut [0]);
        let _ = stream.write_all(&bytes);
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

fn alert(description: u8) -> Vec<u8> {
    vec![21, 3, 3, 0, 2, 2, description]
}

/// The hello of a server that chooses this version and a cipher of 2008 with CBC.
fn hello(version: [u8; 2]) -> Vec<u8> {
    let hello = [&version[..], &[7; 32], &[0, 0xc0, 0x13, 0]].concat();
    let length = u8::try_from(hello.len()).unwrap();
    [
        &[22, 3, 3, 0, length + 4, 2, 0, 0, length],
        hello.as_slice(),
    ]
    .concat()
}

#[test]
fn what_a_server_says_in_place_of_a_handshake_is_explained() {
    let rows = [
        (
            alert(40),
            &["it shares no cipher with us", "TLS 1.2 with ECDHE"][..],
        ),
        (alert(71), &["it shares no cipher with us"]),
        (
            alert(80),
            &["it ended the TLS handshake with an alert (InternalError)"],
        ),
        (
            alert(112),
            &[
                "it knows no site of this name",
                "JIRA_BASE_URL (--base-url)",
            ],
        ),
        (
            alert(116),
            &[
                "it wants a client certificate",
                "JIRA_CLIENT_CERT (--client-cert)",
            ],
        ),
        (
            hello([3, 2]),
            &["it speaks neither TLS 1.2 nor 1.3", "not spoken here"],
        ),
        (
            hello([3, 3]),
            &["the TLS handshake failed: ", "SelectedUnofferedCipherSuite"],
        ),
    ];
    each(rows, |(bytes, words)| {
        refused(against("localhost", saying(bytes).port), words);
    });
}

/// Demands a client certificate, says these bytes when there is none, and closes.
fn demanding(
    acme: &Authority,
    version: &'static SupportedProtocolVersion,
    farewell: Vec<u8>,
) -> Server {
    let key = KeyPair::generate().unwrap();
    let chain = vec![acme.sign(&["localhost"], |_| {}, &key).der().clone()];
    let config = Arc::new(tls_config(
        chain,
        private(&key),
        &[version],
        Some(acme.der()),
    ));
    Server::new(move |mut stream| {
        let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        while connection.read_tls(&mut stream).is_ok_and(|read| read > 0)
            && connection.process_new_packets().is_ok()
        {
            while connection.wants_write() {
                connection.write_tls(&mut stream).unwrap();
            }
        }
        let _ = stream.write_all(&farewell);
    })
}

#[test]
fn a_missing_client_certificate_is_named_however_the_server_breaks_off() {
    let acme = Authority::new();
    let of_an_older_server = demanding(&acme, &TLS12, alert(40));
    let program = against("localhost", of_an_older_server.port).trusting(&acme.ca_file());
    refused(
        program,
        &[
            "it wants a client certificate",
            "JIRA_CLIENT_CERT (--client-cert)",
        ],
    );
    each([&TLS12, &TLS13], |version| {
        let silent = demanding(&acme, version, vec![]);
        let program = against("localhost", silent.port).trusting(&acme.ca_file());
        program.fails_saying(
            "unreachable",
            5,
            &["it wants a client certificate, and none is given: give one with"],
        );
    });
}

/// Reads a request over TLS, of these authorities' clients if any, then does
/// this, and waits until the client is gone.
fn breaking(
    acme: &Authority,
    clients: Option<&Authority>,
    breaks: impl Fn(&mut Encrypted) + Send + Sync + 'static,
) -> Server {
    let key = KeyPair::generate().unwrap();
    let chain = vec![acme.sign(&["localhost"], |_| {}, &key).der().clone()];
    let config = Arc::new(tls_config(
        chain,
        private(&key),
        &[&TLS13],
        clients.map(Authority::der),
    ));
    Server::new(move |stream| {
        let mut stream =
            StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        if read_request(&mut stream).is_some() {
            breaks(&mut stream);
            let _ = stream.sock.read_to_end(&mut Vec::new());
        }
    })
}

/// Garbage of its own makes it send a fatal alert.
fn alerting(stream: &mut Encrypted) {
    stream.conn.read_tls(&mut &[0xff; 32][..]).unwrap();
    stream.conn.process_new_packets().unwrap_err();
    stream.conn.write_tls(&mut stream.sock).unwrap();
}

#[test]
fn where_tls_breaks_behind_the_request_it_may_have_been_written() {
    let acme = Authority::new();
    let key = KeyPair::generate().unwrap();
    let ours = acme.file(
        "ours.pem",
        &(acme.sign(&["ci"], |_| {}, &key).pem() + &key.serialize_pem()),
    );
    let says = |bytes: &'static [u8]| {
        breaking(&acme, None, move |stream| {
            stream.sock.write_all(bytes).unwrap()
        })
    };
    let falsified = says(&[
        23, 3, 3, 0, 20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    ]);
    let plain = says(b"HTTP/1.1 204 No Content\r\n\r\n");
    let too_long = says(&[23, 3, 3, 0xff, 0xff]);
    let rows = [
        ("falsified", falsified),
        ("plain", plain),
        ("too long", too_long),
        ("an alert", breaking(&acme, None, alerting)),
        (
            "an alert to a client that is known",
            breaking(&acme, Some(&acme), alerting),
        ),
    ];
    each(rows, |(name, server)| {
        let program = against("localhost", server.port).trusting(&acme.ca_file());
        let (code, report) = program
            .set("JIRA_CLIENT_CERT", ours.to_str().unwrap())
            .report();
        let issue = &report["issues"][0];
        assert_eq!(
            (code, issue["error"]["kind"].as_str()),
            (5, Some("tls")),
            "{name}: {report}"
        );
        assert_eq!(
            (&issue["attempts"], &issue["maybe_written"]),
            (&1.into(), &true.into()),
            "{name}: {report}"
        );
    });
}

/// Lets the client send its request before it looks at the client's
/// certificate, as a server under load does, and turns the client down then.
fn deciding_late(acme: &Authority) -> Server {
    let key = KeyPair::generate().unwrap();
    let chain = vec![acme.sign(&["localhost"], |_| {}, &key).der().clone()];
    let config = Arc::new(tls_config(
        chain,
        private(&key),
        &[&TLS13],
        Some(acme.der()),
    ));
    Server::new(move |mut stream| {
        let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        while !connection.wants_write() {
            connection.read_tls(&mut stream).unwrap();
            connection.process_new_packets().unwrap();
        }
        while connection.wants_write() {
            connection.write_tls(&mut stream).unwrap();
        }
        let mut sent = vec![0; LONG];
        stream.read_exact(&mut sent).unwrap();
        let mut sent = sent.as_slice();
        while connection.read_tls(&mut sent).unwrap() > 0
            && connection.process_new_packets().is_ok()
        {}
        while connection.wants_write() {
            connection.write_tls(&mut stream).unwrap();
        }
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

/// More bytes than a client's part of a handshake has.
const LONG: usize = 6000;

#[test]
fn a_client_that_is_turned_down_behind_its_request_may_have_been_heard() {
    let (acme, stranger) = (Authority::new(), Authority::new());
    let key = KeyPair::generate().unwrap();
    let foreign = stranger.file(
        "foreign.pem",
        &(stranger.sign(&["ci"], |_| {}, &key).pem() + &key.serialize_pem()),
    );
    let rows = [
        ("", "it wants a client certificate, and none is given"),
        (
            foreign.to_str().unwrap(),
            "it does not accept our client certificate",
        ),
    ];
    each(rows, |(certificate, words)| {
        let server = deciding_late(&acme);
        let long = format!("10315:=\"{}\"", "x".repeat(LONG));
        let program = against("localhost", server.port)
            .trusting(&acme.ca_file())
            .args(&["--set", &long]);
        let (code, report) = program.set("JIRA_CLIENT_CERT", certificate).report();
        let issue = &report["issues"][0];
        assert_eq!(
            (code, issue["error"]["kind"].as_str(), &issue["attempts"]),
            (5, Some("tls"), &1.into()),
            "{report}"
        );
        assert!(
            issue["error"]["message"].as_str().unwrap().contains(words),
            "{report}"
        );
        assert_eq!(issue["maybe_written"], true, "{report}");
    });
}
