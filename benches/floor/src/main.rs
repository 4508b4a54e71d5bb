//! The least that the libraries under the program can do. `floor put CA PORT
//! HEAD-AND-BODY` connects to this machine with rustls and ring, sends that one
//! request and reads the status; `floor sign KEY` makes one blinded RSA-SHA1
//! signature; `floor nothing` ends.

use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::rand_core::OsRng;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sha1::{Digest, Sha1};
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["put", authority, port, request] => put(authority, port.parse()?, request),
        ["sign", key] => sign(key),
        ["nothing"] => Ok(()),
        _ => Err("put CA PORT REQUEST, sign KEY or nothing".into()),
    }
}

fn put(authority: &str, port: u16, request: &str) -> Result<(), Box<dyn Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost")?)?;
    let mut stream = StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", port))?);
    stream.write_all(request.as_bytes())?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    if status.ends_with(b" 204") {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&status).into())
    }
}

fn sign(key: &str) -> Result<(), Box<dyn Error>> {
    let key = RsaPrivateKey::from_pkcs1_pem(&std::fs::read_to_string(key)?)?;
    key.sign_with_rng(
        &mut OsRng,
        Pkcs1v15Sign::new::<Sha1>(),
        &Sha1::digest(b"a base string"),
    )?;
    Ok(())
}
