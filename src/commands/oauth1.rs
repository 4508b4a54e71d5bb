//! `oauth1`: the steps at whose end a pipeline has an access token of its own.
//! Signs nothing itself and writes no issue.

mod authorize;
mod exchange;
mod keygen;

use crate::commands::consent::token_sink::TokenSink;
use crate::commands::oauth1::exchange::{DENIED, denied, exchange, page, request_token, say};
use crate::credentials::OAuth1State;
use crate::error::Failure;
use crate::jira::Jira;
use crate::output::stdout;
use crate::redact::Secret;

pub(crate) use keygen::keygen;

/// The steps that ask Jira. What each one signs with is chosen by [`OAuth1Step::state`].
#[derive(Clone, Debug)]
pub(crate) enum OAuth1Step {
    RequestToken,
    /// Exchanges it, once a person has allowed it.
    AccessToken {
        token: Secret,
        code: Secret,
        out: TokenSink,
    },
    /// Both, with the person in between.
    Authorize {
        /// The browser brings the code here; without it the person types it.
        callback: bool,
        out: TokenSink,
    },
}

impl OAuth1Step {
    /// What the step's first request carries.
    pub(crate) fn state(&self) -> OAuth1State {
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
pub(crate) async fn run(jira: &Jira, step: &OAuth1Step) -> Result<(), Failure> {
    match step {
        OAuth1Step::RequestToken => {
            let token = request_token(jira).await?;
            let _ =
                stdout::write(format!("{}\n{}\n", token.reveal(), page(jira, &token)).as_bytes())?;
            say(
                &mut std::io::stderr().lock(),
                "note: open the page within ten minutes, press Allow, then run: jira-build-status \
                 oauth1 access-token --request-token TOKEN --verifier CODE\n",
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
