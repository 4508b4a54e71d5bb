//! Which credentials are meant, of all that are given; knows no environment and
//! signs nothing.

pub mod private_key;

use crate::base_url::BaseUrl;
use crate::redact::Secret;
use crate::settings::{
    AUTH, OAUTH1_ACCESS_TOKEN, OAUTH2_ACCESS_TOKEN, PERSONAL_TOKEN, SETTINGS, Setting,
};
use crate::text::one_line;
use private_key::PrivateKey;
use std::fmt;
use std::path::PathBuf;

/// A user is named so far, in characters.
const LONGEST_IDENTITY: usize = 60;
/// The same inside a sentence.
const LONGEST_SUBJECT: usize = 36;

/// Who signs: an application link of Jira, by its consumer key.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// As it stands in the application link; no secret.
    pub key: String,
    /// Its other half stands in the application link.
    pub private_key: PrivateKey,
    /// The key as it was given.
    pub private_key_text: Secret,
}

/// How far the authorization flow is, and so what a request carries besides the
/// consumer's signature.
#[derive(Clone, Debug)]
pub enum OAuth1State {
    /// Nothing yet: a request token is asked for, and the person is to be sent
    /// here, or `oob`.
    Callback(String),
    /// The request token, and the code that the person was shown.
    Verifier {
        token: Secret,
        code: Secret,
    },
    Access(Secret),
}

impl OAuth1State {
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        match self {
            OAuth1State::Callback(_) => vec![],
            OAuth1State::Verifier { token, code } => vec![token, code],
            OAuth1State::Access(token) => vec![token],
        }
    }
}

#[derive(Clone, Debug)]
pub enum Credentials {
    /// A user's name and password (Server, Data Center), or an e-mail and API token
    /// (Cloud).
    Basic {
        user: String,
        secret: Secret,
        /// True for an e-mail and API token.
        is_api_token: bool,
    },
    /// A user's name and password, to log in with once (Server, Data Center).
    Session { user: String, password: Secret },
    /// A personal token of Data Center, or a scoped token through Cloud's gateway.
    Bearer(Secret),
    /// An application link's consumer and a person's access token (Server, Data Center).
    OAuth1 {
        consumer: Consumer,
        /// With which token, on which state of the authorization flow.
        state: OAuth1State,
    },
    Connect {
        app_key: String,
        shared_secret: Secret,
    },
    /// An access token, or what is given for one.
    OAuth2(Box<OAuth2Settings>),
}

/// An OAuth 2.0 grant and who takes it.
#[derive(Clone, Debug)]
pub struct OAuth2Settings {
    /// What an access token is had for.
    pub(crate) grant: OAuth2Grant,
    pub(crate) provider: Provider,
}

/// What an access token is had for.
#[derive(Clone, Debug)]
pub(crate) enum OAuth2Grant {
    /// Nothing: here it is. It cannot be renewed.
    AccessToken(Secret),
    /// The client's own credentials: a service account.
    ClientCredentials(OAuth2Client),
    /// A user's consent, kept in a file because each use may replace it.
    RefreshToken {
        /// NoProxyRule the user gave it to.
        client: OAuth2Client,
        file: PathBuf,
    },
}

/// An OAuth 2.0 client: an app of the developer console, a service account's
/// credential, an incoming link of Data Center.
#[derive(Clone, Debug)]
pub(crate) struct OAuth2Client {
    pub id: String,
    pub secret: Secret,
}

#[derive(Clone, Debug)]
pub(crate) struct Provider {
    /// Cloud's: `https://auth.atlassian.com`, or what stands in its place.
    pub cloud: BaseUrl,
    /// In place of the token endpoint that follows from the deployment.
    pub token: Option<BaseUrl>,
    /// What a token may be used for.
    pub scope: Option<String>,
}

