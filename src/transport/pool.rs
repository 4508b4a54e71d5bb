//! The clients that carry requests, one for each that is under way. A client
//! makes at most one connection to a host, so a run makes no more than it has
//! requests under way; a client that is shared makes another one whenever none
//! is free at the moment.

use crate::error::{Failure, Kind};
use crate::transport::error::root_cause;
use crate::transport::network::Network;
use crate::transport::proxy::Proxy;
use crate::transport::tls::{self, HandshakeRecord, Peer, Trusted};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A connection that takes longer is tried again, while the attempt still has
/// time. Several addresses of a host share it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Clients that are not in use, and what is needed to build another one.
pub(super) struct Pool {
    network: Network,
    timeout: Duration,
    record: Arc<HandshakeRecord>,
    plain: RefCell<Vec<PooledClient>>,
    /// Those that check no certificate or present ours, as the settings for Jira say.
    jira: RefCell<Vec<PooledClient>>,
    others: RefCell<Vec<PooledClient>>,
    base: Url,
    /// Read when it is first needed: no certificate is read for an `http://` address.
    trusted: Trusted,
}

/// A client that nobody else uses, and whom its handshakes are with.
pub(super) struct PooledClient {
    pub(super) client: reqwest::Client,
    peer: Arc<Peer>,
}

impl Pool {
    pub(super) fn new(network: Network, base: Url, timeout: Duration) -> Self {
        Pool {
            network,
            timeout,
            record: Arc::default(),
            plain: RefCell::default(),
            jira: RefCell::default(),
            others: RefCell::default(),
            base,
            trusted: Trusted::default(),
        }
    }

    /// The proxy that an address is reached through.
    pub(super) fn proxy(&self, url: &Url) -> Option<&Proxy> {
        self.network.proxies.choose(url)
    }

    /// What is remembered of the handshakes.
    pub(super) fn record(&self) -> &HandshakeRecord {
        &self.record
    }

    /// A client that nobody else uses.
    ///
    /// # Errors
    /// A usage error for certificates that cannot be read.
    pub(super) fn acquire(&self, url: &Url) -> Result<PooledClient, Failure> {
        let free = self.free(url).borrow_mut().pop();
        let pooled = free.map_or_else(|| self.build(url), Ok)?;
        pooled.peer.expect(self.has_encrypted_proxy(url));
        Ok(pooled)
    }

    /// Gives it back with its connections.
    pub(super) fn release(&self, url: &Url, pooled: PooledClient) {
        self.free(url).borrow_mut().push(pooled);
    }

    fn free(&self, url: &Url) -> &RefCell<Vec<PooledClient>> {
        match (self.needs_trust(url), self.is_jira(url)) {
            (false, _) => &self.plain,
            (true, true) => &self.jira,
            (true, false) => &self.others,
        }
    }

    /// Jira's own host: token endpoints, gateways and proxies are others.
    fn is_jira(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    fn needs_trust(&self, url: &Url) -> bool {
        url.scheme() == "https" || self.has_encrypted_proxy(url)
    }

    fn has_encrypted_proxy(&self, url: &Url) -> bool {
        self.proxy(url)
            .is_some_and(|proxy| proxy.scheme() == "https")
    }

    fn build(&self, url: &Url) -> Result<PooledClient, Failure> {
        let peer = Arc::default();
        let tls = if self.needs_trust(url) {
            let (trust, proxied) = (&self.network.trust, self.has_encrypted_proxy(url));
            self.trusted
                .config(trust, self.is_jira(url), proxied, &self.record, &peer)?
        } else {
            tls::trusting_nobody()
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .tls_info(true)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT.min(self.timeout))
            .pool_max_idle_per_host(1);
        if !self.network.proxies.is_empty() {
            let proxies = self.network.proxies.clone();
            let address = move |url: &Url| proxies.choose(url).map(Proxy::address_with_login);
            builder = builder.proxy(reqwest::Proxy::custom(address));
        }
        let client = builder.build();
        let client = client.map_err(|error| {
            Failure::new(
                Kind::Internal,
                format!("no HTTP client: {}", root_cause(&error)),
            )
        })?;
        Ok(PooledClient { client, peer })
    }
}
