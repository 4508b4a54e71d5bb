//! A cookie session of a self-hosted Jira: logged in once, used by every
//! request, renewed when it expires, logged out at the end.

use crate::base_url::BaseUrl;
use crate::client::{
    Anonymous, Client, Recovery, RequestSpec, RetryBudget, SHORT_BODY, SendOutcome, Signer,
};
use crate::credentials::{CredentialKind, Identity};
use crate::error::{Failure, Kind};
use crate::redact::{Redactor, Secret};
use crate::response::classify;
use crate::response::confidential;
use crate::response::evidence::Operation;
use crate::settings::BASE_URL;
use crate::transport::{MaybeSecret, Method, Request, Response};
use serde_json::{Value, json};
use std::cell::RefCell;
use url::Url;

/// <https://developer.atlassian.com/server/jira/platform/cookie-based-authentication/>
const PATH: &str = "/rest/auth/1/session";
/// A cookie's value that is shorter is no secret, and hiding it would garble
/// every text: `lang=en`.
const SHORTEST_HIDDEN: usize = 8;

/// A user with a password, and the session once there is one.
pub(crate) struct Session {
    user: String,
    password: Secret,
    url: Url,
    redactor: Redactor,
    /// Held while somebody logs in: the others wait for that session.
    gate: tokio::sync::Mutex<()>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// The value of the `Cookie` header; none before the login.
    cookie: Option<Secret>,
    /// Whether Jira has taken this session: one that was never taken has not expired.
    proved: bool,
    /// Why no further login is tried.
    refused: Option<Failure>,
}

impl Session {
    pub(crate) fn new(user: String, password: Secret, base: &BaseUrl, redactor: &Redactor) -> Self {
        redactor.register(&password);
        Session {
            user,
            password,
            url: base.below(PATH),
            redactor: redactor.clone(),
            gate: tokio::sync::Mutex::default(),
            state: RefCell::default(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.state.borrow().cookie.is_some()
    }

    /// Returns at once where another task has logged in meanwhile.
    pub(super) async fn login(&self, client: &Client, budget: &RetryBudget) -> Result<(), Failure> {
        let _alone = self.gate.lock().await;
        if self.state.borrow().cookie.is_some() {
            return Ok(());
        }
        if let Some(failure) = &self.state.borrow().refused {
            return Err(failure.clone());
        }
        let body = json!({ "username": self.user, "password": self.password.reveal() });
        let ask = RequestSpec {
            method: Method::Post,
            headers: vec![
                ("content-type", MaybeSecret::plain("application/json")),
                ("x-atlassian-token", MaybeSecret::plain("no-check")),
            ],
            body: Some(MaybeSecret::Sensitive(Secret::derived(body.to_string()))),
            confidential: true,
            ..RequestSpec::get(self.url.clone(), SHORT_BODY)
        };
        let mut call = client.send(&ask, &Anonymous, budget).await;
        call.identity = Identity::User(self.user.clone());
        let answer = call.answer.as_ref().map_err(Clone::clone)?;
        if let Some(cookie) = self.cookie(answer) {
            *self.state.borrow_mut() = State {
                cookie: Some(cookie),
                ..State::default()
            };
            return Ok(());
        }
        let failure = self.refusal(answer, &call);
        self.state.borrow_mut().refused = Some(failure.clone());
        Err(failure)
    }

    /// Every cookie of a successful login: a load balancer's, too, for the session
    /// lives on one node.
    fn cookie(&self, answer: &Response) -> Option<Secret> {
        let body: Value = serde_json::from_slice(&answer.body)
            .ok()
            .filter(|_| answer.status == 200)?;
        let (name, value) = (
            body["session"]["name"].as_str()?,
            body["session"]["value"].as_str()?,
        );
        let mut cookies = vec![(name, value)];
        for header in answer.all("set-cookie") {
            let Some((name, value)) = header
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
            else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim());
            cookies.retain(|(known, _)| *known != name);
            if !value.is_empty() {
                cookies.push((name, value));
            }
        }
        for (_, value) in cookies
            .iter()
            .filter(|(_, value)| value.len() >= SHORTEST_HIDDEN)
        {
            self.redactor
                .register(&Secret::derived((*value).to_owned()));
        }
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Some(Secret::derived(pairs.join("; ")))
    }

    fn refusal(&self, answer: &Response, call: &SendOutcome) -> Failure {
        let said = confidential::said(answer, &self.redactor);
        let none_here = matches!(answer.status, 404 | 405 | 410) || answer.is_success();
        if none_here {
            let message = format!("there is no cookie login at {PATH} ({})", answer.status);
            let hint = format!(
                "is {BASE_URL} the address of Jira with its context path? Jira Cloud has no such \
                 login"
            );
            return Failure::new(Kind::UnexpectedAnswer, message)
                .hint(hint)
                .shown_by(|| call.sent().answered(answer.status, &said));
        }
        classify::classify(
            answer,
            &said,
            Operation::Login,
            &call.evidence(CredentialKind::Password),
        )
        .refusal()
    }

    /// True where the session of that request has expired: it is forgotten, and the
    /// next [`Session::login`] logs in.
    pub(super) fn learn(&self, request: &Request, answer: &Response) -> Recovery {
        if self.has_expired(request, answer) {
            Recovery::Renew
        } else {
            Recovery::None
        }
    }

    fn has_expired(&self, request: &Request, answer: &Response) -> bool {
        let mut state = self.state.borrow_mut();
        let current = match &state.cookie {
            None => return expired(answer),
            Some(cookie) => request
                .headers
                .iter()
                .any(|(_, text)| text.reveal() == cookie.reveal()),
        };
        if !expired(answer) {
            state.proved |= current && answer.status < 500;
            return false;
        }
        if !current {
            return true;
        }
        if state.proved {
            tracing::info!("the session has expired; logging in again");
            state.cookie = None;
        }
        state.proved
    }

    pub(super) fn sign(&self, request: &mut Request) {
        if let Some(cookie) = &self.state.borrow().cookie {
            request
                .headers
                .push(("cookie", MaybeSecret::Sensitive(cookie.clone())));
        }
    }

    /// Logs out. That it did not work is worth a line: the session then lives on
    /// for hours.
    pub(super) async fn logout(&self, client: &Client, signer: &dyn Signer) {
        if self.state.borrow().cookie.is_none() {
            return;
        }
        let headers = vec![("x-atlassian-token", MaybeSecret::plain("no-check"))];
        let ask = RequestSpec {
            method: Method::Delete,
            headers,
            ..RequestSpec::get(self.url.clone(), SHORT_BODY)
        };
        let status = client
            .send_last(&ask, signer)
            .await
            .map(|answer| answer.status);
        self.state.borrow_mut().cookie = None;
        // A 401 says that there is no such session any more.
        if !matches!(status, Some(200..=299 | 401)) {
            let status = status.map_or_else(
                || "no answer came".to_owned(),
                |status| format!("Jira answered {status}"),
            );
            tracing::warn!(
                "the session could not be logged out ({status}); it ends by itself, after five \
                 hours by default"
            );
        }
    }
}

/// An unknown session is refused, or served as an anonymous's.
fn expired(answer: &Response) -> bool {
    let anonymous = answer.header("x-ausername") == Some("anonymous");
    answer.status == 401 || (anonymous && matches!(answer.status, 403 | 404))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    fn session(cookie: &str, proved: bool) -> Session {
        let session = Session::new(
            "ci".to_owned(),
            secret("correct horse"),
            &BaseUrl::parse("http://h").unwrap(),
            &Redactor::default(),
        );
        *session.state.borrow_mut() = State {
            cookie: Some(secret(cookie)),
            proved,
            refused: None,
        };
        session
    }

    fn secret(text: &str) -> Secret {
        Secret::derived(text.to_owned())
    }

    fn signed(cookie: &str) -> Request {
        let headers = vec![
            ("accept", MaybeSecret::Plain("*/*".to_owned())),
            ("cookie", MaybeSecret::Sensitive(secret(cookie))),
        ];
        Request {
            method: Method::Get,
            url: Url::parse("http://h/").unwrap(),
            headers,
            body: None,
        }
    }

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        Response {
            status,
            headers,
            ..Response::default()
        }
    }

