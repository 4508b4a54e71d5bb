//! Secrets that come back where an answer is read and not only shown: in the
//! metadata of fields, and in what token endpoints and logins answer.

use crate::methods::{METHODS, Method};
use crate::program::Program;
use crate::rows::{Rows, each, ensure};
use crate::side_by_side::side_by_side;
use fake_jira::{Fault, Jira, On, Reply};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

const STATUSES: [u16; 6] = [200, 201, 400, 401, 403, 500];

/// Runs it at `trace` for both outputs, and looks for the secret.
fn hides(method: &Method, jira: &Jira, settings: &[(&str, &str)], row: &str, rows: &mut Rows) {
    each(["text", "json"], |output| {
        rows.check(&format!("{}, {row}, {output}", method.name), || {
            let folder = tempfile::tempdir().unwrap();
            let mut program = Program::bare()
                .set("JIRA_BASE_URL", &jira.base_url())
                .set("JIRA_ISSUE_KEY", "HSP-1")
                .set("JIRA_FIELD_ID", "10314")
                .set("JIRA_FIELD_VALUE", "Passed")
                .set("JIRA_LOG", "trace")
                .set("JIRA_OUTPUT", output)
                .set("JIRA_DEADLINE", "60")
                .set_all(&(method.variables)(method.secret, jira, folder.path()))
                .without_retries();
            for (name, value) in settings {
                program = program.set(name, value);
            }
            let ran = program.run();
            let shown = format!("{}{}", ran.stdout, ran.stderr);
            ensure(!shown.contains(method.secret), || format!("{ran:?}"))
        });
    });
}

/// Methods that hold a secret which is known beforehand.
fn methods() -> impl Iterator<Item = &'static Method> {
    METHODS.iter().filter(|method| !method.secret.is_empty())
}

