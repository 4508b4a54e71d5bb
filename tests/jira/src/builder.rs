//! How a site is put together before it runs.

use crate::account::User;
use crate::app_field;
use crate::certificates::Leaf;
use crate::connect::App;
use crate::field::Field;
use crate::hostile;
use crate::issue::{Issue, Project};
use crate::jira::{Jira, Tls};
use crate::limits::Limits;
use crate::message::Reply;
use crate::oauth1::ApplicationLinks;
use crate::provider::Provider;
use crate::record::Records;
use crate::session::Sessions;
use crate::site::{Kind, Site, Switches};
use crate::world;
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, SystemTime};

/// Builds a [`Jira`] or a [`Site`].
#[derive(Debug, Clone)]
pub struct Builder {
    pub(crate) kind: Kind,
    context_path: String,
    port: u16,
    tls: Option<Tls>,
    pub(crate) users: Vec<User>,
    pub(crate) projects: Vec<Project>,
    pub(crate) fields: Vec<Field>,
    pub(crate) issues: BTreeMap<String, u64>,
    /// Issues that are not as every other one.
    pub(crate) given_issues: Vec<Issue>,
    pub(crate) switches: Switches,
    pub(crate) cloud_limits: bool,
    pub(crate) budget: Option<(u32, u32)>,
    sessions: Sessions,
    oauth1: ApplicationLinks,
    apps: Vec<App>,
    kept_requests: Option<usize>,
}

impl Builder {
    pub(crate) fn new(kind: Kind) -> Self {
        let context_path = if kind == Kind::Cloud { "" } else { "/jira" };
        let issues = [("HSP", 9), ("MKY", 1), ("SECRET", 1)];
        let builder = Self {
            kind,
            context_path: context_path.to_owned(),
            port: 0,
            tls: None,
            users: world::users(),
            projects: world::projects(),
            fields: world::fields(),
            given_issues: Vec::new(),
            issues: issues.map(|(key, count)| (key.to_owned(), count)).into(),
            switches: Switches {
                version_6_3: false,
                nested_values: false,
                adf_only: false,
                basic_blocked: false,
                anonymous_may_browse: false,
                state: "RUNNING".to_owned(),
                instead_of_editmeta: None,
                server_info_refusal: None,
                comments_forbidden: false,
                empty_name: false,
                pages: false,
                maintenance: false,
            },
            cloud_limits: false,
            budget: None,
            sessions: Sessions::default(),
            oauth1: ApplicationLinks::default(),
            apps: Vec::new(),
            kept_requests: None,
        };
        if kind == Kind::Cloud {
            return builder.connect_app(world::CONNECT_APP_KEY, world::CONNECT_SHARED_SECRET);
        }
        builder
            .consumer(world::CONSUMER_KEY, world::CONSUMER_PUBLIC_KEY)
            .access_token(world::CONSUMER_KEY, world::CI_ACCESS_TOKEN, world::CI_BOT)
    }

    /// Registers an application link: a consumer key with its public key in PEM.
    ///
    /// # Panics
    ///
    /// When the text is no RSA public key in PEM.
    pub fn consumer(mut self, key: &str, public_pem: &str) -> Self {
        self.oauth1.register(key, "Build status", public_pem);
        self
    }

    /// Gives a consumer an access token that a user has granted.
    pub fn access_token(mut self, consumer: &str, token: &str, user: &str) -> Self {
        self.oauth1.grant(consumer, token, user, SystemTime::now());
        self
    }

    /// Lets Jira verify OAuth 1.0a signatures as if this were its scheme and
    /// authority (`http://jira:8080`), as behind a proxy that Tomcat's connector
    /// does not name.
    pub fn behind_a_proxy(mut self, origin: &str) -> Self {
        self.oauth1.believed_origin = Some(origin.to_owned());
        self
    }

    /// Expires a cookie session that was not used for so long.
    pub fn session_life(mut self, life: Duration) -> Self {
        self.sessions.life = life;
        self
    }

