//! What to do where credentials or the connection itself are refused.

use crate::credentials::CredentialKind;
use crate::response::error_body::ErrorBody;
use crate::response::evidence::Evidence;
use crate::settings::{
    API_TOKEN, AUTH, BASE_URL, CLIENT_CERT, CLIENT_KEY, CLOUD_ID, OAUTH2_TOKEN_URL, PASSWORD,
    PERSONAL_TOKEN, USER_EMAIL, USERNAME,
};
use crate::transport::Response;

/// What to do about refused credentials. That a token is given in the wrong
/// place shows in the token or in who answers.
pub(super) fn credentials_advice(
    answer: &Response,
    said: &ErrorBody,
    call: &Evidence<'_>,
) -> String {
    let self_hosted = ["x-ausername", "x-arequestid", "x-anodeid"]
        .iter()
        .any(|name| answer.header(name).is_some())
        || said.contains("Basic Authentication Failure");
    let host = call.sent.url.host_str().unwrap_or_default();
    let on_cloud = host.ends_with(".atlassian.net")
        || host.ends_with(".jira.com")
        || said.contains("with passwords is deprecated");
    match call.credential_kind {
        CredentialKind::Password if on_cloud => format!(
            "Jira Cloud takes no password, only an API token: set {USER_EMAIL} and {API_TOKEN} in \
             place of {USERNAME} and {PASSWORD}"
        ),
        CredentialKind::Password => format!(
            "the name or the password is wrong, expired or of another Jira; check {USERNAME} and \
             {PASSWORD} by logging in once in a browser, and do not try often: Jira then wants a \
             CAPTCHA"
        ),
        CredentialKind::TokenAsPassword => format!(
            "{PASSWORD} looks like a personal token, which is no password: set it as \
             {PERSONAL_TOKEN}, and unset {USERNAME} and {PASSWORD}"
        ),
        CredentialKind::ApiToken if self_hosted => format!(
            "this is a Jira Server or Data Center, and API tokens are Jira Cloud's: set \
             {PERSONAL_TOKEN}, or {USERNAME} and {PASSWORD}"
        ),
        CredentialKind::ApiToken => format!(
            "the e-mail or the API token is wrong or expired (they live a year at most); a token \
             with scopes goes through the gateway: set {}",
            CLOUD_ID.set_to("auto")
        ),
        CredentialKind::PersonalToken if self_hosted => format!(
            "the personal token is wrong, expired or revoked, or this Jira is older than 8.14 and \
             knows none; {USERNAME} and {PASSWORD} are the other way"
        ),
        CredentialKind::PersonalToken => format!(
            "the token is wrong, expired or revoked; Jira Cloud takes a personal token nowhere, \
             and a token with scopes with {}",
            CLOUD_ID.set_to("auto")
        ),
        CredentialKind::OAuth1 => {
            "Jira does not know the access token's user any more, or does not look at the \
             signature: OAuth 1.0a is for Jira Server and Data Center"
                .to_owned()
        }
        CredentialKind::AccessToken => {
            "the access token is wrong, withdrawn or expired: it lives an hour or two; give the \
             client with a refresh token or as a service account in its place, and it is renewed"
                .to_owned()
        }
        CredentialKind::OAuth2 => format!(
            "this Jira refuses the access token that the provider has just given: do {BASE_URL}, \
             {CLOUD_ID} and {OAUTH2_TOKEN_URL} belong together?"
        ),
        CredentialKind::Connect => {
            "the app key or the shared secret is wrong, the app is not installed on this site, or \
             this machine's clock is off by minutes"
                .to_owned()
        }
    }
}

pub(super) fn basic_is_off() -> String {
    format!(
        "use a personal token ({PERSONAL_TOKEN}), or a cookie session ({}=session)",
        AUTH.variable
    )
}

/// What nginx, Apache and Go say on a port that speaks TLS, where Jira itself
/// is never asked.
pub(super) fn refused_by_tls_port(said: &ErrorBody) -> Option<String> {
    if [
        "http request was sent to https port",
        "http request to an https server",
        "speaking plain http to an ssl-enabled",
    ]
    .iter()
    .any(|words| said.contains(words))
    {
        return Some(format!(
            "this port speaks https: begin {BASE_URL} with https://"
        ));
    }
    [
        "no required ssl certificate was sent",
        "the ssl certificate error",
    ]
    .iter()
    .any(|words| said.contains(words))
    .then(|| format!("it wants a client certificate: give one with {CLIENT_CERT} and {CLIENT_KEY}"))
}
