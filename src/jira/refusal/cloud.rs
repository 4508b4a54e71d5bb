//! The refusals of Cloud's front door and of its gateway, recognised by their words: nobody else says them.

use super::Words;
use crate::auth::oauth2::lacks_scope;
use crate::failure::{Failure, Kind};
use crate::wire::Answer;
use serde_json::Value;

const THROUGH_THE_GATEWAY: &str =
    "OAuth 2.0 and tokens with scopes go through the gateway: set JIRA_CLOUD_ID=auto (--cloud-id auto)";

/// What a token lacks, where it is that.
pub(super) fn refused(answer: &Answer, words: &Words<'_>) -> Option<Failure> {
    let refusal = |ours: &str, hint: &str| Some(words.failure(Kind::CredentialsRefused, ours).hint(hint));
    let said = words.said;
    match answer.status {
        401 if lacks_scope(said) => refusal(
            "the token is good and its scopes do not allow this",
            "writing needs write:jira-work; reading a field's type, which --type saves, needs read:jira-work. \
             Give them to the app, the credential or a new token; after that a user consents again",
        ),
        403 if said.mentions("connect session auth token") => {
            refusal("the site itself takes no bearer token", THROUGH_THE_GATEWAY)
        }
        401 if is_front_door(answer, words) => refusal(
            "the token is wrong or expired, belongs to another e-mail, or has scopes",
            &format!("compare JIRA_USER_EMAIL and JIRA_API_TOKEN with id.atlassian.com; {THROUGH_THE_GATEWAY}"),
        ),
        401 if is_gateway(answer) || says_invalid_token(answer) => refusal(
            "the token is wrong, withdrawn or expired",
            "an OAuth 2.0 access token lasts an hour or two, an API token up to a year: make a new one, \
             or give the client and a refresh token in place of an access token",
        ),
        404 if is_gateway(answer) => refusal(
            "the gateway knows no such site, or the token does not reach it",
            "compare JIRA_CLOUD_ID (--cloud-id) with the site's /_edge/tenant_info, or set it to auto",
        ),
        _ => None,
    }
}

/// The site's own refusal of callers it must know; a Data Center says the same with a login reason or as JSON.
fn is_front_door(answer: &Answer, words: &Words<'_>) -> bool {
    let from_jira = ["x-ausername", "x-seraph-loginreason"].iter().any(|name| answer.header(name).is_some());
    !from_jira && answer.body.starts_with(b"Client must be authenticated") && words.said.general.len() == 1
}

/// The gateway's envelope: `{"code":401,"message":"…"}`.
fn is_gateway(answer: &Answer) -> bool {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    json["code"] == answer.status && json["message"].is_string()
}

/// RFC 6750 section 3.1.
fn says_invalid_token(answer: &Answer) -> bool {
    answer.header("www-authenticate").is_some_and(|challenge| challenge.contains("invalid_token"))
}
