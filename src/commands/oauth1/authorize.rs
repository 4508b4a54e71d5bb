//! The person between the request token and the access token: shown a page,
//! asked for its code, or sent back with it.

use crate::commands::consent::browser;
use crate::commands::consent::callback::{Callback, CallbackResult, QueryParams};
use crate::commands::oauth1::exchange::{DENIED, denied, hold, page, request_token, say};
use crate::credentials::OAuth1State;
use crate::error::{Failure, Kind};
use crate::jira::Jira;
use crate::redact::Redactor;
use crate::redact::Secret;
use crate::settings::DEADLINE;
use std::io::{BufRead, IsTerminal};

/// Asks for a request token and has it allowed. Afterwards the access token can
/// be asked for.
pub(super) async fn allow(jira: &Jira, callback: bool) -> Result<(), Failure> {
    let (token, code) = if callback {
        by_callback(jira).await?
    } else {
        by_hand(jira).await?
    };
    if code.reveal() == DENIED {
        return Err(denied());
    }
    hold(jira, OAuth1State::Verifier { token, code });
    Ok(())
}

async fn by_callback(jira: &Jira) -> Result<(Secret, Secret), Failure> {
    let callback = Callback::listen(0).await?;
    hold(jira, OAuth1State::Callback(callback.address().to_string()));
    let token = request_token(jira).await?;
    let page = page(jira, &token);
    say(
        &mut std::io::stderr().lock(),
        &format!(
            "Open this page in a browser on this machine, as the user who is to write, and press \
             Allow:\n{page}\n\
             Then it sends you to {}, where this program waits.\n",
            callback.address()
        ),
    );
    browser::open(&page);
    let read = |brought: &QueryParams| code(brought, &token, jira.redactor());
    let code = in_time(jira, callback.wait(read)).await?;
    Ok((token, code))
}

/// The code of our own token; a visit with another token is somebody else's.
fn code(brought: &QueryParams, token: &Secret, redactor: &Redactor) -> CallbackResult<Secret> {
    let get = |name: &str| {
        brought
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, text)| text.as_str())
    };
    let code = get("oauth_verifier").filter(|_| get("oauth_token") == Some(token.reveal()))?;
    if code == DENIED {
        return Some(Err(denied()));
    }
    let code = Secret::derived(code.to_owned());
    redactor.register(&code);
    Some(Ok(code))
}

async fn by_hand(jira: &Jira) -> Result<(Secret, Secret), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(
            Kind::Usage,
            "oauth1 authorize needs a person, and standard input is no terminal",
        )
        .hint(
            "run it on your own machine; or with --callback, for a browser on this machine; \
             or use oauth1 request-token and oauth1 access-token one after the other",
        ));
    }
    let token = request_token(jira).await?;
    let page = page(jira, &token);
    say(
        &mut std::io::stderr().lock(),
        &format!(
            "Open this page in a browser, as the user who is to write, and press \
             Allow:\n{page}\nVerification code: "
        ),
    );
    browser::open(&page);
    let code = in_time(jira, typed_line()).await?;
    jira.redactor().register(&code);
    Ok((token, code))
}

/// Read on a thread of its own, so that a signal or the deadline ends the wait.
async fn typed_line() -> Result<Secret, Failure> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = read.await.ok().and_then(Result::ok).unwrap_or_default();
    if line.trim().is_empty() {
        return Err(
            Failure::new(Kind::Usage, "no verification code was typed").hint(
                "the page shows it after Allow; begin again: jira-build-status oauth1 authorize",
            ),
        );
    }
    Ok(Secret::derived(line.trim().to_owned()))
}

async fn in_time<T>(
    jira: &Jira,
    wait: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        ended = wait => ended,
        failure = jira.client().stopped() => Err(failure),
        () = tokio::time::sleep(jira.client().remaining()) => {
            Err(Failure::new(Kind::Timeout, "nobody pressed Allow before the run's time was over")
                .hint(format!("{DEADLINE} sets it, in seconds")))
        }
    }
}
