//! Valid and invalid credentials, and what each Jira answers.

use crate::client::{Client, basic, messages};
use fake_jira::{CAPTCHA_AFTER, Jira, Reply, Request, User, world};
use serde_json::json;

const MUST: &str = "Client must be authenticated to access this resource.";

fn reason(reply: &Reply) -> Option<&str> {
    reply.value_of("X-Seraph-LoginReason")
}

fn write(client: &mut Client) -> Reply {
    client.put("HSP-1", &json!({"fields": {"customfield_10319": "7"}}))
}

#[test]
fn a_good_password_is_told_so() {
    let mut client = Client::self_hosted(Jira::server());
    let reply = write(&mut client);
    assert_eq!((reply.status, reason(&reply)), (204, Some("OK")));
    assert_eq!(reply.value_of("X-AUSERNAME"), Some("ci-bot"));
    let mut client = client.anonymous();
    let reply = client.get("/myself");
    assert_eq!((reply.status, reason(&reply)), (401, None));
    assert_eq!(reply.value_of("X-AUSERNAME"), Some("anonymous"));
}

#[test]
fn a_password_may_hold_anything_but_the_name_no_colon() {
    let awkward = "s3cret+/=%\"\\ ü:";
    let mut client = Client::self_hosted(Jira::data_center().password(awkward));
    assert_eq!(write(&mut client).status, 401);
    let mut client = client.with(&basic("ci-bot", awkward));
    assert_eq!(write(&mut client).status, 204);
    let user = User::new("jürgen", "x");
    let mut client =
        Client::self_hosted(Jira::data_center().user(user)).with(&basic("jürgen", "x"));
    assert_eq!(
        write(&mut client).value_of("X-AUSERNAME"),
        Some("j%C3%BCrgen")
    );
}

#[test]
fn a_bad_password_is_a_page_and_the_fourth_one_a_captcha_for_right_and_wrong_alike() {
    let mut client = Client::data_center().with(&basic("ci-bot", "wrong"));
    for _ in 0..CAPTCHA_AFTER {
        let reply = write(&mut client);
        assert_eq!(
            (reply.status, reason(&reply)),
            (401, Some("AUTHENTICATED_FAILED"))
        );
        let page = reply.to_text();
        assert!(page.contains("Basic Authentication Failure - Reason : AUTHENTICATED_FAILED"));
        let realm = "OAuth realm=\"https%3A%2F%2Fjira.example.com%2Fjira\"";
        assert_eq!(reply.value_of("WWW-Authenticate"), Some(realm));
    }
    let wrong = write(&mut client);
    let mut client = client.with(&basic("ci-bot", world::CI_BOT_PASSWORD));
    let right = write(&mut client);
    assert_eq!(wrong.to_text(), right.to_text());
    assert_eq!(
        (right.status, reason(&right)),
        (403, Some("AUTHENTICATION_DENIED"))
    );
    let denied = "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/jira/login.jsp";
    assert_eq!(
        right.value_of("X-Authentication-Denied-Reason"),
        Some(denied)
    );
    let token = format!("Bearer {}", world::CI_PERSONAL_TOKEN);
    let mut client = client.with(&token);
    assert_eq!(write(&mut client).status, 204);
    client.site.solve_captcha("ci-bot");
    let mut client = client.with(&basic("ci-bot", world::CI_BOT_PASSWORD));
    assert_eq!(write(&mut client).status, 204);
}

#[test]
fn a_good_login_forgives_the_bad_ones_before_it() {
    let mut client = Client::data_center();
    for secret in ["wrong", "wrong", world::CI_BOT_PASSWORD, "wrong", "wrong"] {
        client = client.with(&basic("ci-bot", secret));
        write(&mut client);
    }
    assert_eq!(client.site.bad_logins("ci-bot"), 2);
}

#[test]
fn basic_can_be_switched_off_and_users_deactivated() {
    let mut client = Client::self_hosted(Jira::data_center().basic_blocked());
    assert_eq!(write(&mut client).status, 403);
    client.site.block_basic(false);
    assert_eq!(write(&mut client).status, 204);
    client.site.user_mut("ci-bot").unwrap().active = false;
    assert_eq!(write(&mut client).status, 401);
}

