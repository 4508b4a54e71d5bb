//! OAuth 2.0: an access token, given or asked for with a grant, and renewed
//! once it has expired; knows neither flags nor files' names.

pub(crate) mod grant;
mod renewal;
pub(crate) mod token_file;

use crate::base_url::BaseUrl;
use crate::client::{Anonymous, Client, Recovery, Repeat, RequestSpec, RetryBudget, SendOutcome};
use crate::credentials::{OAuth2Client, OAuth2Grant, OAuth2Settings, Provider};
use crate::deployment::Deployment;
use crate::error::{Failure, Kind};
use crate::redact::{Redactor, Secret};
use crate::response::error_body::ErrorBody;
use crate::settings::{CLOUD_ID, OAUTH2_SCOPE};
use crate::transport::{MaybeSecret, Method, Request, Response};
use grant::{Endpoint, Grant, Granted};
use std::cell::{Cell, RefCell};
use std::time::Duration;
use token_file::TokenFile;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

/// Tokens may be longer than anything else that is read of a short answer, and
/// one that is cut is lost.
const LONGEST_ANSWER: usize = 1 << 20;

/// Requests signed with an access token.
pub(crate) struct OAuth2 {
    settings: OAuth2Settings,
    /// Jira's own address, where Data Center has its token endpoint.
    base: BaseUrl,
    redactor: Redactor,
    token: RefCell<Option<Token>>,
    /// One renewal at a time; whoever waited for it uses what it brought.
    renewing: Mutex<()>,
    /// What a refused renewal said: the same grant is not tried again.
    refused: RefCell<Option<Failure>>,
    /// Held as long as requests may be signed, where a refresh by somebody else
    /// would end our access token.
    held: RefCell<Option<TokenFile>>,
}

struct Token {
    access: Secret,
    header: Secret,
    expires: Option<Instant>,
    /// One that was never used is tried, however short its life is said to be:
    /// another would live no longer.
    used: Cell<bool>,
}

impl Token {
    fn new(access: Secret, lasts: Option<Duration>, redactor: &Redactor) -> Self {
        let header = Secret::derived(format!("Bearer {}", access.reveal()));
        redactor.register(&access);
        redactor.register(&header);
        let expires = lasts.and_then(|lasts| Instant::now().checked_add(lasts));
        Token {
            access,
            header,
            expires,
            used: Cell::new(false),
        }
    }

    fn is_fresh(&self) -> bool {
        !self.used.get() || self.expires.is_none_or(|expires| Instant::now() < expires)
    }
}

