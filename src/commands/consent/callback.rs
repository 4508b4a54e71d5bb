//! The page on this machine to which a consent page sends the browser back;
//! knows HTTP just so far, and nothing of OAuth.

use crate::error::{Failure, Kind};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::Poll;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::{Url, form_urlencoded};

/// A request is read no further than its head, and that no further than this.
const LONGEST_HEAD: usize = 32 << 10;
/// Whoever comes when so many have not said all yet takes the place of the oldest.
const MOST_VISITS: usize = 64;
const PATH: &str = "/callback";

/// Listens on the loopback interface. Whoever else asks for something, or
/// nothing, disturbs nobody.
#[derive(Debug)]
pub(crate) struct Callback {
    listeners: Vec<TcpListener>,
    address: Url,
}

/// What the browser brought: names and values of the query.
pub(crate) type QueryParams = [(String, String)];

/// What is made of it: `None` for a request that is not the one that is waited for.
pub(crate) type CallbackResult<T> = Option<Result<T, Failure>>;

type Visits = VecDeque<Pin<Box<dyn Future<Output = io::Result<CallbackRequest>>>>>;

struct CallbackRequest {
    stream: TcpStream,
    /// None for a request for anything else.
    query: Option<String>,
}

impl Callback {
    /// Listens at `http://localhost:PORT/callback`, on both addresses that this
    /// name has. Port 0 is any free one.
    ///
    /// # Errors
    /// A usage error where the port is taken.
    pub(crate) async fn listen(port: u16) -> Result<Self, Failure> {
        let taken = |error: io::Error| {
            Failure::new(
                Kind::Usage,
                format!("nobody can listen on port {port} of this machine: {error}"),
            )
            .hint(
                "choose another with --port, and register its address as the callback or redirect \
                 address",
            )
        };
        let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            .await
            .map_err(taken)?;
        let port = four.local_addr().map_err(taken)?.port();
        let mut listeners = vec![four];
        let six = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await;
        listeners.extend(unless_absent(six).map_err(taken)?);
        let address = Url::parse(&format!("http://localhost:{port}{PATH}"));
        let address = address.map_err(|error| Failure::new(Kind::Internal, error.to_string()))?;
        Ok(Callback { listeners, address })
    }

    /// Where the browser is to be sent.
    pub(crate) fn address(&self) -> &Url {
        &self.address
    }

    /// Waits for the request that `read` makes something of, and tells the person
    /// in the browser what became of it. Waits for ever: whoever calls sets the
    /// end.
    ///
    /// # Errors
    /// What `read` says.
    pub(crate) async fn wait<T>(
        &self,
        read: impl Fn(&QueryParams) -> CallbackResult<T>,
    ) -> Result<T, Failure> {
        let mut visits = Visits::new();
        loop {
            let visit = tokio::select! {
                stream = self.accept() => {
                    if visits.len() == MOST_VISITS {
                        visits.pop_front();
                    }
                    visits.push_back(Box::pin(visit(stream)));
                    continue;
                }
                visit = next(&mut visits) => visit,
            };
            let Ok(CallbackRequest { stream, query }) = visit else {
                continue;
            };
            let brought = query.as_deref().map(brought).unwrap_or_default();
            let (status, words) = match read(&brought) {
                Some(Ok(found)) => {
                    answer(
                        stream,
                        "200 OK",
                        "Done. You can close this page and go back to the terminal.",
                    )
                    .await;
                    return Ok(found);
                }
                Some(Err(failure)) => {
                    answer(stream, "400 Bad Request", &failure.message).await;
                    return Err(failure);
                }
                None if query.is_some() => (
                    "400 Bad Request",
                    "This page waits for the answer of a consent page.",
                ),
                None => ("404 Not Found", "There is nothing here."),
            };
            answer(stream, status, words).await;
        }
    }

