//! The requests of OAuth 1.0a by which a token is had, and the page between them.

use crate::client::Repeat;
use crate::client::{RequestSpec, SHORT_BODY};
use crate::commands::consent::token_sink::ReservedSink;
use crate::credentials::{CredentialKind, OAuth1State};
use crate::error::{Failure, Kind};
use crate::jira::Jira;
use crate::redact::Secret;
use crate::response::classify;
use crate::response::confidential;
use crate::response::evidence::Operation;
use crate::settings::BASE_URL;
use crate::transport::{MaybeSecret, Method};
use std::io::Write;
use url::{Url, form_urlencoded};

/// <https://developer.atlassian.com/server/jira/platform/oauth/>
const REQUEST_TOKEN: &str = "/plugins/servlet/oauth/request-token";
const AUTHORIZE: &str = "/plugins/servlet/oauth/authorize";
const ACCESS_TOKEN: &str = "/plugins/servlet/oauth/access-token";

/// What Jira gives as the code of a person who pressed Deny.
pub(super) const DENIED: &str = "denied";

pub(super) async fn request_token(jira: &Jira) -> Result<Secret, Failure> {
    let (token, confirmed) = ask(jira, REQUEST_TOKEN, Repeat::Always).await?;
    // RFC 5849 section 2.1: without it Jira would send anybody's browser with
    // anybody's token to our callback.
    if confirmed {
        return Ok(token);
    }
    Err(Failure::new(
        Kind::UnexpectedAnswer,
        "Jira gave a request token without oauth_callback_confirmed=true",
    )
    .hint("this server speaks OAuth 1.0, not 1.0a: is it older than Jira 4.4?"))
}

/// Never repeated: the code is good once. A signal waits until the token is stored.
pub(super) async fn exchange(jira: &Jira, place: ReservedSink) -> Result<(), Failure> {
    let _exchange = jira.client().exchange().await;
    let (token, _) = ask(jira, ACCESS_TOKEN, Repeat::Never).await?;
    place.store(&token)
}

/// The page on which a person allows the request token.
pub(super) fn page(jira: &Jira, token: &Secret) -> Url {
    let mut page = jira.base().below(AUTHORIZE);
    page.query_pairs_mut()
        .append_pair("oauth_token", token.reveal());
    page
}

/// The token of the answer, and whether the callback is confirmed.
pub(super) async fn ask(
    jira: &Jira,
    path: &str,
    repeat: Repeat,
) -> Result<(Secret, bool), Failure> {
    let ask = RequestSpec {
        method: Method::Post,
        headers: vec![(
            "content-type",
            MaybeSecret::Plain("application/x-www-form-urlencoded".to_owned()),
        )],
        body: Some(MaybeSecret::Plain(String::new())),
        repeat,
        awaited: repeat == Repeat::Never,
        confidential: true,
        ..RequestSpec::get(jira.base().below(path), SHORT_BODY)
    };
    let call = jira.send(&ask, &jira.budget()).await;
    let answer = call.answer.as_ref().map_err(Clone::clone)?;
    let field = |name: &str| {
        let mut pairs = form_urlencoded::parse(&answer.body);
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    };
    if let Some(token) =
        field("oauth_token").filter(|token| answer.is_success() && !token.is_empty())
    {
        let token = Secret::derived(token);
        jira.redactor().register(&token);
        return Ok((
            token,
            field("oauth_callback_confirmed").as_deref() == Some("true"),
        ));
    }
    let said = confidential::said(answer, jira.redactor());
    if answer.is_success() || matches!(answer.status, 404 | 405 | 410) {
        let message = format!(
            "there is no OAuth 1.0a provider at {path} ({})",
            answer.status
        );
        let hint = format!(
            "is {BASE_URL} a Jira Server or Data Center, with its context path? Jira Cloud has none"
        );
        return Err(Failure::new(Kind::UnexpectedAnswer, message)
            .hint(hint)
            .shown_by(|| call.sent().answered(answer.status, &said)));
    }
    Err(classify::classify(
        answer,
        &said,
        Operation::Read(path),
        &call.evidence(CredentialKind::OAuth1),
    )
    .refusal())
}

/// From now on requests are signed with this.
pub(super) fn hold(jira: &Jira, state: OAuth1State) {
    if let Some(signer) = jira.authenticator().oauth1() {
        signer.hold(state);
    }
}

pub(super) fn denied() -> Failure {
    Failure::new(
        Kind::CredentialsRefused,
        "the person at the page pressed Deny: there is no access token",
    )
    .hint("begin again and press Allow: jira-build-status oauth1 authorize")
}

/// A closed stream loses the text, no more.
pub(super) fn say(stream: &mut dyn Write, text: &str) {
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
}
