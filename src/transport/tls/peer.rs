//! NoProxyRule a handshake is with. The client gives one set of TLS settings to
//! a proxy and to the server behind it, and rustls names nobody when it asks
//! for our certificate; but whenever a handshake begins, it asks what is
//! remembered of the server.

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use std::sync::atomic::{AtomicBool, Ordering};

/// The peer of one client's handshakes, which makes one connection at a time.
#[derive(Debug, Default)]
pub(in crate::transport) struct Peer {
    proxy_is_next: AtomicBool,
    is_proxy: AtomicBool,
}

impl Peer {
    /// Told before each attempt: whether a new connection begins with a handshake
    /// with a proxy.
    pub(in crate::transport) fn expect(&self, proxy: bool) {
        self.proxy_is_next.store(proxy, Ordering::Relaxed);
    }

    /// True where the handshake that is under way is with a proxy.
    pub(super) fn is_proxy(&self) -> bool {
        self.is_proxy.load(Ordering::Relaxed)
    }
}

/// Remembers no session: a run makes few connections, and keeps them.
impl ClientSessionStore for Peer {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.is_proxy.store(
            self.proxy_is_next.swap(false, Ordering::Relaxed),
            Ordering::Relaxed,
        );
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}
