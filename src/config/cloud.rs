//! The settings of Jira Cloud and of OAuth 2.0: hosts, the site's id, clients
//! and what they were granted.

use crate::base_url::BaseUrl;
use crate::commands::oauth2::Authorize;
use crate::config::credentials::{part, read_file};
use crate::config::parser::{SettingsParser, Subject};
use crate::credentials::{
    AuthMethod, Candidate, Credentials, OAuth2Client, OAuth2Grant, OAuth2Settings, Provider,
};
use crate::named_file;
use crate::redact::Secret;
use crate::settings::{
    CLOUD_API_URL, CLOUD_AUTH_URL, CLOUD_ID, OAUTH2_ACCESS_TOKEN, OAUTH2_ACCESS_TOKEN_FILE,
    OAUTH2_CLIENT_ID, OAUTH2_CLIENT_SECRET, OAUTH2_CLIENT_SECRET_FILE, OAUTH2_REFRESH_TOKEN,
    OAUTH2_REFRESH_TOKEN_FILE, OAUTH2_SCOPE, OAUTH2_TOKEN_URL, PORT, REFRESH_TOKEN_OUT, Setting,
};
use crate::site::{CloudId, CloudSettings, SiteChoice};
use std::path::PathBuf;

impl SettingsParser {
    /// The gateway, and the site's id there.
    pub(super) fn cloud(&mut self) -> Option<CloudSettings> {
        let id = self.owned(CLOUD_ID);
        let site = match id.as_deref().map(str::trim) {
            None => None,
            Some(auto) if auto.eq_ignore_ascii_case("auto") => Some(SiteChoice::Auto),
            Some(id) => {
                let id_found = CloudId::parse(id);
                if id_found.is_none() {
                    self.error(CLOUD_ID, format!("must be auto or a site's id, not {id:?}"));
                }
                id_found.map(SiteChoice::Id)
            }
        };
        Some(CloudSettings {
            api: self.host(CLOUD_API_URL)?,
            site,
        })
    }

    /// One of Atlassian's hosts, or what stands in its place.
    fn host(&mut self, name: &'static Setting) -> Option<BaseUrl> {
        let url = BaseUrl::parse(self.given.text_or_default(name))
            .map_err(|what| self.error(name, what))
            .ok()?;
        self.warn_if_plain(name, &url);
        Some(url)
    }

    fn warn_if_plain(&mut self, name: &Setting, url: &BaseUrl) {
        if !url.is_https() && !url.is_loopback() {
            self.warn(format!(
                "{name} is {url}: tokens and client secrets travel unencrypted"
            ));
        }
    }

    fn provider(&mut self) -> Option<Provider> {
        let token = self
            .given
            .text(OAUTH2_TOKEN_URL)
            .map(BaseUrl::parse_endpoint);
        let token = token
            .transpose()
            .map_err(|what| self.error(OAUTH2_TOKEN_URL, what))
            .ok()?;
        if let Some(url) = &token {
            self.warn_if_plain(OAUTH2_TOKEN_URL, url);
        }
        Some(Provider {
            cloud: self.host(CLOUD_AUTH_URL)?,
            token,
            scope: self.owned(OAUTH2_SCOPE),
        })
    }

    /// What `oauth2 authorize` needs, and the client as credentials.
    pub(super) fn authorize(&mut self) -> Option<(Credentials, Box<Authorize>)> {
        let text = self.given.text_or_default(PORT);
        let port = text.trim().parse().ok().filter(|port| *port > 0);
        if port.is_none() {
            let what = format!("must be a number from 1 to 65535, not {text:?}");
            self.error(PORT, what);
        }
        let (id, secret) = self.client_parts();
        for (name, given) in [
            (OAUTH2_CLIENT_ID, id.is_some()),
            (OAUTH2_CLIENT_SECRET, secret.is_some()),
        ] {
            if !given {
                self.missing(
                    name,
                    ": the app at developer.atlassian.com or the incoming link shows it",
                );
            }
        }
        let provider = self.provider()?;
        let client = OAuth2Client {
            id: id?,
            secret: secret?,
        };
        let out = self.given.text_or_default(REFRESH_TOKEN_OUT);
        let out = (out != "-").then(|| PathBuf::from(out));
        // Nothing is asked for with these; they are the secrets to hide.
        let grant = OAuth2Grant::ClientCredentials(client.clone());
        let credentials = Credentials::OAuth2(Box::new(OAuth2Settings {
            grant,
            provider: provider.clone(),
        }));
        Some((
            credentials,
            Box::new(Authorize {
                client,
                provider,
                port: port?,
                out,
            }),
        ))
    }

