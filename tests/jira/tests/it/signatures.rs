//! Requests that are rejected before the signature is verified. Published
//! vectors beside the code cover the signatures themselves.

use crate::client::Client;
use fake_jira::{Jira, Reply, Request, world};

const NOW: u64 = 1_767_229_260;

/// A request with these parameters in place of, or besides, what each must have.
fn ask(client: &mut Client, path: &str, parameters: &[(&str, &str)]) -> Reply {
    let now = NOW.to_string();
    let mut all = vec![
        ("oauth_consumer_key", world::CONSUMER_KEY),
        ("oauth_token", world::CI_ACCESS_TOKEN),
        ("oauth_signature_method", "RSA-SHA1"),
        ("oauth_signature", "AAAA"),
        ("oauth_timestamp", now.as_str()),
        ("oauth_nonce", "1"),
        ("oauth_version", "1.0"),
    ];
    for (name, value) in parameters {
        all.retain(|(known, _)| known != name);
        if !value.is_empty() {
            all.push((name, value));
        }
    }
    let pairs: Vec<_> = all
        .iter()
        .map(|(name, value)| format!("{name}=\"{value}\""))
        .collect();
    let method = if path.contains("oauth") {
        "POST"
    } else {
        "GET"
    };
    let request =
        Request::new(method, path).header("Authorization", &format!("OAuth {}", pairs.join(", ")));
    client.site.handle(&request, client.now)
}

#[test]
fn each_problem_has_its_status_and_stands_in_body_and_header() {
    let late = (NOW - 301).to_string();
    let mut client = Client::data_center().anonymous();
    let path = "/jira/rest/api/2/issue/HSP-1";
    for (parameters, status, problem) in [
        (("oauth_version", "2.0"), 400, "version_rejected"),
        (("oauth_nonce", ""), 400, "parameter_absent"),
        (("oauth_token", ""), 400, "parameter_absent"),
        (
            ("oauth_signature_method", "HMAC-SHA1"),
            400,
            "signature_method_rejected",
        ),
        (("oauth_timestamp", late.as_str()), 400, "timestamp_refused"),
        (("oauth_timestamp", "soon"), 400, "parameter_rejected"),
        (
            ("oauth_consumer_key", "nobody"),
            401,
            "consumer_key_unknown",
        ),
        (("oauth_token", "nothing"), 401, "token_rejected"),
        (("oauth_signature", "AAAA"), 401, "signature_invalid"),
    ] {
        let reply = ask(&mut client, path, &[parameters]);
        let body = reply.to_text();
        assert_eq!(
            (reply.status, body.split('&').next().unwrap()),
            (status, format!("oauth_problem={problem}").as_str())
        );
        let challenge = reply.value_of("WWW-Authenticate").unwrap();
        assert!(
            challenge.starts_with("OAuth realm=\"https%3A%2F%2Fjira.example.com%2Fjira\""),
            "{challenge}"
        );
        assert!(
            challenge.contains(&format!("oauth_problem=\"{problem}\"")),
            "{challenge}"
        );
        assert_eq!(
            reply.value_of("Content-Type"),
            Some("application/x-www-form-urlencoded;charset=UTF-8")
        );
    }
}

#[test]
fn a_refused_timestamp_comes_with_those_that_are_taken_and_a_refused_signature_with_what_was_verified()
 {
    let mut client = Client::data_center().anonymous();
    let late = ask(
        &mut client,
        "/jira/rest/api/2/myself",
        &[("oauth_timestamp", "1")],
    )
    .to_text();
    assert!(
        late.ends_with(&format!(
            "oauth_acceptable_timestamps={}-{}",
            NOW - 300,
            NOW + 300
        )),
        "{late}"
    );
    let invalid = ask(&mut client, "/jira/rest/api/2/myself", &[]).to_text();
    assert!(
        invalid.contains(
            "oauth_signature_base_string=GET%26https%253A%252F%252Fjira.example.com%252Fjira"
        ),
        "{invalid}"
    );
}

#[test]
fn tokens_are_revoked_and_links_deleted() {
    let mut client = Client::self_hosted(Jira::server()).anonymous();
    client.site.remove_consumer(world::CONSUMER_KEY);
    assert!(
        ask(&mut client, "/jira/rest/api/2/myself", &[])
            .to_text()
            .contains("consumer_key_unknown")
    );
    client.site.revoke_access_token(world::CI_ACCESS_TOKEN);
    assert!(
        ask(&mut client, "/jira/rest/api/2/myself", &[])
            .to_text()
            .contains("token_revoked")
    );
}

#[test]
fn the_servlet_is_self_hosted_jiras_alone_and_its_page_needs_a_token() {
    let page = "/plugins/servlet/oauth/authorize?oauth_token=nothing";
    let mut client = Client::data_center().anonymous();
    let reply = client.send(Request::new("GET", &format!("/jira{page}")));
    assert_eq!(
        (reply.status, reply.to_text().contains("token_rejected")),
        (401, true)
    );
    assert_eq!(
        client
            .send(Request::new(
                "GET",
                "/jira/plugins/servlet/oauth/request-token"
            ))
            .status,
        405
    );
    assert_eq!(
        Client::cloud()
            .anonymous()
            .send(Request::new("GET", page))
            .status,
        404
    );
}
