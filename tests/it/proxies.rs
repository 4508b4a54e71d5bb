use crate::certificates::{Authority, against};
use crate::loopback::{Server, WRITTEN, base64, black_hole, dead_port, read_request};
use crate::program::{FIELD, Program, VALUE};
use jira_stand_in::Jira;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

const LOGIN: &str = "builder:proxy p@ss/word";
const ENCODED: &str = "builder:proxy%20p%40ss%2Fword";

fn proxied(jira: &Jira, proxy: &str) -> Program {
    Program::seed(jira).args(&["--proxy", proxy])
}

/// Runs it once, and returns kind, message with hint, and whether something may
/// have been written.
fn failure(program: Program) -> (String, String) {
    let (code, report) = program.report();
    let error = &report["issues"][0]["error"];
    assert_eq!(
        (code, &report["issues"][0]["maybe_written"]),
        (5, &false.into()),
        "{report}"
    );
    (
        error["kind"].as_str().unwrap().to_owned(),
        format!("{} {}", error["message"], error["hint"]),
    )
}

#[test]
fn a_write_goes_through_every_kind_of_proxy() {
    for jira in [Jira::server().start(), Jira::server().tls().start()] {
        let http = Server::http_proxy(Some(LOGIN), None);
        let socks = Server::socks_proxy(Some(("builder", "proxy p@ss/word")));
        for (scheme, proxy) in [("http", &http), ("socks5", &socks), ("socks5h", &socks)] {
            let before = proxy.connections();
            proxied(
                &jira,
                &format!("{scheme}://{ENCODED}@127.0.0.1:{}", proxy.port),
            )
            .run()
            .exits(0)
            .quietly();
            assert_eq!(proxy.connections(), before + 1, "{scheme}");
        }
        assert_eq!(jira.writes().len(), 3);
        assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
        let asked: Vec<_> = http
            .heads()
            .iter()
            .map(|head| head.lines().next().unwrap().to_owned())
            .collect();
        let tunnelled = jira.base_url().starts_with("https");
        assert!(
            asked[0].starts_with(if tunnelled {
                "CONNECT localhost:"
            } else {
                "PUT http://localhost:"
            }),
            "{asked:?}"
        );
        assert_eq!(
            socks.heads()[1],
            "localhost",
            "with socks5h the proxy resolves the name"
        );
        assert_ne!(
            socks.heads()[0],
            "localhost",
            "with socks5 this machine does"
        );
    }
}

#[test]
fn jiras_credentials_are_not_shown_to_a_proxy_that_tunnels() {
    let jira = Jira::server().tls().start();
    let proxy = Server::http_proxy(None, None);
    proxied(&jira, &format!("127.0.0.1:{}", proxy.port))
        .run()
        .exits(0);
    assert!(
        !proxy.heads()[0]
            .to_lowercase()
            .contains("\r\nauthorization:"),
        "{:?}",
        proxy.heads()
    );
}

#[test]
fn the_environment_names_the_proxy_and_its_exceptions() {
    let jira = Jira::server().start();
    let proxy = Server::http_proxy(None, None);
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let dead = "http://127.0.0.1:1";
    let run = |settings: &[(&str, &str)], flags: &[&str], through_proxy: bool| {
        let before = proxy.connections();
        let program = settings
            .iter()
            .fold(Program::seed(&jira), |program, (name, value)| {
                program.set(name, value)
            });
        program
            .args(flags)
            .without_retries()
            .run()
            .exits(0)
            .quietly();
        assert_eq!(
            proxy.connections() > before,
            through_proxy,
            "{settings:?} {flags:?}"
        );
    };
    run(&[("HTTP_PROXY", &address)], &[], true);
    run(
        &[("http_proxy", &address), ("REQUEST_METHOD", "GET")],
        &[],
        true,
    );
    run(
        &[("HTTP_PROXY", dead), ("REQUEST_METHOD", "GET")],
        &[],
        false,
    );
    run(&[("ALL_PROXY", &address)], &[], true);
    run(&[("HTTPS_PROXY", dead)], &[], false);
    run(
        &[("HTTP_PROXY", dead), ("NO_PROXY", "localhost")],
        &[],
        false,
    );
    run(&[("HTTP_PROXY", dead), ("no_proxy", "*")], &[], false);
    run(&[("HTTP_PROXY", dead)], &["--no-proxy", "*"], false);
    run(&[("HTTP_PROXY", dead)], &["--proxy", ""], false);
    run(&[("HTTP_PROXY", dead)], &["--proxy", &address], true);
    run(
        &[("HTTP_PROXY", &address), ("NO_PROXY", "localhost")],
        &["--no-proxy", ""],
        true,
    );
}

