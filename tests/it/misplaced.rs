//! A secret that stands where a setting names a file or an address is shown in
//! no form of output.

use crate::program::Program;
use crate::rows::each;
use fake_jira::Jira;

const TOKEN: &str = "NjQ2MTk0NTc1OTY3OmkRBSF7k1SnyVQ0";

/// In text, JSON and annotations, and with the widest log.
fn hidden(program: &dyn Fn() -> Program, secrets: &[&str], says: &str) {
    each(["text", "json"], |output| {
        let program = program()
            .set("JIRA_OUTPUT", output)
            .set("JIRA_LOG", "trace")
            .set("GITHUB_ACTIONS", "true");
        let ran = program.run();
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(shown.contains(says), "{says}: {ran:?}");
        for secret in secrets {
            assert!(!shown.contains(secret), "{secret}: {ran:?}");
        }
    });
}

#[test]
fn a_setting_that_names_no_file_is_not_shown_for_it_may_be_the_secret_itself() {
    let jira = Jira::server().start();
    let key =
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
    let long = TOKEN.repeat(200);
    let rows = [
        "JIRA_PERSONAL_TOKEN_FILE",
        "JIRA_API_TOKEN_FILE",
        "JIRA_OAUTH1_PRIVATE_KEY_FILE",
        "JIRA_OAUTH1_ACCESS_TOKEN_FILE",
        "JIRA_OAUTH2_ACCESS_TOKEN_FILE",
        "JIRA_OAUTH2_CLIENT_SECRET_FILE",
        "JIRA_OAUTH2_REFRESH_TOKEN_FILE",
        "JIRA_CONNECT_SHARED_SECRET_FILE",
        "JIRA_CLIENT_CERT",
        "JIRA_CLIENT_KEY",
        "JIRA_CA_BUNDLE",
        "SSL_CERT_FILE",
    ];
    each(rows, |name| {
        for value in [TOKEN, key, long.as_str()] {
            let program = || {
                Program::seed(&jira)
                    .set("JIRA_BASE_URL", "https://localhost:1")
                    .set("JIRA_MAX_RETRIES", "0")
                    .set(name, value)
            };
            hidden(
                &program,
                &[&value[..20], "MIIEvQIBADANBgkqhkiG9w0B"],
                &format!("{name} "),
            );
        }
        hidden(
            &|| {
                Program::seed(&jira)
                    .set("JIRA_BASE_URL", "https://localhost:1")
                    .set("JIRA_MAX_RETRIES", "0")
                    .set(name, TOKEN)
            },
            &[TOKEN],
            "not shown: it may be the",
        );
    });
}

#[test]
fn a_file_that_cannot_be_written_is_not_named_either() {
    let jira = Jira::server().start();
    let value = format!("/nowhere/{TOKEN}");
    each(
        ["JIRA_DOTENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"],
        |name| {
            hidden(
                &|| Program::seed(&jira).set(name, &value),
                &[TOKEN],
                "cannot be written: No such file",
            );
        },
    );
    hidden(
        &|| Program::bare().args(&["oauth1", "keygen", "--out", &value]),
        &[TOKEN],
        "--out cannot be written",
    );
}

#[test]
fn an_address_that_cannot_be_read_is_not_shown_beyond_its_scheme() {
    let jira = Jira::cloud().start();
    let rows = [
        "JIRA_BASE_URL",
        "JIRA_CLOUD_API_URL",
        "JIRA_CLOUD_AUTH_URL",
        "JIRA_OAUTH2_TOKEN_URL",
    ];
    each(rows, |name| {
        for value in [
            "https://bob:hunter2%40host:3128",
            "bob:hunter2%40host",
            "hunter2 host",
            "ftp://bob:hunter2%40host",
        ] {
            let program = || {
                let client = Program::cloud(&jira)
                    .unset("JIRA_USER_EMAIL")
                    .unset("JIRA_API_TOKEN");
                client
                    .set("JIRA_OAUTH2_CLIENT_ID", "id")
                    .set("JIRA_OAUTH2_CLIENT_SECRET", "a-secret")
                    .set(name, value)
            };
            hidden(&program, &["hunter2"], name);
        }
    });
    each(
        ["HTTPS_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY"],
        |name| {
            for value in [
                "http://bob:hunter2%40proxy:3128",
                "hunter2 proxy",
                "socks5://hunter2%40proxy:1080",
            ] {
                hidden(&|| Program::seed(&jira).set(name, value), &["hunter2"], "");
            }
            hidden(
                &|| Program::seed(&jira).args(&["--proxy", "socks5://hunter2%40proxy"]),
                &["hunter2"],
                "--proxy",
            );
        },
    );
}
