//! The stand-in on its sockets, byte by byte.

use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::json;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// `ci-bot:correct horse battery staple`.
pub(crate) const LOGIN: &str =
    "Authorization: Basic Y2ktYm90OmNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU=\r\n";

fn connect(jira: &Jira) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", jira.port())).unwrap();
    let timeout = Some(Duration::from_secs(10));
    stream.set_read_timeout(timeout).unwrap();
    stream
}

pub(crate) fn put(value: &str) -> String {
    let body = format!(r#"{{"fields":{{"customfield_10314":{{"value":"{value}"}}}}}}"#);
    format!(
        "PUT /jira/rest/api/2/issue/HSP-1 HTTP/1.1\r\nHost: localhost\r\n{LOGIN}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn get(path: &str) -> String {
    format!("GET /jira{path} HTTP/1.1\r\nHost: localhost\r\n{LOGIN}\r\n")
}

/// One answer: its head, then as much body as the head promises.
fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(0) | Err(_) => return String::from_utf8(bytes).unwrap(),
            Ok(_) => bytes.push(byte[0]),
        }
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    head + std::str::from_utf8(&body).unwrap()
}

pub(crate) fn asked(jira: &Jira, request: &str) -> String {
    let mut stream = connect(jira);
    stream.write_all(request.as_bytes()).unwrap();
    answer(&mut stream)
}

#[test]
fn a_write_is_answered_204_recorded_and_kept() {
    let jira = Jira::data_center().start();
    let answer = asked(&jira, &put("Passed"));
    assert!(
        answer.starts_with("HTTP/1.1 204 No Content\r\n"),
        "{answer}"
    );
    let value = jira.field("HSP-1", world::BUILD_STATUS);
    assert_eq!(value["value"], "Passed");
    assert_eq!(value["id"], "10114");
    let writes = jira.writes();
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].status, Some(204));
    assert!(writes[0].applied);
    assert_eq!(writes[0].connection, 1);
    assert_eq!(writes[0].header("content-type"), Some("application/json"));
    assert_eq!(
        writes[0].json(),
        json!({"fields": {"customfield_10314": {"value": "Passed"}}})
    );
}

#[test]
fn one_connection_carries_several_requests() {
    let jira = Jira::data_center().start();
    let mut stream = connect(&jira);
    for value in ["Passed", "Failed"] {
        stream.write_all(put(value).as_bytes()).unwrap();
        assert!(answer(&mut stream).starts_with("HTTP/1.1 204"));
    }
    stream
        .write_all(get("/rest/api/2/myself").as_bytes())
        .unwrap();
    assert!(answer(&mut stream).contains("\"name\":\"ci-bot\""));
    assert_eq!(jira.connections(), 1);
    assert_eq!(jira.requests().len(), 3);
    assert_eq!(jira.field("hsp-1", world::BUILD_STATUS)["value"], "Failed");
}

#[test]
fn a_chunked_body_is_put_together() {
    let jira = Jira::data_center().start();
    let body = r#"{"fields":{"customfield_10319":"7"}}"#;
    let (one, two) = body.split_at(9);
    let request = format!(
        "PUT /jira/rest/api/2/issue/HSP-1 HTTP/1.1\r\nHost: localhost\r\n{LOGIN}\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{one}\r\n{:X};ext=1\r\n{two}\r\n0\r\nTrailer: x\r\n\r\n",
        one.len(),
        two.len()
    );
    assert!(asked(&jira, &request).starts_with("HTTP/1.1 204"));
    assert_eq!(jira.writes()[0].body, body.as_bytes());
}

