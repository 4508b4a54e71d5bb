//! The rows of the fault table: each way in which a network or a server fails.

use crate::loopback::{UNRESOLVABLE, read_request};
use fake_jira::{Fault, Leaf, Reply};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// Seconds for one attempt, for everything, and retries, in every row that does
/// not say otherwise.
pub const TIMEOUT: f64 = 3.0;

pub const DEADLINE: f64 = 30.0;

pub const RETRIES: u32 = 1;

/// Where the fault is.
pub enum Scene {
    /// The stand-in does this to the first write, or to every write.
    Once(Fault),
    Always(Fault),
    /// A server that does this to every connection.
    Raw(Box<dyn Fn(TcpStream) + Send + Sync>),
    /// The same behind `https://`.
    Tls(Box<dyn Fn(TcpStream) + Send + Sync>),
    Address(&'static str),
    Certificate(Leaf),
    Refused,
    BlackHole,
}

/// A fault and what comes of it: `written` or the kind of failure, requests for
/// the write, whether it may have been written, words.
pub struct Row(
    pub &'static str,
    pub Scene,
    pub &'static str,
    pub u64,
    pub bool,
    pub &'static str,
);

pub fn raw(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Scene {
    Scene::Raw(Box::new(serve))
}

/// Reads the request, then sends these bytes and closes.
pub fn sends(bytes: impl Into<Vec<u8>>) -> Scene {
    let bytes = bytes.into();
    raw(move |mut stream| {
        if read_request(&mut stream).is_some() {
            let _ = stream.write_all(&bytes);
        }
    })
}

/// Reads the request, then sends a piece again and again until the client is gone.
pub fn repeats(head: &'static [u8], piece: &'static [u8], every: Duration) -> Scene {
    raw(move |mut stream| {
        if read_request(&mut stream).is_some() && stream.write_all(head).is_ok() {
            while stream.write_all(piece).is_ok() {
                std::thread::sleep(every);
            }
        }
    })
}

/// Keeps the connection open and says nothing more until the client is gone.
pub fn wait(mut stream: TcpStream) {
    let _ = stream.read_to_end(&mut Vec::new());
}

pub fn reset(stream: TcpStream) {
    let _ = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
}

pub fn status(status: u16) -> Scene {
    Scene::Always(Fault::Status(status, ""))
}

pub fn asked_to_wait(status: u16, text: &'static str) -> Scene {
    Scene::Always(Fault::Answer(
        Reply::json(status, &json!({})).header("Retry-After", text),
    ))
}

pub const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

#[rustfmt::skip]
pub fn on_connect() -> Vec<Row> {
    vec![
        Row("nobody listens", Scene::Refused, "unreachable", 2, false, "no connection: "),
        Row("a black hole", Scene::BlackHole, "timeout", 2, false, "no connection was made in time"),
        Row("no such name", Scene::Address(UNRESOLVABLE), "unreachable", 2, false, "cannot be resolved"),
        Row("reset at the first byte", raw(|stream| { let _ = stream.peek(&mut [0]); reset(stream) }), "unreachable", 2, true, "the connection broke"),
        Row("closed at the first byte", raw(|stream| { let _ = stream.peek(&mut [0]); }), "unreachable", 2, true, "the connection broke"),
        Row("half-closed at the first byte", raw(|stream| { let _ = stream.peek(&mut [0]); let _ = stream.shutdown(Shutdown::Write); wait(stream) }), "unreachable", 2, true, "the connection broke"),
    ]
}

#[rustfmt::skip]
pub fn in_the_handshake() -> Vec<Row> {
    vec![
        Row("TLS: garbage", Scene::Tls(Box::new(|mut stream| { let _ = stream.write_all(b"220 mail.example.com\r\n"); wait(stream) })), "tls", 1, false, "no TLS"),
        Row("TLS: closed", Scene::Tls(Box::new(drop)), "unreachable", 2, false, "no connection"),
        Row("TLS: reset", Scene::Tls(Box::new(|mut stream| { let _ = stream.read(&mut [0; 64]); reset(stream) })), "unreachable", 2, false, "no connection"),
        Row("TLS: silence", Scene::Tls(Box::new(wait)), "timeout", 2, false, "no connection was made in time"),
        Row("TLS: an alert", Scene::Tls(Box::new(|mut stream| { let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 70]); wait(stream) })), "tls", 1, false, "neither TLS 1.2 nor 1.3"),
        Row("TLS: expired", Scene::Certificate(Leaf::Expired), "tls", 1, false, "has expired"),
        Row("TLS: another name", Scene::Certificate(Leaf::OtherName), "tls", 1, false, "but not for 127.0.0.1"),
    ]
}