/// What proves who we are, as far as the advice on a refusal depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    Password,
    /// A name, and a password that looks like a personal token of Data Center.
    TokenAsPassword,
    /// An e-mail and API token of Cloud.
    ApiToken,
    /// A personal token of Data Center.
    PersonalToken,
    /// An access token of OAuth 1.0a.
    OAuth1,
    Connect,
    /// An access token of OAuth 2.0, given as it is.
    AccessToken,
    /// One that was just asked for.
    OAuth2,
}

/// Whom requests are sent as, as far as a message may name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Identity {
    #[default]
    Nobody,
    /// A user's name or e-mail.
    User(String),
    /// What stands for a user whose name we do not know: a token, an app.
    Bearer(String),
}

impl Identity {
    /// As the subject of a sentence; short, for what follows is the news.
    pub(crate) fn in_a_sentence(&self) -> String {
        match self {
            Identity::Nobody => "the user".to_owned(),
            Identity::User(text) | Identity::Bearer(text) => one_line(text, LONGEST_SUBJECT),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Identity::Nobody => f.write_str("nobody"),
            Identity::User(text) | Identity::Bearer(text) => {
                f.write_str(&one_line(text, LONGEST_IDENTITY))
            }
        }
    }
}

/// The ways to authenticate, as `--auth` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    Basic,
    Session,
    Bearer,
    OAuth2,
    OAuth1,
    Connect,
}

impl AuthMethod {
    pub const ALL: [AuthMethod; 6] = [
        AuthMethod::Basic,
        AuthMethod::Session,
        AuthMethod::Bearer,
        AuthMethod::OAuth1,
        AuthMethod::OAuth2,
        AuthMethod::Connect,
    ];

    pub fn name(self) -> &'static str {
        match self {
            AuthMethod::Basic => "basic",
            AuthMethod::Session => "session",
            AuthMethod::Bearer => "bearer",
            AuthMethod::OAuth2 => "oauth2",
            AuthMethod::OAuth1 => "oauth1",
            AuthMethod::Connect => "connect",
        }
    }
}

impl Credentials {
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        match self {
            Credentials::Basic { secret, .. } => vec![secret],
            Credentials::Session { password, .. } => vec![password],
            Credentials::Bearer(token) => vec![token],
            Credentials::OAuth1 { consumer, state } => {
                let mut secrets = state.secrets();
                secrets.push(&consumer.private_key_text);
                secrets
            }
            Credentials::Connect { shared_secret, .. } => vec![shared_secret],
            Credentials::OAuth2(settings) => match &settings.grant {
                OAuth2Grant::AccessToken(token) => vec![token],
                OAuth2Grant::ClientCredentials(client)
                | OAuth2Grant::RefreshToken { client, .. } => {
                    vec![&client.secret]
                }
            },
        }
    }

    /// Whom requests are sent as.
    pub(crate) fn identity(&self) -> Identity {
        match self {
            Credentials::Basic { user, .. } | Credentials::Session { user, .. } => {
                Identity::User(user.clone())
            }
            Credentials::Bearer(_) => {
                Identity::Bearer(format!("the user of {}", PERSONAL_TOKEN.variable))
            }
            Credentials::OAuth1 { .. } => {
                Identity::Bearer(format!("the user of {}", OAUTH1_ACCESS_TOKEN.variable))
            }
            Credentials::Connect { app_key, .. } => Identity::Bearer(format!("the app {app_key}")),
            Credentials::OAuth2(settings) => match &settings.grant {
                OAuth2Grant::AccessToken(_) => {
                    Identity::Bearer(format!("the user of {}", OAUTH2_ACCESS_TOKEN.variable))
                }
                OAuth2Grant::ClientCredentials(client) => {
                    Identity::Bearer(format!("the client {}", client.id))
                }
                OAuth2Grant::RefreshToken { client, .. } => {
                    Identity::Bearer(format!("the user of the client {}", client.id))
                }
            },
        }
    }

    pub(crate) fn method(&self) -> AuthMethod {
        match self {
            Credentials::Basic { .. } => AuthMethod::Basic,
            Credentials::Session { .. } => AuthMethod::Session,
            Credentials::Bearer(_) => AuthMethod::Bearer,
            Credentials::OAuth2(_) => AuthMethod::OAuth2,
            Credentials::OAuth1 { .. } => AuthMethod::OAuth1,
            Credentials::Connect { .. } => AuthMethod::Connect,
        }
    }
}

