//! How a connection is made: through which proxy, with which trust. Plain values.

use crate::transport::proxy::Proxies;
use std::path::PathBuf;

#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    pub proxies: Proxies,
    pub trust: Trust,
}

/// Which certificates are trusted, and which one is presented.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    /// A PEM file whose certificates are trusted beside the system's.
    pub ca_bundle: Option<PathBuf>,
    /// `SSL_CERT_FILE`: in place of the system's file.
    pub system_bundle: Option<PathBuf>,
    /// `SSL_CERT_DIR`: in place of the system's folder; several, separated as in `PATH`.
    pub system_folders: Vec<PathBuf>,
    /// What we present to a server that asks.
    pub client: Option<ClientFiles>,
    pub insecure: bool,
}

/// PEM files of a client certificate.
#[derive(Clone, Debug)]
pub(crate) struct ClientFiles {
    /// The certificate, and those between it and its authority.
    pub certificate: PathBuf,
    /// Its private key; the same file where both stand in one.
    pub key: PathBuf,
}
