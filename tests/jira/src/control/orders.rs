//! The JSON that administrators send.

use crate::fault::{Fault, Place};
use crate::http;
use crate::message::Reply;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often a fault can be queued at once.
const MOST: u32 = 10_000;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct Orders {
    pub(super) faults: Vec<FaultOrder>,
    pub(super) site: SiteOrder,
    pub(super) users: BTreeMap<String, UserOrder>,
    pub(super) issues: BTreeMap<String, IssueOrder>,
    pub(super) fields: BTreeMap<String, FieldOrder>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct SiteOrder {
    pub(super) state: Option<String>,
    pub(super) maintenance: Option<bool>,
    pub(super) basic_blocked: Option<bool>,
    pub(super) cloud_limits: Option<bool>,
    /// Capacity, and what is filled in per second.
    pub(super) budget: Option<(u32, u32)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct UserOrder {
    pub(super) captcha: Option<bool>,
    pub(super) active: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct IssueOrder {
    pub(super) closed: Option<bool>,
    pub(super) archived: Option<bool>,
    pub(super) read_only_for: Option<Vec<String>>,
    pub(super) moved_to: Option<String>,
    pub(super) removed: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct FieldOrder {
    pub(super) name: Option<String>,
    pub(super) on_screen: Option<bool>,
    pub(super) required: Option<bool>,
    pub(super) ignored: Option<bool>,
}

/// Which requests, how often, and what happens to them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct FaultOrder {
    method: Option<String>,
    /// A part of the path and query.
    path: String,
    times: Option<u32>,
    always: bool,
    status: Option<u16>,
    headers: BTreeMap<String, String>,
    body: Value,
    delay_ms: u64,
    /// After how many bytes of head and body the answer ends.
    cut: Option<usize>,
    /// `close`, `reset` or `hang` in place of an answer.
    connection: Option<String>,
    after_applying: bool,
}

impl FaultOrder {
    /// How often the fault is taken; for ever where there is no number.
    pub(super) fn times(&self) -> Result<Option<u32>, String> {
        match (self.always, self.times) {
            (true, None) => Ok(None),
            (false, times) if times.unwrap_or(1) <= MOST => Ok(Some(times.unwrap_or(1))),
            (true, Some(_)) => Err("a fault has times or always, not both".to_owned()),
            _ => Err(format!("times is at most {MOST}")),
        }
    }

    pub(super) fn place(&self) -> Place {
        Place::Target {
            method: self.method.clone(),
            part: self.path.clone(),
        }
    }

    pub(super) fn fault(&self) -> Result<Fault, String> {
        let answered = self.status.map(|status| self.answer(status)).transpose()?;
        let fault = match (answered, self.connection.as_deref(), self.cut) {
            (Some(_), Some(_), _) | (_, Some(_), Some(_)) => {
                return Err("a fault has a connection, or a status and a cut".to_owned());
            }
            (None, Some("close"), None) => Fault::Close,
            (None, Some("reset"), None) => Fault::Reset,
            (None, Some("hang"), None) => Fault::Hang,
            (None, Some(other), None) => {
                return Err(format!("connection is close, reset or hang, not {other:?}"));
            }
            (Some(reply), None, None) => Fault::Answer(reply),
            (Some(reply), None, Some(length)) => {
                let mut bytes = http::encoded(&reply, "PUT");
                bytes.truncate(length);
                Fault::Raw(bytes)
            }
            (None, None, Some(length)) if self.headers.is_empty() => Fault::Cut(length),
            (None, None, Some(_)) => return Err("headers and a cut need a status".to_owned()),
            (None, None, None) if !self.body.is_null() => {
                return Err("a body needs a status".to_owned());
            }
            (None, None, None) => Fault::Headers(self.checked_headers()?),
        };
        let fault = match self.after_applying {
            true => Fault::AfterApplying(Box::new(fault)),
            false => fault,
        };
        Ok(match self.delay_ms {
            0 => fault,
            time => Fault::Delayed(Duration::from_millis(time), Box::new(fault)),
        })
    }

    fn answer(&self, status: u16) -> Result<Reply, String> {
        if !(200..=599).contains(&status) {
            return Err(format!("status {status} is not of 200 to 599"));
        }
        let headers = self.checked_headers()?;
        let typed = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
        let mut reply = match &self.body {
            Value::Null => Reply::new(status),
            Value::String(text) if text.starts_with('<') => Reply::html(status, text),
            Value::String(text) => Reply::text(status, text),
            json => Reply::json(status, json),
        };
        if typed {
            reply.headers.clear();
        }
        reply.headers.extend(headers);
        Ok(reply)
    }

    /// Nothing in them can end a line.
    fn checked_headers(&self) -> Result<Vec<(String, String)>, String> {
        let token = |name: &str| {
            let mut bytes = name.bytes();
            !name.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let headers = self.headers.iter().map(|(name, value)| {
            match token(name) && !value.contains(char::is_control) {
                true => Ok((name.clone(), value.clone())),
                false => Err(format!("{name:?}: {value:?} is no header")),
            }
        });
        headers.collect()
    }
}