    /// Installs a Connect app with its own user.
    pub fn connect_app(mut self, key: &str, shared_secret: &str) -> Self {
        let user = format!("addon_{key}");
        let account = User::new(&user, "cannot log in").display_name("Build status app");
        self.apps.push(App {
            key: key.to_owned(),
            shared_secret: shared_secret.to_owned(),
            user,
        });
        self.user(account)
    }

    /// Serves TLS with a certificate of a private authority for `localhost`,
    /// `127.0.0.1` and `::1`.
    pub fn tls(self) -> Self {
        self.tls_with(Leaf::Good)
    }

    /// Serves TLS with a certificate that may have something wrong with it.
    pub fn tls_with(mut self, leaf: Leaf) -> Self {
        let demand_client = self.tls.is_some_and(|tls| tls.demand_client);
        self.tls = Some(Tls {
            leaf,
            demand_client,
        });
        self
    }

    /// Serves TLS and demands a client's certificate of the same authority.
    pub fn client_certificate(mut self) -> Self {
        let leaf = self.tls.map_or(Leaf::Good, |tls| tls.leaf);
        self.tls = Some(Tls {
            leaf,
            demand_client: true,
        });
        self
    }

    /// Sets the context path; `/` and the empty one are the root.
    pub fn context_path(mut self, path: &str) -> Self {
        path.trim_end_matches('/')
            .clone_into(&mut self.context_path);
        self
    }

    /// Sets the port; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Adds a user, in place of the one of the same name.
    pub fn user(mut self, user: User) -> Self {
        self.users.retain(|known| known.name != user.name);
        self.users.push(user);
        self
    }

    /// Gives `ci-bot` one more personal access token.
    pub fn personal_token(self, token: &str) -> Self {
        self.for_ci_bot(|user| user.personal_token(token))
    }

    /// Gives `ci-bot` one more API token of Cloud.
    pub fn api_token(self, token: &str) -> Self {
        self.for_ci_bot(|user| user.api_token(token))
    }

    /// Gives `ci-bot` another password.
    pub fn password(self, password: &str) -> Self {
        self.for_ci_bot(|mut user| {
            password.clone_into(&mut user.password);
            user
        })
    }

    fn for_ci_bot(mut self, change: impl FnOnce(User) -> User) -> Self {
        let mut users = self.users.iter();
        if let Some(at) = users.position(|user| user.name == world::CI_BOT) {
            let user = self.users.remove(at);
            self.users.insert(at, change(user));
        }
        self
    }

    /// Adds a field, in place of the one with the same id.
    pub fn field(mut self, field: Field) -> Self {
        self.fields.retain(|known| known.id != field.id);
        self.fields.push(field);
        self
    }

    /// Adds the fields of [`hostile`] and gives `ci-bot` such a display name, too.
    pub fn hostile(self) -> Self {
        let called = self.for_ci_bot(|user| user.display_name(hostile::NAME));
        hostile::fields().into_iter().fold(called, Self::field)
    }

    /// Adds the fields of apps, and the system fields that take no plain value.
    pub fn every_field(self) -> Self {
        app_field::fields().into_iter().fold(self, Self::field)
    }

    /// Lets the project have issues 1 to `count`, up to 99,999; a project that is
    /// not there is made.
    pub fn issues(mut self, project: &str, count: u64) -> Self {
        self.issues.insert(project.to_owned(), count);
        self
    }

    /// Answers as release 6.3 did: its schema types, without `fieldId`.
    pub fn version_6_3(mut self) -> Self {
        self.switches.version_6_3 = true;
        self
    }

    /// Lists a field's values one level deeper, as Jira 5 did.
    pub fn nested_values(mut self) -> Self {
        self.switches.nested_values = true;
        self
    }

    /// Makes version 2 of the API reject strings for multi-line text, as migrated
    /// tenants do.
    pub fn adf_only(mut self) -> Self {
        self.switches.adf_only = true;
        self
    }

    /// Switches Basic authentication off.
    pub fn basic_blocked(mut self) -> Self {
        self.switches.basic_blocked = true;
        self
    }