    fn client_parts(&mut self) -> (Option<String>, Option<Secret>) {
        let secret = self.secret(OAUTH2_CLIENT_SECRET, OAUTH2_CLIENT_SECRET_FILE);
        (self.owned(OAUTH2_CLIENT_ID), secret)
    }

    /// The credentials that the variables of OAuth 2.0 might make: an access token,
    /// or a client and what it was granted.
    pub(super) fn oauth2_offers(&mut self) -> Vec<Candidate> {
        let token = self.secret(OAUTH2_ACCESS_TOKEN, OAUTH2_ACCESS_TOKEN_FILE);
        let file = self.owned(OAUTH2_REFRESH_TOKEN_FILE);
        let (id, secret) = self.client_parts();
        if self.given.text(OAUTH2_REFRESH_TOKEN).is_some() {
            let what = "cannot be used: each use replaces it, and a variable keeps no new one";
            let hint = format!(
                "put the token into a file that is kept, and set {OAUTH2_REFRESH_TOKEN_FILE} to \
                 its path"
            );
            self.error_with_hint(OAUTH2_REFRESH_TOKEN, what, hint);
        }
        if let Some(path) = &file {
            self.check_refresh_token(path);
        } else if id.is_some() && secret.is_some() {
            // Without it the client would ask for a token of its own.
            self.refuse_unfilled(OAUTH2_REFRESH_TOKEN_FILE);
        }
        let mut parts = vec![
            part(OAUTH2_CLIENT_ID, id.is_some()),
            part(OAUTH2_CLIENT_SECRET, secret.is_some()),
        ];
        if file.is_some() {
            parts.push(part(OAUTH2_REFRESH_TOKEN_FILE, true));
        }
        let provider = self.provider();
        let complete = |grant: Option<OAuth2Grant>| {
            grant.zip(provider.clone()).map(|(grant, provider)| {
                Credentials::OAuth2(Box::new(OAuth2Settings { grant, provider }))
            })
        };
        let client = id
            .zip(secret)
            .map(|(id, secret)| OAuth2Client { id, secret });
        let client = client.map(|client| match file {
            Some(file) => OAuth2Grant::RefreshToken {
                client,
                file: PathBuf::from(file),
            },
            None => OAuth2Grant::ClientCredentials(client),
        });
        vec![
            Candidate {
                method: AuthMethod::OAuth2,
                parts: vec![part(OAUTH2_ACCESS_TOKEN, token.is_some())],
                complete: complete(token.map(OAuth2Grant::AccessToken)),
            },
            Candidate {
                method: AuthMethod::OAuth2,
                parts,
                complete: complete(client),
            },
        ]
    }

    /// Only looked at: another run may replace it before ours reads it in earnest.
    fn check_refresh_token(&mut self, path: &str) {
        match read_file(path) {
            Err(error) => {
                let name = OAUTH2_REFRESH_TOKEN_FILE;
                self.error(
                    Subject::variable(name),
                    named_file::unreadable(name.variable, &error),
                );
            }
            Ok(bytes) => {
                if let Err(what) = Secret::from_file(bytes, false) {
                    self.error(format!("{OAUTH2_REFRESH_TOKEN_FILE} ({path})"), what);
                }
            }
        }
    }
}
