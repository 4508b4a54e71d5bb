//! A client that sends requests to a site in memory, as `ci-bot`.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fake_jira::{Builder, Jira, Reply, Request, Site, world};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A site and the user whose requests it gets.
pub(crate) struct Client {
    pub(crate) site: Site,
    pub(crate) api: String,
    pub(crate) credentials: Option<String>,
    pub(crate) now: SystemTime,
}

pub(crate) fn basic(user: &str, secret: &str) -> String {
    format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{user}:{secret}"))
    )
}

pub(crate) fn custom(number: u32) -> String {
    format!("customfield_{number}")
}

impl Client {
    fn new(builder: Builder, api: &str, user: &str, secret: &str) -> Self {
        Self {
            site: builder.site("https://jira.example.com"),
            api: api.to_owned(),
            credentials: Some(basic(user, secret)),
            now: UNIX_EPOCH + Duration::from_secs(1_767_229_260),
        }
    }

    /// `ci-bot` with a password.
    pub(crate) fn self_hosted(builder: Builder) -> Self {
        Self::new(
            builder,
            "/jira/rest/api/2",
            world::CI_BOT,
            world::CI_BOT_PASSWORD,
        )
    }

    pub(crate) fn data_center() -> Self {
        Self::self_hosted(Jira::data_center())
    }

    /// `ci-bot` with an API token, through version 2.
    pub(crate) fn cloud() -> Self {
        let (email, token) = (world::CI_EMAIL, world::CI_API_TOKEN);
        Self::new(Jira::cloud(), "/rest/api/2", email, token)
    }

    pub(crate) fn cloud_with(builder: Builder) -> Self {
        Self::new(builder, "/rest/api/2", world::CI_EMAIL, world::CI_API_TOKEN)
    }

    pub(crate) fn through(mut self, api: &str) -> Self {
        self.api = api.to_owned();
        self
    }

    pub(crate) fn with(mut self, credentials: &str) -> Self {
        self.credentials = Some(credentials.to_owned());
        self
    }

    pub(crate) fn anonymous(mut self) -> Self {
        self.credentials = None;
        self
    }

    pub(crate) fn send(&mut self, request: Request) -> Reply {
        let request = match &self.credentials {
            Some(credentials) => request.header("Authorization", credentials),
            None => request,
        };
        self.site.handle(&request, self.now)
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        let target = format!("{}{path}", self.api);
        self.send(Request::new("GET", &target).header("Accept", "application/json"))
    }

    pub(crate) fn put(&mut self, issue: &str, body: &Value) -> Reply {
        let target = format!("{}/issue/{issue}", self.api);
        self.send(Request::new("PUT", &target).json(body))
    }

    pub(crate) fn put_text(&mut self, body: &str) -> Reply {
        let target = format!("{}/issue/HSP-1", self.api);
        let mut request = Request::new("PUT", &target).header("Content-Type", "application/json");
        request.body = body.as_bytes().to_vec();
        self.send(request)
    }

    /// Sets one field of `HSP-1`.
    pub(crate) fn set(&mut self, field: &str, value: Value) -> Reply {
        self.put("HSP-1", &json!({"fields": {field: value}}))
    }

    /// Performs operations on one field of `HSP-1`.
    pub(crate) fn update(&mut self, field: &str, operations: Value) -> Reply {
        self.put("HSP-1", &json!({"update": {field: operations}}))
    }

    /// What one field of `HSP-1` reads back as after it was set.
    pub(crate) fn stored(&mut self, field: &str, value: Value) -> Value {
        let reply = self.set(field, value.clone());
        assert_eq!(reply.status, 204, "{field} {value}: {}", reply.to_text());
        let read = self.get(&format!("/issue/HSP-1?fields={field}"));
        read.to_json()["fields"][field].clone()
    }

    /// The error under the field's id.
    pub(crate) fn refused(&mut self, field: &str, value: Value) -> String {
        let reply = self.set(field, value.clone());
        assert_eq!(reply.status, 400, "{field} {value}");
        assert!(!reply.applied());
        let body = reply.to_json();
        assert_eq!(body["errorMessages"], json!([]), "{body}");
        body["errors"][field]
            .as_str()
            .unwrap_or(&body.to_string())
            .to_owned()
    }
}

/// The messages of an answer that belong to no field.
pub(crate) fn messages(reply: &Reply) -> Vec<String> {
    let body = reply.to_json();
    let messages = body["errorMessages"].as_array().into_iter().flatten();
    messages
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}
