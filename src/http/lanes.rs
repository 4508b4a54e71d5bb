//! The clients that carry requests, one for each that is under way. A client makes at most one connection to a host, so a
//! run makes no more than it has requests under way; a client that is shared makes another one whenever none is free at the moment.

use super::tls::{self, Record};
use super::trouble::root_cause;
use crate::config::Network;
use crate::failure::{Failure, Kind};
use crate::proxy::Proxy;
use rustls::ClientConfig;
use std::cell::{OnceCell, RefCell};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A connection that takes longer is tried again, while the attempt still has time. Several addresses of a host share it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Clients that are not in use, and what is needed to build another one.
pub(super) struct Lanes {
    network: Network,
    timeout: Duration,
    record: Arc<Record>,
    plain: RefCell<Vec<reqwest::Client>>,
    secure: RefCell<Vec<reqwest::Client>>,
    /// Read once, when it is first needed: no certificate is read for an `http://` address.
    trust: OnceCell<ClientConfig>,
}

impl Lanes {
    pub(super) fn new(network: Network, timeout: Duration) -> Self {
        Lanes {
            network,
            timeout,
            record: Arc::default(),
            plain: RefCell::default(),
            secure: RefCell::default(),
            trust: OnceCell::new(),
        }
    }

    /// The proxy that an address is reached through.
    pub(super) fn proxy(&self, url: &Url) -> Option<&Proxy> {
        self.network.proxies.choose(url)
    }

    /// What is remembered of the handshakes.
    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    /// A client that nobody else uses.
    ///
    /// # Errors
    /// A usage error for certificates that cannot be read.
    pub(super) fn take(&self, url: &Url) -> Result<reqwest::Client, Failure> {
        let free = self.free(url).borrow_mut().pop();
        free.map_or_else(|| self.build(url), Ok)
    }

    /// Gives it back with its connections.
    pub(super) fn give_back(&self, url: &Url, client: reqwest::Client) {
        self.free(url).borrow_mut().push(client);
    }

    fn free(&self, url: &Url) -> &RefCell<Vec<reqwest::Client>> {
        if self.needs_trust(url) { &self.secure } else { &self.plain }
    }

    fn needs_trust(&self, url: &Url) -> bool {
        url.scheme() == "https" || self.proxy(url).is_some_and(|proxy| proxy.scheme() == "https")
    }

    fn build(&self, url: &Url) -> Result<reqwest::Client, Failure> {
        let tls = if self.needs_trust(url) { self.trust()?.clone() } else { tls::trusting_nobody() };
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
        client.map_err(|error| Failure::new(Kind::Internal, format!("no HTTP client: {}", root_cause(&error))))
    }

    fn trust(&self) -> Result<&ClientConfig, Failure> {
        if let Some(trust) = self.trust.get() {
            return Ok(trust);
        }
        let trust = tls::trusting(&self.network.trust, &self.record)?;
        Ok(self.trust.get_or_init(|| trust))
    }
}
