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
        |cause: &str, hint: &str| Some(Failure::new(Kind::CredentialsRefused, cause).hint(hint));
    let said = words.said;
    match answer.status {
        401 if said.lacks_scope() => refusal(
            "Jira Cloud knows the token, but its scopes do not allow this",
            "give it write:jira-work, and read:jira-work unless --type names the field's type; a \
             user has to consent again after that",
        ),
        403 if said.contains("connect session auth token") => refusal(
            "this address of Jira Cloud takes no bearer token",
            &format!(
                "set {}: OAuth 2.0 and tokens with scopes go through api.atlassian.com",
                CLOUD_ID.set_to("auto")
            ),
        ),
        401 if is_gateway(answer) => refusal(
            "Jira Cloud refused the token: it is wrong, withdrawn or expired",
            "make a new one, or give the client and a refresh token in place of an access token",
        ),
        404 if is_gateway(answer) => refusal(
            "Jira Cloud knows no such site, or the token does not reach it",
            &format!(
                "set {}, or compare it with the site's /_edge/tenant_info",
                CLOUD_ID.set_to("auto")
            ),
        ),
        _ => None,
    }
}

/// The gateway's envelope: `{"code":401,"message":"…"}`.
fn is_gateway(answer: &Response) -> bool {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    json["code"] == answer.status && json["message"].is_string()
}
