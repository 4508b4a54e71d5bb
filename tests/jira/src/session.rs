//! Cookie sessions: login, expiry and logout.

use crate::login::{CAPTCHA_AFTER, Caller};
use crate::message::{Reply, Request};
use crate::refusal;
use crate::site::Site;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// Where sessions are made and ended.
pub(crate) const PATH: &str = "/rest/auth/1/session";
/// How long one lasts without being used.
pub(crate) const LIFE: Duration = Duration::from_secs(5 * 3600);

const COOKIE: &str = "JSESSIONID";

/// Who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    open: BTreeMap<String, Session>,
    issued: u64,
    pub(crate) life: Duration,
}

#[derive(Debug, Clone)]
struct Session {
    user: String,
    used: SystemTime,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
            issued: 0,
            life: LIFE,
        }
    }
}

impl Sessions {
    /// Ends them all, as a restart does.
    pub(crate) fn expire(&mut self) {
        self.open.clear();
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.open.len()
    }

    fn begin(&mut self, user: &str, now: SystemTime) -> String {
        self.issued += 1;
        let mixed = self.issued.wrapping_mul(0xA076_1D64_78BD_642F);
        let id = format!(
            "{mixed:016X}{:016X}",
            mixed.wrapping_mul(0xE703_7ED1_A0B4_28DB)
        );
        self.open.insert(
            id.clone(),
            Session {
                user: user.to_owned(),
                used: now,
            },
        );
        id
    }

    /// The user of a session that is still good, which is used by asking.
    fn user(&mut self, id: &str, now: SystemTime) -> Option<String> {
        let life = self.life;
        let session = self.open.get_mut(id)?;
        if now
            .duration_since(session.used)
            .is_ok_and(|idle| idle >= life)
        {
            self.open.remove(id);
            return None;
        }
        session.used = now;
        Some(session.user.clone())
    }
}

impl Site {
    /// The resource's answer.
    pub(crate) fn session_resource(&mut self, request: &Request, now: SystemTime) -> Reply {
        match request.method.as_str() {
            "POST" => self.begin_session(request, now),
            "GET" => self.read_session(request, now),
            "DELETE" => self.end_session(request, now),
            _ => refusal::tomcat(405, "Method Not Allowed").header("Allow", "GET, POST, DELETE"),
        }
    }

    /// The user that a request with a session's cookie acts as; `None` where it has no such
    /// cookie.
    pub(crate) fn log_in_with_cookie(
        &mut self,
        request: &Request,
        now: SystemTime,
    ) -> Option<Result<Caller, Reply>> {
        let id = session_id(request)?;
        let known = self
            .sessions
            .user(&id, now)
            .filter(|name| self.user(name).is_some_and(|user| user.active));
        Some(match known {
            Some(user) => Ok(Caller::known(user)),
            None => Err(self
                .must_log_in(request)
                .header("X-Seraph-LoginReason", "OUT")),
        })
    }

    fn begin_session(&mut self, request: &Request, now: SystemTime) -> Reply {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let is_json = request
            .value_of("Content-Type")
            .is_some_and(|kind| kind.starts_with("application/json"));
        if !is_json {
            return refusal::tomcat(415, "Unsupported Media Type");
        }
        let (Some(name), Some(password)) = (body["username"].as_str(), body["password"].as_str())
        else {
            return refusal::unreadable(
                "The submitted data is not valid JSON and cannot be parsed.",
            );
        };
        let known = self.users.iter().find(|user| user.name == name);
        let right = known.is_some_and(|user| user.active && user.password == password);
        let exists = known.is_some();
        let failures = self.bad_logins.entry(name.to_owned()).or_default();
        if *failures >= CAPTCHA_AFTER {
            let denied = format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", self.base_url);
            return Reply::json(403, &json!(["Login denied"]))
                .header("X-Authentication-Denied-Reason", denied);
        }
        if !right {
            if exists {
                *failures += 1;
            }
            return Reply::json(401, &json!(["Login failed"]))
                .header("WWW-Authenticate", "JIRA REST POST");
        }
        let failed = std::mem::take(failures);
        let id = self.sessions.begin(name, now);
        let path = if self.context_path.is_empty() {
            "/"
        } else {
            self.context_path.as_str()
        };
        let body = json!({
            "session": {"name": COOKIE, "value": id},
            "loginInfo": {"failedLoginCount": failed, "loginCount": self.sessions.issued},
        });
        Reply::json(200, &body)
            .header(
                "Set-Cookie",
                format!("{COOKIE}={id}; Path={path}; HttpOnly"),
            )
            .header(
                "Set-Cookie",
                format!(
                    "atlassian.xsrf.token=BAB8-{}_{id}_lin; Path={path}",
                    self.sessions.issued
                ),
            )
    }

    fn read_session(&mut self, request: &Request, now: SystemTime) -> Reply {
        let user = session_id(request).and_then(|id| self.sessions.user(&id, now));
        match user {
            Some(name) => {
                let link = format!("{}/rest/api/latest/user?username={name}", self.base_url);
                Reply::json(200, &json!({"self": link, "name": name, "loginInfo": {}}))
            }
            None => self.must_log_in(request),
        }
    }

    fn end_session(&mut self, request: &Request, now: SystemTime) -> Reply {
        let id = session_id(request).unwrap_or_default();
        match self.sessions.user(&id, now) {
            Some(_) => {
                self.sessions.open.remove(&id);
                Reply::new(204)
            }
            None => self.must_log_in(request),
        }
    }
}

fn session_id(request: &Request) -> Option<String> {
    let cookies = request.value_of("Cookie")?.split(';');
    let mut pairs = cookies.filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}
