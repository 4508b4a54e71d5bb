//! What a look at a secret shows, once it was refused. Never shows any of it.

use crate::auth::looks_like_personal_token;
use crate::credentials::{Credentials, OAuth1State, OAuth2Grant};
use crate::redact::Secret;
use crate::settings::{
    API_TOKEN, CLOUD_ID, CONNECT_SHARED_SECRET, OAUTH1_ACCESS_TOKEN, OAUTH2_ACCESS_TOKEN,
    OAUTH2_CLIENT_SECRET, PASSWORD, PERSONAL_TOKEN, Setting, USER_EMAIL, USERNAME,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// What to do about a secret that cannot be right as it stands; `None` where it
/// looks as such a secret does.
pub(crate) fn fault(credentials: &Credentials, through_gateway: bool) -> Option<String> {
    let (setting, secret) = secret(credentials)?;
    let name = match secret.is_from_file() {
        true => format!("the content of {setting}_FILE"),
        false => setting.to_string(),
    };
    let is_cloud_token = secret.reveal().starts_with("ATATT");
    let what = around(secret.reveal()).or_else(|| {
        if setting == API_TOKEN && looks_like_personal_token(secret) {
            Some(format!(
                "looks like a personal token of Data Center: set it as {PERSONAL_TOKEN}, without {USER_EMAIL} and {API_TOKEN}"
            ))
        } else if setting == PASSWORD && looks_like_personal_token(secret) {
            Some(format!(
                "looks like a personal token, which is no password: set it as {PERSONAL_TOKEN}, and unset {USERNAME} and {PASSWORD}"
            ))
        } else if setting == PERSONAL_TOKEN && is_cloud_token && !through_gateway {
            Some(format!(
                "looks like an API token of Cloud: set {USER_EMAIL} and {API_TOKEN}, or for one with scopes {}=auto ({} auto)",
                CLOUD_ID.variable, CLOUD_ID.flag
            ))
        } else if setting != PERSONAL_TOKEN && is_pair(secret.reveal()) {
            Some("looks like the base64 of NAME:SECRET: give the secret alone".to_owned())
        } else if setting == PERSONAL_TOKEN && !looks_like_personal_token(secret) && is_pair(secret.reveal()) {
            Some(format!(
                "looks like the base64 of NAME:SECRET: give the name as {USERNAME} and the secret as {PASSWORD}"
            ))
        } else {
            None
        }
    })?;
    Some(format!("{name} {what}"))
}

/// The secret that a request is signed with, or that is given for what signs it.
fn secret(credentials: &Credentials) -> Option<(&'static Setting, &Secret)> {
    Some(match credentials {
        Credentials::Basic {
            secret,
            is_api_token: true,
            ..
        } => (API_TOKEN, secret),
        Credentials::Basic { secret, .. } => (PASSWORD, secret),
        Credentials::Session { password, .. } => (PASSWORD, password),
        Credentials::Bearer(token) => (PERSONAL_TOKEN, token),
        Credentials::OAuth1 {
            state: OAuth1State::Access(token),
            ..
        } => (OAUTH1_ACCESS_TOKEN, token),
        Credentials::OAuth1 { .. } => return None,
        Credentials::Connect { shared_secret, .. } => (CONNECT_SHARED_SECRET, shared_secret),
        Credentials::OAuth2(settings) => match &settings.grant {
            OAuth2Grant::AccessToken(token) => (OAUTH2_ACCESS_TOKEN, token),
            OAuth2Grant::ClientCredentials(client) | OAuth2Grant::RefreshToken { client, .. } => {
                (OAUTH2_CLIENT_SECRET, &client.secret)
            }
        },
    })
}

/// What stands around the secret that is no part of it.
fn around(text: &str) -> Option<String> {
    let quoted = ['"', '\''].into_iter().any(|mark| {
        let inside = text.trim().strip_prefix(mark);
        inside.is_some_and(|inside| inside.ends_with(mark))
    });
    if quoted {
        return Some(
            "begins and ends with a quotation mark: take them away (docker --env-file keeps them)"
                .to_owned(),
        );
    }
    for word in ["Bearer ", "Basic ", "Authorization: "] {
        let begins = text.trim_start().get(..word.len());
        if begins.is_some_and(|begins| begins.eq_ignore_ascii_case(word)) {
            return Some(format!("begins with {word:?}: leave that word out"));
        }
    }
    (text.trim() != text).then(|| "begins or ends with a blank: take it away".to_owned())
}

/// True of what stands behind `Basic` in a header.
fn is_pair(text: &str) -> bool {
    let decoded = STANDARD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text));
    let Some(pair) = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return false;
    };
    let named = pair
        .split_once(':')
        .is_some_and(|(name, secret)| name.len() > 1 && secret.len() > 1);
    named && !pair.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    fn said(credentials: &Credentials) -> String {
        fault(credentials, false).unwrap_or_default()
    }

    fn secret(text: &str) -> Secret {
        Secret::derived(text.to_owned())
    }

    fn basic(text: &str, is_api_token: bool) -> Credentials {
        Credentials::Basic {
            user: "ci-bot".to_owned(),
            secret: secret(text),
            is_api_token,
        }
    }

    #[test]
    fn what_is_visible_is_said() {
        let pair = STANDARD.encode("ci-bot:hunter2x");
        let personal = STANDARD.encode("615330269199:\u{1}random bytes");
        let rows = [
            (
                basic("\"hunter2x\"", false),
                "JIRA_PASSWORD begins and ends with",
            ),
            (
                basic("'hunter2x'", true),
                "JIRA_API_TOKEN begins and ends with",
            ),
            (basic("basic hunter2x", false), "begins with \"Basic \""),
            (basic(" hunter2x", false), "begins or ends with a blank"),
            (basic(&pair, false), "the base64 of NAME:SECRET"),
            (
                basic(pair.trim_end_matches('='), true),
                "the base64 of NAME:SECRET",
            ),
            (
                basic(&personal, true),
                "JIRA_API_TOKEN looks like a personal token",
            ),
            (
                basic(&personal, false),
                "JIRA_PASSWORD looks like a personal token",
            ),
            (
                Credentials::Bearer(secret("Bearer x")),
                "begins with \"Bearer \"",
            ),
            (
                Credentials::Bearer(secret(&pair)),
                "the secret as JIRA_PASSWORD",
            ),
            (
                Credentials::Bearer(secret("ATATT3xFf")),
                "an API token of Cloud",
            ),
        ];
        each(rows, |(credentials, words)| {
            let said = said(&credentials);
            assert!(
                said.contains(words) && !said.contains("hunter2"),
                "{said:?} {words}"
            );
        });
    }

    #[test]
    fn what_looks_right_is_not_doubted() {
        let personal = STANDARD.encode("615330269199:\u{1}random bytes");
        let rows = [
            basic("correct horse battery staple", false),
            basic("ATATT3xFfGF0", true),
            basic("don't say \"", false),
            Credentials::Bearer(secret(&personal)),
            // Its random bytes happen to be text.
            Credentials::Bearer(secret(&STANDARD.encode("615330269199:random bytes"))),
        ];
        each(rows, |right| assert_eq!(said(&right), ""));
        let scoped = Credentials::Bearer(secret("ATATT3xFfGF0"));
        assert_eq!(fault(&scoped, true), None);
    }

    #[test]
    fn a_letter_is_neither_a_name_nor_a_secret() {
        each(["c:hunter2x", "ci-bot:h"], |pair| {
            assert!(!is_pair(&STANDARD.encode(pair)), "{pair}");
        });
    }
}
