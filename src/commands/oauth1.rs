//! `oauth1`: the steps at whose end a pipeline has an access token of its own.
//! Signs nothing itself and writes no issue.

mod authorize;
mod keygen;

use crate::auth::Authenticator;
use crate::client::Repeat;
use crate::client::{RequestSpec, SHORT_BODY};
use crate::commands::consent::token_sink::TokenSink;
use crate::credentials::{CredentialKind, OAuth1State};
use crate::error::{Failure, Kind};
use crate::jira::Jira;
use crate::output::stdout;
use crate::redact::Secret;
use crate::response::classify::{self, Operation};
use crate::response::confidential;
use crate::transport::{MaybeSecret, Method};
use std::io::Write;
use url::{Url, form_urlencoded};

use crate::commands::consent::token_sink::Place;
pub use keygen::keygen;

/// <https://developer.atlassian.com/server/jira/platform/oauth/>
const REQUEST_TOKEN: &str = "/plugins/servlet/oauth/request-token";
const AUTHORIZE: &str = "/plugins/servlet/oauth/authorize";
const ACCESS_TOKEN: &str = "/plugins/servlet/oauth/access-token";

/// What Jira gives as the code of a person who pressed Deny.
const DENIED: &str = "denied";

/// The steps that ask Jira. What each one signs with is chosen by [`OAuth1Step::state`].
#[derive(Clone, Debug)]
pub enum OAuth1Step {
    /// Asks for a request token.
    RequestToken,
    /// Exchanges it, once a person has allowed it.
    AccessToken {
        /// From the first step.
        token: Secret,
        /// What the page showed.
        code: Secret,
        /// Where the access token goes.
        out: TokenSink,
    },
    /// Both, with the person in between.
    Authorize {
        /// The browser brings the code here; without it the person types it.
        callback: bool,
        /// Where the access token goes.
        out: TokenSink,
    },
}

impl OAuth1Step {
    /// What the step's first request carries.
    pub fn state(&self) -> OAuth1State {
        match self {
            OAuth1Step::RequestToken | OAuth1Step::Authorize { .. } => {
                OAuth1State::Callback("oob".to_owned())
            }
            OAuth1Step::AccessToken { token, code, .. } => OAuth1State::Verifier {
                token: token.clone(),
                code: code.clone(),
            },
        }
    }
}

/// Goes one step, or all of them.
///
/// # Errors
/// Where Jira or the person refuses, nobody is there, or the token cannot be stored.
pub async fn run(jira: &Jira, step: &OAuth1Step) -> Result<(), Failure> {
    match step {
        OAuth1Step::RequestToken => {
            let token = request_token(jira).await?;
            let _ =
                stdout::write(format!("{}\n{}\n", token.reveal(), page(jira, &token)).as_bytes())?;
            say(
                &mut std::io::stderr().lock(),
                "note: open the page within ten minutes, press Allow, then run: jira-build-status oauth1 access-token \
                 --request-token TOKEN --verifier CODE\n",
            );
            Ok(())
        }
        OAuth1Step::AccessToken { code, .. } if code.reveal() == DENIED => Err(denied()),
        OAuth1Step::AccessToken { out, .. } => {
            let place = out.reserve()?;
            exchange(jira, place).await
        }
        OAuth1Step::Authorize { callback, out } => {
            let place = out.reserve()?;
            authorize::allow(jira, *callback).await?;
            exchange(jira, place).await
        }
    }
}

async fn request_token(jira: &Jira) -> Result<Secret, Failure> {
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
async fn exchange(jira: &Jira, place: Place) -> Result<(), Failure> {
    let _exchange = jira.client().exchange().await;
    let (token, _) = ask(jira, ACCESS_TOKEN, Repeat::Never).await?;
    place.store(&token)
}

/// The page on which a person allows the request token.
fn page(jira: &Jira, token: &Secret) -> Url {
    let mut page = jira.base().below(AUTHORIZE);
    page.query_pairs_mut()
        .append_pair("oauth_token", token.reveal());
    page
}

/// The token of the answer, and whether the callback is confirmed.
async fn ask(jira: &Jira, path: &str, repeat: Repeat) -> Result<(Secret, bool), Failure> {
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
        return Err(Failure::new(Kind::UnexpectedAnswer, message).hint(
            "is JIRA_BASE_URL (--base-url) a Jira Server or Data Center, with its context path? Jira Cloud has none",
        ));
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
fn hold(jira: &Jira, state: OAuth1State) {
    if let Authenticator::OAuth1(signer) = jira.authenticator() {
        signer.hold(state);
    }
}

fn denied() -> Failure {
    Failure::new(
        Kind::CredentialsRefused,
        "the person at the page pressed Deny: there is no access token",
    )
    .hint("begin again and press Allow: jira-build-status oauth1 authorize")
}

/// A closed stream loses the text, no more.
fn say(stream: &mut dyn Write, text: &str) {
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
}
