mod refusals;

use super::*;
use crate::tests::rows::each;

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
    let rows = [
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
    ];
    each(rows, |(grant, cloud, body)| {
        let (media, text) = grant.body(&client(), deployment(cloud));
        assert_eq!(text.reveal(), body);
        assert_eq!(media.ends_with("json"), body.starts_with('{'));
        assert!(matches!(text, MaybeSecret::Sensitive(_)));
    });
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
    let rows = [
        "",
        "<html>",
        "{}",
        r#"{"access_token":""}"#,
        r#"{"access_token":"a\r\nb"}"#,
        r#"{"access_token":1}"#,
    ];
    each(rows, |body| {
        assert!(granted(&answer(200, body)).access.is_none(), "{body}");
    });
}
