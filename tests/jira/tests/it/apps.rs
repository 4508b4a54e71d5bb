//! Connect apps' tokens, valid and invalid.

use crate::client::Client;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fake_jira::{Reply, Request, world};
use ring::{digest, hmac};
use serde_json::{Value, json};

const NOW: u64 = 1_767_229_260;
const CANONICAL: &str = "GET&/rest/api/2/myself&expand=groups";

fn ask(change: impl FnOnce(&mut Value), secret: &str) -> Reply {
    let hash = digest::digest(&digest::SHA256, CANONICAL.as_bytes());
    let hash: String = hash
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut claims =
        json!({"iss": world::CONNECT_APP_KEY, "iat": NOW, "exp": NOW + 180, "qsh": hash});
    change(&mut claims);
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let signed = format!(
        "{}.{}",
        encode(r#"{"typ":"JWT","alg":"HS256"}"#),
        encode(&claims.to_string())
    );
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
        signed.as_bytes(),
    );
    let header = format!("JWT {signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag));
    let mut client = Client::cloud().anonymous();
    client.send(
        Request::new("GET", "/rest/api/2/myself?expand=groups").header("Authorization", &header),
    )
}

#[test]
fn a_good_token_opens_the_site_as_the_apps_own_user() {
    let reply = ask(|_| {}, world::CONNECT_SHARED_SECRET);
    assert_eq!(
        (reply.status, &reply.to_json()["displayName"]),
        (200, &json!("Build status app"))
    );
}

#[test]
fn anything_wrong_with_a_token_is_a_401() {
    let wrong: [fn(&mut Value); 5] = [
        |claims| claims["iss"] = "com.example.other".into(),
        |claims| claims["exp"] = (NOW - 60).into(),
        |claims| claims["iat"] = (NOW + 60).into(),
        |claims| {
            claims["qsh"] =
                "be16910858a41fd19ea5c1b4e9decca9a784d1024cb00b2158defe2f29dc86dd".into()
        },
        |claims| claims["qsh"] = Value::Null,
    ];
    for change in wrong {
        assert_eq!(ask(change, world::CONNECT_SHARED_SECRET).status, 401);
    }
    assert_eq!(ask(|_| {}, "another secret").status, 401);
}
