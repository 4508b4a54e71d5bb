//! Answers that give a secret, such as a token endpoint's: learns what they
//! give, whatever their form, and keeps of their words only what tells of a
//! failure.

use crate::redact::Redactor;
use crate::redact::Secret;
use crate::response::error_body::ErrorBody;
use crate::transport::Response;
use serde_json::{Map, Value};
use url::form_urlencoded;

/// What an answer calls a secret, or a part of such a name.
const GIFTS: [&str; 9] = [
    "token",
    "secret",
    "session",
    "cookie",
    "password",
    "verifier",
    "assertion",
    "jwt",
    "value",
];
/// A value that is shorter is no secret, and hiding it would garble every text:
/// `Bearer`, `bearer`.
const SHORTEST: usize = 8;
/// Members that tell of a failure: OAuth's, Jira's and a gateway's.
const ERRORS: [&str; 7] = [
    "error",
    "error_description",
    "errorMessage",
    "errorMessages",
    "message",
    "detail",
    "title",
];

/// Hides whatever the answer seems to give from now on: it need not be in a
/// form that we can read.
pub(crate) fn learn(answer: &Response, redactor: &Redactor) {
    let mut texts = vec![String::from_utf8_lossy(&answer.body).into_owned()];
    texts.extend(
        answer
            .headers
            .iter()
            .filter(|(name, _)| *name != "set-cookie")
            .map(|(name, text)| format!("{name}: {text}")),
    );
    let cookies = answer
        .all("set-cookie")
        .filter_map(|cookie| cookie.split(';').next()?.split_once('='));
    let values: Vec<String> = cookies.map(|(_, value)| value.trim().to_owned()).collect();
    for value in texts.iter().flat_map(|text| gifts(text)).chain(values) {
        if value.len() >= SHORTEST {
            redactor.register(&Secret::derived(value));
        }
    }
}

/// The values behind each name that is one of a secret: `"access_token": "…"`,
/// `access_token=…`, `<access_token>…`.
fn gifts(text: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_name) {
        let from = &rest[start..];
        let end = from.find(|c| !is_name(c)).unwrap_or(from.len());
        let (name, behind) = from.split_at(end);
        rest = behind;
        let name = name.to_ascii_lowercase();
        if !GIFTS.iter().any(|gift| name.contains(gift)) || name == "token_type" {
            continue;
        }
        let value =
            behind.trim_start_matches(|c: char| c.is_whitespace() || "\"'\\:=>[".contains(c));
        // A name that nothing joins to a value is a word of a sentence.
        if value.len() == behind.len() || behind.starts_with(' ') {
            continue;
        }
        let end = value
            .find(|c: char| c.is_whitespace() || "\"'&<,;})]".contains(c))
            .unwrap_or(value.len());
        found.push(value[..end].trim_end_matches('\\').to_owned());
    }
    found
}

/// What the answer says of a failure. Of a success nothing: all of it may be
/// what was asked for.
pub(crate) fn said(answer: &Response, redactor: &Redactor) -> ErrorBody {
    // But for a page, which some proxy sent: its title tells whose.
    let page = answer.body.trim_ascii_start().starts_with(b"<");
    let body = if answer.is_success() && !page {
        Vec::new()
    } else {
        words(answer)
    };
    ErrorBody::read(
        &Response {
            body,
            ..answer.clone()
        },
        redactor,
    )
}

fn words(answer: &Response) -> Vec<u8> {
    let text = String::from_utf8_lossy(&answer.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => return errors(members).to_string().into_bytes(),
        // Jira's refusal of a login is a list of sentences.
        Ok(Value::Array(all)) if all.iter().all(Value::is_string) => {
            return Value::Array(all).to_string().into_bytes();
        }
        _ => {}
    }
    if text.starts_with('<') {
        return page(text).into_bytes();
    }
    let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect();
    if pairs.iter().any(|(name, _)| name == "oauth_problem") {
        let told = pairs
            .iter()
            .filter(|(name, _)| !GIFTS.iter().any(|gift| name.contains(gift)));
        return form_urlencoded::Serializer::new(String::new())
            .extend_pairs(told)
            .finish()
            .into_bytes();
    }
    let told = pairs
        .into_iter()
        .map(|(name, text)| (name, Value::String(text)))
        .collect();
    errors(told).to_string().into_bytes()
}

/// The members that tell of a failure, where they hold sentences.
fn errors(members: Map<String, Value>) -> Value {
    let sentence = |value: &Value| match value {
        Value::String(_) => true,
        Value::Array(all) => all.iter().all(Value::is_string),
        _ => false,
    };
    members
        .into_iter()
        .filter(|(name, value)| ERRORS.contains(&name.as_str()) && sentence(value))
        .collect()
}

