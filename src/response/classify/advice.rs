//! Why credentials are refused, and what to do about it, by their kind.

use crate::credentials::CredentialKind;
use crate::error::{Failure, Kind};
use crate::response::classify::front::in_front;
use crate::response::evidence::Wording;
use crate::settings::{
    API_TOKEN, BASE_URL, CLOUD_ID, CONNECT_APP_KEY, CONNECT_SHARED_SECRET, OAUTH1_ACCESS_TOKEN,
    OAUTH2_ACCESS_TOKEN, OAUTH2_TOKEN_URL, PASSWORD, PERSONAL_TOKEN, USERNAME,
};

/// Where Cloud's API tokens are made.
const TOKEN_PAGE: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";

/// The failure that refused credentials are.
pub(super) fn credentials(words: &Wording<'_>) -> Failure {
    let (cause, hint) = if words.said.answerer.is_other() {
        by_something_else(words)
    } else {
        by_jira(words)
    };
    Failure::new(Kind::CredentialsRefused, cause).hint(hint)
}

fn by_something_else(words: &Wording<'_>) -> (String, String) {
    let name = in_front(&words.said.answerer);
    (
        format!(
            "{name}, in front of Jira, wants credentials of its own ({})",
            words.status
        ),
        format!("ask whoever runs {name} to let requests to /rest/api pass"),
    )
}

#[expect(clippy::too_many_lines, reason = "a table, an arm a kind")]
fn by_jira(words: &Wording<'_>) -> (String, String) {
    let user = words.user();
    match words.call.credential_kind {
        CredentialKind::Password if words.is_cloud() => (
            "Jira Cloud takes no password, only an API token".to_owned(),
            format!(
                "make one at {TOKEN_PAGE}, and set {} to it in place of {}",
                API_TOKEN.variable, PASSWORD.variable
            ),
        ),
        CredentialKind::Password => (
            format!(
                "Jira refused the user name or the password ({} is {user})",
                USERNAME.variable
            ),
            format!(
                "log in once as {user} at {}; if that works, store {} again",
                words.login_page(),
                PASSWORD.variable
            ),
        ),
        CredentialKind::TokenAsPassword => (
            format!(
                "Jira refused {}: it looks like a personal token, which is no password",
                PASSWORD.variable
            ),
            format!(
                "set it as {}, and unset {} and {}",
                PERSONAL_TOKEN.variable, USERNAME.variable, PASSWORD.variable
            ),
        ),
        CredentialKind::ApiToken if words.is_self_hosted() && !words.is_cloud() => (
            format!(
                "Jira refused {}: this is a Jira Server or Data Center, not Jira Cloud",
                API_TOKEN.variable
            ),
            format!(
                "set {}, or {} and {}",
                PERSONAL_TOKEN.variable, USERNAME.variable, PASSWORD.variable
            ),
        ),
        CredentialKind::ApiToken if words.said.contains("passwords is deprecated") => (
            "Jira Cloud takes no password, only an API token".to_owned(),
            format!(
                "make one at {TOKEN_PAGE}, and set {} to it",
                API_TOKEN.variable
            ),
        ),
        CredentialKind::ApiToken => (
            format!(
                "Jira Cloud refused {} (or it is not the token of {user})",
                API_TOKEN.variable
            ),
            format!(
                "make a new one at {TOKEN_PAGE}; a token with scopes also needs {}=auto",
                CLOUD_ID.variable
            ),
        ),
        CredentialKind::PersonalToken if words.is_self_hosted() => (
            format!(
                "Jira refused {}: it is wrong, expired or revoked",
                PERSONAL_TOKEN.variable
            ),
            "make a new one in Jira (your picture, Profile, Personal Access Tokens; Jira 8.14 or \
             newer)"
                .to_owned(),
        ),
        CredentialKind::PersonalToken => (
            format!("Jira refused {}", PERSONAL_TOKEN.variable),
            format!(
                "make a new one in Jira (Profile, Personal Access Tokens); on Jira Cloud only a \
                 token with scopes works here, with {}=auto",
                CLOUD_ID.variable
            ),
        ),
        CredentialKind::OAuth1 => (
            format!("Jira refused {}", OAUTH1_ACCESS_TOKEN.variable),
            "get a new one: jira-build-status oauth1 authorize (OAuth 1.0a is for Jira Server and \
             Data Center)"
                .to_owned(),
        ),
        CredentialKind::AccessToken => (
            format!(
                "Jira refused {}: it is wrong, withdrawn or expired",
                OAUTH2_ACCESS_TOKEN.variable
            ),
            "it lives an hour or two: make a new one, or give the client and its refresh token, \
             and it is renewed"
                .to_owned(),
        ),
        CredentialKind::OAuth2 => (
            "Jira refused the access token that the provider has just given".to_owned(),
            format!(
                "make sure that {}, {} and {} belong to one site",
                BASE_URL.variable, CLOUD_ID.variable, OAUTH2_TOKEN_URL.variable
            ),
        ),
        CredentialKind::Connect => (
            "Jira refused the token of the app: its key, its secret or this machine's clock"
                .to_owned(),
            format!(
                "compare {} and {} with what the installation on this site gave",
                CONNECT_APP_KEY.variable, CONNECT_SHARED_SECRET.variable
            ),
        ),
    }
}