#[test]
fn a_proxy_that_wants_another_login_is_asked_once_and_named_without_its_password() {
    let jira = Jira::server().start();
    let tls = Jira::server().tls().start();
    for jira in [&jira, &tls] {
        let http = Server::http_proxy(Some("builder:right"), None);
        let socks = Server::socks_proxy(Some(("builder", "right")));
        for (scheme, proxy) in [("http", &http), ("socks5h", &socks)] {
            let address = format!("{scheme}://127.0.0.1:{}", proxy.port);
            let (kind, words) = failure(proxied(jira, &address));
            assert_eq!(
                (kind.as_str(), proxy.connections()),
                ("unreachable", 1),
                "{words}"
            );
            assert!(
                words.contains(&format!(
                    "the proxy {address} (from --proxy) wants a user and a password"
                )),
                "{words}"
            );
            let wrong = format!(
                "{scheme}://builder:{}@127.0.0.1:{}",
                "wr0ng-secret", proxy.port
            );
            let (kind, words) = failure(proxied(jira, &wrong).set("JIRA_LOG", "trace"));
            assert_eq!(
                (kind.as_str(), proxy.connections()),
                ("unreachable", 2),
                "{words}"
            );
            assert!(
                words.contains(&format!(
                    "{address} (from --proxy) refuses its user and password"
                )),
                "{words}"
            );
            proxied(jira, &wrong)
                .set("JIRA_LOG", "trace")
                .run()
                .exits(5)
                .hides("wr0ng-secret")
                .hides(&base64("builder:wr0ng-secret"));
        }
        assert_eq!(jira.requests().len(), 0);
    }
}

#[test]
fn a_proxy_that_echoes_its_login_shows_it_to_nobody() {
    let page = format!(
        "<title>builder wr0ng-secret {}</title>",
        base64("builder:wr0ng-secret")
    );
    let answer = format!(
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}",
        page.len()
    );
    let proxy = Server::answering(answer);
    let jira = Jira::server().start();
    let ran = proxied(
        &jira,
        &format!("http://builder:wr0ng-secret@127.0.0.1:{}", proxy.port),
    )
    .set("JIRA_LOG", "trace")
    .run();
    ran.exits(3)
        .hides("wr0ng-secret")
        .hides(&base64("builder:wr0ng-secret"))
        .says("***");
}

#[test]
fn a_proxys_words_hold_no_control_characters_and_no_login() {
    let jira = Jira::server().tls().start();
    let answer = format!(
        "HTTP/1.1 403 \u{1b}[31mNo {} wr0ng-secret\r\n\r\n",
        base64("builder:wr0ng-secret")
    );
    let proxy = Server::answering(answer);
    let ran = proxied(
        &jira,
        &format!("http://builder:wr0ng-secret@127.0.0.1:{}", proxy.port),
    )
    .run()
    .exits(5);
    ran.says("it answers 403 [31mNo *** ***")
        .hides("\u{1b}")
        .hides("wr0ng-secret");
}

