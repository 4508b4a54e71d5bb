use super::*;

fn secret(text: &str) -> Secret {
    Secret::derived(text.to_owned())
}

fn deployment(cloud: bool) -> Deployment {
    if cloud {
        Deployment::Cloud
    } else {
        Deployment::SelfHosted
    }
}

fn client() -> OAuth2Client {
    OAuth2Client {
        id: "ci".to_owned(),
        secret: secret("s&cret"),
    }
}

fn answer(status: u16, body: &str) -> Response {
    Response {
        status,
        body: body.as_bytes().to_vec(),
        complete: true,
        ..Response::default()
    }
}

fn oauth(error: &str, description: &str) -> String {
    serde_json::json!({ "error": error, "error_description": description }).to_string()
}

fn refusal_of(grant: Grant<'_>, cloud: bool, status: u16, body: &str) -> Failure {
    let url = Url::parse("https://auth.atlassian.com/oauth/token").unwrap();
    refused(
        &grant,
        &answer(status, body),
        Endpoint {
            url: &url,
            deployment: deployment(cloud),
        },
        &Redactor::default(),
    )
}

#[test]
fn each_grant_is_asked_for_in_the_form_that_its_endpoint_takes() {
    let (token, code, verifier) = (secret("r+1"), secret("c 1"), secret("v1"));
    let redirect = Url::parse("http://localhost:8765/callback").unwrap();
    let by_code = |verifier| Grant::Code {
        code: &code,
        redirect: &redirect,
        verifier,
    };
    for (grant, cloud, body) in [
        (
            Grant::ClientCredentials { scope: None },
            true,
            "grant_type=client_credentials&client_id=ci&client_secret=s%26cret",
        ),
        (
            Grant::ClientCredentials {
                scope: Some("WRITE"),
            },
            false,
            "grant_type=client_credentials&client_id=ci&client_secret=s%26cret&scope=WRITE",
        ),
        (
            Grant::RefreshToken(&token),
            true,
            r#"{"grant_type":"refresh_token","client_id":"ci","client_secret":"s&cret","refresh_token":"r+1"}"#,
        ),
        (
            Grant::RefreshToken(&token),
            false,
            "grant_type=refresh_token&client_id=ci&client_secret=s%26cret&refresh_token=r%2B1",
        ),
        (
            by_code(None),
            true,
            r#"{"grant_type":"authorization_code","client_id":"ci","client_secret":"s&cret","code":"c 1","redirect_uri":"http://localhost:8765/callback"}"#,
        ),
        (
            by_code(Some(&verifier)),
            false,
            "grant_type=authorization_code&client_id=ci&client_secret=s%26cret&code=c+1\
             &redirect_uri=http%3A%2F%2Flocalhost%3A8765%2Fcallback&code_verifier=v1",
        ),
    ] {
        let (media, text) = grant.body(&client(), deployment(cloud));
        assert_eq!(text.reveal(), body);
        assert_eq!(media.ends_with("json"), body.starts_with('{'));
        assert!(matches!(text, MaybeSecret::Sensitive(_)));
    }
}

