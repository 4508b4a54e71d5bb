use super::*;
use crate::tests::rows::each;

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let headers = headers
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    Response {
        status,
        headers,
        body: body.as_bytes().to_vec(),
        complete: true,
        ..Response::default()
    }
}

#[test]
fn a_problem_is_found_in_the_body_and_in_the_header_and_nowhere_else() {
    let form = (
        "content-type",
        "application/x-www-form-urlencoded;charset=UTF-8",
    );
    let header = (
        "www-authenticate",
        "OAuth realm=\"https%3A%2F%2Fh%2Fjira\",oauth_problem=\"token_rejected\"",
    );
    let page = ("content-type", "text/html");
    let rows = [
        (
            401,
            vec![form],
            "oauth_problem=token_rejected",
            Some("token_rejected"),
        ),
        (
            401,
            vec![page],
            "oauth_problem=token_rejected&oauth_x=1",
            Some("token_rejected"),
        ),
        (
            401,
            vec![form],
            "oauth_x=1&oauth_problem=nonce_used",
            Some("nonce_used"),
        ),
        (401, vec![header], "", Some("token_rejected")),
        (
            401,
            vec![("www-authenticate", "OAuth realm=\"https%3A%2F%2Fh\"")],
            "",
            None,
        ),
        (
            401,
            vec![("www-authenticate", "Basic realm=\"x\"")],
            "",
            None,
        ),
        (400, vec![page], "the oauth_problem=token_rejected", None),
        (200, vec![form], "oauth_problem=token_rejected", None),
    ];
    each(rows, |(status, headers, body, name)| {
        let problem = of(&answer(status, &headers, body));
        assert_eq!(
            problem.as_ref().map(Problem::name),
            name,
            "{headers:?} {body}"
        );
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn every_problem_says_what_to_do() {
    let rows = [
        (
            "consumer_key_unknown",
            Kind::CredentialsRefused,
            "JIRA_OAUTH1_CONSUMER_KEY",
        ),
        (
            "consumer_key_rejected",
            Kind::CredentialsRefused,
            "application link",
        ),
        (
            "consumer_key_refused",
            Kind::CredentialsRefused,
            "application link",
        ),
        (
            "token_rejected",
            Kind::CredentialsRefused,
            "oauth1 authorize",
        ),
        (
            "token_expired",
            Kind::CredentialsRefused,
            "oauth1 authorize",
        ),
        (
            "token_revoked",
            Kind::CredentialsRefused,
            "oauth1 authorize",
        ),
        (
            "token_used",
            Kind::CredentialsRefused,
            "oauth1 request-token",
        ),
        (
            "token_not_authorized",
            Kind::CredentialsRefused,
            "press Allow",
        ),
        ("signature_invalid", Kind::CredentialsRefused, "-pubout"),
        (
            "signature_method_rejected",
            Kind::CredentialsRefused,
            "public key",
        ),
        ("timestamp_refused", Kind::CredentialsRefused, "NTP"),
        ("nonce_used", Kind::CredentialsRefused, "twice"),
        ("version_rejected", Kind::CredentialsRefused, "Data Center"),
        ("user_refused", Kind::CredentialsRefused, "press Allow"),
        ("permission_denied", Kind::PermissionDenied, "permission"),
        (
            "permission_unknown",
            Kind::CredentialsRefused,
            "oauth1 authorize",
        ),
        (
            "additional_authorization_required",
            Kind::CredentialsRefused,
            "oauth1 authorize",
        ),
        (
            "parameter_absent&oauth_parameters_absent=oauth_nonce",
            Kind::CredentialsRefused,
            "Authorization header",
        ),
        (
            "parameter_rejected&oauth_parameters_rejected=oauth_callback",
            Kind::CredentialsRefused,
            "oob",
        ),
        (
            "made_up_tomorrow",
            Kind::CredentialsRefused,
            "belong to this Jira",
        ),
    ];
    each(rows, |(name, kind, words)| {
        let problem = of(&answer(401, &[], &format!("oauth_problem={name}"))).unwrap();
        let failure = problem.failure(401, &asked());
        assert_eq!(failure.kind, kind, "{name}");
        assert!(failure.message.contains(problem.name()), "{failure:?}");
        assert!(
            failure.hint.as_ref().unwrap().contains(words),
            "{failure:?}"
        );
    });
}

fn asked() -> Url {
    Url::parse("https://jira.example.com/jira/x?y=1").unwrap()
}

#[test]
fn a_signature_over_the_right_address_is_by_another_key() {
    let body = "oauth_problem=signature_invalid&oauth_signature_base_string=\
                PUT%26https%253A%252F%252Fjira.example.com%252Fjira%252Fx%26y%253D1";
    let problem = of(&answer(401, &[], body)).unwrap();
    let failure = problem
        .sanitize(&Redactor::default())
        .failure(401, &asked());
    assert!(
        failure.message.contains("another public key"),
        "{failure:?}"
    );
}

#[test]
fn the_address_that_jira_verified_is_shown_and_secrets_are_not() {
    let body = "oauth_problem=signature_invalid&oauth_signature_base_string=\
                PUT%26http%253A%252F%252Fjira%253A8080%252Fjira%252Fx%26oauth_token%253Dhunter2&oauth_signature=abc";
    let redactor = Redactor::default();
    redactor.register(&crate::redact::Secret::derived("hunter2".to_owned()));
    let problem = of(&answer(401, &[], body)).unwrap().sanitize(&redactor);
    let failure = problem.failure(401, &asked());
    assert!(
        failure
            .hint
            .as_ref()
            .unwrap()
            .contains("Jira sees the address http://jira:8080/jira/x."),
        "{failure:?}"
    );
    assert!(!format!("{problem:?}{failure:?}").contains("hunter2"));
    redactor.register(&crate::redact::Secret::derived("token".to_owned()));
    let rows = [
        ("token_rejected", "token_rejected"),
        ("token_eaten", "***_eaten"),
    ];
    each(rows, |(name, shown)| {
        let problem = of(&answer(401, &[], &format!("oauth_problem={name}")))
            .unwrap()
            .sanitize(&redactor);
        assert!(
            problem
                .failure(401, &asked())
                .message
                .contains(&format!("{shown})")),
            "{problem:?}"
        );
    });
}

#[test]
fn jiras_time_is_the_middle_of_what_it_takes() {
    let rows = [
        ("100-700", Some(400)),
        ("700-100", None),
        ("x-1", None),
        ("5", None),
    ];
    each(rows, |(window, time)| {
        let body = format!("oauth_problem=timestamp_refused&oauth_acceptable_timestamps={window}");
        assert_eq!(
            of(&answer(400, &[], &body)).unwrap().server_time(),
            time,
            "{window}"
        );
    });
}
