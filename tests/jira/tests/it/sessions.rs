//! Cookie sessions from login to logout.

use crate::client::Client;
use fake_jira::{CAPTCHA_AFTER, Jira, Reply, Request, world};
use serde_json::json;
use std::time::Duration;

const SESSION: &str = "/jira/rest/auth/1/session";

fn log_in(client: &mut Client, password: &str) -> Reply {
    let body = json!({"username": "ci-bot", "password": password});
    client
        .site
        .handle(&Request::new("POST", SESSION).json(&body), client.now)
}

fn with_cookie(client: &mut Client, method: &str, path: &str, cookie: &str) -> Reply {
    let request = Request::new(method, path)
        .header("Cookie", cookie)
        .header("Accept", "application/json");
    client.site.handle(&request, client.now)
}

fn cookie(reply: &Reply) -> String {
    format!(
        "other=1; JSESSIONID={}",
        reply.to_json()["session"]["value"].as_str().unwrap()
    )
}

#[test]
fn a_login_opens_jira_until_the_logout() {
    let mut client = Client::self_hosted(Jira::server()).anonymous();
    let reply = log_in(&mut client, world::CI_BOT_PASSWORD);
    assert_eq!(
        (reply.status, &reply.to_json()["session"]["name"]),
        (200, &json!("JSESSIONID"))
    );
    let cookies = reply
        .headers
        .iter()
        .filter(|(name, _)| name == "Set-Cookie")
        .map(|(_, text)| text.as_str());
    let cookies: Vec<_> = cookies.collect();
    assert!(
        cookies[0].starts_with("JSESSIONID=") && cookies[1].starts_with("atlassian.xsrf.token="),
        "{cookies:?}"
    );
    let cookie = cookie(&reply);
    assert_eq!(
        with_cookie(&mut client, "GET", SESSION, &cookie).to_json()["name"],
        "ci-bot"
    );
    assert_eq!(
        with_cookie(&mut client, "GET", "/jira/rest/api/2/issue/HSP-1", &cookie).status,
        200
    );
    assert_eq!(client.site.open_sessions(), 1);
    assert_eq!(
        with_cookie(&mut client, "DELETE", SESSION, &cookie).status,
        204
    );
    assert_eq!(
        with_cookie(&mut client, "DELETE", SESSION, &cookie).status,
        401
    );
    assert_eq!(
        with_cookie(&mut client, "GET", "/jira/rest/api/2/issue/HSP-1", &cookie).status,
        401
    );
    assert_eq!(client.site.open_sessions(), 0);
}

#[test]
fn a_session_lives_while_it_is_used() {
    let mut client =
        Client::self_hosted(Jira::data_center().session_life(Duration::from_secs(60))).anonymous();
    let cookie = cookie(&log_in(&mut client, world::CI_BOT_PASSWORD));
    for (later, status) in [(59, 200), (59, 200), (60, 401)] {
        client.now += Duration::from_secs(later);
        assert_eq!(
            with_cookie(&mut client, "GET", "/jira/rest/api/2/myself", &cookie).status,
            status
        );
    }
}

#[test]
fn bad_logins_end_in_a_captcha_here_too() {
    let mut client = Client::self_hosted(Jira::server()).anonymous();
    for _ in 0..CAPTCHA_AFTER {
        let reply = log_in(&mut client, "wrong");
        assert_eq!(
            (reply.status, reply.to_json()),
            (401, json!(["Login failed"]))
        );
        assert_eq!(reply.value_of("WWW-Authenticate"), Some("JIRA REST POST"));
    }
    let reply = log_in(&mut client, world::CI_BOT_PASSWORD);
    assert_eq!(
        (reply.status, reply.to_json()),
        (403, json!(["Login denied"]))
    );
    assert!(
        reply
            .value_of("X-Authentication-Denied-Reason")
            .unwrap()
            .starts_with("CAPTCHA_CHALLENGE; login-url=")
    );
    assert_eq!(client.site.bad_logins("ci-bot"), CAPTCHA_AFTER);
}

#[test]
fn cloud_has_no_such_login() {
    let mut client = Client::cloud().anonymous();
    let request = Request::new("POST", "/rest/auth/1/session")
        .json(&json!({"username": "ci-bot", "password": "x"}));
    assert_eq!(client.send(request).status, 404);
}
