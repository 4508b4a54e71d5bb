//! Jira's REST API: what is asked and written. A client, the authentication and
//! the site, nothing else; never decides what to write.

pub(crate) mod permissions;

use crate::auth::Authenticator;
use crate::base_url::BaseUrl;
use crate::client::{
    Anonymous, Client, Recovery, Repeat, RequestSpec, RetryBudget, SHORT_BODY, SendOutcome,
};
use crate::deployment::Deployment;
use crate::edit::editmeta::{self, Field};
use crate::edit::link_types::{self, LinkType};
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::redact::Redactor;
use crate::response::classify::{self, Verdict};
use crate::response::error_body::ErrorBody;
use crate::response::evidence::{Evidence, Operation};
use crate::settings::FIELD_TYPE;
use crate::site::Site;
use crate::transport::{BodySink, MaybeSecret, Method, Response};
use serde_json::Value;
use std::cell::Cell;

/// Metadata is read so far: a select may have thousands of options.
const LONG_BODY: usize = 16 << 20;

/// The version of the API that a write goes to. Both take the same shapes, but
/// for rich text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Rich text is a string. The only version that self-hosted Jira has.
    V2,
    /// Rich text is a document. Cloud alone.
    V3,
}

/// A connection to one Jira with one set of credentials.
pub struct Jira {
    client: Client,
    authenticator: Authenticator,
    site: Site,
    /// Whether the credentials are good, once that is known.
    accepted: Cell<Option<bool>>,
    /// What to do where the credentials are refused, if a look at them tells.
    refusal_hint: Option<String>,
}

impl Jira {
    pub fn new(client: Client, authenticator: Authenticator, site: Site) -> Self {
        Jira {
            client,
            authenticator,
            site,
            accepted: Cell::default(),
            refusal_hint: None,
        }
    }

    /// The same, with what to do where the credentials are refused.
    #[must_use]
    pub fn with_refusal_hint(self, refusal_hint: Option<String>) -> Self {
        Jira {
            refusal_hint,
            ..self
        }
    }

    fn explained(&self, failure: Failure) -> Failure {
        match &self.refusal_hint {
            Some(hint) if failure.kind == Kind::CredentialsRefused => failure.hint(hint.as_str()),
            _ => failure,
        }
    }

