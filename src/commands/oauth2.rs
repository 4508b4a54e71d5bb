//! `oauth2 authorize`: a person consents in a browser, and the refresh token
//! that comes of it is stored. Spends no refresh token.

mod consent_request;

use crate::auth::oauth2::grant::{Grant, Granted};
use crate::auth::oauth2::{self, token_file::TokenFile};
use crate::client::RetryBudget;
use crate::commands::consent::browser;
use crate::commands::consent::callback::{Callback, CallbackResult, QueryParams};
use crate::credentials::{OAuth2Client, Provider};
use crate::error::{Failure, Kind};
use crate::jira::Jira;
use crate::named_file;
use crate::output::stdout;
use crate::redact::outside::CleanText;
use crate::redact::{Redactor, Secret};
use crate::settings::{
    CLOUD_ID, DEADLINE, OAUTH2_CLIENT_ID, OAUTH2_REFRESH_TOKEN_FILE, OAUTH2_SCOPE,
};
use crate::site::Resource;
use consent_request::ConsentRequest;
use std::io::Write;
use std::path::{Path, PathBuf};
use url::Url;

/// Reading a field's type, writing it, asking who we are, and all that
/// without a person there.
const CLOUD_SCOPE: &str = "read:jira-work write:jira-work read:jira-user offline_access";
/// WRITE includes READ on Data Center.
const DATA_CENTER_SCOPE: &str = "WRITE";

/// What to ask for, and where to put it.
#[derive(Clone, Debug)]
pub(crate) struct Authorize {
    pub client: OAuth2Client,
    pub provider: Provider,
    /// The local port that the redirect address names.
    pub port: u16,
    /// Where the refresh token goes; standard output where it is `None`.
    pub out: Option<PathBuf>,
}

/// Goes through the authorization flow once.
///
/// # Errors
/// Where consent is denied or not given in time, an answer is not ours, or a
/// part of the exchange is refused.
pub(crate) async fn run(jira: &Jira, authorize: &Authorize) -> Result<(), Failure> {
    if let Some(path) = &authorize.out {
        prove_writable(path)?;
    }
    let callback = Callback::listen(authorize.port).await?;
    let budget = jira.budget();
    let deployment = jira.deployment(&budget).await;
    let cloud = deployment.is_cloud();
    let question = ask_for_consent(jira, authorize, callback.address(), cloud)?;
    show(&question.page, &callback);
    let read = |brought: &QueryParams| code(brought, &question, jira.redactor());
    let code = tokio::select! {
        code = callback.wait(read) => code?,
        failure = jira.client().stopped() => return Err(failure),
        () = tokio::time::sleep(jira.client().remaining()) => return Err(nobody_came()),
    };
    let grant = Grant::Code {
        code: &code,
        redirect: callback.address(),
        verifier: question.verifier.as_ref(),
    };
    let url = oauth2::token_url(&authorize.provider, jira.base(), deployment);
    let client = jira.client();
    let exchange = client.exchange().await;
    let answered = oauth2::send(client, &budget, &authorize.client, url, deployment, &grant).await;
    if let Some(refresh) = &answered.granted.refresh {
        store(refresh, authorize.out.as_deref())?;
    }
    drop(exchange);
    let granted = answered.access(&grant, jira.redactor())?;
    if granted.refresh.is_none() {
        return Err(no_refresh_token(cloud));
    }
    if cloud {
        list_sites(jira, &granted, &budget, authorize.out.is_some()).await?;
    }
    Ok(())
}

/// Found out before a person consents: afterwards the token would be lost.
fn prove_writable(path: &Path) -> Result<(), Failure> {
    let proven = TokenFile::lock_new(path)
        .map_err(cannot_be_made)
        .and_then(|mut file| file.prove_writable());
    proven.map_err(|what| Failure::new(Kind::Usage, format!("--out {}", unwritten(&what))))
}

/// <https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/> for
/// Cloud, which offers no PKCE;
/// <https://confluence.atlassian.com/adminjiraserver/jira-oauth-2-0-provider-api-1115659070.html>
/// for Data Center.
fn ask_for_consent(
    jira: &Jira,
    authorize: &Authorize,
    redirect: &Url,
    cloud: bool,
) -> Result<ConsentRequest, Failure> {
    let provider = &authorize.provider;
    let (page, usual) = if cloud {
        (provider.cloud.below("/authorize"), CLOUD_SCOPE)
    } else {
        let page = jira.base().below("/rest/oauth2/latest/authorize");
        (page, DATA_CENTER_SCOPE)
    };
    let scope = provider.scope.as_deref().unwrap_or(usual);
    let scopes: Vec<_> = scope.split_whitespace().collect();
    let request = ConsentRequest::new(page, &authorize.client.id, redirect, &scopes.join(" "))?;
    if cloud {
        if !scopes.contains(&"offline_access") {
            tracing::warn!("the scope lacks offline_access: Atlassian will give no refresh token");
        }
        return Ok(request.for_cloud());
    }
    let request = request.with_challenge()?;
    if let Some(verifier) = &request.verifier {
        jira.redactor().register(verifier);
    }
    Ok(request)
}

/// To standard error: standard output carries what comes of it.
fn show(page: &Url, callback: &Callback) {
    let mut stderr = std::io::stderr().lock();
    // A closed stream loses the text; whoever closed it cannot consent.
    let _ = writeln!(
        stderr,
        "Open this page in a browser and consent:\n{page}\nThen it sends you to {}, where this \
         program waits.",
        callback.address()
    );
    browser::open(page);
}

