use crate::authority::{Authority, against};
use crate::loopback::{Server, WRITTEN, dead_port, read_request};
use crate::proxies::{ENCODED, LOGIN, failure, proxied};
use crate::rows::each;
use fake_jira::Jira;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn each_way_to_refuse_a_tunnel_is_told_and_the_way_around_it() {
    let jira = Jira::server().tls().start();
    let acme = Authority::new();
    // Whatever it is asked, it answers 204, which opens no tunnel; a proxy behind
    // TLS is not asked a second time.
    let encrypted = acme.server(&["localhost"], |_| {});
    let mute = Server::answering("");
    let endless = Server::answering([b"HTTP/1.1 200 OK\r\nX: ", [b'x'; 8192].as_slice()].concat());
    let rows = [
        ("https", &encrypted, "it answers CONNECT with a refusal"),
        ("http", &mute, "it closes the connection after CONNECT"),
        ("http", &endless, "its answer to CONNECT has no end"),
    ];
    each(rows, |(scheme, proxy, words)| {
        let address = format!("{scheme}://localhost:{}", proxy.port);
        let (kind, said) = failure(
            proxied(&jira, &address)
                .trusting(&acme.ca_file())
                .without_retries(),
        );
        assert_eq!(
            (kind.as_str(), proxy.connections()),
            ("unreachable", 1),
            "{said}"
        );
        let whose = format!("the proxy {address} (from --proxy) does not connect to 127.0.0.1:");
        assert!(said.contains(&whose) && said.contains(words), "{said}");
        assert!(
            said.contains(
                "ask whoever runs the proxy; NO_PROXY (--no-proxy) 127.0.0.1 connects without it"
            ),
            "{said}"
        );
    });
}

#[test]
fn a_proxy_whose_success_opens_no_tunnel_is_told_which_one_would() {
    let jira = Jira::server().tls().start();
    let proxy = Server::answering("HTTP/1.1 204 No Content\r\n\r\n");
    let address = format!("http://localhost:{}", proxy.port);
    let (_, said) = failure(proxied(&jira, &address).without_retries());
    assert!(
        said.contains("only 200 would, and it answers 204"),
        "{said}"
    );
}

/// The second CONNECT only asks for the reason of the first one's refusal.
#[test]
fn a_proxy_that_wants_a_login_only_when_it_is_asked_again_is_not_asked_a_third_time() {
    let jira = Jira::server().tls().start();
    let asked = AtomicUsize::new(0);
    let proxy = Server::new(move |mut stream| {
        let status = if asked.fetch_add(1, Ordering::SeqCst) == 0 {
            "403 Forbidden"
        } else {
            "407 Log in"
        };
        let _ = read_request(&mut stream);
        let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
    });
    let (kind, said) = failure(proxied(&jira, &format!("http://localhost:{}", proxy.port)));
    assert_eq!(
        (kind.as_str(), proxy.connections()),
        ("unreachable", 2),
        "{said}"
    );
    assert!(said.contains("wants a user and a password (407)"), "{said}");
}

#[test]
fn a_proxy_that_opens_the_tunnel_only_when_it_is_asked_again_is_not_said_to_refuse_it() {
    let jira = Jira::server().tls().start();
    let rows = [
        (
            "200 Connection established",
            "did not connect to 127.0.0.1:",
        ),
        ("202 Accepted", "does not connect to 127.0.0.1:"),
    ];
    each(rows, |(second, words)| {
        let asked = AtomicUsize::new(0);
        let proxy = Server::new(move |mut stream| {
            let status = if asked.fetch_add(1, Ordering::SeqCst) == 0 {
                "503 Later"
            } else {
                second
            };
            let _ = read_request(&mut stream);
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        });
        let address = format!("http://localhost:{}", proxy.port);
        let (kind, said) = failure(proxied(&jira, &address).without_retries());
        assert_eq!(kind, "unreachable", "{said}");
        assert!(
            said.contains(words) && !said.contains("it answers 200"),
            "{said}"
        );
    });
}

#[test]
fn https_to_an_ipv6_address_is_not_possible_through_a_proxy_and_says_so() {
    let jira = Server::answering(WRITTEN);
    let proxy = Server::http_proxy(None, Some(jira.port));
    let program =
        against("[::1]", 8443).args(&["--proxy", &format!("http://localhost:{}", proxy.port)]);
    let (kind, said) = failure(program.without_retries());
    assert_eq!(kind, "unreachable");
    assert!(
        said.contains("https to [::1] is not possible (through the proxy http://localhost:"),
        "{said}"
    );
    assert!(
        said.contains("use a host name in JIRA_BASE_URL (--base-url), or go around the proxy"),
        "{said}"
    );
}

#[test]
fn a_connect_that_is_refused_by_rule_is_not_tried_again_and_one_that_fails_is() {
    let jira = Jira::server().tls().start();
    let refusing = Server::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let (dead, _held) = dead_port();
    let failing = Server::http_proxy(Some(LOGIN), Some(dead));
    each(
        [(refusing.port, 1), (failing.port, 2)],
        |(port, attempts)| {
            let address = format!("http://{ENCODED}@127.0.0.1:{port}");
            let (_, report) = proxied(&jira, &address)
                .set("JIRA_MAX_RETRIES", "1")
                .report();
            assert_eq!(report["issues"][0]["attempts"], attempts, "{report}");
            assert_eq!(
                report["issues"][0]["error"]["kind"], "unreachable",
                "{report}"
            );
        },
    );
}