    /// What sends the requests: it holds the run's time, and hides secrets.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn authenticator(&self) -> &Authenticator {
        &self.authenticator
    }

    pub(crate) fn site(&self) -> &Site {
        &self.site
    }

    /// Hides secrets in text from outside.
    pub(crate) fn redactor(&self) -> &Redactor {
        self.client.redactor()
    }

    pub(crate) fn budget(&self) -> RetryBudget {
        self.client.budget()
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        self.client.base()
    }

    /// Logs out, where there is a session.
    pub(crate) async fn logout(&self) {
        self.authenticator.logout(&self.client).await;
    }

    /// Writes to an issue. The answer is Jira's, whatever it is.
    pub(crate) async fn edit(
        &self,
        api: Api,
        issue: &IssueKey,
        body: &Value,
        notify_users: Option<bool>,
        budget: &RetryBudget,
    ) -> SendOutcome {
        let version = if api == Api::V3 { 3 } else { 2 };
        let query = notify_users
            .map(|notify| format!("?notifyUsers={notify}"))
            .unwrap_or_default();
        let path = format!("/rest/api/{version}/issue/{issue}{query}");
        let spec = RequestSpec {
            method: Method::Put,
            // Data Center checks browsers' writes for forgery; this says that we are none.
            headers: vec![
                ("x-atlassian-token", MaybeSecret::plain("no-check")),
                ("content-type", MaybeSecret::plain("application/json")),
            ],
            body: Some(MaybeSecret::Plain(body.to_string())),
            repeat: if adds(body) {
                Repeat::Undone
            } else {
                Repeat::Always
            },
            ..self.get(&path, SHORT_BODY)
        };
        self.send(&spec, budget).await
    }

    /// The fields that may be edited on an issue.
    pub(crate) async fn edit_metadata(
        &self,
        issue: &IssueKey,
        budget: &RetryBudget,
    ) -> SendOutcome {
        let path = format!("/rest/api/2/issue/{issue}/editmeta");
        self.send(&self.get(&path, LONG_BODY), budget).await
    }

    /// Every field of the site.
    ///
    /// # Errors
    /// Where Jira does not say.
    pub(crate) async fn fields(&self, budget: &RetryBudget) -> Result<Vec<Field>, Failure> {
        let spec = self.get("/rest/api/2/field", LONG_BODY);
        let outcome = self.send(&spec, budget).await;
        let operation = Operation::Read("the field list");
        self.classify(&outcome, operation, budget).await?;
        let answer = outcome.answer?;
        complete(&answer)?;
        editmeta::read_field_list(answer.body).ok_or_else(|| {
            let what = "the field list cannot be read";
            Failure::new(Kind::UnexpectedAnswer, what)
        })
    }

    /// True where this Jira has nothing at the address, whatever stands behind it.
    pub(crate) fn is_absent(&self, outcome: &SendOutcome) -> bool {
        let failed = |answer: &&Response| answer.status != 200;
        outcome
            .answer
            .as_ref()
            .ok()
            .filter(failed)
            .is_some_and(|answer| {
                let body = ErrorBody::read(answer, self.client.redactor());
                classify::is_absent(answer, &body, &self.evidence(outcome))
            })
    }

    /// The types of links between issues; none where Jira does not say.
    pub(crate) async fn link_types(&self, budget: &RetryBudget) -> Option<Vec<LinkType>> {
        let outcome = self
            .send(&self.get("/rest/api/2/issueLinkType", LONG_BODY), budget)
            .await;
        let answer = outcome.answer.ok().filter(|answer| answer.status == 200)?;
        link_types::read(&answer.body)
    }

    /// Where Jira runs. Asks Jira where neither settings nor address tell.
    pub(crate) async fn deployment(&self, budget: &RetryBudget) -> Deployment {
        self.site.deployment(&self.client, budget).await
    }

    /// A GET of a path below Jira's address.
    pub(crate) fn get(&self, path: &str, limit: usize) -> RequestSpec {
        RequestSpec::get(self.base().below(path), limit)
    }

    /// Sends a signed request until there is an answer that no further attempt
    /// would better.
    pub(crate) async fn send(&self, spec: &RequestSpec, budget: &RetryBudget) -> SendOutcome {
        self.send_into(spec, budget, None).await
    }

    /// The same, with the body of a success handed to `sink`. Once some of it is
    /// out, nothing is repeated.
    pub(crate) async fn stream(
        &self,
        spec: &RequestSpec,
        budget: &RetryBudget,
        sink: BodySink<'_>,
    ) -> SendOutcome {
        self.send_into(spec, budget, Some(sink)).await
    }

    pub(crate) async fn send_anonymously(
        &self,
        spec: &RequestSpec,
        budget: &RetryBudget,
    ) -> SendOutcome {
        self.client.send(spec, &Anonymous, budget).await
    }

    async fn send_into(
        &self,
        spec: &RequestSpec,
        budget: &RetryBudget,
        sink: Option<BodySink<'_>>,
    ) -> SendOutcome {
        let mut outcome = self.client.nothing_sent(spec);
        loop {
            if let Err(failure) = self.ensure_ready(budget).await {
                return outcome.ended_by(self.explained(failure));
            }
            let located = RequestSpec {
                url: self.site.locate(&spec.url),
                ..spec.clone()
            };
            outcome = self
                .client
                .resume(&located, &self.authenticator, budget, outcome, sink)
                .await;
            if outcome.recovery != Recovery::Renew {
                return outcome;
            }
        }
    }

    /// Logs in or renews a token where that must come first, and finds the way to
    /// the site.
    async fn ensure_ready(&self, budget: &RetryBudget) -> Result<(), Failure> {
        let client = &self.client;
        if self.authenticator.needs_deployment() {
            let deployment = self.site.deployment(client, budget).await;
            self.authenticator.renew(client, deployment, budget).await?;
        } else {
            self.authenticator.login(client, budget).await?;
        }
        let token = self.authenticator.user_token();
        self.site.resolve(client, token, budget).await
    }

    /// What an answer comes to. A refusal that Jira also gives to people whom it
    /// does not know is decided by `/myself`.
    ///
    /// # Errors
    /// Where there is no answer, or none that does what was asked.
    pub(crate) async fn classify<'a>(
        &self,
        outcome: &'a SendOutcome,
        operation: Operation<'_>,
        budget: &RetryBudget,
    ) -> Result<&'a Response, Failure> {
        let answer = outcome.answer.as_ref().map_err(Clone::clone)?;
        // Metadata is long, and says nothing of errors.
        let read = !matches!(operation, Operation::Write(_)) && answer.status == 200;
        let body = match answer.body.first() {
            Some(b'{' | b'[') if read => ErrorBody::default(),
            _ => ErrorBody::read(answer, self.client.redactor()),
        };
        self.classify_answer(outcome, answer, &body, operation, budget)
            .await
            .map_or(Ok(answer), Err)
    }

    fn evidence<'b>(&self, outcome: &'b SendOutcome) -> Evidence<'b> {
        Evidence {
            deployment: self.site.known_deployment(),
            ..outcome.evidence(self.authenticator.credential_kind())
        }
    }

    /// The same for an answer whose body was read; `None` where it does what was
    /// asked.
    pub(crate) async fn classify_answer(
        &self,
        outcome: &SendOutcome,
        answer: &Response,
        body: &ErrorBody,
        operation: Operation<'_>,
        budget: &RetryBudget,
    ) -> Option<Failure> {
        let failure = match classify::classify(answer, body, operation, &self.evidence(outcome)) {
            Verdict::Accepted => None,
            Verdict::Refused(failure) => Some(failure),
            Verdict::Ambiguous {
                if_authenticated,
                if_anonymous,
                if_unknown,
            } => match self.accepts_credentials(budget).await {
                Some(true) => Some(if_authenticated),
                Some(false) => Some(if_anonymous),
                None => Some(if_unknown),
            },
        };
        failure.map(|failure| self.explained(failure))
    }

    /// Whether Jira knows who we are; `None` where it did not say. Asked once a run.
    async fn accepts_credentials(&self, budget: &RetryBudget) -> Option<bool> {
        if self.accepted.get().is_none() {
            let outcome = self
                .send(&self.get("/rest/api/2/myself", SHORT_BODY), budget)
                .await;
            self.accepted.set(match outcome.answer {
                Ok(answer) if answer.status == 200 => Some(true),
                // A token whose scopes leave this question out is a good one.
                Ok(answer) if answer.status == 401 => {
                    Some(ErrorBody::read(&answer, self.client.redactor()).lacks_scope())
                }
                _ => None,
            });
        }
        self.accepted.get()
    }
}

/// The fields in an answer that was accepted as edit metadata.
///
/// # Errors
/// Where it is none, or is longer than what is read.
pub(crate) fn read_edit_metadata(answer: Response) -> Result<Vec<Field>, Failure> {
    complete(&answer)?;
    editmeta::read_edit_metadata(answer.body).ok_or_else(|| {
        let what = "the edit metadata cannot be read";
        Failure::new(Kind::UnexpectedAnswer, what)
    })
}

/// What is only begun is no JSON, and showing it would help nobody.
fn complete(answer: &Response) -> Result<(), Failure> {
    if answer.complete {
        return Ok(());
    }
    let message = format!(
        "this Jira lists more than {} MiB of fields",
        LONG_BODY >> 20
    );
    Err(Failure::new(Kind::UnexpectedAnswer, message).hint(format!(
        "name {FIELD_TYPE}, and give the field by its id: then they are not asked for"
    )))
}

/// True where the edit adds to what a field holds: a comment would stand there twice.
fn adds(edit: &Value) -> bool {
    let fields = edit["update"].as_object().into_iter().flatten();
    let mut operations =
        fields.flat_map(|(_, operations)| operations.as_array().into_iter().flatten());
    operations.any(|operation| operation.get("add").is_some())
}
