//! Knows how many bytes pass; refuses to know what they are. Stands before one
//! server as a proxy that takes CONNECT, and as the server itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What went to the server and what came back.
#[derive(Default)]
pub(crate) struct Bytes {
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
}

/// A TLS connection begins with it, a request to a proxy never.
const HANDSHAKE: u8 = 22;

/// Starts it before this port of this machine, for as long as the process
/// lives, and gives its own port.
pub(crate) fn start(server: u16) -> (u16, Arc<Bytes>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let bytes = Arc::new(Bytes::default());
    let counted = Arc::clone(&bytes);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || tunnel(client, server, &counted));
        }
    });
    (port, bytes)
}

fn tunnel(mut client: TcpStream, server: u16, bytes: &Bytes) -> Option<()> {
    let mut first = [0];
    client.peek(&mut first).ok()?;
    if first != [HANDSHAKE] {
        // Nothing follows the head before it is answered.
        BufReader::new(&client)
            .lines()
            .map_while(Result::ok)
            .find(String::is_empty)?;
        client
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .ok()?;
    }
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).ok()?;
    std::thread::scope(|scope| {
        scope.spawn(|| pump(&client, &server, &bytes.sent));
        pump(&server, &client, &bytes.received);
    });
    Some(())
}

fn pump(mut from: &TcpStream, mut to: &TcpStream, count: &AtomicU64) {
    let mut chunk = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut chunk) {
        count.fetch_add(length as u64, Ordering::SeqCst);
        if to.write_all(&chunk[..length]).is_err() {
            break;
        }
    }
    // The other side may be gone already.
    drop(to.shutdown(Shutdown::Write));
}
