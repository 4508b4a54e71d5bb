use super::*;
use crate::tests::rows::each;

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
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
    let rows = [
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
            "does not say which part",
        ),
        (
            exchange,
            401,
            "Unauthorized".to_owned(),
            "credentials_refused",
            "does not say which part",
        ),
        (
            refresh,
            400,
            oauth("temporarily_unavailable", ""),
            "unreachable",
            "no access token for now",
        ),
        (refresh, 429, String::new(), "rate_limited", "429"),
        (refresh, 503, String::new(), "unreachable", "503"),
        (
            refresh,
            404,
            "<html><title>Not Found</title>".to_owned(),
            "unexpected_answer",
            "no access token",
        ),
        (refresh, 302, String::new(), "unexpected_answer", "302"),
        (
            refresh,
            403,
            "<html><title>Blocked</title>".to_owned(),
            "unexpected_answer",
            "no access token",
        ),
        (refresh, 200, "{}".to_owned(), "unexpected_answer", "200"),
    ];
    each(rows, |(grant, status, body, kind, words)| {
        let failure = refusal_of(grant, true, status, &body);
        assert_eq!(failure.kind.name(), kind, "{failure}");
        assert!(
            failure.message.contains(words),
            "{words:?} is not in {failure}"
        );
    });
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
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn each_refused_part_has_advice_for_who_asked_whom() {
    let token = secret("r1");
    let service = Grant::ClientCredentials { scope: None };
    let user = Grant::RefreshToken(&token);
    let rows = [
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
    ];
    each(rows, |(grant, cloud, error, description, message, hint)| {
        let failure = refusal_of(grant, cloud, 400, &oauth(error, description));
        assert!(
            failure.message.contains(message),
            "{message:?} is not in {failure}"
        );
        assert!(
            failure.hint.as_deref().unwrap_or_default().contains(hint),
            "{hint:?} is not in {failure:?}"
        );
    });
}

#[test]
fn where_no_part_is_named_the_advice_lists_what_was_sent() {
    let token = secret("r1");
    let rows = [
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
    ];
    each(rows, |(grant, cloud, status, advice)| {
        let hint = refusal_of(grant, cloud, status, "").hint.unwrap();
        assert!(
            hint.ends_with(advice) || hint.starts_with(advice),
            "{advice:?} is not in {hint:?}"
        );
    });
}
