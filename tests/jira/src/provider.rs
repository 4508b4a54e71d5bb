//! The clients, codes and tokens of an OAuth 2.0 provider, and when each
//! expires.

use crate::site::Kind;
use crate::token_form::TokenForm;
use crate::world;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

/// How long a code is valid. Unsourced.
const CODE_LIFE: Duration = Duration::from_secs(600);
/// How long a refresh token is valid without being used.
const IDLE_LIFE: Duration = Duration::from_secs(90 * 24 * 3600);

/// A registered client of the identity provider.
#[derive(Debug, Clone)]
pub struct OAuthClient {
    pub id: String,
    pub secret: String,
    /// The one address to which a consent page sends the browser back; none for a
    /// service account.
    pub redirect: Option<String>,
    /// The scopes that it may ask for.
    pub scopes: Vec<String>,
}

/// What a user consented to.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) client: String,
    pub(crate) user: String,
    pub(crate) scopes: BTreeSet<String>,
}

#[derive(Debug)]
struct Code {
    consent: Consent,
    redirect: String,
    challenge: Option<Challenge>,
    until: SystemTime,
}

/// RFC 7636.
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    pub(crate) text: String,
    pub(crate) hashed: bool,
}

#[derive(Debug)]
struct Refresh {
    consent: Consent,
    used: SystemTime,
    replaced: Option<SystemTime>,
    access: String,
    /// The consent that it goes back to, over however many others.
    family: u64,
}

#[derive(Debug)]
struct Access {
    consent: Consent,
    until: SystemTime,
}

/// An error answer of the token endpoint, RFC 6749 section 5.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
}

/// A token and what comes with it.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) seconds: u64,
    pub(crate) scopes: BTreeSet<String>,
}

/// An identity provider: Atlassian's own, or the one in a Data Center.
#[derive(Debug)]
pub(crate) struct Provider {
    kind: Kind,
    clients: Vec<OAuthClient>,
    codes: BTreeMap<String, Code>,
    refresh: BTreeMap<String, Refresh>,
    access: BTreeMap<String, Access>,
    issued: u64,
    pub(crate) access_life: Duration,
    /// How long a refresh token that was replaced may be used again.
    pub(crate) leeway: Duration,
    /// Whether presenting a spent refresh token revokes all of the same consent.
    pub(crate) revokes_families: bool,
    /// The form of an answer that holds tokens.
    pub(crate) form: TokenForm,
}

fn refused<T>(status: u16, error: &'static str, description: &'static str) -> Result<T, Refused> {
    Err(Refused {
        status,
        error,
        description,
    })
}

impl Provider {
    pub(crate) fn new(kind: Kind) -> Self {
        let (life, leeway) = if kind == Kind::Cloud {
            (3600, 600)
        } else {
            (7200, 0)
        };
        Self {
            kind,
            clients: world::oauth_clients(kind),
            codes: BTreeMap::new(),
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
            issued: 0,
            access_life: Duration::from_secs(life),
            leeway: Duration::from_secs(leeway),
            revokes_families: false,
            form: TokenForm::default(),
        }
    }

    pub(crate) fn client(&self, id: &str) -> Option<&OAuthClient> {
        self.clients.iter().find(|client| client.id == id)
    }

    pub(crate) fn client_mut(&mut self, id: &str) -> Option<&mut OAuthClient> {
        self.clients.iter_mut().find(|client| client.id == id)
    }