#[test]
fn a_personal_token_is_for_data_center_and_no_password() {
    let bearer = |token: &str| format!("Bearer {token}");
    let mut client = Client::data_center().with(&bearer(world::CI_PERSONAL_TOKEN));
    let reply = write(&mut client);
    assert_eq!(
        (reply.status, reply.value_of("X-AUSERNAME")),
        (204, Some("ci-bot"))
    );
    let mut client = client.with(&bearer("wrong"));
    let reply = write(&mut client);
    assert_eq!(
        (reply.status, reply.to_json()),
        (401, json!({"message": MUST, "status-code": 401}))
    );
    let mut client = client.with(&basic("ci-bot", world::CI_PERSONAL_TOKEN));
    assert_eq!(write(&mut client).status, 401);
    let mut old = Client::self_hosted(Jira::server()).with(&bearer(world::CI_PERSONAL_TOKEN));
    let reply = write(&mut old);
    assert_eq!(
        (reply.status, reply.value_of("X-AUSERNAME")),
        (401, Some("anonymous"))
    );
    assert_eq!(messages(&reply)[1], "Login Required");
}

#[test]
fn cloud_takes_a_rejected_token_for_an_anonymous() {
    let mut client = Client::cloud().with(&basic(world::CI_EMAIL, "expired"));
    let reply = write(&mut client);
    assert_eq!(
        (reply.status, reason(&reply)),
        (404, Some("AUTHENTICATED_FAILED"))
    );
    assert_eq!(client.get("/serverInfo").status, 200);
    assert_eq!(client.get("/field").status, 200);
    let reply = client.get("/myself");
    assert_eq!((reply.status, reply.to_text().as_str()), (401, MUST));
    assert_eq!(reason(&reply), Some("AUTHENTICATED_FAILED"));
    let mut client = client.with(&basic("", world::CI_API_TOKEN));
    assert_eq!(reason(&write(&mut client)), None);
    let mut client = client.with(&basic("fred@example.com", world::CI_API_TOKEN));
    assert_eq!(write(&mut client).status, 404);
    let mut client = client.with(&basic("CI@Example.com", world::CI_API_TOKEN));
    assert_eq!(write(&mut client).status, 204);
    let public = Jira::cloud().anonymous_may_browse();
    let mut client = Client::cloud_with(public).with(&basic(world::CI_EMAIL, "expired"));
    assert_eq!(write(&mut client).status, 400);
    assert_eq!(client.get("/issue/HSP-1").status, 200);
}

#[test]
fn the_media_type_of_clouds_refusal_follows_accept() {
    assert_eq!(MUST.len(), 53);
    for (accept, media_type) in [
        (Some("*/*"), "text/html;charset=UTF-8"),
        (Some("application/json"), "application/json"),
        (None, "text/plain"),
    ] {
        let mut request = Request::new("GET", "/rest/api/3/myself");
        if let Some(accept) = accept {
            request = request.header("Accept", accept);
        }
        let reply = Client::cloud().anonymous().send(request);
        assert_eq!((reply.status, reply.to_text().as_str()), (401, MUST));
        assert_eq!(reply.value_of("Content-Type"), Some(media_type));
        let realm = "OAuth realm=\"https%3A%2F%2Fjira.example.com\"";
        assert_eq!(reply.value_of("WWW-Authenticate"), Some(realm));
        assert_eq!(reply.value_of("X-Frame-Options"), Some("SAMEORIGIN"));
    }
}

#[test]
fn cloud_refuses_passwords_scoped_tokens_and_bearers_each_in_its_way() {
    let mut client = Client::cloud().with(&basic(world::CI_EMAIL, world::CI_BOT_PASSWORD));
    let reply = client.get("/serverInfo");
    assert_eq!(reply.status, 401);
    let text = reply.to_text();
    assert!(text.starts_with("Basic authentication with passwords is deprecated.  For more"));
    assert!(text.ends_with("apis-972355348.html\n"));
    let mut client = client.with(&basic(world::CI_EMAIL, world::CI_SCOPED_TOKEN));
    assert_eq!(client.get("/serverInfo").to_text(), MUST);
    let mut client = client.with(&format!("Bearer {}", world::CI_PERSONAL_TOKEN));
    let reply = client.get("/serverInfo");
    let body = json!({"error": "Failed to parse Connect Session Auth Token"});
    assert_eq!((reply.status, reply.to_json()), (403, body));
    let mut client = client.with("Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln");
    assert_eq!(client.get("/serverInfo").status, 401);
    for ignored in ["bearer x", "Bearer  x", "JWT x"] {
        client = client.with(ignored);
        assert_eq!(client.get("/serverInfo").status, 200, "{ignored}");
    }
}

#[test]
fn a_get_with_a_body_loses_its_login_on_cloud() {
    let get = Request::new("GET", "/rest/api/3/myself").json(&json!({}));
    assert_eq!(Client::cloud().send(get).status, 401);
}
