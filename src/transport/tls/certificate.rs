//! What a certificate says of itself, for people. Judges nothing.

use crate::transport::tls::name::distinguished;
use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode, Reader, SliceReader, Tag};
use std::time::{Duration, SystemTime};

/// A certificate, as far as a person asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// The distinguished name of who issued it (RFC 4514).
    pub issuer: String,
    /// The distinguished name of whose it is.
    pub subject: String,
    /// The beginning of its validity (`notBefore`).
    pub begins: SystemTime,
    /// The end of its validity (`notAfter`).
    pub ends: SystemTime,
}

/// Reads DER; `None` for what is no certificate.
pub(crate) fn certificate(der: &[u8]) -> Option<Certificate> {
    SliceReader::new(der).ok()?.sequence(signed).ok()
}

/// The fields of RFC 5280 section 4.1, up to the subject.
fn signed<'a>(certificate: &mut impl Reader<'a>) -> der::Result<Certificate> {
    let read = certificate.sequence(|fields| {
        if fields.peek_tag()?.is_context_specific() {
            skip(fields)?; // The version; the first has none.
        }
        skip(fields)?; // The serial number.
        skip(fields)?; // The algorithm.
        let issuer = distinguished(fields)?;
        let (begins, ends) = fields.sequence(|validity| Ok((time(validity)?, time(validity)?)))?;
        let subject = distinguished(fields)?;
        fields.read_slice(fields.remaining_len())?;
        Ok(Certificate {
            issuer,
            subject,
            begins,
            ends,
        })
    })?;
    certificate.read_slice(certificate.remaining_len())?;
    Ok(read)
}

fn skip<'a>(fields: &mut impl Reader<'a>) -> der::Result<()> {
    AnyRef::decode(fields).map(|_| ())
}

fn time<'a>(fields: &mut impl Reader<'a>) -> der::Result<SystemTime> {
    let since_epoch = match fields.peek_tag()? {
        Tag::UtcTime => UtcTime::decode(fields)?.to_unix_duration(),
        _ => GeneralizedTime::decode(fields)?.to_unix_duration(),
    };
    Ok(SystemTime::UNIX_EPOCH + since_epoch)
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
            subject: String::new(),
            begins: SystemTime::UNIX_EPOCH,
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

    fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let value = parts.concat();
        let length = u8::try_from(value.len()).unwrap();
        assert!(length < 128, "the short form of a length");
        [vec![tag, length], value].concat()
    }

    #[test]
    fn a_certificate_without_a_version_is_read_and_a_part_of_one_is_not() {
        const SEQUENCE: u8 = 0x30;
        let attribute = |number: u8, text: &[u8]| {
            let number = tlv(0x06, &[&[0x55, 0x04, number]]);
            tlv(SEQUENCE, &[&number, &tlv(0x0c, &[text])])
        };
        let name = tlv(
            SEQUENCE,
            &[&tlv(0x31, &[&attribute(3, b"a"), &attribute(10, b"b")])],
        );
        let begins = tlv(0x17, &[b"700101000001Z"]);
        let ends = tlv(0x18, &[b"20500101000000Z"]);
        let validity = tlv(SEQUENCE, &[&begins, &ends]);
        let (serial, empty) = (tlv(0x02, &[&[1]]), tlv(SEQUENCE, &[]));
        let signed = tlv(
            SEQUENCE,
            &[&serial, &empty, &name, &validity, &name, &empty],
        );
        let whole = tlv(SEQUENCE, &[&signed, &empty, &tlv(0x03, &[&[0]])]);
        let expected = Certificate {
            issuer: "CN=a+O=b".to_owned(),
            subject: "CN=a+O=b".to_owned(),
            begins: SystemTime::UNIX_EPOCH + Duration::from_secs(1),
            ends: SystemTime::UNIX_EPOCH + Duration::from_secs(2_524_608_000),
        };
        assert_eq!(certificate(&whole), Some(expected));
        each(0..whole.len(), |length| {
            assert_eq!(certificate(&whole[..length]), None, "{length} bytes");
        });
    }
}
