//! Knows how many bytes pass; refuses to know what they are. A proxy that takes CONNECT and counts what goes through the tunnel.

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

/// Starts it, for as long as the process lives, and gives its port.
pub(crate) fn start() -> (u16, Arc<Bytes>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let bytes = Arc::new(Bytes::default());
    let counted = Arc::clone(&bytes);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || tunnel(client, &counted));
        }
    });
    (port, bytes)
}

fn tunnel(mut client: TcpStream, bytes: &Bytes) -> Option<()> {
    // Nothing follows the head before it is answered.
    let head: Vec<String> =
        BufReader::new(&client).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let port = head.first()?.split(' ').nth(1)?.rsplit_once(':')?.1.parse::<u16>().ok()?;
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").ok()?;
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
