//! Every method of authentication, as the tests and the benches use it: a new
//! one joins by a row here.

use fake_jira::{Builder, Jira, world};
use std::path::Path;
use std::time::SystemTime;

pub type Variables = Vec<(&'static str, String)>;

pub struct Method {
    pub name: &'static str,
    /// Its name for `--auth`.
    pub auth: &'static str,
    /// Whom the stand-in takes it for.
    pub user: &'static str,
    /// The secret that is used where a test chooses none.
    pub secret: &'static str,
    /// Whether another one may be chosen; those of OAuth 2.0 clients are the
    /// stand-in's.
    pub takes_any_secret: bool,
    /// What else no one may see.
    pub further_secrets: &'static [&'static str],
    /// The Jira that takes this secret.
    pub jira: fn(&str) -> Builder,
    /// What the program is given, with this secret; files stand in the folder.
    pub variables: fn(&str, &Jira, &Path) -> Variables,
}

/// The method of this name.
///
/// # Panics
///
/// When there is none.
pub fn method(name: &str) -> &'static Method {
    let mut methods = METHODS.iter();
    methods
        .find(|method| method.name == name)
        .unwrap_or_else(|| panic!("no method is called {name}"))
}

fn given<const N: usize>(variables: [(&'static str, &str); N]) -> Variables {
    variables
        .map(|(name, value)| (name, value.to_owned()))
        .into()
}

fn through_gateway<const N: usize>(jira: &Jira, variables: [(&'static str, &str); N]) -> Variables {
    let gateway = [
        ("JIRA_CLOUD_API_URL", &*jira.api_url()),
        ("JIRA_CLOUD_AUTH_URL", &jira.auth_url()),
        ("JIRA_CLOUD_ID", world::CLOUD_ID),
    ];
    [given(gateway), given(variables)].concat()
}

/// A user's consent: the access token, and the refresh token in a file of the folder.
fn consent(jira: &Jira, scopes: &[&str], folder: &Path) -> String {
    let site = jira.site();
    let mut site = site.lock().expect("the site works");
    let (access, refresh) = site.consent(scopes, SystemTime::now());
    std::fs::write(folder.join("token"), refresh + "\n").expect("a file in the folder");
    access
}

/// The app's key; its user is named after it.
const APP: &str = "com.example.tested";

pub const METHODS: &[Method] = &[
    Method {
        name: "basic, password",
        auth: "basic",
        user: world::CI_BOT,
        secret: world::CI_BOT_PASSWORD,
        takes_any_secret: true,
        further_secrets: &[],
        jira: |secret| Jira::server().password(secret),
        variables: |secret, _, _| {
            given([("JIRA_USERNAME", world::CI_BOT), ("JIRA_PASSWORD", secret)])
        },
    },
    Method {
        name: "basic, API token",
        auth: "basic",
        user: world::CI_BOT,
        secret: world::CI_API_TOKEN,
        takes_any_secret: true,
        further_secrets: &[],
        jira: |secret| Jira::cloud().api_token(secret),
        variables: |secret, _, _| {
            given([
                ("JIRA_USER_EMAIL", world::CI_EMAIL),
                ("JIRA_API_TOKEN", secret),
            ])
        },
    },
    Method {
        name: "basic, scoped token",
        auth: "basic",
        user: world::CI_BOT,
        secret: world::CI_SCOPED_TOKEN,
        takes_any_secret: false,
        further_secrets: &[],
        jira: |_| Jira::cloud(),
        variables: |secret, jira, _| {
            through_gateway(
                jira,
                [
                    ("JIRA_USER_EMAIL", world::CI_EMAIL),
                    ("JIRA_API_TOKEN", secret),
                ],
            )
        },
    },
    Method {
        name: "session",
        auth: "session",
        user: world::CI_BOT,
        secret: world::CI_BOT_PASSWORD,
        takes_any_secret: true,
        further_secrets: &[],
        jira: |secret| Jira::server().password(secret),
        variables: |secret, _, _| {
            given([
                ("JIRA_AUTH", "session"),
                ("JIRA_USERNAME", world::CI_BOT),
                ("JIRA_PASSWORD", secret),
            ])
        },
    },
    Method {
        name: "bearer, personal token",
        auth: "bearer",
        user: world::CI_BOT,
        secret: world::CI_PERSONAL_TOKEN,
        takes_any_secret: true,
        further_secrets: &[],
        jira: |secret| Jira::data_center().personal_token(secret),
        variables: |secret, _, _| given([("JIRA_PERSONAL_TOKEN", secret)]),
    },
    Method {
        name: "bearer, scoped token",
        auth: "bearer",
        user: world::CI_BOT,
        secret: world::CI_SCOPED_TOKEN,
        takes_any_secret: false,
        further_secrets: &[],
        jira: |_| Jira::cloud(),
        variables: |secret, jira, _| through_gateway(jira, [("JIRA_PERSONAL_TOKEN", secret)]),
    },
    Method {
        name: "oauth1",
        auth: "oauth1",
        user: world::CI_BOT,
        secret: world::CI_ACCESS_TOKEN,
        takes_any_secret: true,
        further_secrets: &[world::CONSUMER_PRIVATE_KEY],
        jira: |secret| Jira::server().access_token(world::CONSUMER_KEY, secret, world::CI_BOT),
        variables: |secret, _, _| {
            given([
                ("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY),
                ("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY),
                ("JIRA_OAUTH1_ACCESS_TOKEN", secret),
            ])
        },
    },
    Method {
        name: "oauth2, access token, Cloud",
        auth: "oauth2",
        user: world::CI_BOT,
        secret: "",
        takes_any_secret: false,
        further_secrets: &[],
        jira: |_| Jira::cloud(),
        variables: |_, jira, folder| {
            let token = consent(jira, &world::CLOUD_SCOPES, folder);
            through_gateway(jira, [("JIRA_OAUTH2_ACCESS_TOKEN", &token)])
        },
    },
    Method {
        name: "oauth2, access token, Data Center",
        auth: "oauth2",
        user: world::CI_BOT,
        secret: "",
        takes_any_secret: false,
        further_secrets: &[],
        jira: |_| Jira::data_center(),
        variables: |_, jira, folder| {
            given([(
                "JIRA_OAUTH2_ACCESS_TOKEN",
                &consent(jira, &["WRITE"], folder),
            )])
        },
    },
    Method {
        name: "oauth2, refresh token, Cloud",
        auth: "oauth2",
        user: world::CI_BOT,
        secret: world::CLIENT_SECRET,
        takes_any_secret: false,
        further_secrets: &[],
        jira: |_| Jira::cloud(),
        variables: |secret, jira, folder| {
            let scopes = [&world::CLOUD_SCOPES[..], &["offline_access"]].concat();
            consent(jira, &scopes, folder);
            let file = folder.join("token").display().to_string();
            through_gateway(
                jira,
                [
                    ("JIRA_OAUTH2_CLIENT_ID", world::CLIENT_ID),
                    ("JIRA_OAUTH2_CLIENT_SECRET", secret),
                    ("JIRA_OAUTH2_REFRESH_TOKEN_FILE", &file),
                ],
            )
        },
    },
    Method {
        name: "oauth2, service account, Cloud",
        auth: "oauth2",
        user: world::CI_BOT,
        secret: world::SERVICE_CLIENT_SECRET,
        takes_any_secret: false,
        further_secrets: &[],
        jira: |_| Jira::cloud(),
        variables: |secret, jira, _| {
            through_gateway(
                jira,
                [
                    ("JIRA_OAUTH2_CLIENT_ID", world::SERVICE_CLIENT_ID),
                    ("JIRA_OAUTH2_CLIENT_SECRET", secret),
                ],
            )
        },
    },
    Method {
        name: "oauth2, service account, Data Center",
        auth: "oauth2",
        user: world::CI_BOT,
        secret: world::SERVICE_CLIENT_SECRET,
        takes_any_secret: false,
        further_secrets: &[],
        jira: |_| Jira::data_center(),
        variables: |secret, _, _| {
            given([
                ("JIRA_OAUTH2_CLIENT_ID", world::SERVICE_CLIENT_ID),
                ("JIRA_OAUTH2_CLIENT_SECRET", secret),
                ("JIRA_OAUTH2_SCOPE", "WRITE"),
            ])
        },
    },
    Method {
        name: "connect",
        auth: "connect",
        user: "addon_com.example.tested",
        secret: world::CONNECT_SHARED_SECRET,
        takes_any_secret: true,
        further_secrets: &[],
        jira: |secret| Jira::cloud().connect_app(APP, secret),
        variables: |secret, _, _| {
            given([
                ("JIRA_CONNECT_APP_KEY", APP),
                ("JIRA_CONNECT_SHARED_SECRET", secret),
            ])
        },
    },
];
