use crate::program::{FIELD, Program, VALUE};
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply, world};
use std::time::{Duration, SystemTime};

const FORM: &str = "application/x-www-form-urlencoded";

fn oauth1(jira: &Jira) -> Program {
    Program::seed(jira)
        .without_password()
        .set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY)
        .set("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY)
        .set("JIRA_OAUTH1_ACCESS_TOKEN", world::CI_ACCESS_TOKEN)
}

#[test]
fn the_main_job_is_signed_whatever_the_address() {
    let rows = [
        Jira::server().start(),
        Jira::data_center().context_path("/a/b~c").start(),
        Jira::data_center().context_path("").start(),
        Jira::server().tls().start(),
    ];
    each(rows, |jira| {
        for base in [
            jira.base_url(),
            jira.base_url().replace("localhost", "127.0.0.1"),
            jira.base_url().replace("localhost", "LOCALHOST"),
        ] {
            let program = oauth1(&jira)
                .set("JIRA_BASE_URL", &base)
                .set("JIRA_NOTIFY_USERS", "true");
            program.set("JIRA_FIELD_TYPE", "auto").run().exits(0);
        }
        assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
        assert!(
            jira.requests()
                .iter()
                .all(|asked| asked.status.is_some_and(|status| status < 300))
        );
    });
}

#[test]
fn query_parameters_are_part_of_the_signature() {
    let jira = Jira::server().start();
    for query in [
        "fields=summary&expand=names",
        "a=1&a=0&b",
        "z=%7B&zz=a+b&z%7B=%26%3D~*&%C3%BC=ä&oauthx=1",
    ] {
        let path = format!("/rest/api/2/issue/HSP-1?{query}");
        oauth1(&jira).args(&["get", &path]).run().exits(0);
    }
}

#[test]
fn the_key_may_come_in_any_form_from_variable_and_file() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    std::fs::write(&file, world::CONSUMER_PRIVATE_KEY).unwrap();
    for key in [
        world::CONSUMER_PRIVATE_KEY.replace('\n', "\\n"),
        world::CONSUMER_PRIVATE_KEY.replace('\n', " "),
    ] {
        oauth1(&jira)
            .set("JIRA_OAUTH1_PRIVATE_KEY", &key)
            .run()
            .exits(0);
    }
    let from_file = oauth1(&jira).unset("JIRA_OAUTH1_PRIVATE_KEY");
    from_file
        .set("JIRA_OAUTH1_PRIVATE_KEY_FILE", file.to_str().unwrap())
        .run()
        .exits(0);
}

#[test]
fn a_key_that_is_none_is_a_usage_error_with_what_to_run() {
    let jira = Jira::server().start();
    let rows = [
        (world::CONSUMER_PUBLIC_KEY, "is a public key"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
            "openssl rsa -in KEY.pem",
        ),
        ("hunter2hunter2", "jira-build-status oauth1 keygen"),
    ];
    each(rows, |(key, words)| {
        let program = oauth1(&jira).set("JIRA_OAUTH1_PRIVATE_KEY", key);
        program.fails("usage", 2, "JIRA_OAUTH1_PRIVATE_KEY");
        oauth1(&jira)
            .set("JIRA_OAUTH1_PRIVATE_KEY", key)
            .run()
            .exits(2)
            .says(words)
            .hides("hunter2")
            .hides("AAAA");
    });
    assert_eq!(jira.requests().len(), 0);
}

/// 1024 bits: the key of <https://wiki.oauth.net/w/page/12238556/TestCases>.
const SHORT_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALRiMLAh9iimur8V
A7qVvdqxevEuUkW4K+2KdMXmnQbG9Aa7k7eBjK1S+0LYmVjPKlJGNXHDGuy5Fw/d
7rjVJ0BLB+ubPK8iA/Tw3hLQgXMRRGRXXCn8ikfuQfjUS1uZSatdLB81mydBETlJ
hI6GH4twrbDJCR2Bwy/XWXgqgGRzAgMBAAECgYBYWVtleUzavkbrPjy0T5FMou8H
X9u2AC2ry8vD/l7cqedtwMPp9k7TubgNFo+NGvKsl2ynyprOZR1xjQ7WgrgVB+mm
uScOM/5HVceFuGRDhYTCObE+y1kxRloNYXnx3ei1zbeYLPCHdhxRYW7T0qcynNmw
rn05/KO2RLjgQNalsQJBANeA3Q4Nugqy4QBUCEC09SqylT2K9FrrItqL2QKc9v0Z
zO2uwllCbg0dwpVuYPYXYvikNHHg+aCWF+VXsb9rpPsCQQDWR9TT4ORdzoj+Nccn
qkMsDmzt0EfNaAOwHOmVJ2RVBspPcxt5iN4HI7HNeG6U5YsFBb+/GZbgfBT3kpNG
WPTpAkBI+gFhjfJvRw38n3g/+UeAkwMI2TJQS4n8+hid0uus3/zOjDySH3XHCUno
cn1xOJAyZODBo47E+67R4jV1/gzbAkEAklJaspRPXP877NssM5nAZMU0/O/NGCZ+
3jPgDUno6WbJn5cqm8MqWhW1xGkImgRk+fkDBquiq4gPiT898jusgQJAd5Zrr6Q8
AO/0isr/3aa6O6NLQxISLKcPDk2NOccAfS/xOtfOz4sJYM3+Bs4Io9+dZGSDCA54
Lw03eHTNQghS0A==
-----END PRIVATE KEY-----
";
const SHORT_PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC0YjCwIfYoprq/FQO6lb3asXrx
LlJFuCvtinTF5p0GxvQGu5O3gYytUvtC2JlYzypSRjVxwxrsuRcP3e641SdASwfr
mzyvIgP08N4S0IFzEURkV1wp/IpH7kH41EtbmUmrXSwfNZsnQRE5SYSOhh+LcK2w
yQkdgcMv11l4KoBkcwIDAQAB
-----END PUBLIC KEY-----
";