/// One variable that a set of credentials needs.
pub(crate) struct RequiredVariable {
    /// Its name; a secret may be given as `X_FILE` instead.
    pub variable: &'static str,
    pub given: bool,
}

/// A set of credentials that might be meant.
pub(crate) struct Candidate {
    pub method: AuthMethod,
    pub parts: Vec<RequiredVariable>,
    /// The credentials, where every part is there.
    pub complete: Option<Credentials>,
}

impl Candidate {
    fn describe(&self) -> String {
        let variables: Vec<_> = self.parts.iter().map(|part| part.variable).collect();
        format!("{} ({})", self.method.name(), variables.join(", "))
    }

    fn missing(&self) -> impl Iterator<Item = &'static str> {
        self.parts
            .iter()
            .filter(|part| !part.given)
            .map(|part| part.variable)
    }

    /// What is missing, and of what, where that is not long.
    fn lacking(&self) -> String {
        let missing: Vec<_> = self.missing().collect();
        let missing = missing.join(" and ");
        match &self.parts[..] {
            [_, _] => format!("{} lacks {missing}", self.describe()),
            _ => format!("{} lacks {missing}", self.method.name()),
        }
    }

    fn is_begun(&self) -> bool {
        self.parts.iter().any(|part| part.given)
    }
}

/// Why no set of credentials is meant.
pub struct NotChosen {
    pub cause: String,
    /// What might be given, where nothing is.
    pub kinds: String,
    /// One thing to do about it.
    pub hint: String,
    /// The variables that are missing.
    pub missing: Vec<&'static str>,
}

/// The one set of credentials that is meant.
///
/// # Errors
/// Where none is complete or more than one is.
pub(crate) fn choose(
    candidates: Vec<Candidate>,
    method: Option<AuthMethod>,
) -> Result<Credentials, NotChosen> {
    let (mut complete, incomplete): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .filter(|offer| method.is_none_or(|method| offer.method == method))
        .partition(|offer| offer.complete.is_some());
    if complete.len() > 1 {
        let both: Vec<_> = complete.iter().map(Candidate::describe).collect();
        let hint = match (method, complete.first()) {
            (None, Some(one)) => {
                let chosen = AUTH.set_to(one.method.name());
                format!("unset one, or choose: {chosen}")
            }
            _ => "unset one".to_owned(),
        };
        return Err(NotChosen {
            cause: format!("{} are both complete", both.join(" and ")),
            kinds: String::new(),
            hint,
            missing: vec![],
        });
    }
    if let Some(Candidate {
        complete: Some(credentials),
        ..
    }) = complete.pop()
    {
        return Ok(credentials);
    }
    let begun: Vec<_> = incomplete.iter().filter(|offer| offer.is_begun()).collect();
    if begun.is_empty() {
        let kinds: Vec<_> = incomplete.iter().map(Candidate::describe).collect();
        let missing = incomplete.iter().flat_map(Candidate::missing).collect();
        return Err(NotChosen {
            cause: "no credentials are given".to_owned(),
            kinds: format!("; set those of one kind: {}", kinds.join(", or ")),
            hint: "jira-build-status help credentials shows an example of each".to_owned(),
            missing,
        });
    }
    let sentences: Vec<_> = begun.iter().map(|offer| offer.lacking()).collect();
    let missing: Vec<_> = begun.iter().flat_map(|offer| offer.missing()).collect();
    let is_first = |setting: &&&Setting| missing.first() == Some(&setting.variable);
    let first = SETTINGS.iter().find(is_first);
    Err(NotChosen {
        cause: sentences.join("; "),
        kinds: String::new(),
        hint: first.map(|setting| setting.hint()).unwrap_or_default(),
        missing,
    })
}

#[cfg(test)]
mod tests;
