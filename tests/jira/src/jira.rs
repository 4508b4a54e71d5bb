//! A Jira that runs on this machine.

use crate::builder::Builder;
use crate::certificates::{self, Files, Leaf};
use crate::connection::{self, Shared, lock};
use crate::fault::{Fault, Faults, On};
use crate::record::{Recorded, Records};
use crate::site::{Kind, Site};
use serde_json::Value;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

/// A Jira on the loopback interface. Dropping it stops it.
#[derive(Debug)]
pub struct Jira {
    port: u16,
    base_url: String,
    files: Option<Files>,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What TLS needs: the certificate's kind and whether clients must show one too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tls {
    pub(crate) leaf: Leaf,
    pub(crate) demand_client: bool,
}

impl Jira {
    /// A self-hosted Jira 8.13, below `/jira`.
    pub fn server() -> Builder {
        Builder::new(Kind::Server)
    }

    /// A self-hosted Jira 10.3, below `/jira`.
    pub fn data_center() -> Builder {
        Builder::new(Kind::DataCenter)
    }

    /// A site of Jira Cloud, at the root.
    pub fn cloud() -> Builder {
        Builder::new(Kind::Cloud)
    }

    pub(crate) fn start(
        port: u16,
        tls: Option<Tls>,
        records: Records,
        site: impl FnOnce(&str) -> Site,
    ) -> io::Result<Self> {
        let (listeners, port) = listen(port)?;
        let (acceptor, files) = match tls {
            None => (None, None),
            Some(tls) => {
                let (acceptor, files) = certificates::acceptor(tls.leaf, tls.demand_client);
                (Some(acceptor), Some(files))
            }
        };
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let site = site(&format!("{scheme}://127.0.0.1:{port}"));
        let base_url = site.base_url().to_owned();
        let shared = Arc::new(Shared {
            site: Arc::new(Mutex::new(site)),
            faults: Mutex::new(Faults::default()),
            records: Mutex::new(records),
            connections: AtomicUsize::new(0),
        });
        let (stop, stopped) = oneshot::channel();
        let theirs = Arc::clone(&shared);
        let thread = std::thread::spawn(move || run(listeners, acceptor, &theirs, stopped));
        Ok(Self {
            port,
            base_url,
            files,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address with its context path, without a slash at the end:
    /// `https://localhost:41233/jira`.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// Where Atlassian's identity provider is on this machine, in place of
    /// `https://auth.atlassian.com`.
    pub fn auth_url(&self) -> String {
        format!("{}{}", self.base_url, crate::site::AUTH_HOST)
    }

    /// Where Atlassian's API host is on this machine, in place of
    /// `https://api.atlassian.com`.
    pub fn api_url(&self) -> String {
        format!("{}{}", self.base_url, crate::site::API_HOST)
    }

    /// The port on `127.0.0.1`, and on `::1` where the machine has it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The private authority's certificate as PEM.
    ///
    /// # Panics
    ///
    /// Without [`Builder::tls`].
    pub fn ca_file(&self) -> &Path {
        let files = self.files.as_ref();
        &files
            .expect("only a Jira built with TLS has an authority")
            .authority
    }

    /// A client's certificate and key of the same authority, as PEM.
    ///
    /// # Panics
    ///
    /// Without [`Builder::tls`].
    pub fn client_files(&self) -> (&Path, &Path) {
        let files = self.files.as_ref();
        files
            .expect("only a Jira built with TLS has an authority")
            .client()
    }

    /// The requests in order of arrival: every one, or the last of them where
    /// [`Builder::keep_requests`] says how many.
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.shared.records).all()
    }

    /// Each request from now on, once it is answered or given up.
    pub fn follow(&self) -> Receiver<Recorded> {
        let (follower, requests) = mpsc::channel();
        lock(&self.shared.records).followers.push(follower);
        requests
    }

    /// The PUTs on issues, in order of arrival.
    pub fn writes(&self) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(Recorded::is_write);
        requests
    }

    /// TCP connections accepted so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// A field's value as `GET issue` reads it back.
    pub fn field(&self, issue: &str, field: &str) -> Value {
        lock(&self.shared.site).value(issue, field)
    }

    /// Queues a fault: the next request that matches takes it.
    pub fn misbehave(&self, on: On, fault: Fault) {
        lock(&self.shared.faults).queue(on, fault);
    }

    /// Applies the fault to every matching request from now on; queued faults come first.
    pub fn always(&self, on: On, fault: Fault) {
        lock(&self.shared.faults).add_permanent(on, fault);
    }

    /// Removes every fault, queued or permanent.
    pub fn behave(&self) {
        lock(&self.shared.faults).clear();
    }

    /// The site itself, to change things while it runs.
    pub fn site(&self) -> Arc<Mutex<Site>> {
        Arc::clone(&self.shared.site)
    }
}

impl Drop for Jira {
    fn drop(&mut self) {
        // Dropping the sender stops the thread. Its panic was printed already.
        drop(self.stop.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// Both loopback addresses on one port. A machine without IPv6 has one of them.
fn listen(wanted: u16) -> io::Result<(Vec<TcpListener>, u16)> {
    let mut taken = Vec::new();
    loop {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted))?;
        let port = four.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(six) => return Ok((vec![four, six], port)),
            // Another process listens there, and `localhost` would reach it. Kept open, so that
            // the next try gets another port.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && wanted == 0 => {
                taken.push(four);
            }
            Err(_) => return Ok((vec![four], port)),
        }
        if taken.len() > 16 {
            return Err(io::ErrorKind::AddrInUse.into());
        }
    }
}

fn run(
    listeners: Vec<TcpListener>,
    acceptor: Option<TlsAcceptor>,
    shared: &Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .expect("a runtime without threads of its own can be built");
    runtime.block_on(async {
        for listener in listeners {
            listener
                .set_nonblocking(true)
                .expect("a socket can be made non-blocking");
            let listener =
                tokio::net::TcpListener::from_std(listener).expect("the runtime takes a listener");
            tokio::spawn(connection::accept(
                listener,
                acceptor.clone(),
                Arc::clone(shared),
            ));
        }
        // Resolves when the sender is dropped.
        drop(stopped.await);
    });
}
