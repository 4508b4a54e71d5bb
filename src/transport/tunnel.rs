//! What a proxy answers to CONNECT. The client that a proxy refuses keeps the
//! answer to itself, so the proxy is asked once more, to tell why.

use crate::redact::Secret;
use crate::transport::proxy::Proxy;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// An answer's head is read so far.
const LONGEST: usize = 8 << 10;

/// Status and reason of the proxy's answer, such as `403 Forbidden`; none where
/// it says something else than HTTP, or nothing.
///
/// Only a proxy that is spoken to without encryption is asked.
pub(super) async fn status(proxy: &Proxy, url: &Url) -> Option<(u16, String)> {
    let address = proxy.address_with_login();
    if address.scheme() != "http" {
        return None;
    }
    let host = address
        .host_str()?
        .trim_start_matches('[')
        .trim_end_matches(']');
    let mut stream = TcpStream::connect((host, address.port_or_known_default()?))
        .await
        .ok()?;
    let target = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let login = proxy
        .basic()
        .map(|pair| format!("Proxy-Authorization: Basic {}\r\n", pair.reveal()));
    let request = format!(
        "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{}\r\n",
        login.unwrap_or_default()
    );
    let request = Secret::derived(request);
    stream.write_all(request.reveal().as_bytes()).await.ok()?;
    let head = read(&mut stream).await;
    let line = String::from_utf8_lossy(&head).lines().next()?.to_owned();
    let (_, answer) = line
        .split_once(' ')
        .filter(|(version, _)| version.starts_with("HTTP/1."))?;
    let status = answer.split(' ').next()?.parse().ok()?;
    Some((status, answer.to_owned()))
}

/// The first bytes, with the first line among them.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut head = Vec::new();
    while head.len() < LONGEST
        && !head.contains(&b'\n')
        && stream.read_buf(&mut head).await.is_ok_and(|read| read > 0)
    {}
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::Rows;
    use std::time::Duration;
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    /// What is made of a proxy that answers with these bytes, and then closes or
    /// does not. More than ten seconds is for ever.
    async fn asked(answer: &[u8], closes: bool) -> Option<(u16, String)> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::parse(&listener.local_addr().unwrap().to_string(), "--proxy").unwrap();
        let serving = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut request).await.unwrap();
            }
            stream.write_all(answer).await.unwrap();
            (!closes).then_some(stream)
        };
        let url = Url::parse("https://jira.example.com").unwrap();
        let both = async { tokio::join!(status(&proxy, &url), serving).0 };
        timeout(Duration::from_secs(10), both)
            .await
            .expect("it would wait for ever")
    }

    #[tokio::test]
    async fn the_first_line_is_all_that_is_waited_for() {
        let mut rows = Rows::default();
        for closes in [true, false] {
            let answer = asked(b"HTTP/1.1 403 Blocked by policy\r\nX-", closes).await;
            let first = Some((403, "403 Blocked by policy".to_owned()));
            rows.check(&format!("closes: {closes}"), || assert_eq!(answer, first));
        }
    }

    #[tokio::test]
    async fn what_has_no_end_or_no_beginning_is_waited_for_no_longer_than_it_can_be_a_status() {
        let endless = [b"HTTP/1.1 403 ".to_vec(), vec![b'x'; LONGEST - 13]].concat();
        assert_eq!(
            asked(&endless, false).await.map(|(status, _)| status),
            Some(403)
        );
        assert_eq!(
            asked(b"HTTP/1.1 403", true).await.map(|(status, _)| status),
            Some(403)
        );
        assert_eq!(asked(b"", true).await, None);
        assert_eq!(asked(b"220 mail.example.com ESMTP\r\n", false).await, None);
    }

    #[tokio::test]
    async fn the_first_line_may_come_in_pieces() {
        let (mut here, mut there) = tokio::io::duplex(4);
        tokio::spawn(async move { there.write_all(b"HTTP/1.1 407\r\n").await });
        assert_eq!(read(&mut here).await, b"HTTP/1.1 407\r\n");
    }
}