/// The code in what the browser brought.
fn code(
    brought: &QueryParams,
    question: &ConsentRequest,
    redactor: &Redactor,
) -> CallbackResult<Secret> {
    let get = |name: &str| {
        brought
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, text)| text.as_str())
    };
    let (code, error) = (get("code"), get("error"));
    if code.is_none() && error.is_none() {
        return None;
    }
    // A page of an earlier attempt, or anybody's: each page of the web can send a
    // browser here.
    if get("state") != Some(&*question.state) {
        tracing::info!("a visit whose state is not the one that was asked with is ignored");
        return None;
    }
    if let Some(error) = error {
        let description =
            CleanText::sentence(get("error_description").unwrap_or_default(), redactor);
        return Some(Err(refused(
            CleanText::name(error, redactor).as_str(),
            description.as_str(),
        )));
    }
    let code = Secret::derived(code.unwrap_or_default().to_owned());
    redactor.register(&code);
    Some(Ok(code))
}

/// RFC 6749 section 4.1.2.1.
fn refused(error: &str, description: &str) -> Failure {
    let (kind, what, hint) = match error {
        "access_denied" => (
            Kind::CredentialsRefused,
            "consent was denied",
            "run it again and allow it; a site's administrator may have to allow the app first"
                .to_owned(),
        ),
        "invalid_scope" => (
            Kind::CredentialsRefused,
            "the scope is refused",
            "give the client these scopes, or ask for others with --scope".to_owned(),
        ),
        "server_error" | "temporarily_unavailable" => (
            Kind::Unreachable,
            "the provider is in trouble",
            "try it later".to_owned(),
        ),
        _ => (
            Kind::CredentialsRefused,
            "the request for consent is refused",
            format!(
                "compare {OAUTH2_CLIENT_ID}, the redirect address and the scopes with the client's \
                 settings"
            ),
        ),
    };
    let words = if description.is_empty() {
        error.to_owned()
    } else {
        format!("{description} ({error})")
    };
    Failure::new(kind, format!("{what}: {words}")).hint(hint)
}

fn nobody_came() -> Failure {
    Failure::new(
        Kind::Timeout,
        "nobody consented before the run's time was over",
    )
    .hint(format!(
        "{DEADLINE} sets it, in seconds; an error page in the browser tells what is wrong with the \
         request"
    ))
}

fn no_refresh_token(cloud: bool) -> Failure {
    let failure = Failure::new(
        Kind::CredentialsRefused,
        "the exchange gave an access token but no refresh token",
    );
    if cloud {
        failure.hint(format!(
            "the scope lacks offline_access: add it to {} ({}), or leave that unset",
            OAUTH2_SCOPE.flag, OAUTH2_SCOPE.variable
        ))
    } else {
        failure.hint(
            "this provider gives none to this client: see the incoming link under Application \
             links",
        )
    }
}

fn cannot_be_made(error: std::io::Error) -> String {
    format!("cannot be made: {error}")
}

fn unwritten(what: &str) -> String {
    format!("{what} {}", named_file::not_shown("token"))
}

/// Bare, so that `JIRA_OAUTH2_REFRESH_TOKEN_FILE` can name the file as it is.
fn store(token: &Secret, out: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = out else {
        let mut stdout = std::io::stdout().lock();
        return writeln!(stdout, "{}", token.reveal())
            .and_then(|()| stdout.flush())
            .map_err(|error| {
                Failure::new(
                    Kind::Usage,
                    format!("--out -: standard output cannot be written: {error}"),
                )
            });
    };
    let file = TokenFile::lock_new(path).map_err(cannot_be_made);
    file.and_then(|mut file| file.save(token)).map_err(|what| {
        Failure::new(
            Kind::Usage,
            format!("--out {}; the token is lost", unwritten(&what)),
        )
    })?;
    let line = format!(
        "{}: the refresh token, for {OAUTH2_REFRESH_TOKEN_FILE}\n",
        path.display()
    );
    stdout::write(line.as_bytes()).map(|_| ())
}

/// The sites that the user chose on the consent page. The token is stored by
/// now: only what cannot be printed fails the run.
async fn list_sites(
    jira: &Jira,
    granted: &Granted,
    budget: &RetryBudget,
    stdout_is_free: bool,
) -> Result<(), Failure> {
    let site = jira.site();
    let Some(access) = &granted.access else {
        return Ok(());
    };
    let resources = match site.resources(jira.client(), access, budget).await {
        Ok(resources) => resources,
        Err(failure) => {
            let answer = failure
                .answer
                .as_ref()
                .map(|answer| format!(": {}", answer.told));
            tracing::warn!("{failure}{}", answer.unwrap_or_default());
            return Ok(());
        }
    };
    let text: String = resources
        .iter()
        .map(|resource| line(resource, jira.redactor()))
        .collect();
    if stdout_is_free {
        let _ = stdout::write(text.as_bytes())?;
    } else {
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
    if !site.reaches(&resources) {
        tracing::warn!(
            "the consent does not reach {}: on the consent page choose that site",
            jira.base()
        );
    }
    Ok(())
}

fn line(resource: &Resource, redactor: &Redactor) -> String {
    let clean = |text: &str| CleanText::sentence(text, redactor);
    let scopes = clean(&resource.scopes.join(" "));
    format!(
        "{} ({}), {}={}: {scopes}\n",
        clean(&resource.url),
        clean(&resource.name),
        CLOUD_ID.variable,
        clean(&resource.id)
    )
}