    #[test]
    fn a_session_is_taken_once_its_own_request_was_answered_by_jira() {
        let rows = [
            ("s=new", 200, true),
            ("s=new", 499, true),
            ("s=new", 500, false),
            ("s=new", 503, false),
            ("s=old", 200, false),
        ];
        each(rows, |(cookie, status, taken)| {
            let session = session("s=new", false);
            assert_eq!(
                session.learn(&signed(cookie), &answer(status, &[])),
                Recovery::None
            );
            assert_eq!(
                session.learn(&signed("s=new"), &answer(401, &[])) == Recovery::Renew,
                taken,
                "{cookie} {status}"
            );
            assert_eq!(session.is_ready(), !taken, "{cookie} {status}");
        });
    }

    #[test]
    fn the_end_of_an_earlier_session_does_not_end_the_next_one() {
        let session = session("s=new", true);
        assert_eq!(
            session.learn(&signed("s=old"), &answer(401, &[])),
            Recovery::Renew
        );
        assert!(session.is_ready());
    }

    #[test]
    fn a_session_has_expired_where_jira_refuses_or_serves_an_anonymous() {
        let rows = [
            (401, None, true),
            (401, Some("anonymous"), true),
            (403, Some("anonymous"), true),
            (404, Some("anonymous"), true),
            (200, Some("anonymous"), false),
            (403, Some("ci-bot"), false),
            (404, None, false),
        ];
        each(rows, |(status, user, over)| {
            let headers: Vec<_> = user.map(|user| ("x-ausername", user)).into_iter().collect();
            assert_eq!(
                expired(&answer(status, &headers)),
                over,
                "{status} {user:?}"
            );
        });
    }

    #[test]
    fn a_login_keeps_the_last_value_of_every_cookie_that_has_a_name() {
        let headers = [
            "JSESSIONID=second; Path=/",
            "nonsense",
            "node = n1",
            "gone=",
        ]
        .map(|text| ("set-cookie", text));
        let body = br#"{"session":{"name":"JSESSIONID","value":"first"}}"#.to_vec();
        let login = Response {
            body,
            ..answer(200, &headers)
        };
        let cookie = session("s=new", false).cookie(&login).unwrap();
        assert_eq!(cookie.reveal(), "JSESSIONID=second; node=n1");
    }

    #[test]
    fn the_cookies_of_a_session_are_secrets_and_short_ones_are_none() {
        let session = session("s=old", false);
        let headers = [
            ("set-cookie", "node=b2; Path=/"),
            ("set-cookie", "token=xsrf-1234; Path=/"),
        ];
        let given = Response {
            body: br#"{"session":{"name":"JSESSIONID","value":"6E3487971234"}}"#.to_vec(),
            ..answer(200, &headers)
        };
        let cookie = session.cookie(&given).unwrap();
        assert_eq!(
            cookie.reveal(),
            "JSESSIONID=6E3487971234; node=b2; token=xsrf-1234"
        );
        let shown = session.redactor.redact("6E3487971234 b2 xsrf-1234");
        assert_eq!(shown, "*** b2 ***");
    }
}