#[test]
fn a_token_needs_no_token_type_and_must_fit_into_a_header() {
    let all = granted(&answer(
        200,
        r#"{"access_token":"a","refresh_token":"r","expires_in":3600,"scope":"x"}"#,
    ));
    assert_eq!(
        (all.access.unwrap().reveal(), all.refresh.unwrap().reveal()),
        ("a", "r")
    );
    assert_eq!(all.lasts, Some(Duration::from_secs(3600)));
    let bare = granted(&answer(200, r#"{"access_token":"a","expires_in":"60"}"#));
    assert!(bare.refresh.is_none() && bare.lasts == Some(Duration::from_secs(60)));
    for body in [
        "",
        "<html>",
        "{}",
        r#"{"access_token":""}"#,
        r#"{"access_token":"a\r\nb"}"#,
        r#"{"access_token":1}"#,
    ] {
        assert!(granted(&answer(200, body)).access.is_none(), "{body}");
    }
}

#[test]
fn a_refusal_names_the_part_that_was_refused() {
    let (token, code) = (secret("r1"), secret("c1"));
    let redirect = Url::parse("http://localhost:8765/callback").unwrap();
    let service = Grant::ClientCredentials { scope: None };
    let refresh = Grant::RefreshToken(&token);
    let exchange = Grant::Code {
        code: &code,
        redirect: &redirect,
        verifier: None,
    };
    for (grant, status, body, kind, words) in [
        (
            service,
            400,
            oauth("invalid_client", ""),
            "credentials_refused",
            "client secret is refused",
        ),
        (
            service,
            400,
            oauth("invalid_scope", ""),
            "credentials_refused",
            "the scope is refused",
        ),
        (
            service,
            401,
            oauth("access_denied", "Unauthorized"),
            "credentials_refused",
            "client secret is refused",
        ),
        (
            refresh,
            403,
            oauth("invalid_grant", "Unknown or invalid refresh token."),
            "credentials_refused",
            "the refresh token is refused",
        ),
        (
            refresh,
            400,
            oauth("unauthorized_client", "refresh_token is invalid"),
            "credentials_refused",
            "granted to another",
        ),
        (
            refresh,
            401,
            oauth("invalid_client", ""),
            "credentials_refused",
            "client secret is refused",
        ),
        (
            exchange,
            403,
            oauth("invalid_grant", "Invalid authorization code"),
            "credentials_refused",
            "the authorization code is refused",
        ),
        (
            exchange,
            400,
            oauth("invalid_grant", "redirect_uri does not match"),
            "credentials_refused",
            "http://localhost:8765/callback is refused",
        ),
        (
            exchange,
            400,
            oauth("invalid_request", "code_verifier is wrong"),
            "credentials_refused",
            "PKCE verifier",
        ),
        (
            exchange,
            401,
            String::new(),
            "credentials_refused",
            "without a word of which part",
        ),
        (
            exchange,
            401,
            "Unauthorized".to_owned(),
            "credentials_refused",
            "without a word of which part",
        ),
        (
            refresh,
            400,
            oauth("temporarily_unavailable", ""),
            "unreachable",
            "temporarily_unavailable",
        ),
        (refresh, 429, String::new(), "rate_limited", "429"),
        (refresh, 503, String::new(), "unreachable", "503"),
        (
            refresh,
            404,
            "<html><title>Not Found</title>".to_owned(),
            "unexpected_answer",
            "Not Found",
        ),
        (refresh, 302, String::new(), "unexpected_answer", "302"),
        (
            refresh,
            403,
            "<html><title>Blocked</title>".to_owned(),
            "unexpected_answer",
            "Blocked",
        ),
        (refresh, 200, "{}".to_owned(), "unexpected_answer", "200"),
    ] {
        let failure = refusal_of(grant, true, status, &body);
        assert_eq!(failure.kind.name(), kind, "{failure}");
        assert!(
            failure.message.contains(words),
            "{words:?} is not in {failure}"
        );
    }
}

#[test]
fn a_refusal_that_echoes_the_secret_does_not_show_it() {
    let redactor = Redactor::default();
    let token = secret("refresh-token-1");
    redactor.register(&token);
    let url = Url::parse("https://auth.atlassian.com/oauth/token").unwrap();
    let body = r#"{"error":"invalid_grant","error_description":"refresh-token-1 is unknown"}"#;
    let endpoint = Endpoint {
        url: &url,
        deployment: Deployment::Cloud,
    };
    let failure = refused(
        &Grant::RefreshToken(&token),
        &answer(403, body),
        endpoint,
        &redactor,
    );
    assert!(!failure.message.contains("refresh-token-1"), "{failure}");
}

#[test]
fn each_refused_part_has_advice_for_who_asked_whom() {
    let token = secret("r1");
    let service = Grant::ClientCredentials { scope: None };
    let user = Grant::RefreshToken(&token);
    for (grant, cloud, error, description, message, hint) in [
        (
            user,
            false,
            "invalid_grant",
            "",
            "the refresh token is refused",
            "oauth2 authorize for a new one",
        ),
        (
            user,
            false,
            "invalid_request",
            "the refresh_token is malformed",
            "the refresh token is",
            "let all jobs share",
        ),
        (
            service,
            false,
            "invalid_grant",
            "",
            "the client id or the client secret",
            "under Application links",
        ),
        (
            service,
            true,
            "invalid_request",
            "the client_id is unknown",
            "the client id or the",
            "admin.atlassian.com",
        ),
        (
            user,
            true,
            "invalid_client",
            "",
            "the client id or the client secret",
            "developer.atlassian.com",
        ),
        (
            service,
            true,
            "unauthorized_client",
            "",
            "may not ask for a token by itself",
            "need a service account",
        ),
        (
            user,
            true,
            "unauthorized_client",
            "",
            "granted to another",
            "must be the client that the user consented to",
        ),
        (
            user,
            true,
            "invalid_scope",
            "",
            "the scope is refused",
            "give the app the scopes read:jira-work",
        ),
        (
            service,
            true,
            "invalid_scope",
            "",
            "the scope is refused",
            "it needs read:jira-work and write:jira-work",
        ),
        (
            service,
            false,
            "invalid_scope",
            "",
            "the scope is refused",
            "JIRA_OAUTH2_SCOPE (--scope)",
        ),
        (
            user,
            true,
            "invalid_request",
            "a redirect_uri is missing",
            "redirect address is refused",
            "exactly this address",
        ),
    ] {
        let failure = refusal_of(grant, cloud, 400, &oauth(error, description));
        assert!(
            failure.message.contains(message),
            "{message:?} is not in {failure}"
        );
        assert!(
            failure.hint.as_deref().unwrap_or_default().contains(hint),
            "{hint:?} is not in {failure:?}"
        );
    }
}

#[test]
fn where_no_part_is_named_the_advice_lists_what_was_sent() {
    let token = secret("r1");
    for (grant, cloud, status, advice) in [
        (
            Grant::ClientCredentials { scope: None },
            true,
            401,
            "wrong: JIRA_OAUTH2_CLIENT_ID, JIRA_OAUTH2_CLIENT_SECRET",
        ),
        (
            Grant::RefreshToken(&token),
            true,
            401,
            "JIRA_OAUTH2_CLIENT_SECRET, the token in JIRA_OAUTH2_REFRESH_TOKEN_FILE",
        ),
        (
            Grant::RefreshToken(&token),
            true,
            404,
            "does a proxy answer in Atlassian's place?",
        ),
        (
            Grant::RefreshToken(&token),
            false,
            404,
            "this Jira has no OAuth 2.0 provider there",
        ),
    ] {
        let hint = refusal_of(grant, cloud, status, "").hint.unwrap();
        assert!(
            hint.ends_with(advice) || hint.starts_with(advice),
            "{advice:?} is not in {hint:?}"
        );
    }
}
