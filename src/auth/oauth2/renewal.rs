//! Spends a refresh token and saves the next one: never without time for it,
//! never twice, never to be lost.

use crate::auth::oauth2::OAuth2;
use crate::auth::oauth2::grant::{Grant, Granted};
use crate::auth::oauth2::token_file::TokenFile;
use crate::client::{Client, RetryBudget, SendOutcome};
use crate::credentials::OAuth2Client;
use crate::deployment::Deployment;
use crate::error::{Failure, Kind};
use crate::named_file;
use crate::settings::{DEADLINE, OAUTH2_REFRESH_TOKEN_FILE};
use std::path::Path;

const FILE: &str = OAUTH2_REFRESH_TOKEN_FILE.variable;

impl OAuth2 {
    /// Spends the refresh token in the file and saves the one that comes back
    /// before anything else is done.
    pub(super) async fn refresh(
        &self,
        client: &Client,
        deployment: Deployment,
        budget: &RetryBudget,
        app: &OAuth2Client,
        path: &Path,
    ) -> Result<Granted, Failure> {
        let wrong = |what: String| {
            let message = format!("{FILE} ({}) {what}", path.display());
            Failure::new(Kind::Usage, message)
        };
        let held = self.held.take();
        let mut file = match held {
            Some(file) => file,
            None => lock(client, path).await?,
        };
        client.time_for_exchange()?;
        let old = file.read().map_err(wrong)?;
        client.redactor().register(&old);
        // While the old token can still be left unspent.
        file.prove_writable().map_err(|what| {
            wrong(what).hint(
                "nothing was sent: the refresh token rotates, and the next one would be lost; \
                 keep the file where this user may write, and mount it read-write",
            )
        })?;
        let exchange = client.exchange().await;
        let grant = Grant::RefreshToken(&old);
        let answered = self.send(client, deployment, budget, app, &grant).await;
        let saved = answered.granted.refresh.as_ref().map(|new| file.save(new));
        drop(exchange);
        let granted = match saved.clone() {
            Some(Err(what)) => Err(wrong(what).hint(
                "the old refresh token is spent; if no file beside it holds the next one, run \
                 jira-build-status oauth2 authorize",
            )),
            _ => answered.access(&grant, client.redactor()),
        };
        let spent = saved.is_none() && granted.is_err() && may_be_spent(&answered.call);
        let granted = granted.map_err(|failure| {
            if spent {
                doubtful(failure, &answered.call)
            } else {
                failure
            }
        });
        if let Err(failure) = &granted
            && (saved.is_some() || has_arrived(&answered.call))
        {
            *self.refused.borrow_mut() = Some(failure.clone());
        }
        // A refresh at a Data Center ends the old pair, access token included: another
        // job's would end ours
        // (<https://confluence.atlassian.com/adminjiraserver/jira-oauth-2-0-provider-api-1115659070.html>).
        if !deployment.is_cloud() {
            *self.held.borrow_mut() = Some(file);
        }
        granted
    }
}

/// True where the token endpoint may have seen the token, and did not say that
/// it only comes at a bad moment.
fn has_arrived(call: &SendOutcome) -> bool {
    let answered = call
        .answer
        .as_ref()
        .is_ok_and(|answer| !matches!(answer.status, 408 | 425 | 429 | 503));
    call.maybe_applied || answered
}

/// The same, where it did not refuse the token either.
fn may_be_spent(call: &SendOutcome) -> bool {
    let refused = call
        .answer
        .as_ref()
        .is_ok_and(|answer| (400..=405).contains(&answer.status));
    call.maybe_applied || has_arrived(call) && !refused
}

/// An answer that says what to do keeps that advice.
fn doubtful(failure: Failure, call: &SendOutcome) -> Failure {
    let message = format!("{}; the refresh token may be spent", failure.message);
    let hint = failure.hint.clone().filter(|_| call.answer.is_ok()).unwrap_or_else(|| {
        "it is not presented again in this run; if the next run is refused, run jira-build-status \
         oauth2 authorize"
            .to_owned()
    });
    failure.saying(message).hint(hint)
}

/// Waits for the file as long as the run may last, on a thread of its own:
/// others' requests go on, and a signal ends it.
async fn lock(client: &Client, path: &Path) -> Result<TokenFile, Failure> {
    let theirs = path.to_owned();
    let locking = tokio::task::spawn_blocking(move || TokenFile::lock(&theirs));
    let name = path.display();
    let locked = tokio::select! {
        locked = tokio::time::timeout(client.remaining(), locking) => locked,
        failure = client.stopped() => return Err(failure),
    };
    match locked {
        Ok(Ok(Ok(file))) => Ok(file),
        Ok(Ok(Err(error))) => Err(Failure::new(
            Kind::Usage,
            format!("{FILE} {}", named_file::unreadable(FILE, &error)),
        )),
        Ok(Err(_)) => Err(Failure::new(
            Kind::Internal,
            format!("{name} could not be locked"),
        )),
        Err(_) => Err(Failure::new(
            Kind::Timeout,
            format!("another run held {name} until this run's time was over"),
        )
        .hint(format!(
            "{DEADLINE} sets it; flock and lsof show who holds the lock"
        ))),
    }
}
