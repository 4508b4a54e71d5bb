//! The refusals of Cloud's front door and of its gateway, recognised by their
//! words: nobody else says them.

use crate::error::{Failure, Kind};
use crate::response::evidence::Wording;
use crate::settings::CLOUD_ID;
use crate::transport::Response;
use serde_json::Value;

/// What a token lacks, where it is that.
pub(super) fn refused(answer: &Response, words: &Wording<'_>) -> Option<Failure> {
    let refusal =
        |ours: &str, hint: &str| Some(words.failure(Kind::CredentialsRefused, ours).hint(hint));
    let said = words.said;
    match answer.status {
        401 if said.lacks_scope() => refusal(
            "the token is good and its scopes do not allow this",
            "writing needs write:jira-work; reading a field's type, which --type saves, needs \
             read:jira-work. Give them to the app, the credential or a new token; a user consents \
             again after that",
        ),
        403 if said.contains("connect session auth token") => refusal(
            "the site itself takes no bearer token",
            &format!(
                "OAuth 2.0 and tokens with scopes go through the gateway: set {}",
                CLOUD_ID.set_to("auto")
            ),
        ),
        401 if is_gateway(answer) => refusal(
            "the token is wrong, withdrawn or expired",
            "an OAuth 2.0 access token lives an hour or two, an API token a year at most: make a \
             new one, or give the client with a refresh token in place of an access token",
        ),
        404 if is_gateway(answer) => refusal(
            "the gateway knows no such site, or the token does not reach it",
            &format!("compare {CLOUD_ID} with the site's /_edge/tenant_info, or set it to auto"),
        ),
        _ => None,
    }
}

/// The gateway's envelope: `{"code":401,"message":"…"}`.
fn is_gateway(answer: &Response) -> bool {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    json["code"] == answer.status && json["message"].is_string()
}
