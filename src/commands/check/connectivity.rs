//! The first steps of `check`: from this machine to an answer of Jira's.

use crate::client::{SHORT_BODY, SendOutcome};
use crate::commands::check::Checker;
use crate::deployment::Deployment;
use crate::error::{Failure, Kind};
use crate::redact::outside::CleanText;
use crate::response::evidence::Operation;
use crate::settings::BASE_URL;
use crate::transport::{self, TransportError, TransportErrorKind};
use serde_json::Value;
use std::net::IpAddr;
use tokio::time::timeout;
use url::Url;

impl Checker<'_> {
    /// InputEnd a proxy this machine may know no name but the proxy's.
    pub(super) async fn address(&self) -> Result<((), String), Failure> {
        let base = self.jira.base();
        match self.network.proxies.choose(base.url()) {
            Some(proxy) => {
                let addresses = self
                    .resolve(
                        proxy.address(),
                        &format!("the proxy {proxy}"),
                        proxy.source(),
                    )
                    .await?;
                Ok((
                    (),
                    format!(
                        "{base} is reached through a proxy at {}",
                        listed(&addresses)
                    ),
                ))
            }
            None => {
                let addresses = self
                    .resolve(base.url(), &base.to_string(), &BASE_URL.to_string())
                    .await?;
                Ok(((), format!("{base} is at {}", listed(&addresses))))
            }
        }
    }

    async fn resolve(&self, url: &Url, whose: &str, setting: &str) -> Result<Vec<IpAddr>, Failure> {
        let wrong = |kind, what: &str| {
            let message = format!("the name in {whose} cannot be resolved: {what}");
            Failure::new(kind, message).hint(format!("check {setting} and this machine's DNS"))
        };
        match timeout(
            self.jira.client().remaining_for_attempt(),
            transport::resolve(url),
        )
        .await
        {
            Ok(addresses) => addresses.map_err(|error| wrong(Kind::Unreachable, &error)),
            Err(_) => Err(wrong(Kind::Timeout, "no answer in time")),
        }
    }

    /// One question to Jira shows whether the proxy, the encryption and Jira itself
    /// work. It is asked without credentials: whether they are good is the next
    /// step, and a wrong password is not tried twice.
    pub(super) async fn reach(&self) -> Option<Deployment> {
        let spec = self.jira.get("/rest/api/2/serverInfo", SHORT_BODY);
        let call = self.jira.send_anonymously(&spec, &self.budget).await;
        // Where no connection stood, neither says anything; the last step says why.
        if let Some(outcome) = self.proxy(&call) {
            self.steps.note("proxy", outcome)?;
        }
        if let Some(outcome) = self.tls(&call) {
            self.steps.note("tls", outcome)?;
        }
        self.steps.note("jira", self.kind(call).await)
    }

    fn proxy(&self, call: &SendOutcome) -> Option<Result<((), String), Failure>> {
        let proxy = self.network.proxies.choose(self.jira.base().url())?;
        let passed = call
            .error
            .as_ref()
            .is_none_or(|error| error.kind == TransportErrorKind::Tls);
        let works = || {
            passed.then(|| {
                Ok((
                    (),
                    format!("{proxy} (from {}) lets us through", proxy.source()),
                ))
            })
        };
        failed(call, |error| error.at_proxy).map_or_else(works, |failure| Some(Err(failure)))
    }

    fn tls(&self, call: &SendOutcome) -> Option<Result<((), String), Failure>> {
        if let Some(failure) = failed(call, |error| error.kind == TransportErrorKind::Tls) {
            return Some(Err(failure));
        }
        let answer = call.answer.as_ref().ok()?;
        let certificate = transport::certificate(answer.certificate.as_deref()?)?;
        let issuer = CleanText::sentence(&certificate.issuer, self.jira.redactor());
        let days = certificate.days_left(self.jira.client().clock().now());
        let checked = if self.network.trust.insecure {
            "not checked; it says that it is "
        } else {
            ""
        };
        Some(Ok((
            (),
            format!("{checked}issued by {issuer}, {days} days left"),
        )))
    }

    /// An answer that refuses a question without credentials says nothing of the
    /// credentials.
    async fn kind(&self, call: SendOutcome) -> Result<(Deployment, String), Failure> {
        if let Ok(answer) = &call.answer
            && let status @ (401 | 403 | 404) = answer.status
        {
            let deployment = self.jira.site().learn_deployment(&Value::Null);
            let base = self.jira.base();
            let detail = format!(
                "{base} answers {status} to serverInfo without credentials; whether it is Jira the \
                 next step shows"
            );
            return Ok((deployment, detail));
        }
        let answer = self.classify(call, Operation::Read("serverInfo")).await?;
        let info: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| {
            CleanText::name(
                info[name].as_str().unwrap_or("unknown"),
                self.jira.redactor(),
            )
        };
        if !info["version"].is_string() {
            let message = "the address answers, but not as Jira does";
            return Err(Failure::new(Kind::UnexpectedAnswer, message).hint(format!(
                "does {BASE_URL} hold Jira's context path, such as /jira?"
            )));
        }
        let deployment = self.jira.site().learn_deployment(&info);
        let kind = if deployment.is_cloud() {
            "Jira Cloud"
        } else {
            "Jira Server or Data Center"
        };
        Ok((
            deployment,
            format!(
                "{kind} {}, {:?}",
                text("version"),
                text("serverTitle").as_str()
            ),
        ))
    }
}

/// The failure of a call whose last attempt broke off in this way.
fn failed(call: &SendOutcome, is_meant: impl Fn(&TransportError) -> bool) -> Option<Failure> {
    let broke_so = call.error.as_ref().is_some_and(is_meant);
    call.answer.as_ref().err().filter(|_| broke_so).cloned()
}

fn listed(addresses: &[IpAddr]) -> String {
    addresses
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
