//! OAuth 2.0's authorization flow, its tokens and the gateway.

use fake_jira::world::{
    CI_EMAIL, CI_SCOPED_TOKEN, CLIENT_ID, CLIENT_SECRET, CLOUD_ID, REDIRECT, SERVICE_CLIENT_ID,
    SERVICE_CLIENT_SECRET,
};
use fake_jira::{Jira, Reply, Request, Site};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const ALL: [&str; 4] = [
    "read:jira-work",
    "write:jira-work",
    "read:jira-user",
    "offline_access",
];
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_767_229_260 + seconds)
}

fn cloud() -> Site {
    Jira::cloud().site("https://jira.example.com")
}

fn data_center() -> Site {
    Jira::data_center().site("https://jira.example.com")
}

fn form(members: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| {
        format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
    };
    members.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn ask_token(site: &mut Site, members: &[(&str, &str)], seconds: u64) -> Reply {
    let self_hosted = site.base_url().ends_with("/jira");
    let path = if self_hosted {
        "/jira/rest/oauth2/latest/token"
    } else {
        "/auth.atlassian.com/oauth/token"
    };
    let mut request =
        Request::new("POST", path).header("Content-Type", "application/x-www-form-urlencoded");
    request.body = form(members).into_bytes();
    site.handle(&request, at(seconds))
}

fn refresh(site: &mut Site, token: &str, seconds: u64) -> Reply {
    let members = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("refresh_token", token),
    ];
    ask_token(site, &members, seconds)
}

/// The code that a consent sends back.
fn code(site: &mut Site, more: &[(&str, &str)], scope: &str) -> String {
    let self_hosted = site.base_url().ends_with("/jira");
    let path = if self_hosted {
        "/jira/rest/oauth2/latest/authorize"
    } else {
        "/auth.atlassian.com/authorize"
    };
    let mut members = vec![
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("audience", "api.atlassian.com"),
        ("state", "s t"),
        ("scope", scope),
    ];
    members.extend(more);
    let page = site.handle(
        &Request::new("GET", &format!("{path}?{}", form(&members))),
        at(0),
    );
    assert_eq!(page.status, 200, "{}", page.to_text());
    members.push(("decision", "allow"));
    let mut request = Request::new("POST", path);
    request.body = form(&members).into_bytes();
    let sent = site.handle(&request, at(0));
    let target = sent.value_of("Location").unwrap();
    let query = target
        .strip_prefix(REDIRECT)
        .unwrap()
        .strip_prefix("?code=")
        .unwrap();
    let (code, state) = query.split_once("&state=").unwrap();
    assert_eq!(state, "s%20t");
    percent_decode_str(code).decode_utf8_lossy().into_owned()
}

fn exchange(site: &mut Site, code: &str, more: &[(&str, &str)], seconds: u64) -> Reply {
    let mut members = vec![
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("code", code),
    ];
    if !more.iter().any(|(name, _)| *name == "redirect_uri") {
        members.push(("redirect_uri", REDIRECT));
    }
    members.extend(more);
    ask_token(site, &members, seconds)
}

