//! The pages for browsers.

use crate::sockets::{LOGIN, asked, get, put};
use fake_jira::{Builder, Jira, world};

const MARKUP: &str = "<b>bold</b> & \"quoted\" <script>alert(1)</script>";

fn page(jira: &Jira, path: &str) -> String {
    asked(jira, &get(path))
}

fn with_pages() -> Builder {
    Jira::server().pages()
}

fn send(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} /jira{path} HTTP/1.1\r\nHost: localhost\r\n{LOGIN}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn the_page_of_an_issue_shows_what_was_written() {
    let jira = with_pages().start();
    let shown = |words: &str| page(&jira, "/browse/HSP-1").contains(words);
    let row = "<th>Build status</th><td class=\"value\">Passed</td>";
    assert!(!shown(row) && shown("<h1>The build of HSP-1</h1>"));
    asked(&jira, &put("Passed"));
    assert!(shown(row), "{}", page(&jira, "/browse/HSP-1"));
    assert!(page(&jira, "/browse/HSP-404").starts_with("HTTP/1.1 404 "));
}

#[test]
fn looking_at_a_page_is_no_request_of_a_program() {
    let jira = with_pages().start();
    for path in ["/", "/browse/HSP-1", "/__fake/page.css", "/__fake/page.js"] {
        let answer = page(&jira, path);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
    }
    assert_eq!(jira.requests().len(), 0);
}

#[test]
fn texts_from_outside_stay_text() {
    let jira = with_pages().hostile().start();
    let body = serde_json::json!({
        "fields": {"summary": MARKUP, "customfield_10320": MARKUP},
        "update": {"comment": [{"add": {"body": MARKUP}}]},
    });
    let sent = send("PUT", "/rest/api/2/issue/HSP-1", &body.to_string());
    assert!(asked(&jira, &sent).starts_with("HTTP/1.1 204 "));
    for path in ["/", "/browse/HSP-1"] {
        let shown = page(&jira, path);
        assert!(shown.contains("&lt;b&gt;bold&lt;/b&gt; &amp;"), "{shown}");
        for markup in ["<b>", "<script>", "<img"] {
            assert!(!shown.contains(markup), "{path} has {markup}: {shown}");
        }
        assert!(shown.contains("default-src 'none'; style-src 'self'"));
    }
}

#[test]
fn the_first_page_lists_requests_without_their_secrets() {
    let jira = with_pages().start();
    asked(&jira, &put("Passed"));
    let password = world::CI_BOT_PASSWORD;
    let login = format!(r#"{{"username":"ci-bot","password":"{password}"}}"#);
    asked(&jira, &send("POST", "/rest/auth/1/session", &login));
    asked(
        &jira,
        &get("/rest/api/2/myself?jwt=aaa.bbb.ccc&expand=groups"),
    );
    let shown = page(&jira, "/");
    for words in [
        "PUT /jira/rest/api/2/issue/HSP-1</code></td><td>204</td><td>ci-bot</td>",
        "{&quot;username&quot;:&quot;ci-bot&quot;,&quot;password&quot;:&quot;***&quot;}",
        "/rest/api/2/myself?jwt=***&amp;expand=groups",
    ] {
        assert!(shown.contains(words), "no {words} in {shown}");
    }
    for secret in [password, "aaa.bbb.ccc"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_site_whose_name_leads_here_gets_no_page() {
    let jira = with_pages().start();
    let foreign = get("/").replace("Host: localhost", "Host: evil.example");
    assert!(asked(&jira, &foreign).starts_with("HTTP/1.1 403 "));
    for host in ["localhost:80", "127.0.0.1:8080", "[::1]"] {
        let own = get("/").replace("Host: localhost", &format!("Host: {host}"));
        assert!(asked(&jira, &own).starts_with("HTTP/1.1 200 "), "{host}");
    }
}

#[test]
fn there_are_no_pages_unless_they_are_asked_for() {
    let jira = Jira::server().start();
    for path in ["/", "/browse/HSP-1", "/__fake/page.css"] {
        assert!(page(&jira, path).starts_with("HTTP/1.1 404 "), "{path}");
    }
    assert_eq!(jira.requests().len(), 3);
}

#[test]
fn what_is_recorded_has_no_secrets() {
    let jira = with_pages().start();
    let requests = jira.follow();
    asked(&jira, &put("Passed"));
    let form = "grant_type=refresh_token&refresh_token=abc&client_id=me";
    let token = format!(
        "POST /jira/token?code=abc HTTP/1.1\r\nHost: localhost\r\nCookie: JSESSIONID=abc\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    asked(&jira, &token);
    let recorded: Vec<_> = requests.iter().take(2).collect();
    let all = recorded.iter().map(|one| one.without_secrets());
    let all: Vec<_> = all.map(|one| one.to_string()).collect();
    assert!(
        all[0].contains(r#"["Authorization","Basic ***"]"#),
        "{}",
        all[0]
    );
    assert!(
        all[0].contains(r#""status":204,"account":"ci-bot","applied":true"#),
        "{}",
        all[0]
    );
    assert!(all[1].contains(r#""query":"code=***""#), "{}", all[1]);
    assert!(
        all[1].contains(r#"refresh_token=***&client_id=me"#),
        "{}",
        all[1]
    );
    assert!(!all.concat().contains("abc"), "{all:?}");
}

#[test]
fn as_many_requests_are_kept_as_were_asked_for() {
    let jira = Jira::server().keep_requests(2).start();
    for path in ["/status", "/rest/api/2/myself", "/rest/api/2/field"] {
        asked(&jira, &get(path));
    }
    let kept = jira.requests();
    let kept: Vec<_> = kept
        .iter()
        .map(|one| (one.path.as_str(), one.status))
        .collect();
    assert_eq!(
        kept,
        [
            ("/jira/rest/api/2/myself", Some(200)),
            ("/jira/rest/api/2/field", Some(200))
        ]
    );
}
