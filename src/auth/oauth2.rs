//! OAuth 2.0: an access token, given or asked for with a grant, and renewed once it has expired; knows neither flags nor files' names.

pub mod grant;
mod renewal;
pub mod token_file;

use crate::credentials::{Client, Grant as Given, OAuth2 as Settings, Provider};
use crate::failure::{Failure, Kind};
use crate::jira::said::Said;
use crate::jira::{Ask, Budget, Call, Jira, Repeat};
use crate::mask::Mask;
use crate::secret::Secret;
use crate::wire::{Answer, Method, Request, Text};
use grant::{Endpoint, Grant, Granted};
use std::cell::RefCell;
use std::time::Duration;
use token_file::TokenFile;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

/// Tokens may be longer than anything else that is read of a short answer, and one that is cut is lost.
const LONGEST_ANSWER: usize = 1 << 20;

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
                *self.token.borrow_mut() = granted.access.map(|access| Token::new(access, granted.lasts, jira.mask()));
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
    send(jira, budget, client, provider, &grant).await.access(&grant, jira.mask())
}

/// What came of asking a token endpoint.
pub struct Answered {
    call: Call,
    url: Url,
    cloud: bool,
    /// Every token that the answer held.
    pub granted: Granted,
}

impl Answered {
    /// What was given, where that holds an access token.
    ///
    /// # Errors
    /// Why there is none.
    pub fn access(self: &Answered, grant: &Grant<'_>, mask: &Mask) -> Result<Granted, Failure> {
        if self.granted.access.is_some() {
            return Ok(self.granted.clone());
        }
        let answer = self.call.answer.as_ref().map_err(Clone::clone)?;
        Err(grant::refused(grant, answer, Endpoint { url: &self.url, cloud: self.cloud }, mask))
    }
}

/// Asks a token endpoint, as often as the grant allows it.
pub async fn send(jira: &Jira, budget: &Budget, client: &Client, provider: &Provider, grant: &Grant<'_>) -> Answered {
    let cloud = jira.is_cloud(budget).await;
    let url = token_url(jira, provider, cloud);
    let (media, body) = grant.body(client, cloud);
    let ask = Ask {
        method: Method::Post,
        headers: vec![("content-type", Text::Plain(media.to_owned()))],
        body: Some(body),
        // What reached the endpoint is spent, whatever became of the answer.
        repeat: match grant {
            Grant::ClientCredentials { .. } => Repeat::Always,
            Grant::RefreshToken(_) => Repeat::Undone,
            Grant::Code { .. } => Repeat::Never,
        },
        awaited: !matches!(grant, Grant::ClientCredentials { .. }),
        confidential: true,
        ..Ask::unsigned(url.clone(), LONGEST_ANSWER)
    };
    // Boxed: a signed request may ask for a token, which is a request.
    let call = Box::pin(jira.call(&ask, budget)).await;
    let success = call.answer.as_ref().ok().filter(|answer| answer.is_success());
    let granted = success.map(grant::granted).unwrap_or_default();
    for token in [&granted.access, &granted.refresh].into_iter().flatten() {
        jira.mask().hide(token);
    }
    Answered { call, url, cloud, granted }
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