impl OAuth2 {
    pub(crate) fn new(settings: OAuth2Settings, base: &BaseUrl, redactor: &Redactor) -> Self {
        let given = match &settings.grant {
            OAuth2Grant::AccessToken(token) => Some(Token::new(token.clone(), None, redactor)),
            OAuth2Grant::ClientCredentials(_) | OAuth2Grant::RefreshToken { .. } => None,
        };
        OAuth2 {
            settings,
            base: base.clone(),
            redactor: redactor.clone(),
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
    pub(crate) async fn renew(
        &self,
        client: &Client,
        deployment: Deployment,
        budget: &RetryBudget,
    ) -> Result<(), Failure> {
        if self.is_ready() {
            return Ok(());
        }
        let _turn = self.renewing.lock().await;
        if self.is_ready() {
            return Ok(());
        }
        if let Some(failure) = self.refused.borrow().clone() {
            return Err(failure);
        }
        let provider = &self.settings.provider;
        let granted = match &self.settings.grant {
            OAuth2Grant::AccessToken(_) => return Ok(()),
            OAuth2Grant::ClientCredentials(app) => {
                let scope = service_account_scope(provider, deployment)?;
                let grant = Grant::ClientCredentials { scope };
                self.send(client, deployment, budget, app, &grant)
                    .await
                    .access(&grant, &self.redactor)
            }
            OAuth2Grant::RefreshToken { client: app, file } => {
                self.refresh(client, deployment, budget, app, file).await
            }
        };
        match granted {
            Ok(granted) => {
                *self.token.borrow_mut() = granted
                    .access
                    .map(|access| Token::new(access, granted.lasts, &self.redactor));
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

    /// Asks the token endpoint, as often as the grant allows it.
    async fn send(
        &self,
        client: &Client,
        deployment: Deployment,
        budget: &RetryBudget,
        app: &OAuth2Client,
        grant: &Grant<'_>,
    ) -> Answered {
        let url = token_url(&self.settings.provider, &self.base, deployment);
        send(client, budget, app, url, deployment, grant).await
    }

    /// False for an access token that was given as it is.
    pub(crate) fn is_renewable(&self) -> bool {
        !matches!(self.settings.grant, OAuth2Grant::AccessToken(_))
    }

    /// Whether there is an access token that is still good.
    pub(super) fn is_ready(&self) -> bool {
        self.token.borrow().as_ref().is_some_and(Token::is_fresh)
    }

    /// True where a refused access token was forgotten, so that [`OAuth2::renew`]
    /// asks for another. A request that was signed before somebody else renewed the
    /// token is repeated with the new one.
    pub(crate) fn learn(&self, request: &Request, answer: &Response) -> Recovery {
        if !self.is_renewable()
            || answer.status != 401
            || ErrorBody::read(answer, &self.redactor).lacks_scope()
        {
            return Recovery::None;
        }
        let mut token = self.token.borrow_mut();
        if token
            .as_ref()
            .is_some_and(|token| signed_with(request, token))
        {
            *token = None;
        }
        Recovery::Renew
    }

    /// Adds the access token to a request.
    pub(crate) fn sign(&self, request: &mut Request) {
        if let Some(token) = self.token.borrow().as_ref() {
            token.used.set(true);
            request.headers.push((
                "authorization",
                MaybeSecret::Sensitive(token.header.clone()),
            ));
        }
    }

    /// The access token where a user may have granted it: then Atlassian tells
    /// which sites it is good for.
    pub(crate) fn user_token(&self) -> Option<Secret> {
        let of_user = !matches!(self.settings.grant, OAuth2Grant::ClientCredentials(_));
        self.token
            .borrow()
            .as_ref()
            .filter(|_| of_user)
            .map(|token| token.access.clone())
    }
}

fn signed_with(request: &Request, token: &Token) -> bool {
    let mut headers = request
        .headers
        .iter()
        .filter(|(name, _)| *name == "authorization");
    headers.any(|(_, text)| text.reveal() == token.header.reveal())
}

/// The scope to ask for: Data Center wants one, Cloud refuses any.
fn service_account_scope(
    provider: &Provider,
    deployment: Deployment,
) -> Result<Option<&str>, Failure> {
    match (deployment, provider.scope.as_deref()) {
        (Deployment::Cloud, _) => Ok(None),
        (Deployment::SelfHosted, Some(scope)) => Ok(Some(scope)),
        (Deployment::SelfHosted, None) => {
            let message = format!(
                "{} is missing: Data Center gives a service account a token only for a scope",
                OAUTH2_SCOPE.variable
            );
            Err(Failure::new(Kind::Usage, message).hint(format!(
                "set it to WRITE; for a site of Jira Cloud under a name of its own set {}",
                CLOUD_ID.set_to("auto")
            )))
        }
    }
}

/// What came of asking a token endpoint.
pub(crate) struct Answered {
    call: SendOutcome,
    url: Url,
    deployment: Deployment,
    /// Every token that the answer held.
    pub granted: Granted,
}

impl Answered {
    /// What was given, where that holds an access token.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn access(
        &self,
        grant: &Grant<'_>,
        redactor: &Redactor,
    ) -> Result<Granted, Failure> {
        if self.granted.access.is_some() {
            return Ok(self.granted.clone());
        }
        let answer = self.call.answer.as_ref().map_err(Clone::clone)?;
        let endpoint = Endpoint {
            url: &self.url,
            deployment: self.deployment,
        };
        Err(grant::refused(grant, answer, endpoint, redactor)
            .shown_by(|| self.call.shown(answer, redactor)))
    }
}

/// Asks a token endpoint, as often as the grant allows it.
pub(crate) async fn send(
    client: &Client,
    budget: &RetryBudget,
    app: &OAuth2Client,
    url: Url,
    deployment: Deployment,
    grant: &Grant<'_>,
) -> Answered {
    let (media, body) = grant.body(app, deployment);
    let ask = RequestSpec {
        method: Method::Post,
        headers: vec![("content-type", MaybeSecret::Plain(media.to_owned()))],
        body: Some(body),
        // What reached the endpoint is spent, whatever became of the answer.
        repeat: match grant {
            Grant::ClientCredentials { .. } => Repeat::Always,
            Grant::RefreshToken(_) => Repeat::Undone,
            Grant::Code { .. } => Repeat::Never,
        },
        awaited: !matches!(grant, Grant::ClientCredentials { .. }),
        confidential: true,
        ..RequestSpec::get(url.clone(), LONGEST_ANSWER)
    };
    let call = client.send(&ask, &Anonymous, budget).await;
    let success = call
        .answer
        .as_ref()
        .ok()
        .filter(|answer| answer.is_success());
    let granted = success.map(grant::granted).unwrap_or_default();
    for token in [&granted.access, &granted.refresh].into_iter().flatten() {
        client.redactor().register(token);
    }
    Answered {
        call,
        url,
        deployment,
        granted,
    }
}

/// Where a provider gives access tokens.
pub(crate) fn token_url(provider: &Provider, base: &BaseUrl, deployment: Deployment) -> Url {
    match (&provider.token, deployment) {
        (Some(url), _) => url.url().clone(),
        (None, Deployment::Cloud) => provider.cloud.below("/oauth/token"),
        (None, Deployment::SelfHosted) => base.below("/rest/oauth2/latest/token"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_access_token_is_fresh_until_its_life_is_over() {
        let token = |lasts| {
            Token::new(
                Secret::derived("a-token".to_owned()),
                lasts,
                &Redactor::default(),
            )
        };
        let (hour, unknown) = (token(Some(Duration::from_secs(3600))), token(None));
        hour.used.set(true);
        unknown.used.set(true);
        tokio::time::advance(Duration::from_secs(3599)).await;
        assert!(hour.is_fresh());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!hour.is_fresh() && unknown.is_fresh());
    }
}
