//! What an administrator, or a test, may change or look up while the site runs.

use crate::account::User;
use crate::field::Field;
use crate::issue::{Issue, Project};
use crate::provider::{Consent, OAuthClient};
use crate::site::{Api, Kind, Site};
use crate::token_form::TokenForm;
use crate::world;
use serde_json::Value;
use std::time::{Duration, SystemTime};

impl Site {
    /// The address with its context path.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// Every issue, by its number.
    pub fn issues(&self) -> impl Iterator<Item = &Issue> {
        self.issues.values()
    }

    /// The options that a field has for an issue.
    pub fn options(&self, issue: &str, field: &str) -> Vec<String> {
        let found = self.fields.iter().find(|known| known.id == field);
        let context = found
            .zip(self.find(issue))
            .and_then(|(field, issue)| self.context_of(field, issue));
        let options = context.map(|context| context.options.as_slice());
        let options = options.unwrap_or_default().iter();
        options.map(|choice| choice.value.clone()).collect()
    }

    /// A user, to change the password, revoke tokens or deactivate the account.
    pub fn user_mut(&mut self, name: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.name == name)
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// A field, to rename it, take it off the screen or change its options.
    pub fn field_mut(&mut self, id: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.id == id)
    }

    /// A project, to hide it or change its versions.
    pub fn project_mut(&mut self, key: &str) -> Option<&mut Project> {
        self.projects.iter_mut().find(|project| project.key == key)
    }

    /// An issue, to close it or to forbid users to edit it.
    pub fn issue_mut(&mut self, key: &str) -> Option<&mut Issue> {
        let id = self.keys.get(key)?;
        self.issues.get_mut(id)
    }

    pub fn remove_issue(&mut self, key: &str) {
        if let Some(id) = self.keys.remove(key) {
            self.issues.remove(&id);
        }
    }

    /// Switches Basic authentication off or on.
    pub fn block_basic(&mut self, blocked: bool) {
        self.switches.basic_blocked = blocked;
    }

    /// Sets the state that `/status` answers: `RUNNING`, `STARTING`, `MAINTENANCE`, `ERROR`.
    pub fn set_state(&mut self, state: &str) {
        state.clone_into(&mut self.switches.state);
    }

    /// Solves the CAPTCHA of a user, as logging in on the site does.
    pub fn solve_captcha(&mut self, user: &str) {
        self.bad_logins.remove(user);
    }

    /// Bad logins of a user since the last good one.
    pub fn bad_logins(&self, user: &str) -> u32 {
        self.bad_logins.get(user).copied().unwrap_or_default()
    }

    /// Ends every cookie session, as a restart does.
    pub fn expire_sessions(&mut self) {
        self.sessions.expire();
    }

    /// Cookie sessions that are open.
    pub fn open_sessions(&self) -> usize {
        self.sessions.count()
    }

    /// Revokes an OAuth 1.0a access token, as its user can.
    pub fn revoke_access_token(&mut self, token: &str) {
        self.oauth1.revoke(token);
    }

    /// Expires the request tokens of OAuth 1.0a.
    pub fn expire_request_tokens(&mut self) {
        self.oauth1.age();
    }

    /// Deletes an application link.
    pub fn remove_consumer(&mut self, key: &str) {
        self.oauth1.unregister(key);
    }

    /// Registers an application link.
    ///
    /// # Panics
    ///
    /// When the text is no RSA public key in PEM.
    pub fn add_consumer(&mut self, key: &str, public_pem: &str) {
        self.oauth1.register(key, "Build status", public_pem);
    }

    /// A client of the identity provider, to change its secret, its scopes or the
    /// address that the browser is sent back to.
    pub fn oauth_client_mut(&mut self, id: &str) -> Option<&mut OAuthClient> {
        self.provider.client_mut(id)
    }

    /// Access and refresh token, as if `ci-bot` had consented to the client
    /// that has a redirect address.
    pub fn consent(&mut self, scopes: &[&str], now: SystemTime) -> (String, String) {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let consent = Consent {
            client: world::CLIENT_ID.to_owned(),
            user: world::CI_BOT.to_owned(),
            scopes,
        };
        let issued = self.provider.issue(consent, true, now);
        (issued.access, issued.refresh.unwrap_or_default())
    }

    /// Whether a refresh token is the newest of its consent and still valid.
    pub fn is_good_refresh_token(&self, token: &str, now: SystemTime) -> bool {
        self.provider.is_good_refresh_token(token, now)
    }

    /// Sets how long a refresh token that was replaced may be used again; ten
    /// minutes on Cloud.
    pub fn set_reuse_leeway(&mut self, leeway: Duration) {
        self.provider.leeway = leeway;
    }

    /// From now on a spent refresh token that is presented revokes all of the same consent.
    pub fn revoke_families(&mut self) {
        self.provider.revokes_families = true;
    }

    /// Sets the form in which tokens are given.
    pub fn set_token_form(&mut self, form: TokenForm) {
        self.provider.form = form;
    }

    /// Sets how long access tokens last from now on.
    pub fn set_access_token_life(&mut self, life: Duration) {
        self.provider.access_life = life;
    }

    /// Ends every access token.
    pub fn expire_access_tokens(&mut self) {
        self.provider.forget_access_tokens();
    }

    /// Ends every refresh token, as a changed password does.
    pub fn revoke_consents(&mut self) {
        self.provider.forget_refresh_tokens();
    }

    /// From now on consents are for another site than this one.
    pub fn leave_out_of_consents(&mut self) {
        self.consented = false;
    }

    /// Restricts an API token to these scopes.
    pub fn restrict_token(&mut self, token: &str, scopes: &[&str]) {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.token_scopes.insert(token.to_owned(), scopes);
    }

    /// A value as version 2 of `GET issue` reads it back; null when issue or field
    /// is unknown. Multi-line text is a string there, and a document once the site takes
    /// documents only.
    pub fn value(&self, issue: &str, field: &str) -> Value {
        let found = self.find(issue);
        let field = self.fields.iter().find(|known| known.id == field);
        match (found, field) {
            (Some(issue), Some(field)) => self.render(issue, field, Api::Two),
            _ => Value::Null,
        }
    }
}
