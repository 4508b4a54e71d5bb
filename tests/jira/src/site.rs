//! One Jira in memory, and the order in which it checks a request.

use crate::account::User;
use crate::app_field;
use crate::connect::App;
use crate::field::Field;
use crate::issue::{Issue, Project};
use crate::limits::Limits;
use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::oauth1::{ApplicationLinks, SERVLET as OAUTH1};
use crate::provider::Provider;
use crate::refusal;
use crate::session::{PATH as SESSION, Sessions};
use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

/// The path of Atlassian's identity provider on this machine.
pub(crate) const AUTH_HOST: &str = "/auth.atlassian.com";
/// The path of Atlassian's API host on this machine.
pub(crate) const API_HOST: &str = "/api.atlassian.com";

/// The product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A self-hosted 8.13, before personal access tokens.
    Server,
    /// A self-hosted 10.3.
    DataCenter,
    /// A site at Atlassian's.
    Cloud,
}

/// The version of the API in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    Two,
    Three,
}

/// A Jira without sockets: its users, projects, fields and switches.
#[derive(Debug)]
pub struct Site {
    pub(crate) kind: Kind,
    pub(crate) base_url: String,
    pub(crate) context_path: String,
    pub(crate) users: Vec<User>,
    pub(crate) projects: Vec<Project>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    pub(crate) keys: BTreeMap<String, u64>,
    pub(crate) fields: Vec<Field>,
    pub(crate) switches: Switches,
    pub(crate) limits: Limits,
    pub(crate) bad_logins: BTreeMap<String, u32>,
    pub(crate) sessions: Sessions,
    pub(crate) oauth1: ApplicationLinks,
    pub(crate) apps: Vec<App>,
    pub(crate) provider: Provider,
    /// Whether users consent to this site.
    pub(crate) consented: bool,
    /// Scopes of API tokens that have not all of them.
    pub(crate) token_scopes: BTreeMap<String, BTreeSet<String>>,
    pub(crate) comments_made: u64,
}

/// What an administrator could have set otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Switches {
    pub(crate) version_6_3: bool,
    pub(crate) nested_values: bool,
    pub(crate) adf_only: bool,
    pub(crate) basic_blocked: bool,
    pub(crate) anonymous_may_browse: bool,
    pub(crate) state: String,
    /// What is answered where edit metadata is asked for, in its place.
    pub(crate) instead_of_editmeta: Option<Reply>,
    /// The status that `serverInfo` has for callers whom it does not know.
    pub(crate) server_info_refusal: Option<u16>,
    /// Whether nobody but administrators has the permission Add Comments.
    pub(crate) comments_forbidden: bool,
    /// Whether `/myself` has a name without letters.
    pub(crate) empty_name: bool,
    /// Whether there are pages for browsers and a path for administrators.
    pub(crate) pages: bool,
    /// Whether nothing below `/rest` is served.
    pub(crate) maintenance: bool,
}

enum Resource {
    Issue(String),
    EditMeta(String),
    Fields,
    LinkTypes,
    Myself,
    ServerInfo,
    MyPermissions,
    Comments(String),
    Comment(String, String),
    UserSearch,
    Projects,
    Project(String),
}

impl Site {
    /// Answers a request at the time `now`; no other clock is read.
    pub fn handle(&mut self, request: &Request, now: SystemTime) -> Reply {
        if let Some(hosted) = self.beside_the_site(request, now) {
            return hosted;
        }
        let Some(path) = self.below_context(request.path()) else {
            return refusal::tomcat(404, "");
        };
        if self.switches.maintenance && path.starts_with("/rest/") {
            return self.maintenance();
        }
        match (path.as_str(), self.kind) {
            ("/status", Kind::Server | Kind::DataCenter) => self.status(),
            ("/_edge/tenant_info", Kind::Cloud) => Self::tenant_info(),
            ("/rest/oauth2/latest/authorize", Kind::DataCenter) => self.authorize(request, now),
            ("/rest/oauth2/latest/token", Kind::DataCenter) => self.token(request, now),
            (_, Kind::Server | Kind::DataCenter) if path.starts_with(OAUTH1) => {
                self.oauth_servlet(&path, request, now)
            }
            (SESSION, Kind::Server | Kind::DataCenter) => self.session_resource(request, now),
            _ => self.answer(&path, request, |site| site.log_in(request, now), now),
        }
    }

