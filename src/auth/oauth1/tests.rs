use super::*;
use crate::credentials::private_key::tests::PUBLISHED;
use crate::tests::rows::each;
use crate::transport::Method;

fn signer(key: &str, state: OAuth1State, redactor: &Redactor) -> OAuth1 {
    let text = Secret::derived(PUBLISHED.to_owned());
    let private_key = PrivateKey::read(&text).unwrap();
    OAuth1::new(
        Consumer {
            key: key.to_owned(),
            private_key,
            private_key_text: text,
        },
        state,
        redactor,
    )
}

fn request(method: Method, address: &str) -> Request {
    Request {
        method,
        url: Url::parse(address).unwrap(),
        headers: vec![],
        body: None,
    }
}

fn header(signer: &OAuth1, request: Request, signing_context: SigningContext) -> String {
    signed(signer, request, signing_context).0
}

fn signed(
    signer: &OAuth1,
    mut request: Request,
    signing_context: SigningContext,
) -> (String, RedactionGuard) {
    let guard = signer.sign(&mut request, signing_context);
    (request.headers[0].1.reveal().to_owned(), guard)
}

fn access() -> OAuth1State {
    OAuth1State::Access(Secret::derived("token".to_owned()))
}

/// <https://wiki.oauth.net/w/page/12238556/TestCases>, RSA-SHA1: a request
/// without a token.
#[test]
fn the_published_signature_comes_out() {
    let signer = signer(
        "dpf43f3p2l4k3l03",
        OAuth1State::Callback(String::new()),
        &Redactor::default(),
    );
    let query = Query::of(
        &Url::parse("http://photos.example.net/photos?size=original&file=vacaction.jpg").unwrap(),
    );
    let method = RsaSha1 {
        key: &signer.consumer.private_key,
    };
    let mut builder =
        Builder::<_, &str, &str>::new(Credentials::new("dpf43f3p2l4k3l03", ""), method);
    builder
        .nonce("13917289812797014437")
        .timestamp(NonZeroU64::new(1_196_666_512))
        .version(true);
    let header = builder.authorize("GET", "http://photos.example.net/photos", &query);
    let signature = "jvTp/wX1TYtByB1m+Pbyo0lnCOLIsyGCH7wke8AUs3BpnwZJtAuEJkvQL2/9n4s5wUmUl4aCI4BwpraNx4RtEXMe5qg5T1LVTGli\
                     MRpKasKsW//e+RinhejgCuzoH26dyF8iY2ZZ/5D1ilgeijhV/vBka5twt399mXwaYdCwFYE=";
    let signature = utf8_percent_encode(signature, RESERVED);
    assert!(
        header.ends_with(&format!("oauth_signature=\"{signature}\"")),
        "{header}"
    );
}

#[derive(Clone)]
struct Shown;

impl SignatureMethod for Shown {
    type Sign = ShownSign;

    fn sign_with(self, _client_secret: &str, _token_secret: Option<&str>) -> ShownSign {
        ShownSign(String::new())
    }
}

struct ShownSign(String);

impl Sign for ShownSign {
    type Signature = String;

    fn get_signature_method_name(&self) -> &'static str {
        "HMAC-SHA1"
    }

    fn request_method(&mut self, method: &str) {
        self.0 += &format!("{method}&");
    }

    fn uri<T: Display>(&mut self, uri: T) {
        self.0 += &format!("{uri}&");
    }

    fn parameter<V: Display>(&mut self, key: &str, value: V) {
        self.0 += &format!("{key}%3D{value}");
    }

    fn delimiter(&mut self) {
        self.0 += "%26";
    }

    fn end(self) -> String {
        self.0
    }
}

fn base_string(method: &str, address: &str) -> String {
    let url = Url::parse(address).unwrap();
    let mut builder =
        Builder::<_, &str, &str>::new(Credentials::new("9djdj82h48djs9d2", ""), Shown);
    builder
        .token(Credentials::new("kkk9d7dh3k39sjv7", ""))
        .nonce("7d8f3e4a")
        .timestamp(NonZeroU64::new(137_131_201));
    let header = builder.authorize(method, base_uri(&url), &Query::of(&url));
    let (_, shown) = header.split_once("oauth_signature=\"").unwrap();
    shown.trim_end_matches('"').to_owned()
}

