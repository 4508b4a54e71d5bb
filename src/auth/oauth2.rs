//! OAuth 2.0: an access token, given or asked for with a grant, and renewed once it has expired; knows neither flags nor files' names.

pub mod grant;
pub mod token_file;

use crate::credentials::{Client, Grant as Given, OAuth2 as Settings, Provider};
use crate::failure::{Failure, Kind};
use crate::jira::said::Said;
use crate::jira::{Ask, Budget, Jira, SHORT_BODY};
use crate::mask::Mask;
use crate::named_file;
use crate::secret::Secret;
use crate::wire::{Answer, Method, Request, Text};
use grant::{Endpoint, Grant, Granted};
use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;
use token_file::TokenFile;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

const FILE: &str = "JIRA_OAUTH2_REFRESH_TOKEN_FILE";

/// Requests signed with an access token.
pub struct OAuth2 {
    settings: Settings,
    token: RefCell<Option<Token>>,
    /// One renewal at a time; whoever waited for it uses what it brought.
    renewing: Mutex<()>,
    /// What a refused renewal said: the same grant is not tried again.
    refused: RefCell<Option<Failure>>,
    /// Held as long as requests may be signed, where a refresh by somebody else would end our access token.
    held: RefCell<Option<TokenFile>>,
}

struct Token {
    access: Secret,
    header: Secret,
    expires: Option<Instant>,
}

impl Token {
    fn new(access: Secret, lasts: Option<Duration>, mask: &Mask) -> Self {
        let header = Secret::derived(format!("Bearer {}", access.reveal()));
        mask.hide(&access);
        mask.hide(&header);
        let expires = lasts.and_then(|lasts| Instant::now().checked_add(lasts));
        Token { access, header, expires }
    }

    fn is_fresh(&self) -> bool {
        self.expires.is_none_or(|expires| Instant::now() < expires)
    }
}

impl OAuth2 {
    /// Asks for nothing yet.
    pub fn new(settings: Settings, mask: &Mask) -> Self {
        let given = match &settings.grant {
            Given::AccessToken(token) => Some(Token::new(token.clone(), None, mask)),
            Given::ClientCredentials(_) | Given::RefreshToken { .. } => None,
        };
        OAuth2 {
            settings,
            token: RefCell::new(given),
            renewing: Mutex::default(),
            refused: RefCell::default(),
            held: RefCell::default(),
        }
    }

    /// The access token, asked for when there is none that is still good.
    ///
    /// # Errors
    /// Where the grant is refused, or a rotated refresh token could not be saved.
    pub async fn prepare(&self, jira: &Jira, budget: &Budget) -> Result<(), Failure> {
        if self.has_token() {
            return Ok(());
        }
        let _turn = self.renewing.lock().await;
        if self.has_token() {
            return Ok(());
        }
        if let Some(failure) = self.refused.borrow().clone() {
            return Err(failure);
        }
        let provider = &self.settings.provider;
        let granted = match &self.settings.grant {
            Given::AccessToken(_) => return Ok(()),
            Given::ClientCredentials(client) => ask_for_service_account(jira, budget, client, provider).await,
            Given::RefreshToken { client, file } => self.refresh(jira, budget, client, file).await,
        };
        match granted {
            Ok(granted) => {
                *self.token.borrow_mut() = Some(Token::new(granted.access, granted.lasts, jira.mask()));
                Ok(())
            }
            Err(failure) => {
                if failure.kind.ends_the_run() {
                    *self.refused.borrow_mut() = Some(failure.clone());
                }
                Err(failure)
            }
        }
    }

    /// Spends the refresh token in the file and saves the one that comes back before the access token is used.
    async fn refresh(&self, jira: &Jira, budget: &Budget, client: &Client, path: &Path) -> Result<Granted, Failure> {
        let wrong = |what: String| {
            let message = format!("{FILE} ({}) {what}", path.display());
            Failure::new(Kind::Usage, message)
        };
        let held = self.held.take();
        let mut file = match held {
            Some(file) => file,
            None => lock(jira, path).await?,
        };
        let old = file.read().map_err(wrong)?;
        jira.mask().hide(&old);
        // While the old token can still be left unspent.
        file.prove_writable().map_err(|what| {
            wrong(what).hint(
                "nothing was sent: the refresh token rotates, and the next one would be lost; \
                 keep the file where this user may write, and mount it read-write",
            )
        })?;
        let granted = ask(jira, budget, client, &self.settings.provider, &Grant::RefreshToken(&old)).await?;
        if let Some(new) = &granted.refresh {
            file.save(new).map_err(|what| {
                wrong(what).hint(
                    "the old refresh token is spent and the new one is lost: run jira-build-status oauth2 authorize",
                )
            })?;
        }
        // A refresh at a Data Center ends the old pair, access token included: another job's would end ours
        // (<https://confluence.atlassian.com/adminjiraserver/jira-oauth-2-0-provider-api-1115659070.html>).
        if !jira.is_cloud(budget).await {
            *self.held.borrow_mut() = Some(file);
        }
        Ok(granted)
    }

    /// False for an access token that was given as it is.
    pub fn is_renewable(&self) -> bool {
        !matches!(self.settings.grant, Given::AccessToken(_))
    }

    fn has_token(&self) -> bool {
        self.token.borrow().as_ref().is_some_and(Token::is_fresh)
    }