    /// Atlassian's other hosts, which are paths here.
    fn beside_the_site(&mut self, request: &Request, now: SystemTime) -> Option<Reply> {
        if self.is_self_hosted() {
            return None;
        }
        let path = request.path();
        match (path.strip_prefix(AUTH_HOST), path.strip_prefix(API_HOST)) {
            (Some(path), _) => Some(self.identity(path, request, now)),
            (_, Some(path)) => Some(self.api(path, request, now)),
            (None, None) => None,
        }
    }

    /// The site's own answer, after authentication.
    pub(crate) fn answer(
        &mut self,
        path: &str,
        request: &Request,
        log_in: impl FnOnce(&mut Self) -> Result<Caller, Reply>,
        now: SystemTime,
    ) -> Reply {
        let resource = self.resource(path);
        if let (false, Some((resource, _))) = (self.is_self_hosted(), &resource)
            && let Some(refused) = wrong_method(self.kind, resource, request)
                .or_else(|| wrong_media_type(self.kind, request))
        {
            return refused;
        }
        let caller = match log_in(self) {
            Ok(caller) => caller,
            Err(refused) => return refused,
        };
        let reply = match self.limits.admit(self.kind, request, &caller, now) {
            Err(refused) => refused,
            Ok(headers) => {
                let mut reply = self.beyond_login(resource, request, &caller, now);
                reply.headers.extend(headers);
                reply
            }
        };
        self.sign(reply, &caller)
    }

    fn beyond_login(
        &mut self,
        resource: Option<(Resource, Api)>,
        request: &Request,
        caller: &Caller,
        now: SystemTime,
    ) -> Reply {
        let Some((resource, api)) = resource else {
            return self.no_such_path(request);
        };
        if let Some(refused) = wrong_method(self.kind, &resource, request)
            .or_else(|| wrong_media_type(self.kind, request))
            .or_else(|| looks_like_a_browser(request))
        {
            return refused;
        }
        match resource {
            Resource::Issue(issue) if request.method == "PUT" => {
                self.edit(&issue, api, request, caller, now)
            }
            Resource::Issue(_) if request.method == "DELETE" => {
                let forbidden = "You do not have permission to delete issues in this project.";
                refusal::messages(403, &[forbidden])
            }
            Resource::Issue(issue) => self.read_issue(&issue, api, request, caller),
            Resource::EditMeta(issue) => match &self.switches.instead_of_editmeta {
                Some(reply) => reply.clone(),
                None => self.read_editmeta(&issue, api, caller),
            },
            Resource::Fields => self.read_fields(caller),
            Resource::LinkTypes => Reply::json(200, &app_field::link_types()),
            Resource::Myself => self.read_myself(api, request, caller),
            Resource::ServerInfo => match self.switches.server_info_refusal {
                Some(status) if !caller.is_known() => {
                    refusal::messages(status, &["You must log in to see this."])
                }
                _ => self.read_server_info(now),
            },
            Resource::MyPermissions => self.read_permissions(request, caller),
            Resource::Comments(issue) if request.method == "POST" => {
                self.add_comment(&issue, api, request, caller, now)
            }
            Resource::Comments(issue) => self.read_comments(&issue, None, api, request, caller),
            Resource::Comment(issue, id) => {
                self.read_comments(&issue, Some(&id), api, request, caller)
            }
            Resource::UserSearch => self.search_users(api, request, caller),
            Resource::Projects => self.read_projects(api, caller),
            Resource::Project(key) => self.read_project(&key, api, caller),
        }
    }