fn text(reply: &Reply, name: &str) -> String {
    reply.to_json()[name]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn through_gateway(
    site: &mut Site,
    method: &str,
    path: &str,
    authorization: &str,
    seconds: u64,
) -> Reply {
    let target = format!("/api.atlassian.com/ex/jira/{CLOUD_ID}{path}");
    let request = Request::new(method, &target).header("Authorization", authorization);
    let request = if method == "PUT" {
        request.json(&json!({"fields": {"customfield_10319": "7"}}))
    } else {
        request
    };
    site.handle(&request, at(seconds))
}

#[test]
fn a_code_is_good_once_for_its_client_its_address_and_its_time() {
    let mut site = cloud();
    let scope = ALL.join(" ");
    let right = code(&mut site, &[], &scope);
    let given = exchange(&mut site, &right, &[], 1);
    assert_eq!(given.status, 200);
    assert_eq!(given.to_json()["expires_in"], 3600);
    assert!(given.to_json()["token_type"].is_null() && !text(&given, "refresh_token").is_empty());
    let twice = exchange(&mut site, &right, &[], 2);
    assert_eq!(
        (twice.status, text(&twice, "error").as_str()),
        (403, "invalid_grant")
    );
    let late = code(&mut site, &[], &scope);
    assert_eq!(exchange(&mut site, &late, &[], 601).status, 403);
    let elsewhere = code(&mut site, &[], &scope);
    let encoded = "http%3A%2F%2Flocalhost%3A8765%2Fcallback";
    assert_eq!(
        exchange(&mut site, &elsewhere, &[("redirect_uri", encoded)], 1).status,
        403
    );
    let short = code(&mut site, &[], "read:jira-work");
    assert_eq!(
        text(&exchange(&mut site, &short, &[], 1), "refresh_token"),
        ""
    );
}

#[test]
fn a_challenge_wants_its_verifier_and_no_other() {
    let mut site = data_center();
    let challenge = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (verifier, status) in [
        (Some(VERIFIER), 200),
        (Some("another-verifier-that-is-long-enough-to-be-one"), 400),
        (None, 400),
    ] {
        let code = code(&mut site, &challenge, "WRITE");
        let more: Vec<_> = verifier
            .map(|verifier| ("code_verifier", verifier))
            .into_iter()
            .collect();
        assert_eq!(
            exchange(&mut site, &code, &more, 1).status,
            status,
            "{verifier:?}"
        );
    }
}

#[test]
fn a_refresh_token_that_was_replaced_is_good_for_ten_minutes_more_and_unused_for_ninety_days() {
    let mut site = cloud();
    let (_, first) = site.consent(&ALL, at(0));
    let second = text(&refresh(&mut site, &first, 10), "refresh_token");
    assert!(first != second && site.is_good_refresh_token(&second, at(10)));
    assert_eq!(refresh(&mut site, &first, 609).status, 200);
    let dead = refresh(&mut site, &first, 611);
    let words = (text(&dead, "error"), text(&dead, "error_description"));
    assert_eq!(dead.status, 403);
    assert_eq!(
        words,
        (
            "invalid_grant".to_owned(),
            "Unknown or invalid refresh token.".to_owned()
        )
    );
    assert_eq!(refresh(&mut site, &second, 91 * 24 * 3600).status, 403);
}

#[test]
fn a_data_centers_refresh_ends_the_old_pair_at_once() {
    let mut site = data_center();
    let (access, first) = site.consent(&["WRITE"], at(0));
    let write = |site: &mut Site, token: &str| {
        let request = Request::new("PUT", "/jira/rest/api/2/issue/HSP-1")
            .header("Authorization", &format!("Bearer {token}"));
        site.handle(
            &request.json(&json!({"fields": {"customfield_10319": "7"}})),
            at(2),
        )
        .status
    };
    assert_eq!(write(&mut site, &access), 204);
    let next = refresh(&mut site, &first, 1);
    assert_eq!(
        (
            write(&mut site, &access),
            write(&mut site, &text(&next, "access_token"))
        ),
        (401, 204)
    );
    assert_eq!(refresh(&mut site, &first, 1).status, 400);
    let (read, _) = site.consent(&["READ"], at(0));
    assert_eq!(write(&mut site, &read), 403);
}

#[test]
fn client_credentials_are_for_service_accounts_and_on_cloud_take_no_scope() {
    let members = |id, secret| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ]
    };
    let service = members(SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET);
    let mut site = cloud();
    assert_eq!(ask_token(&mut site, &service, 0).status, 200);
    for (wrong, error) in [
        (
            [&service[..], &[("scope", "write:jira-work")]].concat(),
            "invalid_scope",
        ),
        (
            members(SERVICE_CLIENT_ID, "wrong").to_vec(),
            "invalid_client",
        ),
        (
            members("nobody", SERVICE_CLIENT_SECRET).to_vec(),
            "invalid_client",
        ),
        (members(CLIENT_ID, CLIENT_SECRET).to_vec(), "invalid_client"),
    ] {
        let reply = ask_token(&mut site, &wrong, 0);
        assert_eq!((reply.status, text(&reply, "error").as_str()), (400, error));
    }
    let mut site = data_center();
    assert_eq!(
        text(&ask_token(&mut site, &service, 0), "error"),
        "invalid_scope"
    );
    let scoped = [&service[..], &[("scope", "WRITE")]].concat();
    assert_eq!(ask_token(&mut site, &scoped, 0).status, 200);
}

#[test]
fn the_gateway_wants_a_token_that_is_good_now_and_has_the_scope() {
    let mut site = cloud();
    let (access, _) = site.consent(&["write:jira-work"], at(0));
    let bearer = format!("Bearer {access}");
    let ask = |site: &mut Site, method, path, seconds| {
        through_gateway(site, method, path, &bearer, seconds)
    };
    assert_eq!(
        ask(&mut site, "PUT", "/rest/api/3/issue/HSP-1", 3599).status,
        204
    );
    let late = ask(&mut site, "PUT", "/rest/api/3/issue/HSP-1", 3600);
    assert_eq!(
        (late.status, late.to_json()["code"].clone()),
        (401, Value::from(401))
    );
    for path in ["/rest/api/2/issue/HSP-1", "/rest/api/2/myself"] {
        let reply = ask(&mut site, "GET", path, 1);
        let body = json!({"code": 401, "message": "Unauthorized; scope does not match"});
        assert_eq!((reply.status, reply.to_json()), (401, body));
    }
    let pair = crate::client::basic(CI_EMAIL, CI_SCOPED_TOKEN);
    for authorization in [pair, format!("Bearer {CI_SCOPED_TOKEN}")] {
        assert_eq!(
            through_gateway(&mut site, "GET", "/rest/api/2/myself", &authorization, 0).status,
            200
        );
    }
    let stranger = crate::client::basic("fred@example.com", CI_SCOPED_TOKEN);
    assert_eq!(
        through_gateway(&mut site, "GET", "/rest/api/2/myself", &stranger, 0).status,
        401
    );
}

#[test]
fn accessible_resources_are_the_sites_of_the_consent() {
    let mut site = cloud();
    let (access, _) = site.consent(&ALL, at(0));
    let list = |site: &mut Site| {
        let request = Request::new("GET", "/api.atlassian.com/oauth/token/accessible-resources");
        site.handle(
            &request.header("Authorization", &format!("Bearer {access}")),
            at(1),
        )
        .to_json()
    };
    let found = list(&mut site);
    let this = found
        .as_array()
        .unwrap()
        .iter()
        .find(|resource| resource["id"] == CLOUD_ID)
        .unwrap();
    assert_eq!(this["url"], "https://jira.example.com");
    site.leave_out_of_consents();
    assert_eq!(list(&mut site).as_array().unwrap().len(), 1);
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let mut site = cloud();
    let query = form(&[
        ("client_id", CLIENT_ID),
        ("redirect_uri", "https://evil.example.com"),
        ("response_type", "code"),
    ]);
    let reply = site.handle(
        &Request::new("GET", &format!("/auth.atlassian.com/authorize?{query}")),
        at(0),
    );
    assert_eq!((reply.status, reply.value_of("Location")), (400, None));
}
