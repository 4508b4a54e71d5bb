//! What the login itself says, whatever the status.

use crate::credentials::CredentialKind;
use crate::error::{Failure, Kind};
use crate::response::classify::advice;
use crate::response::evidence::Wording;
use crate::settings::{AUTH, PASSWORD, PERSONAL_TOKEN};

/// A cause has fewer characters.
const LONGEST_CAUSE: usize = 100;

pub(super) fn refused(words: &Wording<'_>) -> Option<Failure> {
    let (answer, said) = (words.answer, words.said);
    let reasons: Vec<_> = answer.all("x-seraph-loginreason").collect();
    let reason = |name: &str| reasons.iter().any(|text| text.contains(name));
    let denied = answer
        .header("x-authentication-denied-reason")
        .unwrap_or_default();
    if denied.contains("CAPTCHA")
        || reason("AUTHENTICATION_DENIED")
        || said.contains("AUTHENTICATION_DENIED")
    {
        return Some(captcha(words));
    }
    let failed = reason("AUTHENTICATED_FAILED") || said.contains("reason : authenticated_failed");
    if failed && answer.status != 429 && answer.status < 500 {
        return Some(advice::credentials(words));
    }
    let anonymous = answer.header("x-ausername") == Some("anonymous");
    if !anonymous || !matches!(answer.status, 401 | 403 | 404) {
        return None;
    }
    // A session that was never logged in looks the same, and is renewed before.
    if reason("OUT") {
        return Some(
            Failure::new(
                Kind::CredentialsRefused,
                "Jira did not look at the credentials, and treated the request as anonymous (OUT)",
            )
            .hint(
                "ask whoever runs the proxy in front of Jira whether it passes on the headers \
                 Authorization and Cookie",
            ),
        );
    }
    Some(advice::credentials(words))
}

fn captcha(words: &Wording<'_>) -> Failure {
    let user = words.user();
    let long = format!(
        "Jira wants a CAPTCHA from {user} after failed logins; until then even the right password \
         is refused"
    );
    let cause = if long.chars().count() < LONGEST_CAUSE {
        long
    } else {
        format!("Jira wants a CAPTCHA from {user} after failed logins")
    };
    Failure::new(Kind::CaptchaRequired, cause).hint(format!(
        "log in once as {user} at {}, then run the job again",
        words.login_page()
    ))
}

pub(super) fn basic_is_off(words: &Wording<'_>) -> Failure {
    let kind = words.call.credential_kind;
    if kind == CredentialKind::TokenAsPassword {
        return advice::credentials(words);
    }
    Failure::new(
        Kind::CredentialsRefused,
        "this Jira takes no password this way: Basic authentication is switched off",
    )
    .hint(format!(
        "set {} in place of {}, or {}=session",
        PERSONAL_TOKEN.variable, PASSWORD.variable, AUTH.variable
    ))
}
