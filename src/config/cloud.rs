//! The settings of Jira Cloud and of OAuth 2.0: hosts, the site's id, clients
//! and what they were granted.

use crate::base_url::BaseUrl;
use crate::commands::oauth2::Authorize;
use crate::config::credentials::read_file;
use crate::config::reader::{Reader, pick};
use crate::credentials::{
    AuthMethod, Candidate, Credentials, OAuth2Client, OAuth2Grant, OAuth2Settings, Provider,
    RequiredVariable,
};
use crate::named_file;
use crate::redact::Secret;
use crate::site::{CloudId, CloudSettings, SiteChoice};
use std::path::PathBuf;

const API: &str = "https://api.atlassian.com";
const AUTH: &str = "https://auth.atlassian.com";
const TOKEN_URL: &str = "JIRA_OAUTH2_TOKEN_URL";
const REFRESH_FILE: &str = "JIRA_OAUTH2_REFRESH_TOKEN_FILE";
/// Where `oauth2 authorize` listens and writes, unless told.
const PORT: u16 = 8765;
const OUT: &str = "jira-oauth2.token";

impl Reader {
    /// The gateway, and the site's id there.
    pub(super) fn cloud(&mut self, flag: &Option<String>) -> Option<CloudSettings> {
        let vars = &mut self.environment.known;
        let (id, api) = (pick(flag, &vars.cloud_id), vars.cloud_api_url.take());
        let site = match id.as_deref().map(str::trim) {
            None => None,
            Some(auto) if auto.eq_ignore_ascii_case("auto") => Some(SiteChoice::Auto),
            Some(id) => {
                let id_found = CloudId::parse(id);
                if id_found.is_none() {
                    self.problem(
                        "JIRA_CLOUD_ID (--cloud-id)",
                        format!("must be auto or an id such as 11223344-a1b2-3b33-c444-def123456789, not {id:?}"),
                    );
                }
                id_found.map(SiteChoice::Id)
            }
        };
        Some(CloudSettings {
            api: self.host("JIRA_CLOUD_API_URL", api, API)?,
            site,
        })
    }

    /// One of Atlassian's hosts, or what stands in its place.
    fn host(&mut self, name: &str, given: Option<String>, default: &str) -> Option<BaseUrl> {
        let url = BaseUrl::parse(given.as_deref().unwrap_or(default))
            .map_err(|what| self.problem(name, what))
            .ok()?;
        self.warn_if_plain(name, &url);
        Some(url)
    }

    fn warn_if_plain(&mut self, name: &str, url: &BaseUrl) {
        if !url.is_https() && !url.is_loopback() {
            self.warn(format!(
                "{name} is {url}: tokens and client secrets travel unencrypted"
            ));
        }
    }

    /// Where access tokens are had.
    fn provider(&mut self) -> Option<Provider> {
        let vars = &mut self.environment.known;
        let (cloud, token, scope) = (
            vars.cloud_auth_url.take(),
            vars.oauth2_token_url.take(),
            vars.oauth2_scope.take(),
        );
        let token = token.map(|text| BaseUrl::parse_endpoint(&text));
        let token = token
            .transpose()
            .map_err(|what| self.problem(TOKEN_URL, what))
            .ok()?;
        if let Some(url) = &token {
            self.warn_if_plain(TOKEN_URL, url);
        }
        Some(Provider {
            cloud: self.host("JIRA_CLOUD_AUTH_URL", cloud, AUTH)?,
            token,
            scope,
        })
    }

    /// What `oauth2 authorize` needs, and the client as credentials.
    pub(super) fn authorize(
        &mut self,
        port: &Option<String>,
        scope: &Option<String>,
        out: &Option<String>,
    ) -> Option<(Credentials, Box<Authorize>)> {
        let port = match pick(port, &None) {
            None => Some(PORT),
            Some(text) => {
                let port = text.trim().parse().ok().filter(|port| *port > 0);
                if port.is_none() {
                    self.problem(
                        "--port",
                        format!("must be a number from 1 to 65535, not {text:?}"),
                    );
                }
                port
            }
        };
        let (id, secret) = self.client_parts();
        for (name, given) in [
            ("JIRA_OAUTH2_CLIENT_ID", id.is_some()),
            ("JIRA_OAUTH2_CLIENT_SECRET", secret.is_some()),
        ] {
            if !given {
                self.problem(
                    name,
                    "is missing: the app at developer.atlassian.com, or Data Center's incoming link, shows it",
                );
            }
        }
        let provider = self.provider()?;
        let provider = Provider {
            scope: pick(scope, &provider.scope),
            ..provider
        };
        let client = OAuth2Client {
            id: id?,
            secret: secret?,
        };
        let out = pick(out, &None).unwrap_or_else(|| OUT.to_owned());
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
        let vars = &mut self.environment.known;
        let id = vars.oauth2_client_id.take();
        let secret = (
            vars.oauth2_client_secret.take(),
            vars.oauth2_client_secret_file.take(),
        );
        (id, self.secret("JIRA_OAUTH2_CLIENT_SECRET", secret, false))
    }

    /// The credentials that the variables of OAuth 2.0 might make: an access token,
    /// or a client and what it was granted.
    pub(super) fn oauth2_offers(&mut self) -> Vec<Candidate> {
        let vars = &mut self.environment.known;
        let token = (
            vars.oauth2_access_token.take(),
            vars.oauth2_access_token_file.take(),
        );
        let (refresh, file) = (
            vars.oauth2_refresh_token.take(),
            vars.oauth2_refresh_token_file.take(),
        );
        let token = self.secret("JIRA_OAUTH2_ACCESS_TOKEN", token, false);
        let (id, secret) = self.client_parts();
        if refresh.is_some() {
            self.problem(
                "JIRA_OAUTH2_REFRESH_TOKEN",
                "cannot be used: each use replaces the token, and the next one could not be saved there; \
                 put the token into a file that is kept, and set JIRA_OAUTH2_REFRESH_TOKEN_FILE to its path",
            );
        }
        if let Some(path) = &file {
            self.check_refresh_token(path);
        }
        let mut parts = vec![
            RequiredVariable {
                variable: "JIRA_OAUTH2_CLIENT_ID",
                given: id.is_some(),
            },
            RequiredVariable {
                variable: "JIRA_OAUTH2_CLIENT_SECRET",
                given: secret.is_some(),
            },
        ];
        if file.is_some() {
            parts.push(RequiredVariable {
                variable: "JIRA_OAUTH2_REFRESH_TOKEN_FILE",
                given: true,
            });
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
                parts: vec![RequiredVariable {
                    variable: "JIRA_OAUTH2_ACCESS_TOKEN",
                    given: token.is_some(),
                }],
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
            Err(error) => self.problem(REFRESH_FILE, named_file::unreadable(REFRESH_FILE, &error)),
            Ok(bytes) => {
                if let Err(what) = Secret::from_file(bytes, false) {
                    self.problem(&format!("{REFRESH_FILE} ({path})"), what);
                }
            }
        }
    }
}