/// Metadata that holds the secret at one place each.
fn metadata(secret: &str) -> Vec<(&'static str, Value)> {
    let field = |id: &str, name: &str, option: &str, operation: &str| {
        json!({ "fields": { id: {
            "required": false, "fieldId": id, "key": id, "name": name, "operations": [operation],
            "schema": { "type": "option", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:select", "customId": 10314 },
            "allowedValues": [{ "self": "", "value": option, "id": "1" }],
        } } })
    };
    let id = "customfield_10314";
    vec![
        ("a field's name", field(id, secret, "Other", "set")),
        (
            "a field's id",
            field(secret, "Build status", "Other", "set"),
        ),
        ("an option's text", field(id, "Build status", secret, "set")),
        ("an operation", field(id, "Build status", "Passed", secret)),
        (
            "an error's key",
            json!({ "errorMessages": [], "errors": { secret: "No." } }),
        ),
        (
            "a message",
            json!({ "errorMessages": [secret], "errors": {} }),
        ),
    ]
}

#[test]
fn no_secret_comes_back_through_metadata() {
    let runs = AtomicUsize::new(0);
    let named = methods().map(|method| (method.name.to_owned(), method));
    side_by_side(named, |method| {
        let mut rows = Rows::default();
        let jira = (method.jira)(method.secret).start();
        for (place, body) in metadata(method.secret) {
            let list = json!([{
                "id": if place == "a field's id" { method.secret } else { "customfield_10314" },
                "name": method.secret, "custom": true, "clauseNames": [method.secret],
                "schema": { "type": "option", "custom": method.secret, "customId": 10314 },
            }]);
            for status in [200, 400, 403, 404] {
                jira.behave();
                jira.always(
                    On::Path("/editmeta"),
                    Fault::Answer(Reply::json(status, &body)),
                );
                jira.always(
                    On::Path("/rest/api/2/field"),
                    Fault::Answer(Reply::json(status, &list)),
                );
                for settings in [
                    &[][..],
                    &[("JIRA_FIELD_ID", "Build status")],
                    &[("JIRA_FIELD_VALUE", "Pased")],
                ] {
                    hides(
                        method,
                        &jira,
                        settings,
                        &format!("{place}, {status}, {settings:?}"),
                        &mut rows,
                    );
                }
            }
            jira.behave();
            jira.always(On::Write, Fault::Answer(Reply::json(400, &body)));
            hides(
                method,
                &jira,
                &[],
                &format!("{place} in a refused write"),
                &mut rows,
            );
        }
        runs.fetch_add(rows.checked(), Ordering::Relaxed);
    });
    println!("secrets in metadata: {} runs", runs.into_inner());
}

/// What a token endpoint or a login answers, each holding the secret.
fn answers(secret: &str) -> Vec<(&'static str, &'static str, String)> {
    let form = "application/x-www-form-urlencoded";
    vec![
        (
            "a form",
            form,
            format!(
                "error=invalid&error_description={secret}&oauth_problem={secret}&oauth_token={secret}"
            ),
        ),
        (
            "XML",
            "application/xml",
            format!("<status><status-code>500</status-code><message>{secret}</message></status>"),
        ),
        (
            "JSON that is cut",
            "application/json",
            format!("{{\"error\":\"invalid\",\"error_description\":\"{secret}"),
        ),
        (
            "a trailing comma",
            "application/json",
            format!("{{\"error_description\":\"{secret}\",\"access_token\":\"{secret}\",}}"),
        ),
        (
            "a wrapped message",
            "application/json",
            format!("{{\"error\":{{\"message\":\"{secret}\"}}}}"),
        ),
        (
            "a doubled member",
            "application/json",
            format!("{{\"error\":\"{secret}\",\"error\":\"{secret}\",\"access_token\":1}}"),
        ),
        (
            "a token type",
            "application/json",
            format!(
                "{{\"access_token\":\"another-token\",\"token_type\":\"{secret}\",\"scope\":\"{secret}\"}}"
            ),
        ),
    ]
}

#[test]
fn no_secret_comes_back_through_a_token_endpoint_or_a_login() {
    let asked = [
        "oauth2, refresh token, Cloud",
        "oauth2, service account, Cloud",
        "oauth2, service account, Data Center",
        "session",
    ];
    let runs = AtomicUsize::new(0);
    let named = methods().map(|method| (method.name.to_owned(), method));
    let named = named.filter(|(_, method)| asked.contains(&method.name));
    side_by_side(named, |method| {
        let mut rows = Rows::default();
        let jira = (method.jira)(method.secret).start();
        for (name, media_type, body) in answers(method.secret) {
            for status in STATUSES {
                for path in ["token", "/session"] {
                    jira.behave();
                    let reply = Reply::new(status).body(media_type, body.as_str());
                    jira.always(On::Path(path), Fault::Answer(reply));
                    hides(method, &jira, &[], &format!("{name}, {status}"), &mut rows);
                }
            }
        }
        runs.fetch_add(rows.checked(), Ordering::Relaxed);
    });
    println!("secrets in answers to logins: {} runs", runs.into_inner());
}

#[test]
fn no_secret_comes_back_through_the_steps_of_oauth1() {
    let method = crate::methods::method("oauth1");
    let jira = (method.jira)(method.secret).start();
    let mut rows = Rows::default();
    for (name, media_type, body) in answers(method.secret) {
        each(STATUSES, |status| {
            jira.behave();
            let reply = Reply::new(status).body(media_type, body.as_str());
            jira.always(On::Path("/oauth/"), Fault::Answer(reply));
            let verifier = [
                "oauth1",
                "access-token",
                "--request-token",
                method.secret,
                "--verifier",
                "verifier",
                "--out",
                "-",
            ];
            {
                let arguments = &verifier;
                rows.check(&format!("{name}, {status}, {arguments:?}"), || {
                    let folder = tempfile::tempdir().unwrap();
                    let ran = Program::bare()
                        .set("JIRA_BASE_URL", &jira.base_url())
                        .set("JIRA_LOG", "trace")
                        .set_all(&(method.variables)(method.secret, &jira, folder.path()))
                        .without_retries()
                        .inside(folder.path())
                        .args(arguments)
                        .run();
                    // The token that a success is asked for is printed on purpose.
                    let wanted = ran.code == 0;
                    let shown = if wanted {
                        ran.stderr.clone()
                    } else {
                        format!("{}{}", ran.stdout, ran.stderr)
                    };
                    ensure(!shown.contains(method.secret), || format!("{ran:?}"))
                });
            }
        });
    }
    println!("secrets in answers to OAuth 1.0a: {} runs", rows.checked());
}
