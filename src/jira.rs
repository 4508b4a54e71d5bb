//! Jira's REST API as this run sees it: what is asked and written, and what the answers say of this Jira. Never decides what to write.

mod applied;
mod call;
pub mod confidential;
pub mod oauth_problem;
mod redirect;
pub mod refusal;
pub mod said;
mod time;

pub use call::{Ask, Budget, Call, Repeat};
pub use time::{Nature, Patience};

use crate::auth::Auth;
use crate::auth::oauth2::lacks_scope;
use crate::base_url::BaseUrl;
use crate::failure::Signal;
use crate::gateway::Gateway;
use crate::issue_key::IssueKey;
use crate::mask::Mask;
use crate::metadata::{self, Field};
use crate::wire::{Method, Text, Wire};
use said::Said;
use serde_json::Value;
use std::cell::Cell;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;

/// An answer to a write, or to a question that takes no list for an answer, is read so far.
pub const SHORT_BODY: usize = 64 << 10;
/// Metadata is read so far: a select may have thousands of options.
const LONG_BODY: usize = 16 << 20;

/// The version of the API that a write goes to. Both take the same shapes, but for rich text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Rich text is a string. The only version that self-hosted Jira has.
    V2,
    /// Rich text is a document. Cloud alone.
    V3,
}

/// A connection to one Jira with one set of credentials.
pub struct Jira {
    base: BaseUrl,
    auth: Auth,
    mask: Mask,
    wire: Box<dyn Wire>,
    nature: Nature,
    patience: Patience,
    /// Where signed requests go, when not to the base.
    gateway: Option<Gateway>,
    /// Whether `serverInfo` says that this is Cloud, once it was asked.
    cloud: Cell<Option<bool>>,
    /// Nobody may ask before this moment: the site said so.
    hold: Cell<Option<Instant>>,
    /// Whether the credentials are good, once that is known.
    accepted: Cell<Option<bool>>,
    stopped_by: Cell<Option<Signal>>,
    stop: Notify,
    /// Held while what is good once is exchanged: a signal waits for that.
    exchange: Mutex<()>,
}

impl Jira {
    /// Sends nothing yet.
    pub fn new(base: BaseUrl, auth: Auth, mask: Mask, wire: Box<dyn Wire>, nature: Nature, patience: Patience) -> Self {
        Jira {
            base,
            auth,
            mask,
            wire,
            nature,
            patience,
            gateway: None,
            cloud: Cell::default(),
            hold: Cell::default(),
            accepted: Cell::default(),
            stopped_by: Cell::default(),
            stop: Notify::new(),
            exchange: Mutex::default(),
        }
    }

    /// Lets signed requests go through Cloud's gateway.
    #[must_use]
    pub fn through(self, gateway: Gateway) -> Self {
        Jira { gateway: Some(gateway), ..self }
    }

    /// How requests are signed.
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// What hides secrets in Jira's words.
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// Time and chance.
    pub fn nature(&self) -> &Nature {
        &self.nature
    }

    /// Jira's address.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Cloud's gateway.
    pub fn gateway(&self) -> Option<&Gateway> {
        self.gateway.as_ref()
    }

    /// A fresh budget for one issue.
    pub fn budget(&self) -> Budget {
        Budget { retries: Cell::new(self.patience.max_retries), maybe_written: Arc::default() }
    }

    /// Gives back what the credentials asked for: logs out.
    pub async fn finish(&self) {
        self.auth.finish(self).await;
    }

    /// Writes to an issue. The answer is Jira's, whatever it is.
    pub async fn edit(
        &self,
        api: Api,
        issue: &IssueKey,
        body: &Value,
        notify_users: Option<bool>,
        budget: &Budget,
    ) -> Call {
        let version = if api == Api::V3 { 3 } else { 2 };
        let query = notify_users.map(|notify| format!("?notifyUsers={notify}")).unwrap_or_default();
        let path = format!("/rest/api/{version}/issue/{issue}{query}");
        let ask = Ask {
            method: Method::Put,
            // Data Center checks browsers' writes for forgery; this says that we are none.
            headers: vec![("x-atlassian-token", plain("no-check")), ("content-type", plain("application/json"))],
            body: Some(Text::Plain(body.to_string())),
            repeat: if adds(body) { Repeat::Undone } else { Repeat::Always },
            ..self.read(&path, SHORT_BODY)
        };
        self.call(&ask, budget).await
    }

    /// The fields that may be edited on an issue.
    pub async fn edit_metadata(&self, issue: &IssueKey, budget: &Budget) -> Call {
        self.call(&self.read(&format!("/rest/api/2/issue/{issue}/editmeta"), LONG_BODY), budget).await
    }

    /// Every field of the site; none where Jira does not say.
    pub async fn fields(&self, budget: &Budget) -> Option<Vec<Field>> {
        let call = self.call(&self.read("/rest/api/2/field", LONG_BODY), budget).await;
        let answer = call.answer.ok().filter(|answer| answer.status == 200)?;
        metadata::read_field_list(&answer.body)
    }

    /// Whether this is known to be Jira Cloud, without asking.
    pub fn is_known_cloud(&self) -> bool {
        let chosen = self.gateway.as_ref().is_some_and(Gateway::is_chosen);
        chosen || self.base.is_cloud_host() || self.cloud.get() == Some(true)
    }

    /// Whether this is Jira Cloud; where neither settings nor address tell, Jira does, and anything but `Cloud` is
    /// self-hosted. It tells everybody: the credentials may depend on the answer.
    pub async fn is_cloud(&self, budget: &Budget) -> bool {
        if self.is_known_cloud() || self.cloud.get().is_some() {
            return self.is_known_cloud();
        }
        let ask = Ask::unsigned(self.base.below("/rest/api/2/serverInfo"), SHORT_BODY);
        let call = Box::pin(self.call(&ask, budget)).await;
        let info = call.answer.ok().and_then(|answer| serde_json::from_slice(&answer.body).ok());
        self.learn_deployment(&info.unwrap_or_default())
    }

    /// Whether this is Jira Cloud, from `serverInfo`, which need not be asked again.
    pub fn learn_deployment(&self, server_info: &Value) -> bool {
        self.cloud.set(Some(server_info["deploymentType"] == "Cloud"));
        self.is_known_cloud()
    }

    /// Whether Jira knows who we are; `None` where it did not say. Asked once a run.
    pub async fn accepts_credentials(&self, budget: &Budget) -> Option<bool> {
        if self.accepted.get().is_none() {
            let call = self.call(&self.read("/rest/api/2/myself", SHORT_BODY), budget).await;
            self.accepted.set(match call.answer {
                Ok(answer) if answer.status == 200 => Some(true),
                // A token whose scopes leave this question out is a good one.
                Ok(answer) if answer.status == 401 => Some(lacks_scope(&Said::read(&answer, &self.mask))),
                _ => None,
            });
        }
        self.accepted.get()
    }

    /// A signed GET of a path below the base.
    pub fn read(&self, path: &str, limit: usize) -> Ask {
        Ask::get(self.base.below(path), limit)
    }
}

/// True where the edit adds to what a field holds: a comment would stand there twice.
fn adds(edit: &Value) -> bool {
    let fields = edit["update"].as_object().into_iter().flatten();
    let mut operations = fields.flat_map(|(_, operations)| operations.as_array().into_iter().flatten());
    operations.any(|operation| operation.get("add").is_some())
}

fn plain(text: &str) -> Text {
    Text::Plain(text.to_owned())
}
