//! Which credentials are meant, of all that are given; knows no environment and signs nothing.

use crate::auth::oauth1::{Consumer, Leg};
use crate::base_url::BaseUrl;
use crate::secret::Secret;
use std::path::PathBuf;

/// A complete set of credentials.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A user's name and password (Server, Data Center), or an e-mail and API token (Cloud).
    Basic {
        /// The name or e-mail.
        user: String,
        /// The password or token.
        secret: Secret,
        /// True for an e-mail and API token.
        is_api_token: bool,
    },
    /// A user's name and password, to log in with once (Server, Data Center).
    Session {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A personal token of Data Center, or a scoped token through Cloud's gateway.
    Bearer(Secret),
    /// An application link's consumer and a person's access token (Server, Data Center).
    OAuth1 {
        /// Who signs.
        consumer: Consumer,
        /// With which token, on which leg of the dance.
        leg: Leg,
    },
    /// An installed Connect app (Cloud).
    Connect {
        /// As in the app's descriptor.
        app_key: String,
        /// Given at the installation.
        shared_secret: Secret,
    },
    /// An access token, or what is given for one.
    OAuth2(Box<OAuth2>),
}

/// An OAuth 2.0 grant and who takes it.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    /// What an access token is had for.
    pub grant: Grant,
    /// Where it is had.
    pub provider: Provider,
}

/// What an access token is had for.
#[derive(Clone, Debug)]
pub enum Grant {
    /// Nothing: here it is. It cannot be renewed.
    AccessToken(Secret),
    /// The client's own credentials: a service account.
    ClientCredentials(Client),
    /// A user's consent, kept in a file because each use may replace it.
    RefreshToken {
        /// Whom the user gave it to.
        client: Client,
        /// Where the refresh token lives.
        file: PathBuf,
    },
}

/// An OAuth 2.0 client: an app of the developer console, a service account's credential, an incoming link of Data Center.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

/// An OAuth 2.0 identity provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Cloud's: `https://auth.atlassian.com`, or what stands in its place.
    pub cloud: BaseUrl,
    /// In place of the token endpoint that follows from the deployment.
    pub token: Option<BaseUrl>,
    /// What a token may be used for.
    pub scope: Option<String>,
}

/// The ways to authenticate, as `--auth` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// HTTP Basic.
    Basic,
    /// A cookie session.
    Session,
    /// A bearer token.
    Bearer,
    /// OAuth 2.0.
    OAuth2,
    /// OAuth 1.0a with RSA-SHA1.
    OAuth1,
    /// Connect's JSON Web Tokens.
    Connect,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 6] =
        [Method::Basic, Method::Session, Method::Bearer, Method::OAuth1, Method::OAuth2, Method::Connect];

    /// The name that `--auth` takes.
    pub fn name(self) -> &'static str {
        match self {
            Method::Basic => "basic",
            Method::Session => "session",
            Method::Bearer => "bearer",
            Method::OAuth2 => "oauth2",
            Method::OAuth1 => "oauth1",
            Method::Connect => "connect",
        }
    }
}

impl Credentials {
    /// Every secret in them.
    pub fn secrets(&self) -> Vec<&Secret> {
        match self {
            Credentials::Basic { secret, .. } => vec![secret],
            Credentials::Session { password, .. } => vec![password],
            Credentials::Bearer(token) => vec![token],
            Credentials::OAuth1 { consumer, leg } => {
                let mut secrets = leg.secrets();
                secrets.push(&consumer.private_key_text);
                secrets
            }
            Credentials::Connect { shared_secret, .. } => vec![shared_secret],
            Credentials::OAuth2(settings) => match &settings.grant {
                Grant::AccessToken(token) => vec![token],
                Grant::ClientCredentials(client) | Grant::RefreshToken { client, .. } => vec![&client.secret],
            },
        }
    }

    /// The method they belong to.
    pub fn method(&self) -> Method {
        match self {
            Credentials::Basic { .. } => Method::Basic,
            Credentials::Session { .. } => Method::Session,
            Credentials::Bearer(_) => Method::Bearer,
            Credentials::OAuth2(_) => Method::OAuth2,
            Credentials::OAuth1 { .. } => Method::OAuth1,
            Credentials::Connect { .. } => Method::Connect,
        }
    }
}

/// One variable that a set of credentials needs.
pub struct Part {
    /// Its name; a secret may be given as `X_FILE` instead.
    pub variable: &'static str,
    /// Whether it is set.
    pub given: bool,
}

/// A set of credentials that might be meant.
pub struct Offer {
    /// How it authenticates.
    pub method: Method,
    /// What it is made of.
    pub parts: Vec<Part>,
    /// The credentials, where every part is there.
    pub complete: Option<Credentials>,
}

impl Offer {
    fn describe(&self) -> String {
        let variables: Vec<_> = self.parts.iter().map(|part| part.variable).collect();
        format!("{} ({})", self.method.name(), variables.join(", "))
    }

    fn missing(&self) -> impl Iterator<Item = &'static str> {
        self.parts.iter().filter(|part| !part.given).map(|part| part.variable)
    }

    fn is_begun(&self) -> bool {
        self.parts.iter().any(|part| part.given)
    }
}

/// The one set of credentials that is meant.
///
/// # Errors
/// The sentences to show, and the variables that are missing, where none is complete or more than one is.
pub fn choose(offers: Vec<Offer>, method: Option<Method>) -> Result<Credentials, (String, Vec<&'static str>)> {
    let (mut complete, incomplete): (Vec<_>, Vec<_>) = offers
        .into_iter()
        .filter(|offer| method.is_none_or(|method| offer.method == method))
        .partition(|offer| offer.complete.is_some());
    if complete.len() > 1 {
        let both: Vec<_> = complete.iter().map(Offer::describe).collect();
        let advice = if method.is_some() { "unset one" } else { "unset one or choose with JIRA_AUTH (--auth)" };
        return Err((format!("credentials for {} are both complete; {advice}", both.join(" and ")), vec![]));
    }
    if let Some(Offer { complete: Some(credentials), .. }) = complete.pop() {
        return Ok(credentials);
    }
    let begun: Vec<_> = incomplete.iter().filter(|offer| offer.is_begun()).collect();
    if begun.is_empty() {
        let kinds: Vec<_> = incomplete.iter().map(Offer::describe).collect();
        let missing = incomplete.iter().flat_map(Offer::missing).collect();
        return Err((format!("no credentials are given; set those of one kind: {}", kinds.join(", or ")), missing));
    }
    let sentences: Vec<_> = begun
        .iter()
        .map(|offer| {
            let missing: Vec<_> = offer.missing().collect();
            format!("for {} the environment lacks {}", offer.describe(), missing.join(" and "))
        })
        .collect();
    let missing = begun.iter().flat_map(|offer| offer.missing()).collect();
    Err((format!("the credentials are not complete: {}", sentences.join("; ")), missing))
}