#[test]
fn a_short_key_works_and_warns_and_another_key_than_the_links_is_refused() {
    let jira = Jira::server()
        .consumer("old", SHORT_PUBLIC_KEY)
        .access_token("old", "old-token", world::CI_BOT)
        .start();
    let old = || {
        oauth1(&jira)
            .set("JIRA_OAUTH1_CONSUMER_KEY", "old")
            .set("JIRA_OAUTH1_PRIVATE_KEY", SHORT_KEY)
            .set("JIRA_OAUTH1_ACCESS_TOKEN", "old-token")
    };
    old()
        .run()
        .succeeds_saying("warning: JIRA_OAUTH1_PRIVATE_KEY has 1024 bits");
    oauth1(&jira)
        .set("JIRA_OAUTH1_PRIVATE_KEY", SHORT_KEY)
        .fails("credentials_refused", 3, "-pubout");
}

#[test]
fn every_attempt_has_a_nonce_and_a_signature_of_its_own() {
    let jira = Jira::server().start();
    jira.misbehave(
        On::Write,
        Fault::AfterApplying(Box::new(Fault::Answer(
            Reply::new(503).header("Retry-After", "0"),
        ))),
    );
    jira.misbehave(On::Write, Fault::AfterApplying(Box::new(Fault::Reset)));
    oauth1(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2")
        .run()
        .exits(0);
    let mut proofs: Vec<_> = jira
        .writes()
        .iter()
        .map(|write| write.header("authorization").unwrap().to_owned())
        .collect();
    proofs.sort();
    proofs.dedup();
    assert_eq!(proofs.len(), 4);
}

/// Every problem that the stand-in's provider finds by itself, and how each is told.
#[test]
fn each_refusal_says_what_is_wrong_and_what_to_do() {
    let jira = Jira::data_center()
        .access_token(world::CONSUMER_KEY, "revoked-token", world::CI_BOT)
        .access_token(world::CONSUMER_KEY, "freds-token", "fred")
        .start();
    jira.site()
        .lock()
        .unwrap()
        .revoke_access_token("revoked-token");
    jira.site().lock().unwrap().user_mut("fred").unwrap().active = false;
    let token = |token: &str| oauth1(&jira).set("JIRA_OAUTH1_ACCESS_TOKEN", token);
    let consumer = oauth1(&jira).set("JIRA_OAUTH1_CONSUMER_KEY", "nobody");
    consumer.fails("credentials_refused", 3, "consumer_key_unknown");
    token("nothing").fails("credentials_refused", 3, "token_rejected");
    token("nothing").fails(
        "credentials_refused",
        3,
        "jira-build-status oauth1 authorize",
    );
    token("revoked-token").fails(
        "credentials_refused",
        3,
        "somebody has revoked the OAuth token",
    );
    token("freds-token").fails("permission_denied", 3, "permission_denied");
    let proxied = Jira::server().behind_a_proxy("http://jira:8080").start();
    oauth1(&proxied).fails(
        "credentials_refused",
        3,
        "Jira sees the address http://jira:8080/jira/rest/api/2/issue/HSP-1.",
    );
    // One request each: a refused signature is no reason to ask again.
    assert_eq!((jira.requests().len(), proxied.requests().len()), (5, 1));
}

#[test]
fn a_problem_is_never_repeated_whatever_its_status() {
    let rows = [
        (
            503,
            "oauth_problem=consumer_key_refused",
            "credentials_refused",
        ),
        (
            400,
            "oauth_problem=signature_method_rejected&oauth_acceptable_signature_methods=HMAC-SHA1",
            "credentials_refused",
        ),
        (401, "oauth_problem=nonce_used", "credentials_refused"),
        (401, "oauth_problem=token_expired", "credentials_refused"),
    ];
    each(rows, |(status, body, kind)| {
        let jira = Jira::server().start();
        jira.always(
            On::Any,
            Fault::Answer(Reply::new(status).body("application/x-www-form-urlencoded", body)),
        );
        let (code, report) = oauth1(&jira).set("JIRA_ISSUE_KEY", "HSP-1 HSP-2").report();
        assert_eq!(
            (code, report["issues"][0]["error"]["kind"].as_str()),
            (3, Some(kind)),
            "{report}"
        );
        assert_eq!(jira.requests().len(), 1, "{body}");
    });
}

#[test]
fn a_clock_that_is_off_is_corrected_once_and_said() {
    let jira = Jira::server().start();
    let ahead = SystemTime::now() + Duration::from_secs(3600);
    let ahead = ahead
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let window = format!(
        "oauth_problem=timestamp_refused&oauth_acceptable_timestamps={}-{}",
        ahead - 300,
        ahead + 300
    );
    let refused = || {
        Reply::new(400).body(
            "application/x-www-form-urlencoded;charset=UTF-8",
            window.as_str(),
        )
    };
    jira.always(On::Write, Fault::Answer(refused()));
    let ran = oauth1(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2")
        .run()
        .exits(3);
    // Between the window's making and the program's look at its clock, some seconds
    // may pass, which are what is told less; in no time of a test is it half an hour.
    let (_, told) = ran
        .stderr
        .split_once("warning: this machine's clock is ")
        .unwrap();
    let (off, told) = told.split_once(' ').unwrap();
    let off: u64 = off.parse().unwrap();
    assert!((1800..=3600).contains(&off), "{ran:?}");
    assert!(told.starts_with("s behind Jira's"), "{ran:?}");
    let ran = ran.says("timestamp_refused");
    assert_eq!(ran.stderr.matches("warning:").count(), 1, "{ran:?}");
    let writes = jira.writes();
    assert_eq!(writes.len(), 2);
    let timestamp = |header: &str| -> u64 {
        let (_, rest) = header.split_once("oauth_timestamp=\"").unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let timestamps: Vec<_> = writes
        .iter()
        .map(|write| timestamp(write.header("authorization").unwrap()))
        .collect();
    assert!(
        timestamps[1] >= ahead && timestamps[0] < ahead - 300,
        "{timestamps:?} {ahead}"
    );
}

#[test]
fn a_timestamp_refused_by_accident_is_corrected_by_jiras_date() {
    let jira = Jira::server().start();
    jira.misbehave(
        On::Write,
        Fault::Answer(Reply::new(400).body(
            "application/x-www-form-urlencoded",
            "oauth_problem=timestamp_refused",
        )),
    );
    oauth1(&jira).run().exits(0);
    assert_eq!(jira.writes().len(), 2);
}

#[test]
fn no_time_that_jira_tells_is_too_odd_to_sign_with() {
    let jira = Jira::server().start();
    let refused = "oauth_problem=timestamp_refused";
    let windows = [
        "0-0",
        "18446744073709551615-18446744073709551615",
        "9223372036854775808-9223372036854775808",
        "9-1",
    ];
    let mut answers: Vec<_> = windows
        .map(|window| {
            Reply::new(401).body(
                FORM,
                format!("{refused}&oauth_acceptable_timestamps={window}"),
            )
        })
        .into();
    let rows = [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ];
    each(rows, |date| {
        answers.push(Reply::new(401).body(FORM, refused).header("Date", date));
    });
    each(answers, |answer| {
        jira.always(On::Write, Fault::Answer(answer.clone()));
        let (code, report) = oauth1(&jira).report();
        assert_eq!(
            (code, &report["issues"][0]["error"]["kind"]),
            (3, &"credentials_refused".into()),
            "{answer:?}"
        );
    });
}

#[test]
fn the_signature_the_token_and_the_key_are_shown_nowhere() {
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Echo(400, str::to_owned));
    let ran = oauth1(&jira).set("JIRA_LOG", "trace").run().exits(4);
    let header = jira.writes()[0].header("authorization").unwrap().to_owned();
    let (_, signature) = header.split_once("oauth_signature=\"").unwrap();
    let ran = ran.hides(&signature[..40]).hides(world::CI_ACCESS_TOKEN);
    for line in world::CONSUMER_PRIVATE_KEY
        .lines()
        .filter(|line| line.len() > 20 && !line.starts_with('-'))
    {
        assert!(!ran.stderr.contains(line));
    }
}
