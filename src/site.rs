//! The way to a site of Jira Cloud through Atlassian's gateway, and the site's
//! id there; signs nothing and judges no answer about an issue.

use crate::base_url::BaseUrl;
use crate::client::{Anonymous, Client, RequestSpec, RetryBudget, SHORT_BODY, SendOutcome};
use crate::credentials::AuthMethod;
use crate::deployment::Deployment;
use crate::error::{Failure, Kind};
use crate::redact::outside::CleanText;
use crate::redact::{Redactor, Secret};
use crate::response::classify;
use crate::settings::{BASE_URL, CLOUD_ID};
use crate::transport::{MaybeSecret, Response};
use serde::Deserialize;
use serde_json::Value;
use std::cell::{Cell, OnceCell};
use url::Url;

/// The id of a site at the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudId(String);

impl CloudId {
    /// Reads one; `None` for a text that cannot be a segment of a path.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty()
            && text.len() <= 100
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fits.then(|| CloudId(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the settings say of Cloud.
#[derive(Clone, Debug)]
pub struct CloudSettings {
    /// `https://api.atlassian.com`, or what stands in its place.
    pub api: BaseUrl,
    /// Which site Jira is there, where that is said.
    pub site: Option<SiteChoice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteChoice {
    /// Found by asking the site at Jira's address.
    Auto,
    Id(CloudId),
}

/// The way that signed requests take.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Route {
    Direct,
    To(CloudId),
    /// To the site whose address is known and whose id is asked for.
    Find,
    /// The same where Jira turns out to be a site of Cloud.
    FindOnCloud,
}

/// A site that a user's consent reaches.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Resource {
    /// The cloud id, which stands in the gateway's addresses.
    pub id: String,
    pub url: String,
    #[serde(default)]
    pub name: String,
    /// The scopes of OAuth 2.0 that the user consented to.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// The gateway, as one run uses it.
pub struct Site {
    api: BaseUrl,
    chosen: bool,
    route: Route,
    /// What stands in place of Jira's address; `None` inside where Jira itself is asked.
    gateway: OnceCell<Option<BaseUrl>>,
    base: BaseUrl,
    /// What `serverInfo` said, once it was asked.
    deployment: Cell<Option<Deployment>>,
}

impl Site {
    pub fn new(cloud: &CloudSettings, method: AuthMethod, base: &BaseUrl) -> Self {
        let route = match (method, &cloud.site) {
            (_, Some(SiteChoice::Id(id))) => Route::To(id.clone()),
            (_, Some(SiteChoice::Auto)) => Route::Find,
            // OAuth 2.0 has no other way into Cloud.
            (AuthMethod::OAuth2, None) if base.is_cloud_host() => Route::Find,
            (AuthMethod::OAuth2, None) => Route::FindOnCloud,
            (_, None) => Route::Direct,
        };
        Site {
            api: cloud.api.clone(),
            chosen: cloud.site.is_some(),
            route,
            base: base.clone(),
            gateway: OnceCell::new(),
            deployment: Cell::default(),
        }
    }

    /// Where Jira runs, as far as that is known without asking.
    pub(crate) fn known_deployment(&self) -> Option<Deployment> {
        if self.chosen || self.base.is_cloud_host() {
            return Some(Deployment::Cloud);
        }
        self.deployment.get()
    }

    /// Where Jira runs; where neither settings nor address tell, Jira does, and
    /// anything but `Cloud` is self-hosted. It tells everybody: the credentials may
    /// depend on the answer.
    pub(crate) async fn deployment(&self, client: &Client, budget: &RetryBudget) -> Deployment {
        if let Some(known) = self.known_deployment() {
            return known;
        }
        let spec = RequestSpec::get(self.base.below("/rest/api/2/serverInfo"), SHORT_BODY);
        let outcome = client.send(&spec, &Anonymous, budget).await;
        let info = outcome
            .answer
            .ok()
            .and_then(|answer| serde_json::from_slice(&answer.body).ok());
        self.learn_deployment(&info.unwrap_or_default())
    }

    /// Where Jira runs, from `serverInfo`, which need not be asked again.
    pub(crate) fn learn_deployment(&self, server_info: &Value) -> Deployment {
        let said = if server_info["deploymentType"] == "Cloud" {
            Deployment::Cloud
        } else {
            Deployment::SelfHosted
        };
        self.deployment.set(Some(said));
        self.known_deployment().unwrap_or(said)
    }

    /// Finds out where the site is, once.
    ///
    /// # Errors
    /// Where the id can be had from nobody.
    pub(crate) async fn resolve(
        &self,
        client: &Client,
        user_token: Option<Secret>,
        budget: &RetryBudget,
    ) -> Result<(), Failure> {
        if self.gateway.get().is_some() {
            return Ok(());
        }
        let id = match &self.route {
            Route::Direct => None,
            Route::To(id) => Some(id.clone()),
            Route::FindOnCloud if !self.deployment(client, budget).await.is_cloud() => None,
            Route::Find | Route::FindOnCloud => {
                Some(self.find_id(client, user_token, budget).await?)
            }
        };
        let gateway = id.map(|id| self.api.joined(&format!("/ex/jira/{}", id.as_str())));
        if let Some(gateway) = &gateway {
            tracing::info!("requests for {} go through {gateway}", self.base);
        }
        self.gateway.get_or_init(|| gateway);
        Ok(())
    }

    /// What stands in place of Jira's address, once that is known.
    pub(crate) fn gateway(&self) -> Option<&BaseUrl> {
        self.gateway.get()?.as_ref()
    }

    /// True where one of these sites is Jira.
    pub(crate) fn reaches(&self, resources: &[Resource]) -> bool {
        let given = |id: &str| matches!(&self.route, Route::To(given) if given.as_str() == id);
        of_address(resources, &self.base).is_some()
            || resources.iter().any(|resource| given(&resource.id))
    }

    /// The address to which a request for this address goes.
    pub(crate) fn locate(&self, url: &Url) -> Url {
        let path = url.path().strip_prefix(self.base.context_path());
        match (self.gateway(), path) {
            (Some(gateway), Some(path)) => {
                let query = url
                    .query()
                    .map(|query| format!("?{query}"))
                    .unwrap_or_default();
                gateway.below(&format!("{path}{query}"))
            }
            _ => url.clone(),
        }
    }

    /// A user's token knows its sites; without one, or where it knows none of this
    /// address, the site itself is asked.
    async fn find_id(
        &self,
        client: &Client,
        user_token: Option<Secret>,
        budget: &RetryBudget,
    ) -> Result<CloudId, Failure> {
        let mut resources = None;
        if let Some(token) = &user_token {
            resources = self.resources(client, token, budget).await.ok();
            let listed = resources
                .as_ref()
                .and_then(|resources| of_address(resources, client.base()));
            if let Some(id) = listed {
                return Ok(id);
            }
        }
        ask_site(client, budget)
            .await
            .map_err(|failure| match resources {
                Some(resources) => not_among(&resources, client, failure),
                None => failure,
            })
    }

    /// The sites that a user's access token reaches.
    ///
    /// # Errors
    /// Where Atlassian does not list them.
    pub(crate) async fn resources(
        &self,
        client: &Client,
        token: &Secret,
        budget: &RetryBudget,
    ) -> Result<Vec<Resource>, Failure> {
        let url = self.api.below("/oauth/token/accessible-resources");
        let header = Secret::derived(format!("Bearer {}", token.reveal()));
        let ask = RequestSpec {
            headers: vec![("authorization", MaybeSecret::Sensitive(header))],
            ..RequestSpec::get(url, SHORT_BODY)
        };
        let call = client.send(&ask, &Anonymous, budget).await;
        let answer = call.answer.as_ref().map_err(Clone::clone)?;
        let listed = serde_json::from_slice(&answer.body)
            .ok()
            .filter(|_| answer.status == 200);
        listed.ok_or_else(|| {
            unhelpful(
                client.redactor(),
                &call,
                answer,
                "no list of the sites that the token reaches",
            )
        })
    }
}

/// <https://support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id/>
async fn ask_site(client: &Client, budget: &RetryBudget) -> Result<CloudId, Failure> {
    let url = client.base().below("/_edge/tenant_info");
    let spec = RequestSpec::get(url, SHORT_BODY);
    let call = client.send(&spec, &Anonymous, budget).await;
    let answer = call.answer.as_ref().map_err(Clone::clone)?;
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let id = json["cloudId"]
        .as_str()
        .and_then(CloudId::parse)
        .filter(|_| answer.status == 200);
    id.ok_or_else(|| {
        unhelpful(
            client.redactor(),
            &call,
            answer,
            "the site does not tell its cloud id",
        )
        .hint(format!(
            "is {BASE_URL} a site of Jira Cloud, https://NAME.atlassian.net? Or set {CLOUD_ID} to \
             its id"
        ))
    })
}

fn unhelpful(redactor: &Redactor, call: &SendOutcome, answer: &Response, what: &str) -> Failure {
    let kind = match answer.status {
        401 | 403 => Kind::CredentialsRefused,
        status => classify::kind_of_other(status),
    };
    let host = call.url.host_str().unwrap_or_default();
    Failure::new(kind, format!("{what} ({} from {host})", answer.status))
        .shown_by(|| call.shown(answer, redactor))
}

/// The id of the site at this address.
fn of_address(resources: &[Resource], base: &BaseUrl) -> Option<CloudId> {
    let same = |resource: &&Resource| {
        let url = Url::parse(&resource.url).ok();
        url.is_some_and(|url| url.origin() == base.url().origin())
    };
    resources
        .iter()
        .find(same)
        .and_then(|resource| CloudId::parse(&resource.id))
}

fn not_among(resources: &[Resource], client: &Client, failure: Failure) -> Failure {
    let name = |resource: &Resource| CleanText::name(&resource.url, client.redactor()).to_string();
    let urls: Vec<_> = resources.iter().map(name).collect();
    let reaches = if urls.is_empty() {
        "no site".to_owned()
    } else {
        urls.join(", ")
    };
    let message = format!(
        "the token reaches {reaches}, not {}; {}",
        client.base(),
        failure.message
    );
    failure.saying(message).hint(format!(
        "run jira-build-status oauth2 authorize and choose this site on the consent page, or \
         correct {BASE_URL}"
    ))
}

#[cfg(test)]
mod tests;
