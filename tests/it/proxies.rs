use crate::loopback::{Server, base64, black_hole, dead_port};
use crate::program::{FIELD, Program, VALUE};
use crate::rows::each;
use fake_jira::Jira;

pub const LOGIN: &str = "builder:proxy p@ss/word";

pub const ENCODED: &str = "builder:proxy%20p%40ss%2Fword";

pub fn proxied(jira: &Jira, proxy: &str) -> Program {
    Program::seed(jira).args(&["--proxy", proxy])
}

/// Runs it once, and returns kind, message with hint, and whether something may
/// have been written.
pub fn failure(program: Program) -> (String, String) {
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
    each(
        [Jira::server().start(), Jira::server().tls().start()],
        |jira| {
            let http = Server::http_proxy(Some(LOGIN), None);
            let socks = Server::socks_proxy(Some(("builder", "proxy p@ss/word")));
            each(
                [("http", &http), ("socks5", &socks), ("socks5h", &socks)],
                |(scheme, proxy)| {
                    let before = proxy.connections();
                    // A name, to see which side resolves it.
                    let address = jira.base_url().replace("127.0.0.1", "localhost");
                    let proxy_address = format!("{scheme}://{ENCODED}@127.0.0.1:{}", proxy.port);
                    proxied(&jira, &proxy_address)
                        .set("JIRA_BASE_URL", &address)
                        .run()
                        .exits(0);
                    assert_eq!(proxy.connections(), before + 1, "{scheme}");
                },
            );
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
        },
    );
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
        program.args(flags).without_retries().run().exits(0);
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
        &[("HTTP_PROXY", dead), ("NO_PROXY", "127.0.0.1")],
        &[],
        false,
    );
    run(&[("HTTP_PROXY", dead), ("no_proxy", "*")], &[], false);
    run(&[("HTTP_PROXY", dead)], &["--no-proxy", "*"], false);
    run(&[("HTTP_PROXY", dead)], &["--proxy", ""], false);
    run(&[("HTTP_PROXY", dead)], &["--proxy", &address], true);
    run(
        &[("HTTP_PROXY", &address), ("NO_PROXY", "127.0.0.1")],
        &["--no-proxy", ""],
        true,
    );
}

#[test]
fn a_proxy_that_wants_another_login_is_asked_once_and_named_without_its_password() {
    let jira = Jira::server().start();
    let tls = Jira::server().tls().start();
    each([&jira, &tls], |jira| {
        let http = Server::http_proxy(Some("builder:right"), None);
        let socks = Server::socks_proxy(Some(("builder", "right")));
        each([("http", &http), ("socks5h", &socks)], |(scheme, proxy)| {
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
        });
        assert_eq!(jira.requests().len(), 0);
    });
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
    ran.exits(5)
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
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn what_goes_wrong_at_the_proxy_is_said_of_the_proxy() {
    let plain = Jira::server().start();
    let tls = Jira::server().tls().start();
    let (dead, _held) = dead_port();
    let (hole, _queue) = black_hole();
    let refusing = Server::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let closing = Server::new(drop);
    let nowhere = Server::http_proxy(None, Some(dead));
    let nowhere_socks = Server::socks_proxy(None);
    let rows = [
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
    ];
    each(rows, |(jira, scheme, port, kind, words)| {
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
    });
    let gone = Program::bare()
        .set("JIRA_BASE_URL", &format!("https://127.0.0.1:{dead}"))
        .args(&[
            "--proxy",
            &format!("socks5h://127.0.0.1:{}", nowhere_socks.port),
        ]);
    let gone = gone
        .set("JIRA_PERSONAL_TOKEN", "some-token")
        .args(&["--issue", "HSP-1", "--set", "10314:=1"])
        .without_retries();
    let (_, said) = failure(gone);
    assert!(said.contains("does not connect to 127.0.0.1:"), "{said}");
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
