//! Certificates in PEM (RFC 7468), read fast: a system's store has some 150 of
//! them, and every run over https reads it. Judges none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// The bundle of a whole system has a quarter of a mebibyte.
const LONGEST: u64 = 16 << 20;

/// Reads a file of PEM; it may be a pipe, and it may be endless.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut pem = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut pem)?;
    if pem.len() as u64 > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is longer than 16 MiB",
        ));
    }
    Ok(pem)
}

/// Each certificate of a file in turn; an error for one that is damaged. Text
/// between them is skipped.
pub(super) fn certificates(
    pem: &[u8],
) -> impl Iterator<Item = Result<CertificateDer<'static>, ()>> {
    let mut lines = lines(pem);
    std::iter::from_fn(move || {
        lines.find(|line| *line == BEGIN)?;
        let mut base64 = Vec::with_capacity(2048);
        for line in lines.by_ref() {
            if line == END {
                return Some(
                    STANDARD
                        .decode(&base64)
                        .map(CertificateDer::from)
                        .map_err(|_| ()),
                );
            }
            base64.extend_from_slice(line);
        }
        Some(Err(()))
    })
}

fn lines(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..end).filter(|_| !rest.is_empty())?;
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(line.trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_read_whatever_stands_between_them() {
        let pem = b"# A comment\r\n-----BEGIN CERTIFICATE-----\r\nAQID\r\nBA==\r\n-----END CERTIFICATE-----\r\n\n\
            -----BEGIN CERTIFICATE-----\nA?\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nAQ==";
        let read: Vec<_> = certificates(pem)
            .map(|found| found.map(|der| der.to_vec()))
            .collect();
        assert_eq!(read, [Ok(vec![1, 2, 3, 4]), Err(()), Err(())]);
        assert_eq!(certificates(b"nothing").count(), 0);
    }

    #[test]
    fn a_file_is_read_up_to_its_greatest_length() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let read = |length| {
            file.as_file().set_len(length).unwrap();
            read(file.path()).map(|pem| pem.len() as u64).ok()
        };
        assert_eq!(read(LONGEST), Some(LONGEST));
        assert_eq!(read(LONGEST + 1), None);
    }
}