#[rustfmt::skip]
pub fn before_and_inside_the_headers() -> Vec<Row> {
    vec![
        Row("request read, then closed", Scene::Always(Fault::Close), "unreachable", 2, true, "the connection broke"),
        Row("request read, then reset", Scene::Always(Fault::Reset), "unreachable", 2, true, "the connection broke"),
        Row("closed once", Scene::Once(Fault::Close), "written", 2, false, ""),
        Row("written, then closed", Scene::Once(Fault::AfterApplying(Box::new(Fault::Close))), "written", 2, false, ""),
        Row("request read, then silence", Scene::Always(Fault::Hang), "timeout", 2, true, "did not answer in time"),
        Row("slow, but in time", Scene::Always(Fault::Delay(Duration::from_millis(200))), "written", 1, false, ""),
        Row("garbage", sends("\u{1}\u{2}garbage\r\n\r\n"), "unreachable", 2, true, "no HTTP"),
        Row("HTTP/3.0", sends("HTTP/3.0 204 No Content\r\n\r\n"), "unreachable", 2, true, "no HTTP"),
        Row("a TLS alert on http://", sends(vec![21, 3, 1, 0, 2, 2, 22]), "unreachable", 2, true, "https://"),
        Row("half a head, then silence", Scene::Always(Fault::Stall), "timeout", 2, true, "did not answer in time"),
        Row("half a head, then closed", Scene::Always(Fault::Cut(20)), "unreachable", 2, true, "the connection broke"),
        Row("a head that trickles", repeats(b"HTTP/1.1 204 No Content\r\nX: ", b"x", Duration::from_millis(50)), "timeout", 2, true, "did not answer in time"),
        Row("a head without end", repeats(b"HTTP/1.1 204 No Content\r\n", &[b'x'; 4096], Duration::ZERO), "unreachable", 2, true, ""),
        Row("a thousand headers", sends(format!("HTTP/1.1 204 No Content\r\n{}\r\n", "X: y\r\n".repeat(1000))), "unreachable", 2, true, ""),
        Row("100, then 204", sends("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"), "written", 1, false, ""),
        Row("103, then 204", sends("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"), "written", 1, false, ""),
        Row("101", sends("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"), "unexpected_answer", 1, true, "101"),
        Row("1xx without end", repeats(b"", b"HTTP/1.1 102 Processing\r\n\r\n", Duration::from_millis(1)), "timeout", 2, true, "in time"),
    ]
}

