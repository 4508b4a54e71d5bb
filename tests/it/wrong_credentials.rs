//! What can be wrong with the credentials of each method.

use fake_jira::{Jira, world};

const READ_ONLY: [&str; 2] = ["read:jira-work", "read:jira-user"];

type Change = fn(&Jira);

/// What can be wrong with a method: one of its settings, and what the message or
/// the hint says then; what withdraws it; what takes the right to write from it.
pub struct Wrong {
    pub method: &'static str,
    pub setting: (&'static str, &'static str),
    pub advice: &'static str,
    pub withdraw: Option<Change>,
    pub narrow: Option<Change>,
}

const fn wrong(
    method: &'static str,
    setting: (&'static str, &'static str),
    advice: &'static str,
    withdraw: Option<Change>,
    narrow: Option<Change>,
) -> Wrong {
    Wrong {
        method,
        setting,
        advice,
        withdraw,
        narrow,
    }
}

fn another_password(jira: &Jira) {
    let site = jira.site();
    let mut site = site.lock().unwrap();
    "new".clone_into(&mut site.user_mut(world::CI_BOT).unwrap().password);
}

fn revoke_access_token(jira: &Jira) {
    let site = jira.site();
    site.lock()
        .unwrap()
        .revoke_access_token(world::CI_ACCESS_TOKEN);
}

fn expire_access_tokens(jira: &Jira) {
    jira.site().lock().unwrap().expire_access_tokens();
}

fn revoke_consents(jira: &Jira) {
    jira.site().lock().unwrap().revoke_consents();
}

fn restrict_token(jira: &Jira) {
    let site = jira.site();
    site.lock()
        .unwrap()
        .restrict_token(world::CI_SCOPED_TOKEN, &READ_ONLY);
}

fn restrict_client(jira: &Jira) {
    let site = jira.site();
    let mut site = site.lock().unwrap();
    let client = site.oauth_client_mut(world::SERVICE_CLIENT_ID).unwrap();
    client.scopes = READ_ONLY.map(str::to_owned).into();
}

/// A row for each method.
pub const WRONG: &[Wrong] = &[
    wrong(
        "basic, password",
        ("JIRA_PASSWORD", "wrong"),
        "JIRA_USERNAME is ci-bot",
        Some(another_password),
        None,
    ),
    wrong(
        "basic, API token",
        ("JIRA_API_TOKEN", "ATATT3xFfGF0-wrong"),
        "Jira Cloud refused JIRA_API_TOKEN",
        None,
        None,
    ),
    wrong(
        "basic, scoped token",
        ("JIRA_API_TOKEN", "ATATT3xFfGF0-wrong"),
        "make a new one",
        None,
        Some(restrict_token),
    ),
    wrong(
        "session",
        ("JIRA_PASSWORD", "wrong"),
        "JIRA_USERNAME is ci-bot",
        None,
        None,
    ),
    wrong(
        "bearer, personal token",
        ("JIRA_PERSONAL_TOKEN", "NjE1MzMwMjY5MTk5Owrong"),
        "Jira refused JIRA_PERSONAL_TOKEN",
        None,
        None,
    ),
    wrong(
        "bearer, scoped token",
        ("JIRA_PERSONAL_TOKEN", "ATATT3xFfGF0-wrong"),
        "make a new one",
        None,
        Some(restrict_token),
    ),
    wrong(
        "oauth1",
        ("JIRA_OAUTH1_ACCESS_TOKEN", "another-token"),
        "oauth1 authorize",
        Some(revoke_access_token),
        None,
    ),
    wrong(
        "oauth2, access token, Cloud",
        ("JIRA_OAUTH2_ACCESS_TOKEN", "eyJ.wrong.token"),
        "make a new one",
        Some(expire_access_tokens),
        None,
    ),
    wrong(
        "oauth2, access token, Data Center",
        ("JIRA_OAUTH2_ACCESS_TOKEN", "wrong"),
        "JIRA_OAUTH2_ACCESS_TOKEN: it is wrong, withdrawn or expired",
        Some(expire_access_tokens),
        None,
    ),
    wrong(
        "oauth2, refresh token, Cloud",
        ("JIRA_OAUTH2_CLIENT_SECRET", "wrong"),
        "JIRA_OAUTH2_CLIENT_SECRET",
        Some(revoke_consents),
        None,
    ),
    wrong(
        "oauth2, service account, Cloud",
        ("JIRA_OAUTH2_CLIENT_SECRET", "wrong"),
        "JIRA_OAUTH2_CLIENT_SECRET",
        None,
        Some(restrict_client),
    ),
    wrong(
        "oauth2, service account, Data Center",
        ("JIRA_OAUTH2_CLIENT_SECRET", "wrong"),
        "JIRA_OAUTH2_CLIENT_SECRET",
        None,
        None,
    ),
    wrong(
        "connect",
        ("JIRA_CONNECT_SHARED_SECRET", "wrong"),
        "compare JIRA_CONNECT_APP_KEY and JIRA_CONNECT_SHARED_SECRET",
        None,
        None,
    ),
];
