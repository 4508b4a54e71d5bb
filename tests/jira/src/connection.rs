//! TCP and TLS connections, and what each fault does to them.

use crate::control;
use crate::fault::{Fault, Faults};
use crate::http::{self, NoRequest, RequestReader};
use crate::message::{Reply, Request};
use crate::pages;
use crate::record::{Recorded, Records};
use crate::site::Site;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// State shared by the connections and the test.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) site: Arc<Mutex<Site>>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) records: Mutex<Records>,
    pub(crate) connections: AtomicUsize,
}

/// Locks a mutex, poisoned or not: a failed test must not fail the next one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts connections until the listener fails.
pub(crate) async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let connection = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
        if lock(&shared.faults).closes_unread() {
            continue;
        }
        // Affects latency alone, so that an error does not matter.
        drop(stream.set_nodelay(true));
        let (shared, tls) = (Arc::clone(&shared), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => serve(stream, &shared, connection).await,
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => serve(stream, &shared, connection).await,
                    Err(_) => Ok(()),
                },
            }
        });
    }
}

/// A stream whose TCP socket can be reset.
trait Connection: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Connection for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Connection for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

async fn serve(mut stream: impl Connection, shared: &Shared, connection: usize) -> io::Result<()> {
    let mut reader = RequestReader::default();
    while reader.begins(&mut stream).await {
        if lock(&shared.faults).closes_unread() {
            return Ok(());
        }
        let request = match reader.request(&mut stream).await {
            Ok(request) => request,
            Err(NoRequest::Disconnected) => return Ok(()),
            Err(NoRequest::Refused(reply)) => {
                stream.write_all(&http::encoded(&reply, "")).await?;
                return stream.shutdown().await;
            }
        };
        let beside = control::answer(shared, &request).or_else(|| pages::answer(shared, &request));
        if let Some(reply) = beside {
            if !send(&mut stream, &request, &reply, None).await? {
                return Ok(());
            }
            continue;
        }
        let number = lock(&shared.records).add(Recorded::new(&request, connection));
        let open = answer(&mut stream, shared, &request, number).await;
        lock(&shared.records).finish(number);
        if !open? {
            return Ok(());
        }
    }
    Ok(())
}

/// Answers one request. Returns whether the connection stays open.
async fn answer(
    stream: &mut impl Connection,
    shared: &Shared,
    request: &Request,
    number: usize,
) -> io::Result<bool> {
    let mut fault = lock(&shared.faults).take(request);
    while let Some(Fault::Delayed(time, then)) = fault {
        tokio::time::sleep(time).await;
        fault = Some(*then);
    }
    let (fault, handle_first) = match fault {
        Some(Fault::AfterApplying(fault)) => (Some(*fault), true),
        fault => (fault, false),
    };
    let fault = fault.map(|fault| fault.for_request(request));
    if !handle_first && let Some(fault) = &fault {
        fault.wait().await;
    }
    let handled = handle_first || fault.as_ref().is_none_or(Fault::runs_handler);
    let real = handled.then(|| {
        let reply = lock(&shared.site).handle(request, SystemTime::now());
        lock(&shared.records).change(number, |record| {
            record.applied = reply.applied();
            record.account.clone_from(&reply.account);
        });
        reply
    });
    if handle_first && let Some(fault) = &fault {
        fault.wait().await;
    }
    let cut = match fault {
        Some(Fault::Cut(length)) => Some(length),
        _ => None,
    };
    match visible_answer(fault, real) {
        Ok(reply) => {
            lock(&shared.records).change(number, |record| record.status = Some(reply.status));
            send(stream, request, &reply, cut).await
        }
        Err(Fault::Flood(length)) => {
            lock(&shared.records).change(number, |record| record.status = Some(200));
            flood(stream, length).await
        }
        Err(fault) => fail(stream, fault).await.map(|()| false),
    }
}

/// The answer that the client sees, or the fault that leaves it without one.
fn visible_answer(fault: Option<Fault>, real: Option<Reply>) -> Result<Reply, Fault> {
    let real = || real.unwrap_or_else(|| Reply::new(500));
    match fault {
        None | Some(Fault::Delay(_) | Fault::Wait(_) | Fault::Cut(_)) => Ok(real()),
        Some(Fault::Header(name, value)) => Ok(real().header(name, value)),
        Some(Fault::Headers(headers)) => {
            let mut reply = real();
            reply.headers.extend(headers);
            Ok(reply)
        }
        Some(Fault::Answer(reply)) => Ok(reply),
        Some(Fault::Status(status, "")) => Ok(Reply::new(status)),
        Some(Fault::Status(status, body)) if body.starts_with('{') => {
            Ok(Reply::new(status).body("application/json;charset=UTF-8", body))
        }
        Some(Fault::Status(status, body)) if body.starts_with('<') => Ok(Reply::html(status, body)),
        Some(Fault::Status(status, body)) => Ok(Reply::text(status, body)),
        Some(fault) => Err(fault),
    }
}

async fn send(
    stream: &mut impl Connection,
    request: &Request,
    reply: &Reply,
    cut: Option<usize>,
) -> io::Result<bool> {
    let bytes = http::encoded(reply, &request.method);
    let sent = cut.map_or(bytes.len(), |length| length.min(bytes.len()));
    stream.write_all(&bytes[..sent]).await?;
    stream.flush().await?;
    if cut.is_none() && http::keeps_alive(request, reply) {
        return Ok(true);
    }
    stream.shutdown().await?;
    Ok(false)
}

async fn flood(stream: &mut impl Connection, length: u64) -> io::Result<bool> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let piece = [b'x'; 16 * 1024];
    let mut left = length;
    while left > 0 {
        let next = usize::try_from(left)
            .unwrap_or(piece.len())
            .min(piece.len());
        stream.write_all(&piece[..next]).await?;
        left -= next as u64;
    }
    stream.flush().await?;
    Ok(true)
}

async fn fail(stream: &mut impl Connection, fault: Fault) -> io::Result<()> {
    match fault {
        Fault::Reset => stream.tcp().set_zero_linger(),
        Fault::Close | Fault::CloseUnread => stream.shutdown().await,
        Fault::Raw(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Fault::Begun(bytes, then) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            Box::pin(fail(stream, *then)).await
        }
        Fault::Trickle { head, every } => trickle(stream, &head, every).await,
        Fault::Stall => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: appl")
                .await?;
            stream.flush().await?;
            read_until_closed(stream).await
        }
        _ => read_until_closed(stream).await,
    }
}

async fn trickle(stream: &mut impl Connection, head: &[u8], every: Duration) -> io::Result<()> {
    stream.write_all(head).await?;
    loop {
        stream.flush().await?;
        tokio::time::sleep(every).await;
        stream.write_all(b" ").await?;
    }
}

/// Sends nothing until the client closes.
async fn read_until_closed(stream: &mut impl Connection) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}