#[rustfmt::skip]
pub fn inside_the_body() -> Vec<Row> {
    let json = |length: usize, body: &str| [OK, format!("Content-Length: {length}\r\n\r\n{body}").as_bytes()].concat();
    let issue = r#"{"id":"100001","key":"HSP-1"}"#;
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\x56\xca\x4e\xad\x04\0";
    vec![
        Row("a body that trickles for ever", Scene::Always(Fault::Trickle { head: [OK, b"\r\n"].concat(), every: Duration::from_millis(50) }), "timeout", 2, true, "did not end in time"),
        Row("a body of a gigabyte", Scene::Always(Fault::Flood(1 << 30)), "unexpected_answer", 1, true, "confirms a write"),
        Row("a 500 of a gigabyte", repeats(b"HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\n\r\n", &[b'x'; 16384], Duration::ZERO), "unreachable", 2, true, "500"),
        Row("Content-Length too long", sends(json(999, issue)), "unreachable", 2, true, "the connection broke"),
        Row("Content-Length too short", sends(json(9, issue)), "unexpected_answer", 1, true, "confirms a write"),
        Row("Content-Length is no number", sends([OK, b"Content-Length: nine\r\n\r\n"].concat()), "unreachable", 2, true, ""),
        Row("a right body of a right length", sends(json(issue.len(), issue)), "written", 1, false, ""),
        Row("a right body until the end", sends([OK, b"\r\n", issue.as_bytes()].concat()), "written", 1, false, ""),
        Row("a broken chunk", sends([OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"].concat()), "unreachable", 2, true, "the connection broke"),
        Row("chunks that end early", sends([OK, b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"id"].concat()), "unreachable", 2, true, "the connection broke"),
        Row("a refusal that ends early", sends(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n{\"errorMessages\":[\"Said so"), "value_refused", 1, false, "Said so"),
        Row("gzip that was not asked for", sends([OK, b"Content-Encoding: gzip\r\nContent-Length: 17\r\n\r\n", gzip].concat()), "unexpected_answer", 1, true, "compressed"),
        Row("a refusal in gzip", sends([b"HTTP/1.1 400 Bad Request\r\nContent-Encoding: gzip\r\nContent-Length: 17\r\n\r\n", &gzip[..]].concat()), "value_refused", 1, false, "compressed"),
        Row("a web page", Scene::Always(Fault::Status(200, "<html><title>Log in</title></html>")), "unexpected_answer", 1, true, "Log in"),
        Row("204 with a body behind it", sends("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"), "written", 1, false, ""),
    ]
}

#[rustfmt::skip]
pub fn statuses() -> Vec<Row> {
    vec![
        Row("301", status(301), "unexpected_answer", 1, false, "redirect"),
        Row("400", status(400), "value_refused", 1, false, "400"),
        Row("401", status(401), "credentials_refused", 1, false, "401"),
        Row("402", status(402), "unexpected_answer", 1, false, "402"),
        Row("403", status(403), "permission_denied", 1, false, "403"),
        Row("404", status(404), "issue_not_found", 1, false, "404"),
        Row("405", status(405), "unexpected_answer", 1, false, "405"),
        Row("406", status(406), "unexpected_answer", 1, false, "406"),
        Row("407 of no proxy of ours", status(407), "unreachable", 1, false, "407"),
        Row("408", status(408), "unreachable", 2, false, "408"),
        Row("409", status(409), "conflict", 2, false, "409"),
        Row("410", status(410), "issue_not_found", 1, false, "410"),
        Row("411", status(411), "unexpected_answer", 1, false, "411"),
        Row("412", status(412), "unexpected_answer", 1, false, "412"),
        Row("413", status(413), "value_refused", 1, false, "413"),
        Row("414", status(414), "unexpected_answer", 1, false, "414"),
        Row("415", status(415), "value_refused", 1, false, "415"),
        Row("416", status(416), "unexpected_answer", 1, false, "416"),
        Row("417", status(417), "unexpected_answer", 1, false, "417"),
        Row("421", status(421), "unexpected_answer", 1, false, "421"),
        Row("422", status(422), "value_refused", 1, false, "422"),
        Row("423", status(423), "unexpected_answer", 1, false, "423"),
        Row("424", status(424), "unexpected_answer", 1, false, "424"),
        Row("425", status(425), "unreachable", 2, false, "425"),
        Row("426", status(426), "unexpected_answer", 1, false, "426"),
        Row("428", status(428), "unexpected_answer", 1, false, "428"),
        Row("429, one day", asked_to_wait(429, "86400"), "rate_limited", 1, false, "86400 s"),
        Row("431", status(431), "unexpected_answer", 1, false, "431"),
        Row("451", status(451), "unexpected_answer", 1, false, "451"),
        Row("500", status(500), "unreachable", 2, true, "500"),
        Row("501", status(501), "unreachable", 1, false, "501"),
        Row("502", status(502), "unreachable", 2, true, "502"),
        Row("503", status(503), "unreachable", 2, false, "503"),
        Row("504", status(504), "unreachable", 2, true, "504"),
        Row("505", status(505), "unreachable", 1, false, "505"),
        Row("507", status(507), "unreachable", 1, true, "507"),
        Row("508", status(508), "unreachable", 1, true, "508"),
        Row("511", status(511), "unreachable", 1, true, "511"),
        Row("520", status(520), "unreachable", 2, true, "520"),
        Row("521", status(521), "unreachable", 2, false, "521"),
    ]
}

#[rustfmt::skip]
pub fn retry_after() -> Vec<Row> {
    let soon = |text| Scene::Once(Fault::Answer(Reply::json(503, &json!({})).header("Retry-After", text)));
    vec![
        Row("Retry-After: 0", soon("0"), "written", 2, false, ""),
        Row("Retry-After: 1", soon("1"), "written", 2, false, ""),
        Row("Retry-After: 0.5", soon("0.5"), "written", 2, false, ""),
        Row("Retry-After: -1", soon("-1"), "written", 2, false, ""),
        Row("Retry-After: soon", soon("soon"), "written", 2, false, ""),
        Row("Retry-After: a date that is past", soon("Wed, 01 Jan 2020 00:00:00 GMT"), "written", 2, false, ""),
        Row("Retry-After: a date far off", asked_to_wait(503, "Fri, 01 Jan 2100 00:00:00 GMT"), "unreachable", 1, false, "503"),
        Row("Retry-After: 9223372036854775807", asked_to_wait(429, "9223372036854775807"), "rate_limited", 1, false, "blocks this user for good"),
        Row("Retry-After: 1e400", asked_to_wait(503, "1e400"), "unreachable", 1, false, "503"),
    ]
}