/// A page that holds no more than the title.
fn page(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|start| {
        let end = lower[start..].find("</title")?;
        html.get(start..start + end)
    });
    format!("<html>{}</title>", title.unwrap_or("<title>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status,
            body: body.as_bytes().to_vec(),
            complete: true,
            ..Response::default()
        }
    }

    #[test]
    fn what_an_answer_gives_is_registered_in_every_form_even_a_broken_one() {
        let rows = [
            r#"{"access_token":"new-access-1","refresh_token":"new-refresh-1"}"#,
            r#"{"access_token":"new-access-1","refresh_token":"new-refresh-1",}"#,
            r#"{"access_token":"new-access-1","access_token":"new-refresh-1"}"#,
            r#"{"access_token" : "new-access-1", "refresh_token"	: "new-refresh-1""#,
            r#"{"message":"{\"access_token\":\"new-access-1\",\"refresh_token\":\"new-refresh-1\"}"}"#,
            "access_token=new-access-1&token_type=Bearer&refresh_token=new-refresh-1",
            "oauth_token=new-access-1&oauth_token_secret=new-refresh-1",
            "<r><access_token>new-access-1</access_token><refresh_token>new-refresh-1</refresh_token></r>",
            r#"{"session":{"name":"JSESSIONID","value":"new-access-1"},"sessionToken":'new-refresh-1'}"#,
        ];
        each(rows, |body| {
            let redactor = Redactor::default();
            learn(&answer(200, body), &redactor);
            assert_eq!(
                redactor.redact("new-access-1 new-refresh-1"),
                "*** ***",
                "{body}"
            );
            assert_eq!(
                redactor.redact("Bearer token is wrong"),
                "Bearer token is wrong",
                "{body}"
            );
        });
    }

    #[test]
    fn what_stands_behind_a_token_is_none() {
        let rows = [
            r#"{"access_token":"new-access-1","note":"plain-word"}"#,
            r#"{"access_token":"new-access-1", plain-word}"#,
            "access_token=new-access-1&note=plain-word",
            "<access_token>new-access-1</access_token><note>plain-word</note>",
        ];
        each(rows, |body| {
            let redactor = Redactor::default();
            learn(&answer(200, body), &redactor);
            let hidden = body.replace("new-access-1", "***");
            assert_eq!(redactor.redact(body), hidden);
        });
    }

    #[test]
    fn what_is_given_in_a_header_or_a_cookie_is_registered() {
        let redactor = Redactor::default();
        let headers = [
            ("x-access-token", "new-access-1"),
            (
                "set-cookie",
                "JSESSIONID=new-session-1; Path=/; note=token=plain-word",
            ),
        ];
        let headers = headers.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let answer = Response {
            headers: headers.into(),
            ..answer(200, "")
        };
        learn(&answer, &redactor);
        let text = "new-access-1 new-session-1 plain-word";
        assert_eq!(redactor.redact(text), "*** *** plain-word");
    }

    #[test]
    fn a_word_behind_a_secrets_name_in_a_sentence_is_no_secret() {
        let rows = [
            "The token authentication failed",
            "See /reset-password/authentication failed",
        ];
        each(rows, |sentence| {
            let redactor = Redactor::default();
            learn(&answer(401, sentence), &redactor);
            assert_eq!(redactor.redact(sentence), sentence);
        });
    }

    #[test]
    fn a_failure_says_what_its_error_members_say_and_a_success_nothing() {
        let said =
            |status, body: &str| said(&answer(status, body), &Redactor::default()).sentence();
        let rows = [
            (
                400,
                r#"{"error":"invalid_grant","error_description":"No.","access_token":"a-token"}"#,
                "No. invalid_grant",
            ),
            (
                401,
                r#"{"errorMessages":["Login failed"],"value":"a-token"}"#,
                "Login failed",
            ),
            (400, r#"{"message":{"access_token":"a-token"}}"#, ""),
            (400, r#"{"message":{"detail":"a-token"}}"#, ""),
            (
                400,
                "error=invalid_grant&access_token=a-token",
                "invalid_grant",
            ),
            (400, "a-token", ""),
            (401, r#"["Login failed"]"#, "Login failed"),
            (401, r#"["Login failed",{"message":"a-token"}]"#, ""),
            (
                502,
                "<html><title>Bad gateway</title><body>a-token</body>",
                "Bad gateway",
            ),
            (400, "<r><access_token>a-token</access_token></r>", ""),
            (200, r#"{"error":"a-token"}"#, ""),
            (201, "a-token", ""),
        ];
        each(rows, |(status, body, sentence)| {
            assert_eq!(said(status, body), sentence, "{body}");
        });
    }

    #[test]
    fn a_problem_of_oauth_is_told_without_what_is_given_beside_it() {
        let body = "oauth_problem=token_rejected&oauth_token_secret=a-token";
        assert_eq!(words(&answer(401, body)), b"oauth_problem=token_rejected");
    }
}