/// RFC 5849 section 3.4.1.1; what stands there in the form stands here in the query.
#[test]
fn the_base_string_of_rfc_5849_comes_out() {
    assert_eq!(
        base_string(
            "POST",
            "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2&a3=2+q"
        ),
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2\
         %3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_\
         timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    );
}

#[test]
fn names_are_sorted_as_they_are_encoded_and_around_the_protocols_own() {
    let sorted = base_string(
        "GET",
        "https://h/?zz=1&a%7B=2&aa=3&a=4&oauth_nancy=5&oauth_z=6",
    );
    let names = sorted
        .split('&')
        .nth(2)
        .unwrap()
        .split("%26")
        .map(|pair| pair.split("%3D").next().unwrap());
    assert_eq!(
        names.collect::<Vec<_>>(),
        [
            "a",
            "a%257B",
            "aa",
            "oauth_consumer_key",
            "oauth_nancy",
            "oauth_nonce",
            "oauth_signature_method",
            "oauth_timestamp",
            "oauth_token",
            "oauth_z",
            "zz"
        ]
    );
}

/// RFC 5849 section 3.4.1.2, and the addresses that Jiras have.
#[test]
fn the_base_uri_is_normal() {
    let rows = [
        (
            "http://EXAMPLE.COM:80/r%20v/X?id=123",
            "http://example.com/r%20v/X",
        ),
        (
            "https://www.example.net:8080/?q=1",
            "https://www.example.net:8080/",
        ),
        ("HTTPS://Jira.Example.com:443", "https://jira.example.com/"),
        (
            "https://localhost:8081/jira/rest/api/2/issue/HSP-1?notifyUsers=false",
            "https://localhost:8081/jira/rest/api/2/issue/HSP-1",
        ),
        ("http://[::1]:8080/jira", "http://[::1]:8080/jira"),
        (
            "https://jira_dev.example.com/a~b",
            "https://jira_dev.example.com/a~b",
        ),
    ];
    each(rows, |(address, uri)| {
        assert_eq!(base_uri(&Url::parse(address).unwrap()), uri);
    });
}