#[test]
fn a_client_that_waits_for_100_is_told_to_go_on() {
    let jira = Jira::data_center().start();
    let request = put("Passed").replace("Content-Type", "Expect: 100-continue\r\nContent-Type");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut stream = connect(&jira);
    stream
        .write_all(format!("{head}\r\n\r\n").as_bytes())
        .unwrap();
    assert_eq!(answer(&mut stream), "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).unwrap();
    assert!(answer(&mut stream).starts_with("HTTP/1.1 204"));
}

#[test]
fn what_is_no_http_is_a_400() {
    let jira = Jira::data_center().start();
    assert!(asked(&jira, "nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
    assert!(asked(&jira, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400"));
    assert!(jira.requests().is_empty());
}

#[test]
fn a_queued_fault_is_taken_once_and_by_the_request_it_waits_for() {
    let jira = Jira::data_center().start();
    jira.misbehave(On::Write, Fault::Status(503, ""));
    jira.misbehave(
        On::Path("/myself"),
        Fault::Answer(Reply::html(200, "<html>login</html>")),
    );
    assert!(asked(&jira, &get("/rest/api/2/serverInfo")).starts_with("HTTP/1.1 200"));
    assert!(asked(&jira, &put("Passed")).starts_with("HTTP/1.1 503"));
    assert!(jira.field("HSP-1", world::BUILD_STATUS).is_null());
    assert!(!jira.writes()[0].applied);
    assert!(asked(&jira, &put("Passed")).starts_with("HTTP/1.1 204"));
    assert!(asked(&jira, &get("/rest/api/2/myself")).ends_with("<html>login</html>"));
}

#[test]
fn a_standing_fault_stays_until_the_site_behaves() {
    let jira = Jira::data_center().start();
    jira.always(On::Any, Fault::Header("Set-Cookie", "a=b"));
    for _ in 0..2 {
        assert!(asked(&jira, &put("Passed")).contains("Set-Cookie: a=b\r\n"));
    }
    jira.behave();
    assert!(!asked(&jira, &put("Passed")).contains("Set-Cookie"));
}

#[test]
fn a_fault_after_applying_leaves_the_work_done() {
    let jira = Jira::data_center().start();
    jira.misbehave(On::Write, Fault::AfterApplying(Box::new(Fault::Close)));
    assert_eq!(asked(&jira, &put("Passed")), "");
    assert_eq!(jira.field("HSP-1", world::BUILD_STATUS)["value"], "Passed");
    let write = &jira.writes()[0];
    assert!(write.applied);
    assert_eq!(write.status, None);
}

#[test]
fn a_reset_is_one_to_the_client() {
    let jira = Jira::data_center().start();
    jira.misbehave(On::Any, Fault::Reset);
    let mut stream = connect(&jira);
    stream.write_all(put("Passed").as_bytes()).unwrap();
    let error = stream.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(jira.writes().len(), 1);
}

#[test]
fn a_connection_closed_unread_leaves_no_record() {
    let jira = Jira::data_center().start();
    jira.misbehave(On::Any, Fault::CloseUnread);
    let mut stream = connect(&jira);
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
    assert!(jira.requests().is_empty());
    let mut stream = connect(&jira);
    stream.write_all(put("Passed").as_bytes()).unwrap();
    assert!(answer(&mut stream).starts_with("HTTP/1.1 204"));
    jira.misbehave(On::Any, Fault::CloseUnread);
    stream.write_all(put("Failed").as_bytes()).unwrap();
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
    assert_eq!(jira.requests().len(), 1);
    assert_eq!(jira.connections(), 2);
}

#[test]
fn a_cut_answer_ends_where_it_was_told() {
    let jira = Jira::data_center().start();
    jira.misbehave(On::Any, Fault::Cut(20));
    assert_eq!(asked(&jira, &put("Passed")), "HTTP/1.1 204 No Cont");
    jira.misbehave(On::Any, Fault::Raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()));
    assert_eq!(asked(&jira, &put("Passed")), "SSH-2.0-OpenSSH_9.6\r\n");
}

#[test]
fn a_stalled_answer_stops_in_its_head_and_a_hung_one_never_begins() {
    let jira = Jira::data_center().start();
    for (fault, seen) in [(Fault::Stall, "HTTP/1.1 200 OK\r\n"), (Fault::Hang, "")] {
        jira.misbehave(On::Any, fault);
        let mut stream = connect(&jira);
        stream.write_all(put("Passed").as_bytes()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(200)))
            .unwrap();
        assert!(answer(&mut stream).starts_with(seen));
    }
    assert!(jira.writes().iter().all(|write| write.status.is_none()));
}

#[test]
fn an_echo_may_break_off_inside_the_credentials_or_be_no_http() {
    let jira = Jira::data_center().start();
    let everything = |fault| {
        jira.misbehave(On::Any, fault);
        let mut stream = connect(&jira);
        stream.write_all(put("Passed").as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let echo = everything(Fault::BrokenEcho(
        400,
        str::to_uppercase,
        Box::new(Fault::Close),
    ));
    let (head, body) = echo.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("HTTP/1.1 400 ")
            && !head.contains(&format!("Content-Length: {}\r\n", body.len())),
        "{head}"
    );
    assert!(
        body.ends_with("}}} BASIC Y2KTYM90OMNVCNJLY3QGAG9YC2UGYMF0DG"),
        "{body}"
    );
    let bare = everything(Fault::BareEcho(str::to_lowercase));
    assert!(
        bare.starts_with("localhost\r\nbasic y2ktym90") && bare.ends_with("}}}"),
        "{bare}"
    );
}

#[test]
fn a_flood_is_as_long_as_it_says_and_a_trickle_has_no_end() {
    let jira = Jira::data_center().start();
    jira.misbehave(On::Any, Fault::Flood(100_000));
    let flood = asked(&jira, &get("/rest/api/2/myself"));
    assert!(flood.ends_with(&"x".repeat(100_000)));
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_vec();
    let every = Duration::from_millis(1);
    jira.misbehave(On::Any, Fault::Trickle { head, every });
    let mut stream = connect(&jira);
    stream.write_all(put("Passed").as_bytes()).unwrap();
    assert!(answer(&mut stream).ends_with("         "));
    stream.read_exact(&mut [0; 20]).unwrap();
}

#[test]
fn a_delay_is_waited_out_and_then_answered() {
    let jira = Jira::data_center().start();
    jira.misbehave(On::Any, Fault::Delay(Duration::from_millis(50)));
    let begun = std::time::Instant::now();
    assert!(asked(&jira, &put("Passed")).starts_with("HTTP/1.1 204"));
    assert!(begun.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_stopped_jira_leaves_no_connection_open() {
    let jira = Jira::data_center().start();
    assert_eq!(
        jira.base_url(),
        format!("http://127.0.0.1:{}/jira", jira.port())
    );
    let mut stream = connect(&jira);
    stream.write_all(put("Passed").as_bytes()).unwrap();
    assert!(answer(&mut stream).starts_with("HTTP/1.1 204"));
    drop(jira);
    assert!(matches!(stream.read(&mut [0]), Ok(0)));
}
