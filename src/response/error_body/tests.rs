use super::*;
use crate::redact::Secret;
use crate::tests::rows::each;

fn said(body: &[u8]) -> String {
    let answer = Response {
        status: 400,
        body: body.to_vec(),
        complete: true,
        ..Response::default()
    };
    ErrorBody::read(&answer, &Redactor::default()).sentence()
}

#[test]
fn what_may_be_the_beginning_of_a_secret_is_no_firewalls_id_where_the_page_broke_off() {
    let redactor = Redactor::default();
    redactor.register(&Secret::derived("hunter2-and-so-on".to_owned()));
    each([(true, "hunter2-and"), (false, "")], |(complete, id)| {
        let answer = Response {
            status: 403,
            body: b"<html>Your support ID is: hunter2-and".to_vec(),
            complete,
            ..Response::default()
        };
        let answerer = ErrorBody::read(&answer, &redactor).answerer;
        let shown = match &answerer {
            Answerer::Firewall(id) => id.to_string(),
            _ => String::new(),
        };
        assert_eq!(shown, id, "{answerer:?}");
    });
}

#[test]
fn of_many_messages_the_first_are_kept_each_once() {
    let all: Vec<_> = (0..MOST + 2).map(|number| format!("{number}.")).collect();
    let twice: Vec<_> = all.iter().flat_map(|one| [one, one]).collect();
    let body = serde_json::json!({ "errorMessages": twice }).to_string();
    assert_eq!(said(body.as_bytes()), all[..MOST].join(" "));
}

#[test]
fn every_form_of_a_refusal_is_understood() {
    let rows = [
        (
            r#"{"errorMessages":["A.","B."],"errors":{"customfield_1":"C."}}"#,
            "A. B. customfield_1: C.",
        ),
        (r#"{"errorMessages":"A.","errors":{}}"#, "A."),
        (
            r#"{"message":"Client must be authenticated","status-code":401}"#,
            "Client must be authenticated",
        ),
        (r#"{"errorMessage":"down"}"#, "down"),
        (
            r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
            "Unauthorized; scope does not match",
        ),
        (
            r#"{"error":"invalid_grant","error_description":"Unknown token."}"#,
            "Unknown token. invalid_grant",
        ),
        (
            r#"{"type":"about:blank","title":"Unsupported","status":415,"detail":"text/plain is not."}"#,
            "text/plain is not.",
        ),
        (
            r#"{"type":"about:blank","title":"Not Found","status":404}"#,
            "Not Found",
        ),
        (r#"{"errors":[{"message":"A."},"B."]}"#, "A. B."),
        (r#"["A.",{"message":"B."}]"#, "A. B."),
        (r#""A.""#, "A."),
        (r#"{"errors":{"x":{"a":1}}}"#, r#"x: {"a":1}"#),
        (
            "<!DOCTYPE html><html><head><title>\n Log in - Jira</title></head>",
            "Log in - Jira",
        ),
        (
            r#"<html><title lang="en">Failed > Passed</title>"#,
            "Failed > Passed",
        ),
        (
            "<html><body><h1>HTTP Status 429</h1> Rate limit</body></html>",
            "HTTP Status 429 Rate limit",
        ),
        (
            "<html><title>Unauthorized</title><p>Long.</p><p>Basic Authentication Failure - Reason : X</p><p>More.</p>",
            "Unauthorized Basic Authentication Failure - Reason : X",
        ),
        ("XSRF check failed", "XSRF check failed"),
        (r#"{"errorMessages":["A"#, r#"{"errorMessages":["A"#),
        ("a\u{1b}[31mb\r\n::error::c", "a [31mb : :error::c"),
        ("", ""),
        ("{}", ""),
        ("null", ""),
    ];
    each(rows, |(body, sentence)| {
        assert_eq!(said(body.as_bytes()), sentence, "{body}");
    });
    assert_eq!(said(b"\xff\xfenot text"), "\u{fffd}\u{fffd}not text");
}

#[test]
fn of_an_answer_that_was_cut_not_even_the_beginning_of_a_secret_is_shown() {
    let redactor = Redactor::default();
    redactor.register(&Secret::derived("hunter2-hunter3".to_owned()));
    let rows = [(false, "Refused ***"), (true, "Refused hunter2")];
    each(rows, |(complete, sentence)| {
        let answer = Response {
            status: 400,
            body: b"Refused hunter2".to_vec(),
            complete,
            ..Response::default()
        };
        assert_eq!(ErrorBody::read(&answer, &redactor).sentence(), sentence);
    });
}

#[test]
fn of_many_fields_the_first_are_kept_however_they_are_told() {
    let about = |from: usize| {
        let errors: serde_json::Map<_, _> = (from..from + 80)
            .map(|at| (format!("customfield_{at}"), "No.".into()))
            .collect();
        serde_json::json!({ "errors": errors })
    };
    let body = serde_json::json!([about(0), about(80)]).to_string();
    let answer = Response {
        status: 400,
        body: body.into_bytes(),
        complete: true,
        ..Response::default()
    };
    let read = ErrorBody::read(&answer, &Redactor::default());
    assert_eq!(read.fields.len(), MOST);
}

#[test]
fn half_of_a_secret_at_the_end_of_what_is_read_is_hidden() {
    let redactor = Redactor::default();
    redactor.register(&Secret::derived("hunter2-hunter2".to_owned()));
    let half = "hunter2-";
    let blanks = " ".repeat(SHORT_BODY - "Refused".len() - half.len());
    let answer = Response {
        status: 400,
        body: format!("Refused{blanks}{half}hunter2 and more").into_bytes(),
        complete: true,
        ..Response::default()
    };
    let said = ErrorBody::read(&answer, &redactor).sentence();
    assert!(
        said.starts_with("Refused") && !said.contains("hunter"),
        "{said}"
    );
}

#[test]
fn whether_there_are_messages_is_known_of_each_form() {
    let rows = [
        (r#"{"errorMessages":["A."]}"#, true),
        (r#"{"errorMessages":[]}"#, false),
        (r#"{"errorMessages":"A."}"#, true),
        (r#"{"errorMessages":""}"#, false),
        (r#"{"errors":{"customfield_1":"A."}}"#, false),
    ];
    each(rows, |(body, are)| {
        let answer = Response {
            status: 404,
            body: body.into(),
            complete: true,
            ..Response::default()
        };
        let read = ErrorBody::read(&answer, &Redactor::default());
        assert_eq!(read.has_error_messages, are, "{body}");
    });
}

#[test]
fn a_form_in_which_jira_or_its_gateway_tells_errors_is_known_without_its_headers() {
    let rows = [
        (r#"{"errorMessages":["No."],"errors":{}}"#, true),
        (r#"{"errorMessages":["No."]}"#, true),
        (r#"{"errors":{"customfield_1":"No."}}"#, true),
        (r#"{"status-code":404,"message":"No."}"#, true),
        (r#"{"code":401,"message":"No."}"#, true),
        (r#"{"title":"No.","instance":"/rest/api/3/issue"}"#, true),
        (r#"{"title":"No.","instance":"/v1/orders"}"#, false),
        (r#"{"errors":["No."]}"#, false),
        (r#"{"message":"No."}"#, false),
    ];
    each(rows, |(body, jiras)| {
        let answer = Response {
            status: 400,
            body: body.as_bytes().to_vec(),
            complete: true,
            ..Response::default()
        };
        let read = ErrorBody::read(&answer, &Redactor::default());
        assert_eq!(read.answerer == Answerer::Jira, jiras, "{body}");
    });
}