#[test]
fn what_goes_wrong_at_the_proxy_is_said_of_the_proxy() {
    let plain = Jira::server().start();
    let tls = Jira::server().tls().start();
    let (dead, _held) = dead_port();
    let (hole, _queue) = black_hole();
    let refusing = Server::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let closing = Server::new(drop);
    let nowhere = Server::http_proxy(None, Some(dead));
    let nowhere_socks = Server::socks_proxy(None);
    for (jira, scheme, port, kind, words) in [
        (&plain, "http", dead, "unreachable", "cannot be reached: "),
        (&tls, "http", dead, "unreachable", "cannot be reached: "),
        (&plain, "socks5h", dead, "unreachable", "cannot be reached"),
        (&tls, "socks5", dead, "unreachable", "cannot be reached"),
        (
            &tls,
            "http",
            hole,
            "timeout",
            "no connection was made in time (through ",
        ),
        // Whether the attempt's time or the connection's ends first, the clock decides:
        // they are the same here.
        (&tls, "socks5h", hole, "unreachable or timeout", "proxy "),
        (
            &tls,
            "http",
            refusing.port,
            "unreachable",
            "it answers 403 Forbidden",
        ),
        (&tls, "http", closing.port, "unreachable", "the proxy "),
        (
            &tls,
            "http",
            nowhere.port,
            "unreachable",
            "it answers 503 Service Unavailable",
        ),
        (&plain, "http", nowhere.port, "unreachable", "503"),
        (&tls, "https", closing.port, "unreachable", "the proxy "),
    ] {
        let address = format!("{scheme}://127.0.0.1:{port}");
        let (actual, said) = failure(
            proxied(jira, &address)
                .set("JIRA_TIMEOUT", "1")
                .without_retries(),
        );
        assert!(
            kind.split(" or ").any(|kind| kind == actual),
            "{scheme} {words}: {actual}: {said}"
        );
        assert!(said.contains(words), "{scheme} {words}: {said}");
        assert!(
            words == "503" || said.contains(&address),
            "{scheme}: {said}"
        );
    }
    let gone = Program::bare()
        .set("JIRA_BASE_URL", &format!("https://localhost:{dead}"))
        .args(&[
            "--proxy",
            &format!("socks5h://127.0.0.1:{}", nowhere_socks.port),
        ]);
    let gone = gone
        .set("JIRA_PERSONAL_TOKEN", "some-token")
        .args(&["--issue", "HSP-1", "--set", "10314:=1"])
        .without_retries();
    let (_, said) = failure(gone);
    assert!(said.contains("does not connect to localhost:"), "{said}");
}

#[test]
fn each_way_to_refuse_a_tunnel_is_told_and_the_way_around_it() {
    let jira = Jira::server().tls().start();
    let acme = Authority::new();
    // Whatever it is asked, it answers 204, which opens no tunnel; a proxy behind
    // TLS is not asked a second time.
    let encrypted = acme.server(&["localhost"], |_| {});
    let mute = Server::answering("");
    let endless = Server::answering([b"HTTP/1.1 200 OK\r\nX: ", [b'x'; 8192].as_slice()].concat());
    for (scheme, proxy, words) in [
        ("https", &encrypted, "it answers CONNECT with a refusal"),
        ("http", &mute, "it closes the connection after CONNECT"),
        ("http", &endless, "its answer to CONNECT has no end"),
    ] {
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
        let whose = format!("the proxy {address} (from --proxy) does not connect to localhost:");
        assert!(said.contains(&whose) && said.contains(words), "{said}");
        assert!(
            said.contains(
                "ask whoever keeps the proxy; NO_PROXY (--no-proxy) localhost goes around it"
            ),
            "{said}"
        );
    }
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
    for (second, words) in [
        (
            "200 Connection established",
            "did not connect to localhost:",
        ),
        ("202 Accepted", "does not connect to localhost:"),
    ] {
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
    }
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
    for (port, attempts) in [(refusing.port, 1), (failing.port, 2)] {
        let address = format!("http://{ENCODED}@127.0.0.1:{port}");
        let (_, report) = proxied(&jira, &address)
            .set("JIRA_MAX_RETRIES", "1")
            .report();
        assert_eq!(report["issues"][0]["attempts"], attempts, "{report}");
        assert_eq!(
            report["issues"][0]["error"]["kind"], "unreachable",
            "{report}"
        );
    }
}

#[test]
fn a_proxy_that_is_none_is_a_usage_error_that_hides_the_password() {
    let jira = Jira::server().start();
    proxied(&jira, "ftp://bob:hunter2x@proxy")
        .run()
        .exits(2)
        .says("--proxy must begin with")
        .hides("hunter2x");
    let program = Program::seed(&jira).set("HTTP_PROXY", "http://bob:hunter2x@proxy:port");
    program
        .run()
        .exits(2)
        .says("HTTP_PROXY is no proxy's address")
        .hides("hunter2x");
}
