use crate::oauth2::service;
use crate::oauth2::{Consent, SCOPES, asked, is_good, token_requests};
use crate::program::Program;
use crate::rows::each;
use fake_jira::world::CLOUD_ID;
use fake_jira::{Fault, Jira, On, Reply};
use std::time::SystemTime;

#[test]
fn each_refusal_says_which_part_was_refused() {
    let cloud = Jira::cloud().start();
    let own = Jira::data_center().start();
    let consent = Consent::new(&cloud, &SCOPES);
    let user = || {
        consent
            .program(Program::cloud(&cloud))
            .set("JIRA_CLOUD_ID", CLOUD_ID)
    };
    let refused =
        |program: Program, words: &[&str]| program.fails_saying("credentials_refused", 3, words);
    refused(
        service(Program::cloud(&cloud))
            .set("JIRA_CLOUD_ID", "auto")
            .set("JIRA_OAUTH2_CLIENT_SECRET", "wrong"),
        &[
            "invalid_client",
            "the client id or the client secret",
            "admin.atlassian.com",
        ],
    );
    refused(
        user().set("JIRA_OAUTH2_CLIENT_SECRET", "wrong"),
        &[
            "Unauthorized",
            "the client id or the client secret",
            "developer.atlassian.com",
        ],
    );
    refused(
        service(Program::cloud(&own)).set("JIRA_OAUTH2_SCOPE", "ADMIN"),
        &["invalid_scope", "JIRA_OAUTH2_SCOPE", "WRITE"],
    );
    refused(
        service(Program::cloud(&own))
            .set("JIRA_OAUTH2_CLIENT_ID", "nobody")
            .set("JIRA_OAUTH2_SCOPE", "WRITE"),
        &["the client id or the client secret", "Application links"],
    );
    std::fs::write(consent.file(), "no-such-token").unwrap();
    refused(
        user(),
        &[
            "Unknown or invalid refresh token.",
            "the refresh token is refused",
            "oauth2 authorize",
        ],
    );
    assert_eq!(consent.token(), "no-such-token");
    cloud.misbehave(On::Path("oauth/token"), Fault::Status(401, ""));
    refused(
        user(),
        &[
            "does not say which part",
            "JIRA_OAUTH2_CLIENT_ID",
            "JIRA_OAUTH2_REFRESH_TOKEN_FILE",
        ],
    );
    assert!(cloud.writes().is_empty() && own.writes().is_empty());
}

#[test]
fn each_refusal_of_an_access_token_has_its_own_words() {
    let cloud = Jira::cloud().start();
    let token = |scopes: &[&str]| {
        cloud
            .site()
            .lock()
            .unwrap()
            .consent(scopes, SystemTime::now())
            .0
    };
    let with = |token: &str| Program::cloud(&cloud).set("JIRA_OAUTH2_ACCESS_TOKEN", token);
    let refused =
        |program: Program, words: &[&str]| program.fails_saying("credentials_refused", 3, words);
    refused(
        with("expired-access-token").set("JIRA_CLOUD_ID", CLOUD_ID),
        &["wrong, withdrawn or expired", "a refresh token"],
    );
    refused(
        with(&token(&["read:jira-work"])),
        &["scope does not match", "write:jira-work"],
    );
    let here = token(&SCOPES);
    cloud.site().lock().unwrap().leave_out_of_consents();
    refused(
        with(&here),
        &["knows no such site, or the token does not reach it"],
    );
    cloud.misbehave(On::Path("tenant_info"), Fault::Status(404, ""));
    with(&here).fails_saying(
        "unexpected_answer",
        5,
        &[
            "the token reaches https://another.atlassian.net, not http://127.0.0.1",
            "oauth2 authorize",
        ],
    );
    let own = Jira::data_center().start();
    let (read, _) = own
        .site()
        .lock()
        .unwrap()
        .consent(&["READ"], SystemTime::now());
    let small = Program::cloud(&own).set("JIRA_OAUTH2_ACCESS_TOKEN", &read);
    small.fails_saying("permission_denied", 3, &["scope does not allow this"]);
    refused(
        Program::cloud(&own).set("JIRA_OAUTH2_ACCESS_TOKEN", "expired-access-token"),
        &["Client must be authenticated", "token"],
    );
}

