//! What a proxy answers to CONNECT. The client that a proxy refuses keeps the answer to itself, so the proxy is asked once more, to tell why.

use crate::proxy::Proxy;
use crate::secret::Secret;
use std::io::ErrorKind;
use tokio::net::TcpStream;
use url::Url;

/// An answer's head is read so far.
const LONGEST: usize = 8 << 10;

/// Status and reason of the proxy's answer, such as `403 Forbidden`; none where it says something else than HTTP, or nothing.
///
/// Only a proxy that is spoken to without encryption is asked.
pub(super) async fn status(proxy: &Proxy, url: &Url) -> Option<(u16, String)> {
    let address = proxy.address_with_login();
    if address.scheme() != "http" {
        return None;
    }
    let host = address.host_str()?.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, address.port_or_known_default()?)).await.ok()?;
    let target = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let login = proxy.basic().map(|pair| format!("Proxy-Authorization: Basic {}\r\n", pair.reveal()));
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{}\r\n", login.unwrap_or_default());
    let request = Secret::derived(request);
    write(&stream, request.reveal().as_bytes()).await?;
    let head = read(&stream).await;
    let line = String::from_utf8_lossy(&head).lines().next()?.to_owned();
    let (_, answer) = line.split_once(' ').filter(|(version, _)| version.starts_with("HTTP/1."))?;
    let status = answer.split(' ').next()?.parse().ok()?;
    Some((status, answer.to_owned()))
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) -> Option<()> {
    while !bytes.is_empty() {
        stream.writable().await.ok()?;
        match stream.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
    Some(())
}

/// The first bytes, with the first line among them.
async fn read(stream: &TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while head.len() < LONGEST && !head.contains(&b'\n') && stream.readable().await.is_ok() {
        match stream.try_read(&mut piece) {
            Ok(read) if read > 0 => head.extend_from_slice(&piece[..read]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            _ => break,
        }
    }
    head
}