    pub(crate) fn below_context(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(self.context_path.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
    }

    fn resource(&self, path: &str) -> Option<(Resource, Api)> {
        let (version, rest) = path.strip_prefix("/rest/api/")?.split_once('/')?;
        let api = match (version, self.kind) {
            ("2", _) | ("latest", Kind::Server | Kind::DataCenter) => Api::Two,
            ("3" | "latest", Kind::Cloud) => Api::Three,
            _ => return None,
        };
        let segments: Vec<&str> = rest.split('/').collect();
        let resource = match segments.as_slice() {
            ["issue", issue] => Resource::Issue(decoded(issue)),
            ["issue", issue, "editmeta"] => Resource::EditMeta(decoded(issue)),
            ["field"] => Resource::Fields,
            ["issueLinkType"] => Resource::LinkTypes,
            ["myself"] => Resource::Myself,
            ["serverInfo"] => Resource::ServerInfo,
            ["mypermissions"] => Resource::MyPermissions,
            ["issue", issue, "comment"] => Resource::Comments(decoded(issue)),
            ["issue", issue, "comment", id] => Resource::Comment(decoded(issue), decoded(id)),
            ["user", "search"] => Resource::UserSearch,
            ["project"] => Resource::Projects,
            ["project", key] => Resource::Project(decoded(key)),
            _ => return None,
        };
        Some((resource, api))
    }

    fn no_such_path(&self, request: &Request) -> Reply {
        match self.kind {
            Kind::Cloud => {
                let detail = format!("No endpoint {} {}.", request.method, request.path());
                refusal::problem(404, &detail, request)
            }
            _ => refusal::page(
                404,
                "Oops, you&#39;ve found a dead link.",
                "Not Found (404)",
            ),
        }
    }

    pub(crate) fn is_self_hosted(&self) -> bool {
        self.kind != Kind::Cloud
    }
}

fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment)
        .decode_utf8_lossy()
        .into_owned()
}

fn wrong_method(kind: Kind, resource: &Resource, request: &Request) -> Option<Reply> {
    let allowed = match resource {
        Resource::Issue(_) => "GET, PUT, DELETE",
        Resource::Comments(_) => "GET, POST",
        _ => "GET",
    };
    let method = request.method.as_str();
    if method == "HEAD" || allowed.split(", ").any(|known| known == method) {
        return None;
    }
    let refused = if kind == Kind::Cloud {
        let detail = format!("Method '{method}' is not supported.");
        refusal::problem(405, &detail, request)
    } else {
        refusal::tomcat(405, "Method Not Allowed")
    };
    Some(refused.header("Allow", allowed))
}

/// Cloud looks at the media type before it looks at the credentials; a
/// self-hosted Jira's login filter comes first.
fn wrong_media_type(kind: Kind, request: &Request) -> Option<Reply> {
    if !matches!(request.method.as_str(), "PUT" | "POST") {
        return None;
    }
    let stated = request.value_of("Content-Type");
    let essence = stated.map(|text| text.split(';').next().unwrap_or(text).trim());
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        return None;
    }
    if kind != Kind::Cloud {
        return Some(refusal::tomcat(415, "Unsupported Media Type"));
    }
    let detail = match (stated, essence) {
        (None, _) => "Content-Type 'null' is not supported.".to_owned(),
        (_, Some(essence)) if !essence.contains('/') => "Could not parse Content-Type.".to_owned(),
        (Some(stated), _) => format!("Content-Type '{stated}' is not supported."),
    };
    Some(refusal::problem(415, &detail, request))
}

fn looks_like_a_browser(request: &Request) -> Option<Reply> {
    let changes = !matches!(request.method.as_str(), "GET" | "HEAD");
    let browser = request
        .value_of("User-Agent")
        .is_some_and(|agent| agent.starts_with("Mozilla"));
    let waived = request.value_of("X-Atlassian-Token") == Some("no-check");
    (changes && browser && !waived).then(|| Reply::text(403, "XSRF check failed"))
}
