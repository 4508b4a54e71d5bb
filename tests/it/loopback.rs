//! Servers of a few lines on the loopback interface, for what a Jira never
//! does: raw bytes, proxies, odd handshakes.

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// An address whose name cannot be resolved. Its first label is longer than
/// the 63 bytes of RFC 1035, so that the resolver asks no network for it.
pub const UNRESOLVABLE: &str =
    "http://jira-jira-jira-jira-jira-jira-jira-jira-jira-jira-jira-jira-jira.invalid";

/// Accepts connections until the test process ends, each on a thread of its own.
pub struct Server {
    pub port: u16,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn new(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        Server::logging(move |stream, _| serve(stream))
    }

    /// `serve` may push the heads that it read.
    pub fn logging(serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connections, heads) = (
            Arc::new(AtomicUsize::new(0)),
            Arc::new(Mutex::new(Vec::new())),
        );
        let (count, log, serve) = (
            Arc::clone(&connections),
            Arc::clone(&heads),
            Arc::new(serve),
        );
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let (log, serve) = (Arc::clone(&log), Arc::clone(&serve));
                std::thread::spawn(move || serve(stream, &log));
            }
        });
        Server {
            port,
            connections,
            heads,
        }
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Answers every request with these bytes, and closes.
    pub fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Server::new(move |mut stream| {
            if read_request(&mut stream).is_some() {
                let _ = stream.write_all(&bytes);
            }
        })
    }

    /// Speaks TLS and answers every request as Jira answers a write.
    pub fn tls(config: ServerConfig) -> Self {
        let config = Arc::new(config);
        Server::new(move |stream| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            if read_request(&mut stream).is_some() {
                let _ = stream.write_all(WRITTEN);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        })
    }

    /// An HTTP proxy, for CONNECT and for plain requests. It wants this
    /// `user:password` where there is one, and connects to the port where there is
    /// one, whatever host it is asked for.
    pub fn http_proxy(login: Option<&'static str>, upstream: Option<u16>) -> Self {
        Server::logging(move |stream, log| proxy_http(stream, log, login, upstream))
    }

    /// A SOCKS 5 proxy (RFC 1928, RFC 1929) that connects to this machine's port of
    /// the number asked for.
    pub fn socks_proxy(login: Option<(&'static str, &'static str)>) -> Self {
        Server::logging(move |stream, log| {
            let _ = proxy_socks(stream, log, login);
        })
    }
}

pub const WRITTEN: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

/// Head and body of one request; none where the client is gone.
pub fn read_request(stream: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

fn proxy_http(
    mut stream: TcpStream,
    log: &Mutex<Vec<String>>,
    login: Option<&str>,
    upstream: Option<u16>,
) {
    let Some((head, body)) = read_request(&mut stream) else {
        return;
    };
    log.lock().unwrap().push(head.clone());
    let wanted = login.map(|login| format!("Basic {}", base64(login)));
    if wanted.is_some() && header(&head, "proxy-authorization") != wanted.as_deref() {
        let _ = stream.write_all(
            b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
        );
        return;
    }
    let target = head.split(' ').nth(1).unwrap();
    let authority = target.strip_prefix("http://").unwrap_or(target);
    let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
    let port = authority
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok())
        .unwrap_or(80);
    let Ok(mut jira) = TcpStream::connect((Ipv4Addr::LOCALHOST, upstream.unwrap_or(port))) else {
        let _ = stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        return;
    };
    if head.starts_with("CONNECT ") {
        stream
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .unwrap();
    } else {
        let head = head
            .replacen(target, path, 1)
            .replacen("\r\n", "\r\nConnection: close\r\n", 1);
        jira.write_all(head.as_bytes()).unwrap();
        jira.write_all(&body).unwrap();
    }
    pump(stream, jira);
}

fn proxy_socks(
    mut stream: TcpStream,
    log: &Mutex<Vec<String>>,
    login: Option<(&str, &str)>,
) -> std::io::Result<()> {
    let mut two = [0; 2];
    stream.read_exact(&mut two)?;
    let methods = read_exactly(&mut stream, two[1].into())?;
    let method = if login.is_some() { 2 } else { 0 };
    if !methods.contains(&method) {
        return stream.write_all(&[5, 0xff]);
    }
    stream.write_all(&[5, method])?;
    if let Some((user, password)) = login {
        stream.read_exact(&mut two)?;
        let given_user = read_exactly(&mut stream, two[1].into())?;
        let length = read_exactly(&mut stream, 1)?[0];
        let given_password = read_exactly(&mut stream, length.into())?;
        let right = given_user == user.as_bytes() && given_password == password.as_bytes();
        stream.write_all(&[1, u8::from(!right)])?;
        if !right {
            return Ok(());
        }
    }
    let kind = read_exactly(&mut stream, 4)?[3];
    let host = match kind {
        1 => format!("{:?}", read_exactly(&mut stream, 4)?),
        4 => format!("{:?}", read_exactly(&mut stream, 16)?),
        _ => {
            let length = read_exactly(&mut stream, 1)?[0];
            String::from_utf8_lossy(&read_exactly(&mut stream, length.into())?).into_owned()
        }
    };
    let port = read_exactly(&mut stream, 2)?;
    log.lock().unwrap().push(host);
    let port = u16::from_be_bytes([port[0], port[1]]);
    match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        Ok(jira) => {
            stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0])?;
            pump(stream, jira);
            Ok(())
        }
        Err(_) => stream.write_all(&[5, 5, 0, 1, 0, 0, 0, 0, 0, 0]),
    }
}

fn read_exactly(stream: &mut TcpStream, length: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn pump(one: TcpStream, other: TcpStream) {
    let (mut from, mut to) = (one.try_clone().unwrap(), other.try_clone().unwrap());
    let there = std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (other, one);
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
    let _ = there.join();
}

pub fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A port on which nobody listens. It is held, so that nobody takes it.
pub fn dead_port() -> (u16, socket2::Socket) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket
        .bind(&std::net::SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
        .unwrap();
    (
        socket
            .local_addr()
            .unwrap()
            .as_socket_ipv4()
            .unwrap()
            .port(),
        socket,
    )
}

/// A port that takes no further connection and refuses none: its queue is full.
/// It lives as long as what is returned.
pub fn black_hole() -> (u16, Vec<socket2::Socket>) {
    let (port, listener) = dead_port();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = vec![listener];
    for _ in 0..4 {
        let client =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        client.set_nonblocking(true).unwrap();
        let _ = client.connect(&address);
        held.push(client);
    }
    (port, held)
}

/// A TLS server's settings, for these versions.
pub fn tls_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    versions: &[&'static rustls::SupportedProtocolVersion],
    clients: Option<CertificateDer<'static>>,
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(authority).unwrap();
            let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
                Arc::new(roots),
                provider,
            );
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    builder.with_single_cert(chain, key).unwrap()
}