#[test]
fn every_attempt_has_its_own_nonce_time_and_signature_and_the_signature_is_hidden() {
    let redactor = Redactor::default();
    let signer = signer("ci", access(), &redactor);
    let sign = |now, nonce| {
        signed(
            &signer,
            request(Method::Put, "https://h/jira/x?a=1"),
            SigningContext { now, nonce },
        )
    };
    let ((first, guard), (second, _guard)) = (sign(1000, 7), sign(1001, 8));
    let part = |header: &str, name: &str| {
        let (_, rest) = header.split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    assert_eq!(
        (
            part(&first, "oauth_nonce").as_str(),
            part(&first, "oauth_timestamp").as_str()
        ),
        ("7", "1000")
    );
    assert_eq!(
        (
            part(&second, "oauth_nonce").as_str(),
            part(&second, "oauth_timestamp").as_str()
        ),
        ("8", "1001")
    );
    each([&first, &second], |header| {
        let signature = part(header, "oauth_signature");
        let raw = percent_encoding::percent_decode_str(&signature)
            .decode_utf8()
            .unwrap()
            .into_owned();
        assert_eq!(
            redactor.redact(&format!("got {raw} and {signature}")),
            "got *** and ***"
        );
        assert_eq!(part(header, "oauth_token"), "token");
        let inside = STANDARD.encode(format!("x{header}"));
        assert!(
            redactor.redact(&inside).len() < inside.len() - 200,
            "{inside}"
        );
    });
    drop(guard);
    assert!(
        redactor
            .redact(&first)
            .contains(&part(&first, "oauth_signature"))
    );
}

#[test]
fn a_callback_and_a_verifier_are_signed_and_sent() {
    let secret = |text: &str| Secret::derived(text.to_owned());
    let signing_context = SigningContext { now: 1, nonce: 1 };
    let ask = || {
        request(
            Method::Post,
            "https://h/plugins/servlet/oauth/request-token",
        )
    };
    let header_of = |state| {
        header(
            &signer("ci", state, &Redactor::default()),
            ask(),
            signing_context,
        )
    };
    let asked = header_of(OAuth1State::Callback("http://localhost:1/cb".to_owned()));
    assert!(
        asked.contains("oauth_callback=\"http%3A%2F%2Flocalhost%3A1%2Fcb\""),
        "{asked}"
    );
    assert!(!asked.contains("oauth_token="), "{asked}");
    let exchanged = header_of(OAuth1State::Verifier {
        token: secret("abc"),
        code: secret("XyZ123"),
    });
    assert!(
        exchanged.contains("oauth_token=\"abc\"")
            && exchanged.contains("oauth_verifier=\"XyZ123\""),
        "{exchanged}"
    );
}

#[test]
fn a_refused_timestamp_is_corrected_by_jiras_clock_and_nothing_else_is() {
    let answer = |body: &str, date: Option<&str>| Response {
        status: 400,
        headers: date
            .map(|date| ("date".to_owned(), date.to_owned()))
            .into_iter()
            .collect(),
        body: body.as_bytes().to_vec(),
        complete: true,
        ..Response::default()
    };
    let refused = "oauth_problem=timestamp_refused";
    let window =
        "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1300000000-1300000600";
    let rows = [
        (
            refused,
            Some("Sun, 13 Mar 2011 07:06:40 GMT"),
            Some("1300000000"),
        ),
        (
            window,
            Some("Thu, 01 Jan 1970 00:00:01 GMT"),
            Some("1300000300"),
        ),
        (window, None, Some("1300000300")),
        (refused, None, None),
        (refused, Some("yesterday"), None),
        (
            "oauth_problem=nonce_used",
            Some("Sun, 13 Mar 2011 07:06:40 GMT"),
            None,
        ),
        ("no", Some("Sun, 13 Mar 2011 07:06:40 GMT"), None),
    ];
    each(rows, |(body, date, time)| {
        let signer = signer("ci", access(), &Redactor::default());
        assert_eq!(
            signer.learn(&answer(body, date), 5000) == Recovery::SignAgain,
            time.is_some(),
            "{body} {date:?}"
        );
        let header = header(
            &signer,
            request(Method::Get, "https://h/"),
            SigningContext {
                now: 5000,
                nonce: 1,
            },
        );
        assert!(
            header.contains(&format!("oauth_timestamp=\"{}\"", time.unwrap_or("5000"))),
            "{header}"
        );
    });
}

#[test]
fn a_clock_is_worth_a_warning_where_it_is_off_by_more_than_a_minute_and_that_is_new() {
    let rows = [
        (60, 0, None),
        (61, 0, Some("is 61 s behind Jira's")),
        (-61, 0, Some("is 61 s ahead of Jira's")),
        (-60, 0, None),
        (3600, 3590, None),
        (3600, -3600, Some("is 3600 s behind Jira's")),
    ];
    each(rows, |(offset, known, words)| {
        let warning = clock_warning(offset, known);
        assert_eq!(
            warning.is_some(),
            words.is_some(),
            "{offset} {known}: {warning:?}"
        );
        assert!(
            warning
                .unwrap_or_default()
                .contains(words.unwrap_or_default()),
            "{offset} {known}"
        );
    });
}

#[test]
fn a_clock_that_stands_before_1970_signs_with_the_first_second_that_the_protocol_knows() {
    let random = std::cell::RefCell::new(Box::new(|| 1_u64) as Box<dyn FnMut() -> u64>);
    let wall = std::time::SystemTime::UNIX_EPOCH - std::time::Duration::from_secs(5);
    let clock = crate::client::Clock {
        wall,
        started: tokio::time::Instant::now(),
        random,
    };
    let signer = signer("key", access(), &Redactor::default());
    let header = header(
        &signer,
        request(Method::Get, "https://h/"),
        clock.signing_context(),
    );
    assert!(header.contains("oauth_timestamp=\"1\""), "{header}");
}