    /// True where a refused access token was forgotten, so that [`OAuth2::prepare`] asks for another. A request that was
    /// signed before somebody else renewed the token is repeated with the new one.
    pub fn mends(&self, request: &Request, answer: &Answer, mask: &Mask) -> bool {
        if !self.is_renewable() || answer.status != 401 || lacks_scope(&Said::read(answer, mask)) {
            return false;
        }
        let mut token = self.token.borrow_mut();
        if token.as_ref().is_some_and(|token| signed_with(request, token)) {
            *token = None;
        }
        true
    }

    /// Adds the access token to a request.
    pub fn authorize(&self, request: &mut Request) {
        if let Some(token) = self.token.borrow().as_ref() {
            request.headers.push(("authorization", Text::Sensitive(token.header.clone())));
        }
    }

    /// The access token where a user may have granted it: then Atlassian tells which sites it is good for.
    pub fn user_token(&self) -> Option<Secret> {
        let of_user = !matches!(self.settings.grant, Given::ClientCredentials(_));
        self.token.borrow().as_ref().filter(|_| of_user).map(|token| token.access.clone())
    }
}

fn signed_with(request: &Request, token: &Token) -> bool {
    let mut headers = request.headers.iter().filter(|(name, _)| *name == "authorization");
    headers.any(|(_, text)| text.reveal() == token.header.reveal())
}

/// True where the token is good and its scopes do not reach so far: another token of the same grant would not either.
pub fn lacks_scope(said: &Said) -> bool {
    said.mentions("scope does not match")
}

async fn ask_for_service_account(
    jira: &Jira,
    budget: &Budget,
    client: &Client,
    provider: &Provider,
) -> Result<Granted, Failure> {
    let cloud = jira.is_cloud(budget).await;
    let scope = provider.scope.as_deref();
    if !cloud && scope.is_none() {
        let message = "JIRA_OAUTH2_SCOPE is missing: Data Center gives a service account a token only for a scope";
        return Err(Failure::new(Kind::Usage, message).hint(
            "set it to WRITE; for a site of Jira Cloud under a name of its own set JIRA_CLOUD_ID=auto (--cloud-id auto)",
        ));
    }
    let grant = Grant::ClientCredentials { scope: scope.filter(|_| !cloud) };
    ask(jira, budget, client, provider, &grant).await
}

/// Waits for the file as long as the run may last, on a thread of its own: others' requests and signals go on.
async fn lock(jira: &Jira, path: &Path) -> Result<TokenFile, Failure> {
    let theirs = path.to_owned();
    let locking = tokio::task::spawn_blocking(move || TokenFile::lock(&theirs));
    let name = path.display();
    match tokio::time::timeout(jira.left(), locking).await {
        Ok(Ok(Ok(file))) => Ok(file),
        Ok(Ok(Err(error))) => {
            Err(Failure::new(Kind::Usage, format!("{FILE} {}", named_file::unreadable(FILE, &error))))
        }
        Ok(Err(_)) => Err(Failure::new(Kind::Internal, format!("{name} could not be locked"))),
        Err(_) => Err(Failure::new(Kind::Timeout, format!("another run held {name} until this run's time was over"))
            .hint("JIRA_DEADLINE (--deadline) sets it; flock and lsof show who holds the lock")),
    }
}

/// Asks a token endpoint.
///
/// # Errors
/// Where it refuses, saying which part, or does not answer.
pub async fn ask(
    jira: &Jira,
    budget: &Budget,
    client: &Client,
    provider: &Provider,
    grant: &Grant<'_>,
) -> Result<Granted, Failure> {
    let cloud = jira.is_cloud(budget).await;
    let url = token_url(jira, provider, cloud);
    let (media, body) = grant.body(client, cloud);
    let ask = Ask {
        method: Method::Post,
        headers: vec![("content-type", Text::Plain(media.to_owned()))],
        body: Some(body),
        // A code that reached the endpoint is spent, whatever became of the answer.
        repeatable: !matches!(grant, Grant::Code { .. }),
        confidential: true,
        ..Ask::unsigned(url.clone(), SHORT_BODY)
    };
    // Boxed: a signed request may ask for a token, which is a request.
    let answer = Box::pin(jira.call(&ask, budget)).await.answer?;
    let granted = if answer.status == 200 { grant::granted(&answer) } else { None };
    for token in granted.iter().flat_map(|granted| [Some(&granted.access), granted.refresh.as_ref()]).flatten() {
        jira.mask().hide(token);
    }
    granted.ok_or_else(|| grant::refused(grant, &answer, Endpoint { url: &url, cloud }, jira.mask()))
}

fn token_url(jira: &Jira, provider: &Provider, cloud: bool) -> Url {
    match &provider.token {
        Some(url) => url.url().clone(),
        None if cloud => provider.cloud.below("/oauth/token"),
        None => jira.base().below("/rest/oauth2/latest/token"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_access_token_is_fresh_until_its_life_is_over() {
        let token = |lasts| Token::new(Secret::derived("a-token".to_owned()), lasts, &Mask::default());
        let (hour, unknown) = (token(Some(Duration::from_secs(3600))), token(None));
        tokio::time::advance(Duration::from_secs(3599)).await;
        assert!(hour.is_fresh());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!hour.is_fresh() && unknown.is_fresh());
    }
}