    /// Unique, and none is the prefix of another.
    fn fresh(&mut self, kind: &str) -> String {
        self.issued += 1;
        let hash = digest(&SHA256, format!("{kind} {}", self.issued).as_bytes());
        format!(
            "{}{kind}",
            BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..24])
        )
    }

    /// The code that a consent page sends back.
    pub(crate) fn consented(
        &mut self,
        consent: Consent,
        redirect: &str,
        challenge: Option<Challenge>,
        now: SystemTime,
    ) -> String {
        let code = self.fresh("C");
        let redirect = redirect.to_owned();
        self.codes.insert(
            code.clone(),
            Code {
                consent,
                redirect,
                challenge,
                until: now + CODE_LIFE,
            },
        );
        code
    }

    /// The client of this id and secret.
    pub(crate) fn known(&self, id: &str, secret: &str) -> Result<&OAuthClient, Refused> {
        match self.client(id).filter(|client| client.secret == secret) {
            Some(client) => Ok(client),
            // Unsourced: Atlassian's pages do not say what a wrong secret gets.
            None if self.kind == Kind::Cloud => refused(401, "access_denied", "Unauthorized"),
            None => refused(401, "invalid_client", "Client authentication failed"),
        }
    }

    pub(crate) fn by_client_credentials(
        &mut self,
        id: &str,
        secret: &str,
        scope: Option<&str>,
        now: SystemTime,
    ) -> Result<Issued, Refused> {
        let client = self
            .client(id)
            .filter(|client| client.secret == secret && client.redirect.is_none());
        let Some(client) = client else {
            return refused(400, "invalid_client", "");
        };
        let scopes: BTreeSet<String> = match (self.kind, scope) {
            // Fixed when the credential is made.
            (Kind::Cloud, Some(_)) => return refused(400, "invalid_scope", ""),
            (Kind::Cloud, None) => client.scopes.iter().cloned().collect(),
            (_, None) => return refused(400, "invalid_scope", "scope is required"),
            (_, Some(asked)) => asked.split_whitespace().map(str::to_owned).collect(),
        };
        if !scopes.iter().all(|scope| client.scopes.contains(scope)) {
            return refused(400, "invalid_scope", "");
        }
        let consent = Consent {
            client: id.to_owned(),
            user: world::CI_BOT.to_owned(),
            scopes,
        };
        Ok(self.issue(consent, false, now))
    }

    pub(crate) fn by_code(
        &mut self,
        code: &str,
        client: &str,
        redirect: &str,
        verifier: Option<&str>,
        now: SystemTime,
    ) -> Result<Issued, Refused> {
        let status = if self.kind == Kind::Cloud { 403 } else { 400 };
        // Spent by its first use, even by one that fails.
        let code = self
            .codes
            .remove(code)
            .filter(|code| code.consent.client == client && now <= code.until);
        let Some(code) = code else {
            return refused(status, "invalid_grant", "Invalid authorization code");
        };
        if code.redirect != redirect {
            return refused(
                status,
                "invalid_grant",
                "redirect_uri does not match the authorization request",
            );
        }
        let verified = match (&code.challenge, verifier) {
            (None, None) => true,
            (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier),
            _ => false,
        };
        if !verified {
            return refused(
                400,
                "invalid_grant",
                "code_verifier does not match the code_challenge",
            );
        }
        let lasting = self.kind != Kind::Cloud || code.consent.scopes.contains("offline_access");
        Ok(self.issue(code.consent, lasting, now))
    }

    pub(crate) fn by_refresh_token(
        &mut self,
        token: &str,
        client: &str,
        now: SystemTime,
    ) -> Result<Issued, Refused> {
        let status = if self.kind == Kind::Cloud { 403 } else { 400 };
        let leeway = self.leeway;
        self.revoke_family_of_spent(token, now);
        let found = self
            .refresh
            .get_mut(token)
            .filter(|refresh| refresh.is_good(leeway, now));
        let Some(refresh) = found.filter(|refresh| refresh.consent.client == client) else {
            return refused(status, "invalid_grant", "Unknown or invalid refresh token.");
        };
        refresh.replaced.get_or_insert(now);
        let (consent, old, family) = (
            refresh.consent.clone(),
            refresh.access.clone(),
            refresh.family,
        );
        if self.kind != Kind::Cloud {
            // A Data Center's refresh invalidates the pair.
            self.access.remove(&old);
        }
        Ok(self.issue_in(family, consent, true, now))
    }

    fn revoke_family_of_spent(&mut self, token: &str, now: SystemTime) {
        let spent = self
            .refresh
            .get(token)
            .filter(|refresh| !refresh.is_good(self.leeway, now));
        if let Some(family) = spent
            .map(|refresh| refresh.family)
            .filter(|_| self.revokes_families)
        {
            self.refresh.retain(|_, refresh| refresh.family != family);
        }
    }

    /// Tokens for a consent, as at the end of the authorization flow.
    pub(crate) fn issue(&mut self, consent: Consent, lasting: bool, now: SystemTime) -> Issued {
        self.issue_in(self.issued, consent, lasting, now)
    }

    fn issue_in(
        &mut self,
        family: u64,
        consent: Consent,
        lasting: bool,
        now: SystemTime,
    ) -> Issued {
        let access = self.fresh("A");
        self.access.insert(
            access.clone(),
            Access {
                consent: consent.clone(),
                until: now + self.access_life,
            },
        );
        let scopes = consent.scopes.clone();
        let refresh = lasting.then(|| self.fresh("R"));
        if let Some(token) = &refresh {
            let refresh = Refresh {
                consent,
                used: now,
                replaced: None,
                access: access.clone(),
                family,
            };
            self.refresh.insert(token.clone(), refresh);
        }
        Issued {
            access,
            refresh,
            seconds: self.access_life.as_secs(),
            scopes,
        }
    }

    /// The consent behind an access token, while it is valid.
    pub(crate) fn consent(&self, access: &str, now: SystemTime) -> Option<&Consent> {
        self.access
            .get(access)
            .filter(|access| now < access.until)
            .map(|access| &access.consent)
    }

    pub(crate) fn is_good_refresh_token(&self, token: &str, now: SystemTime) -> bool {
        self.refresh
            .get(token)
            .is_some_and(|refresh| refresh.replaced.is_none() && refresh.is_good(self.leeway, now))
    }

    pub(crate) fn forget_access_tokens(&mut self) {
        self.access.clear();
    }

    pub(crate) fn forget_refresh_tokens(&mut self) {
        self.refresh.clear();
    }
}

impl Refresh {
    fn is_good(&self, leeway: Duration, now: SystemTime) -> bool {
        now <= self.used + IDLE_LIFE && self.replaced.is_none_or(|replaced| now < replaced + leeway)
    }
}

impl Challenge {
    fn is_met_by(&self, verifier: &str) -> bool {
        let well_formed = (43..=128).contains(&verifier.len());
        let met = if self.hashed {
            BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) == self.text
        } else {
            verifier == self.text
        };
        well_formed && met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_meets_the_challenge_of_rfc_7636_appendix_b() {
        let text = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned();
        let challenge = Challenge { text, hashed: true };
        assert!(challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
    }
}