#[test]
fn a_provider_that_is_down_is_tried_again_and_one_that_is_none_is_named() {
    let jira = Jira::cloud().start();
    let consent = Consent::new(&jira, &SCOPES);
    let user = || {
        consent
            .program(Program::cloud(&jira))
            .set("JIRA_CLOUD_ID", CLOUD_ID)
    };
    jira.misbehave(On::Path("oauth/token"), Fault::Status(503, ""));
    user().run().exits(0);
    assert_eq!(asked(&jira), ["POST token", "POST token", "PUT HSP-1"]);
    // Cloud takes the old token again for ten minutes; whether a provider does is
    // not for this run to try.
    jira.misbehave(
        On::Path("oauth/token"),
        Fault::AfterApplying(Box::new(Fault::Reset)),
    );
    user().run().exits(5).says("the refresh token may be spent");
    assert_eq!(token_requests(&jira).len(), 3);
    user().run().exits(0);
    let rows = [
        (Fault::Status(503, ""), "unreachable", "503"),
        (
            Fault::Answer(Reply::new(429).header("Retry-After", "9999")),
            "rate_limited",
            "429",
        ),
        (
            Fault::Status(302, ""),
            "unexpected_answer",
            "JIRA_OAUTH2_TOKEN_URL",
        ),
        (
            Fault::Status(200, "<html><title>Sign in</title></html>"),
            "unexpected_answer",
            "Sign in",
        ),
    ];
    each(rows, |(fault, kind, words)| {
        jira.misbehave(On::Path("oauth/token"), fault);
        let deadline = user().set("JIRA_DEADLINE", "5");
        deadline.fails_saying(kind, 5, &[words]);
    });
    let elsewhere = user().set("JIRA_OAUTH2_TOKEN_URL", "http://127.0.0.1:1/token");
    elsewhere.fails_saying("unreachable", 5, &["http://127.0.0.1:1: no connection"]);
    assert!(is_good(&jira, &consent.token()));
}

#[test]
fn wrong_settings_are_found_before_anything_is_sent() {
    let jira = Jira::cloud().start();
    let client = || service(Program::cloud(&jira));
    client()
        .set("JIRA_OAUTH2_REFRESH_TOKEN", "r1")
        .fails_saying(
            "usage",
            2,
            &[
                "JIRA_OAUTH2_REFRESH_TOKEN cannot be used",
                "JIRA_OAUTH2_REFRESH_TOKEN_FILE",
            ],
        );
    let nowhere = client()
        .set("JIRA_OAUTH2_REFRESH_TOKEN_FILE", "/no/such/file")
        .set("JIRA_TIMEOUT", "never");
    nowhere.fails_saying(
        "usage",
        2,
        &[
            "JIRA_TIMEOUT (--timeout) must",
            "JIRA_OAUTH2_REFRESH_TOKEN_FILE names no file",
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    for (text, words) in [("", "is empty"), ("r1\nr2\n", "holds a control character")] {
        let file = folder.path().join("refresh.token");
        std::fs::write(&file, text).unwrap();
        client()
            .set("JIRA_OAUTH2_REFRESH_TOKEN_FILE", file.to_str().unwrap())
            .fails_saying("usage", 2, &["JIRA_OAUTH2_REFRESH_TOKEN_FILE (", words]);
    }
    client().unset("JIRA_OAUTH2_CLIENT_ID").fails_saying(
        "usage",
        2,
        &["lacks JIRA_OAUTH2_CLIENT_ID"],
    );
    client()
        .set("JIRA_OAUTH2_ACCESS_TOKEN", "a-token")
        .fails_saying("usage", 2, &["both complete"]);
    client()
        .set("JIRA_CLOUD_AUTH_URL", "auth.atlassian.com")
        .fails_saying("usage", 2, &["JIRA_CLOUD_AUTH_URL"]);
    client()
        .set("JIRA_OAUTH2_TOKEN_URL", "ftp://x")
        .fails_saying("usage", 2, &["JIRA_OAUTH2_TOKEN_URL"]);
    assert!(jira.requests().is_empty());
}
