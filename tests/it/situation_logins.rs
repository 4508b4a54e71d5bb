//! Situations of logins, permissions and tokens.

use crate::methods::METHODS;
use crate::program::Program;
use crate::situations::Situation;
use crate::wrong_credentials::WRONG;
use fake_jira::{Builder, Fault, Jira, On, Reply, world};
use serde_json::json;

/// The seed's pipeline against a Jira that answers this to every write, as the
/// variables change it.
fn answers(
    name: &str,
    builder: Builder,
    reply: Reply,
    variables: &'static [(&'static str, &'static str)],
    expected: (&'static str, i32, &'static str, &'static str),
) -> Situation {
    let (kind, code, cause, hint) = expected;
    Situation {
        name: name.to_owned(),
        play: Box::new(move || {
            let jira = builder.start();
            jira.always(On::Write, Fault::Answer(reply));
            let mut program = Program::seed(&jira);
            for (name, value) in variables {
                program = match *value {
                    "" => program.unset(name),
                    value => program.set(name, value),
                };
            }
            (program, Box::new(jira))
        }),
        kind,
        code,
        cause,
        hint,
        id: None,
        lists_choices: false,
    }
}

const EMAIL: &[(&str, &str)] = &[
    ("JIRA_USERNAME", ""),
    ("JIRA_PASSWORD", ""),
    ("JIRA_USER_EMAIL", "ci@acme.example"),
    ("JIRA_API_TOKEN", "ATATT3xFfGF0-some-token"),
];
const PERSONAL: &[(&str, &str)] = &[
    ("JIRA_USERNAME", ""),
    ("JIRA_PASSWORD", ""),
    ("JIRA_PERSONAL_TOKEN", "NjE1MzMwMjY5MTk5OtokenExample"),
];

const OAUTH1: &[(&str, &str)] = &[
    ("JIRA_USERNAME", ""),
    ("JIRA_PASSWORD", ""),
    ("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY),
    ("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY),
    ("JIRA_OAUTH1_ACCESS_TOKEN", world::CI_ACCESS_TOKEN),
];

fn failed(status: u16) -> Reply {
    Reply::new(status).header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
}

fn messages(status: u16, text: &str) -> Reply {
    Reply::json(status, &json!({ "errorMessages": [text], "errors": {} }))
}

const REFUSED: &str = "credentials_refused";

pub fn all() -> Vec<Situation> {
    let server = Jira::server;
    let mut all = every_method();
    let password = (
        REFUSED,
        3,
        "Jira refused the user name or the password (JIRA_USERNAME is ci-bot)",
        "log in once as ci-bot at http://127.0.0.1",
    );
    for status in [401, 403, 404] {
        let name = format!("wrong password, {status}");
        all.push(answers(&name, server(), failed(status), &[], password));
        let token = (
            REFUSED,
            3,
            "Jira Cloud refused JIRA_API_TOKEN (or it is not the token of ci@acme.example)",
            "https://id.atlassian.com/manage-profile/security/api-tokens",
        );
        let name = format!("wrong API token, {status} with X-AREQUESTID");
        let reply = failed(status).header("X-AREQUESTID", "1x2x3");
        let row = answers(&name, server(), reply, EMAIL, token);
        all.push(Situation {
            id: Some("1x2x3"),
            ..row
        });
    }
    all.extend(captchas());
    all.extend(refusals());
    all.extend(oauth_problems());
    all
}

/// Refusals of OAuth 1.0a, in the form in which Jira's library answers.
#[rustfmt::skip]
fn oauth_problems() -> Vec<Situation> {
    let rows = [
        ("consumer_key_unknown", "no application link of this Jira has this consumer key", "JIRA_OAUTH1_CONSUMER_KEY"),
        ("token_expired", "the OAuth token has expired", "oauth1 authorize"),
        ("token_revoked", "somebody has revoked the OAuth token", "oauth1 authorize"),
        ("signature_invalid", "the OAuth signature does not fit", "JIRA_BASE_URL"),
        ("signature_method_rejected", "Jira takes another signature than RSA-SHA1", "public key"),
        ("timestamp_refused", "this machine's clock and Jira's are more than five minutes apart", "NTP"),
        ("nonce_used", "Jira has seen this very request before", "proxy"),
        ("parameter_absent&oauth_parameters_absent=oauth_token", "an OAuth parameter is missing (parameter_absent): oauth_token", "Authorization header"),
        ("signature_invalid&oauth_signature_base_string=PUT%26http%253A%252F%252Finternal%253A8080%252Fjira%252Frest%252Fapi%252F2%252Fissue%252FHSP-1%26x", "Jira takes its own address for another one than was asked", "Jira sees the address http://internal:8080/jira/rest/api/2/issue/HSP-1"),
    ];
    let row = |(problem, cause, hint): (&str, &'static str, &'static str)| {
        let form = "application/x-www-form-urlencoded";
        let reply = Reply::new(401).body(form, format!("oauth_problem={problem}"));
        let name = problem.split(['&', '%']).next().unwrap_or_default();
        let ours = if problem.contains("base_string") { ", another address" } else { "" };
        let name = format!("OAuth 1.0a: {name}{ours}");
        answers(&name, Jira::server(), reply, OAUTH1, (REFUSED, 3, cause, hint))
    };
    rows.map(row).into()
}

fn captchas() -> Vec<Situation> {
    let (server, mut all) = (Jira::server, vec![]);
    let captcha = Reply::new(403)
        .header("X-Seraph-LoginReason", "AUTHENTICATION_DENIED")
        .header(
            "X-Authentication-Denied-Reason",
            "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/login.jsp",
        );
    all.push(answers(
        "CAPTCHA, both headers",
        server(),
        captcha,
        &[],
        (
            "captcha_required",
            3,
            "Jira wants a CAPTCHA from ci-bot after failed logins; until then even the right password is",
            "log in once as ci-bot at https://jira.example.com/login.jsp, then run the job again",
        ),
    ));
    all.push(answers(
        "CAPTCHA, the login reason alone",
        server(),
        Reply::new(403).header("X-Seraph-LoginReason", "AUTHENTICATION_DENIED"),
        &[(
            "JIRA_USERNAME",
            "a.very.long.user.name@subsidiary.example.com",
        )],
        (
            "captcha_required",
            3,
            "Jira wants a CAPTCHA from a.very.long",
            "/jira/login.jsp",
        ),
    ));
    let out = |status| {
        Reply::new(status)
            .header("X-Seraph-LoginReason", "OUT")
            .header("X-AUSERNAME", "anonymous")
    };
    for status in [401, 404] {
        all.push(answers(
            &format!("login reason OUT, {status}"),
            server(),
            out(status),
            &[],
            (REFUSED, 3, "Jira did not look at the credentials", "proxy"),
        ));
    }
    all
}

#[rustfmt::skip]
fn refusals() -> Vec<Situation> {
    let server = Jira::server;
    let deprecated =
        "Basic authentication with passwords is deprecated.  For more information, see: https://x";
    vec![
        answers("a password on Cloud", server(), Reply::text(401, deprecated), &[], (REFUSED, 3, "Jira Cloud takes no password, only an API token", "JIRA_API_TOKEN")),
        answers("an account's password as API token", server(), Reply::text(401, deprecated), EMAIL, (REFUSED, 3, "Jira Cloud takes no password, only an API token", "api-tokens")),
        answers("an API token at a Data Center", server(), failed(401).header("X-AUSERNAME", "anonymous"), EMAIL, (REFUSED, 3, "this is a Jira Server or Data Center", "JIRA_PERSONAL_TOKEN")),
        answers("Cloud's short text for a wrong token", server(), Reply::text(401, "Client must be authenticated to access this resource."), EMAIL, (REFUSED, 3, "Jira Cloud refused JIRA_API_TOKEN", "JIRA_CLOUD_ID=auto")),
        answers("a personal token, 401", server(), Reply::new(401).header("X-AUSERNAME", "anonymous"), PERSONAL, (REFUSED, 3, "Jira refused JIRA_PERSONAL_TOKEN: it is wrong, expired or revoked", "Personal Access Tokens")),
        answers("a personal token, 401, and nothing shows who answered", server(), Reply::new(401), PERSONAL, (REFUSED, 3, "Jira refused JIRA_PERSONAL_TOKEN", "JIRA_CLOUD_ID=auto")),
        answers("a personal token as password", server(), failed(401), &[("JIRA_PASSWORD", "NjE1MzMwMjY5MTk5OtokenExample")], (REFUSED, 3, "it looks like a personal token, which is no password", "unset JIRA_USERNAME")),
        answers("Basic switched off", server(), messages(403, "Basic Authentication has been disabled on this instance."), &[], (REFUSED, 3, "Basic authentication is switched off", "JIRA_AUTH=session")),
        answers("a bearer token at a Cloud site", server(), Reply::json(403, &json!({"error": "Failed to parse Connect Session Auth Token"})), PERSONAL, (REFUSED, 3, "this address of Jira Cloud takes no bearer token", "JIRA_CLOUD_ID=auto")),
        answers("a scope is missing", server(), Reply::json(401, &json!({"code": 401, "message": "Unauthorized; scope does not match"})), PERSONAL, (REFUSED, 3, "its scopes do not allow this", "write:jira-work")),
        answers("the gateway's 401", server(), Reply::json(401, &json!({"code": 401, "message": "Unauthorized"})), PERSONAL, (REFUSED, 3, "wrong, withdrawn or expired", "make a new one")),
        answers("the gateway's 404", server(), Reply::json(404, &json!({"code": 404, "message": "Not found"})), PERSONAL, (REFUSED, 3, "Jira Cloud knows no such site", "tenant_info")),
        answers("403 with good credentials", server(), Reply::new(403), &[], ("permission_denied", 3, "ci-bot may not edit it", "ask for the permission Edit issues in project HSP")),
        answers("403, Jira's own words", server(), messages(403, "You may not."), &[], ("permission_denied", 3, "ci-bot may not edit it", "Edit issues in project HSP")),
        answers("notifyUsers refused", server(), messages(403, "To discard the user notification either admin or project admin permissions are required."), &[("JIRA_NOTIFY_USERS", "false")], ("permission_denied", 3, "JIRA_NOTIFY_USERS=false is for administrators of the project", "leave JIRA_NOTIFY_USERS out")),
        answers("the IP allowlist", server(), messages(403, "The IP address has been rejected because it violates the IP allowlist"), EMAIL, ("permission_denied", 3, "not on the IP allowlist", "admin.atlassian.com")),
        answers("XSRF", server(), Reply::text(403, "XSRF check failed"), &[], ("permission_denied", 3, "XSRF", "User-Agent")),
        answers("an issue that is not there", server(), messages(404, "Issue Does Not Exist").header("X-Seraph-LoginReason", "OK"), &[], ("issue_not_found", 4, "it does not exist, or ci-bot may not see it", "Browse projects in project HSP")),
        answers("an issue that is gone", server(), messages(410, "Gone."), &[], ("issue_not_found", 4, "it does not exist", "compare the key")),
        answers("404 by good credentials", server(), Reply::new(404), &[], ("issue_not_found", 4, "it does not exist", "compare the key")),
    ]
}

/// Each method of authentication with something wrong in it.
fn every_method() -> Vec<Situation> {
    let rows = METHODS.iter().filter_map(|method| {
        let wrong = WRONG.iter().find(|wrong| wrong.method == method.name)?;
        Some(Situation {
            name: format!("{}, wrong", method.name),
            play: Box::new(move || {
                let jira = (method.jira)(method.secret).start();
                let folder = tempfile::tempdir().unwrap();
                let (name, value) = wrong.setting;
                let program = Program::bare()
                    .set("JIRA_BASE_URL", &jira.base_url())
                    .set("JIRA_ISSUE_KEY", "HSP-1")
                    .set("JIRA_FIELD_ID", world::BUILD_STATUS)
                    .set("JIRA_FIELD_VALUE", "Passed")
                    .set("JIRA_FIELD_TYPE", "select")
                    .set_all(&(method.variables)(method.secret, &jira, folder.path()))
                    .set(name, value);
                (program, Box::new((jira, folder)))
            }),
            kind: REFUSED,
            code: 3,
            cause: "",
            hint: "",
            id: None,
            lists_choices: false,
        })
    });
    rows.collect()
}
