use crate::check::check;
use crate::loopback::{Server, black_hole, dead_port};
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Jira, Leaf};
use serde_json::Value;

/// The first step that failed: its name, the kind, and what was said.
pub fn first_failure(program: Program) -> (String, String, String) {
    let (code, steps, found) = check(program);
    assert_eq!(code, 5, "{found}");
    let failed = found["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["ok"] == false)
        .unwrap();
    assert_eq!(
        steps.last().unwrap().0,
        failed["name"],
        "it went on: {found}"
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let error = &failed["error"];
    (
        text(&failed["name"]),
        text(&error["kind"]),
        format!("{} {}", error["message"], error["hint"]),
    )
}

#[test]
fn the_certificates_issuer_and_its_days_are_shown() {
    let jira = Jira::server().tls().start();
    let ran = Program::seed(&jira).args(&["check"]).run().exits(0);
    let line = ran
        .stdout
        .lines()
        .find(|line| line.starts_with("ok      tls"))
        .unwrap();
    let days = line
        .rsplit(", ")
        .next()
        .unwrap()
        .strip_suffix(" days left")
        .unwrap();
    assert!(days.parse::<u32>().unwrap() > 365, "{line}");
    assert!(line.contains("issued by CN="), "{line}");
    let plain = Jira::server().start();
    let (_, steps, _) = check(Program::seed(&plain));
    assert!(steps.iter().all(|(name, _)| name != "tls"));
}

#[test]
fn a_certificate_that_is_refused_ends_the_walk_at_tls_and_insecure_passes_it() {
    let rows = [
        (Leaf::Expired, "has expired: since Wed, 01 Jan 2020"),
        (
            Leaf::OtherName,
            "valid for jira.example.com, but not for 127.0.0.1",
        ),
        (Leaf::CommonNameOnly, "only the common name"),
    ];
    each(rows, |(leaf, words)| {
        let jira = Jira::server().tls_with(leaf).start();
        let (step, kind, said) = first_failure(Program::seed(&jira));
        assert_eq!((step.as_str(), kind.as_str()), ("tls", "tls"), "{said}");
        assert!(said.contains(words), "{said}");
        let insecure = Program::seed(&jira)
            .args(&["check", "--insecure"])
            .run()
            .succeeds_saying("certificates are not checked");
        insecure.prints("ok      tls          not checked; it says that it is issued by CN=");
    });
    let jira = Jira::server().tls().start();
    let (step, _, said) = first_failure(Program::seed(&jira).unset("JIRA_CA_BUNDLE"));
    assert_eq!(step, "tls");
    assert!(
        said.contains("not trusted here") && said.contains("JIRA_CA_BUNDLE"),
        "{said}"
    );
}

#[test]
fn the_proxy_is_a_step_of_its_own() {
    each(
        [Jira::server().start(), Jira::server().tls().start()],
        |jira| {
            let proxy = Server::http_proxy(None, None);
            let address = format!("http://127.0.0.1:{}", proxy.port);
            let ran = Program::seed(&jira)
                .set("ALL_PROXY", &address)
                .args(&["check"])
                .run()
                .exits(0);
            ran.prints(&format!(
                "ok      proxy        {address} (from ALL_PROXY) lets us through\n"
            ))
            .prints("is reached through a proxy at 127.0.0.1\n")
            .prints("ok      value");
        },
    );
    let jira = Jira::server().tls().start();
    let (dead, _held) = dead_port();
    let wants_login = Server::http_proxy(Some("builder:right"), None);
    let refusing = Server::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let rows = [
        (dead, "cannot be reached"),
        (wants_login.port, "wants a user and a password (407)"),
        (refusing.port, "it answers 403 Forbidden"),
    ];
    each(rows, |(port, words)| {
        let address = format!("http://127.0.0.1:{port}");
        let (step, kind, said) = first_failure(Program::seed(&jira).set("HTTPS_PROXY", &address));
        assert_eq!(
            (step.as_str(), kind.as_str()),
            ("proxy", "unreachable"),
            "{said}"
        );
        assert!(
            said.contains(&format!("the proxy {address} (from HTTPS_PROXY)"))
                && said.contains(words),
            "{said}"
        );
    });
    // Behind a proxy that works a certificate is refused as without one.
    let proxy = Server::http_proxy(None, None);
    let expired = Jira::server().tls_with(Leaf::Expired).start();
    let program = || Program::seed(&expired).set("ALL_PROXY", &format!("127.0.0.1:{}", proxy.port));
    let (code, steps, found) = check(program());
    let steps: Vec<_> = steps
        .iter()
        .map(|(name, ok)| (name.as_str(), *ok))
        .collect();
    assert_eq!(
        (code, steps.as_slice()),
        (5, &[("address", true), ("proxy", true), ("tls", false)][..]),
        "{found}"
    );
}

#[test]
fn where_nobody_answers_neither_proxy_nor_tls_is_called_good() {
    let (hole, _queue) = black_hole();
    let program = Program::bare()
        .set("JIRA_BASE_URL", &format!("https://127.0.0.1:{hole}"))
        .set("JIRA_PERSONAL_TOKEN", "token")
        .set("JIRA_TIMEOUT", "0.2");
    let (step, kind, said) = first_failure(program);
    assert_eq!(
        (step.as_str(), kind.as_str()),
        ("jira", "timeout"),
        "{said}"
    );
}