    async fn accept(&self) -> TcpStream {
        poll_fn(|context| {
            for listener in &self.listeners {
                if let Poll::Ready(Ok((stream, _))) = listener.poll_accept(context) {
                    return Poll::Ready(stream);
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// The first that has said all.
async fn next(visits: &mut Visits) -> io::Result<CallbackRequest> {
    poll_fn(|context| {
        for at in 0..visits.len() {
            if let Poll::Ready(visit) = visits[at].as_mut().poll(context) {
                drop(visits.remove(at));
                return Poll::Ready(visit);
            }
        }
        Poll::Pending
    })
    .await
}

/// `None` on a machine without IPv6; an error where somebody else has the port,
/// who would get what is ours.
fn unless_absent(six: io::Result<TcpListener>) -> io::Result<Option<TcpListener>> {
    match six {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok(None),
    }
}

fn brought(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Reads one request's head. A browser also opens connections on which it says
/// nothing; those end here without an answer.
async fn visit(mut stream: TcpStream) -> io::Result<CallbackRequest> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if head.len() > LONGEST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    Ok(CallbackRequest {
        stream,
        query: query(&head),
    })
}

/// The query of a GET of our page; empty where there is none.
fn query(head: &[u8]) -> Option<String> {
    let line = head.split(|&byte| byte == b'\r').next()?;
    let target = std::str::from_utf8(line)
        .ok()?
        .strip_prefix("GET ")?
        .split(' ')
        .next()?;
    match target.strip_prefix(PATH)? {
        "" => Some(String::new()),
        rest => rest.strip_prefix('?').map(str::to_owned),
    }
}

/// A browser that goes away before it is answered misses a page, no more.
async fn answer(mut stream: TcpStream, status: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta \
         charset=\"utf-8\"><title>jira-build-status</title></head><body><p>{words}</p></body></html>"
    );
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    let _ = stream.write_all(text.as_bytes()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn only_a_get_of_our_page_brings_a_query() {
        let rows = [
            (
                "GET /callback?code=a%20b&state=c HTTP/1.1",
                Some("code=a%20b&state=c"),
            ),
            ("GET /callback HTTP/1.1", Some("")),
            ("GET /callbacks?code=a HTTP/1.1", None),
            ("GET /favicon.ico HTTP/1.1", None),
            ("POST /callback?code=a HTTP/1.1", None),
            ("", None),
        ];
        each(rows, |(line, expected)| {
            let head = format!("{line}\r\nHost: localhost\r\n\r\n");
            assert_eq!(query(head.as_bytes()).as_deref(), expected, "{line}");
        });
        assert_eq!(
            brought("code=a%20b+c"),
            [("code".to_owned(), "a b c".to_owned())]
        );
    }

    #[test]
    fn without_ipv6_the_other_address_will_do_and_a_port_that_is_taken_there_will_not() {
        assert!(
            unless_absent(Err(io::ErrorKind::AddrNotAvailable.into()))
                .unwrap()
                .is_none()
        );
        assert!(unless_absent(Err(io::ErrorKind::AddrInUse.into())).is_err());
    }

    /// What a browser gets that sends these bytes: all of the answer, or none.
    async fn visited(port: u16, sent: &[u8]) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .unwrap();
        let mut text = String::new();
        // Whoever is turned away may find the connection reset.
        let _ = stream.write_all(sent).await;
        let _ = stream.read_to_string(&mut text).await;
        text
    }

    #[tokio::test]
    async fn a_request_of_any_size_is_answered_or_turned_away_and_the_wait_goes_on() {
        let callback = Callback::listen(0).await.unwrap();
        let port = callback.address().port().unwrap();
        let wait = callback.wait(|brought| (!brought.is_empty()).then_some(Ok(())));
        let padded = |length: usize| {
            let head = "GET /other HTTP/1.1\r\nX: ".to_owned();
            format!("{head}{}\r\n\r\n", "x".repeat(length - head.len() - 4))
        };
        let visits = async {
            assert!(
                visited(port, padded(LONGEST_HEAD).as_bytes())
                    .await
                    .starts_with("HTTP/1.1 404 ")
            );
            assert_eq!(visited(port, padded(LONGEST_HEAD + 1).as_bytes()).await, "");
            assert_eq!(visited(port, padded(3 * LONGEST_HEAD).as_bytes()).await, "");
            let mut gone = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                .await
                .unwrap();
            gone.write_all(b"GET /call").await.unwrap();
            drop(gone);
            visited(port, b"GET /callback?code=1 HTTP/1.1\r\n\r\n").await
        };
        let (waited, answered) = tokio::join!(wait, visits);
        assert!(
            waited.is_ok() && answered.starts_with("HTTP/1.1 200 "),
            "{answered}"
        );
    }
}
