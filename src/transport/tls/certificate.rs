//! What a certificate says of itself, for people. Judges nothing.

use crate::transport::tls::name::distinguished;
use std::time::{Duration, SystemTime};
use x509_cert::der::Decode;

/// A certificate, as far as a person asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// The distinguished name of who issued it (RFC 4514).
    pub issuer: String,
    /// The end of its validity (`notAfter`).
    pub ends: SystemTime,
}

/// Reads DER; `None` for what is no certificate.
pub(crate) fn certificate(der: &[u8]) -> Option<Certificate> {
    let read = x509_cert::Certificate::from_der(der).ok()?.tbs_certificate;
    let ends = read.validity.not_after.to_unix_duration();
    Some(Certificate {
        issuer: distinguished(&read.issuer),
        ends: SystemTime::UNIX_EPOCH.checked_add(ends)?,
    })
}

impl Certificate {
    pub(crate) fn days_left(&self, now: SystemTime) -> u64 {
        self.ends
            .duration_since(now)
            .unwrap_or(Duration::ZERO)
            .as_secs()
            / (24 * 3600)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn only_whole_days_are_left_and_none_after_the_end() {
        const DAY: u64 = 86_400;
        let ends = SystemTime::UNIX_EPOCH + Duration::from_secs(1000 * DAY);
        let certificate = Certificate {
            issuer: String::new(),
            ends,
        };
        let rows = [(30 * DAY, 30), (30 * DAY - 1, 29), (DAY - 1, 0), (0, 0)];
        each(rows, |(before, days)| {
            assert_eq!(
                certificate.days_left(ends - Duration::from_secs(before)),
                days,
                "{before} s before its end"
            );
        });
        assert_eq!(certificate.days_left(ends + Duration::from_secs(DAY)), 0);
    }
}