    /// Has no edit metadata, as emulators of Jira: this is answered in its place.
    pub fn without_edit_metadata(mut self, reply: Reply) -> Self {
        self.switches.instead_of_editmeta = Some(reply);
        self
    }

    /// Lets `serverInfo` refuse callers whom it does not know with this status.
    pub fn server_info_wants_credentials(mut self, status: u16) -> Self {
        self.switches.server_info_refusal = Some(status);
        self
    }

    /// Gives everybody an empty `name` in `/myself`, as some sites of Cloud do.
    pub fn empty_name(mut self) -> Self {
        self.switches.empty_name = true;
        self
    }

    /// Gives the permission Add Comments to administrators alone.
    pub fn comments_forbidden(mut self) -> Self {
        self.switches.comments_forbidden = true;
        self
    }

    /// Lets anonymous requests see what is not hidden.
    pub fn anonymous_may_browse(mut self) -> Self {
        self.switches.anonymous_may_browse = true;
        self
    }

    /// Turns on Cloud's burst limits and its limit of writes per issue.
    pub fn cloud_limits(mut self) -> Self {
        self.cloud_limits = true;
        self
    }

    /// Gives every user of a self-hosted Jira a budget; with a fill of 0 it
    /// blocks for ever once it is spent.
    pub fn token_bucket(mut self, capacity: u32, fill_per_second: u32) -> Self {
        self.budget = Some((capacity, fill_per_second));
        self
    }

    /// Keeps so many of the last requests, in place of all of them.
    pub fn keep_requests(mut self, most: usize) -> Self {
        self.kept_requests = Some(most);
        self
    }

    /// Shows issues and requests to browsers on this machine, and takes orders of
    /// administrators at `/__fake`.
    pub fn pages(mut self) -> Self {
        self.switches.pages = true;
        self
    }

    /// The site alone, without sockets, at an address of that origin
    /// (`http://localhost:8080`).
    pub fn site(self, origin: &str) -> Site {
        let mut projects = self.projects;
        for key in self.issues.keys() {
            if !projects.iter().any(|project| project.key == *key) {
                let id = 10_000 + projects.len();
                projects.push(Project::new(&id.to_string(), key, key));
            }
        }
        let mut issues = BTreeMap::new();
        let mut keys = BTreeMap::new();
        for issue in self.given_issues {
            keys.insert(issue.key.clone(), issue.id);
            issues.insert(issue.id, issue);
        }
        for (place, project) in (1..).zip(&projects) {
            let count = self.issues.get(&project.key).copied().unwrap_or_default();
            for number in 1..=count {
                let issue = world::issue(self.kind, &project.key, place, number);
                keys.insert(issue.key.clone(), issue.id);
                issues.insert(issue.id, issue);
            }
        }
        let mut limits = Limits::default();
        limits.cloud = self.cloud_limits;
        limits.budget = self.budget;
        Site {
            kind: self.kind,
            base_url: format!("{origin}{}", self.context_path),
            context_path: self.context_path,
            users: self.users,
            projects,
            issues,
            keys,
            fields: self.fields,
            switches: self.switches,
            limits,
            bad_logins: BTreeMap::new(),
            sessions: self.sessions,
            oauth1: self.oauth1,
            apps: self.apps,
            provider: Provider::new(self.kind),
            consented: true,
            token_scopes: BTreeMap::new(),
            comments_made: 0,
        }
    }

    /// Starts it on the loopback interface.
    ///
    /// # Panics
    ///
    /// When the port is taken or the machine has no loopback interface.
    pub fn start(self) -> Jira {
        self.try_start()
            .expect("a port of the loopback interface is free")
    }

    /// Starts it on the loopback interface, unless its port is taken.
    pub fn try_start(self) -> io::Result<Jira> {
        let (port, tls) = (self.port, self.tls);
        let records = Records::keeping(self.kept_requests);
        Jira::start(port, tls, records, |origin| self.site(origin))
    }
}
