//! What a failed handshake means, in words, and what to do. Reads certificates
//! only to name them; judges none.

use crate::settings::{BASE_URL, CA_BUNDLE, CLIENT_CERT, CLIENT_KEY};
use crate::transport::tls::certificate::{self, Certificate};
use crate::transport::tls::verifier::HandshakeRecord;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};
use std::time::{Duration, SystemTime};

/// A sentence and an advice. Both hold words of the server's.
pub(in crate::transport) struct Explained {
    /// What is wrong; continues a sentence about the server.
    pub(in crate::transport) what: String,
    pub(in crate::transport) hint: Option<String>,
}

/// The words for an error, by what the record holds of its handshake.
pub(in crate::transport) fn explain(error: &Error, record: &HandshakeRecord) -> Explained {
    let (what, hint) = match error {
        Error::InvalidCertificate(error) => certificate(error, &record.refused()),
        Error::AlertReceived(alert) => alerted(*alert, record),
        Error::InvalidMessage(_) => not_tls(),
        Error::PeerIncompatible(
            PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        ) => too_old(),
        other => (format!("the TLS handshake failed: {other}"), None),
    };
    Explained { what, hint }
}

type Diagnosis = (String, Option<String>);

fn certificate(error: &CertificateError, chain: &[CertificateDer<'_>]) -> Diagnosis {
    let read: Vec<Certificate> = chain
        .iter()
        .filter_map(|der| certificate::certificate(der))
        .collect();
    let own = read.first();
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            let whose = bearer(&read, |one| one.ends == moment(*not_after));
            let hint =
                "whoever runs Jira must renew it; if the date is wrong, this machine's clock is";
            (
                format!("{whose} has expired: since {}", date(*not_after)),
                Some(hint.to_owned()),
            )
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            let whose = bearer(&read, |one| one.begins == moment(*not_before));
            let hint = "check this machine's clock, and when the certificate was made";
            (
                format!("{whose} is not yet valid: not until {}", date(*not_before)),
                Some(hint.to_owned()),
            )
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => other_name(expected, presented, own),
        CertificateError::UnknownIssuer => unknown_issuer(&read),
        CertificateError::Other(other) => match other.to_string().as_str() {
            "CaUsedAsEndEntity" => authority_as_server(own),
            reason => (format!("its certificate is refused: {reason}"), None),
        },
        CertificateError::InvalidPurposeContext { .. } => (
            "its certificate is not one for servers".to_owned(),
            Some("it needs the extended key usage serverAuth".to_owned()),
        ),
        CertificateError::BadSignature => {
            let issuer = own.map_or("", |own| &own.issuer);
            (
                format!("its certificate is not signed by the {issuer} that is trusted here"),
                Some(format!(
                    "the authority's certificate with {CA_BUNDLE} may be an old one of the same \
                     name"
                )),
            )
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. } => (
            "its certificate is signed in a way that is no longer trusted, such as SHA-1"
                .to_owned(),
            Some("whoever runs Jira must renew it".to_owned()),
        ),
        other => (format!("its certificate is refused: {other}"), None),
    }
}

/// The certificate is for somebody else.
fn other_name(
    expected: &ServerName<'_>,
    presented: &[String],
    own: Option<&Certificate>,
) -> Diagnosis {
    let wanted = expected.to_str();
    if presented.is_empty() {
        let subject = own.map_or("", |own| &own.subject);
        let what = format!(
            "its certificate names no host, only the common name {subject}, which proves none \
             since RFC 6125"
        );
        let kind = if matches!(expected, ServerName::IpAddress(_)) {
            "IP"
        } else {
            "DNS"
        };
        let hint = format!(
            "it needs a subject alternative name; make it anew, with -addext \
             subjectAltName={kind}:{wanted}"
        );
        return (what, Some(hint));
    }
    let names: Vec<_> = presented.iter().map(|name| bare(name)).collect();
    let hint =
        format!("use one of those names in {BASE_URL}, or have the certificate made for this one");
    (
        format!(
            "its certificate is valid for {}, but not for {wanted}",
            names.join(", ")
        ),
        Some(hint.to_owned()),
    )
}

fn unknown_issuer(chain: &[Certificate]) -> Diagnosis {
    let mut names = chain.iter().map(|one| (&one.subject, &one.issuer));
    if let Some((subject, issuer)) = names.clone().next()
        && subject == issuer
    {
        let what = format!(
            "its certificate is self-signed ({}) and not trusted here",
            subject
        );
        return (
            what,
            Some(format!("if it is the right one, trust it with {CA_BUNDLE}")),
        );
    }
    let issuer = names.next_back().map_or("somebody", |(_, issuer)| issuer);
    let hint = format!(
        "give that issuer's certificate with {CA_BUNDLE}; if it is well known, the server leaves \
         out the certificates between"
    );
    (
        format!("its certificate is issued by {issuer}, which is not trusted here"),
        Some(hint),
    )
}

/// Webpki takes no authority for a server.
fn authority_as_server(own: Option<&Certificate>) -> Diagnosis {
    let name = own.map_or("", |own| &own.subject);
    let signed = if own.is_some_and(|own| own.subject == own.issuer) {
        ", self-signed,"
    } else {
        ""
    };
    let what = format!(
        "its certificate ({name}){signed} is that of an authority (CA:TRUE); no server may show one"
    );
    let hint = format!(
        "curl takes it where it is given as a CA, this program does not: make it anew with \
         -addext basicConstraints=critical,CA:FALSE and trust it with {CA_BUNDLE}"
    );
    (what, Some(hint))
}

/// True for the alerts by which a server turns a client's certificate down, or
/// the lack of one (RFC 8446 section 6.2).
fn refuses_client(alert: AlertDescription) -> bool {
    use AlertDescription as A;
    matches!(
        alert,
        A::CertificateRequired
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
            | A::DecryptError
            | A::HandshakeFailure
    )
}

fn alerted(alert: AlertDescription, record: &HandshakeRecord) -> Diagnosis {
    use AlertDescription as A;
    if record.left_unanswered() || alert == A::CertificateRequired {
        let (what, hint) = client_certificate_wanted();
        return (what.to_owned(), Some(hint));
    }
    if record.answered() && refuses_client(alert) {
        let what = format!("it does not accept our client certificate ({alert:?})");
        return (
            what,
            Some(format!(
                "check {CLIENT_CERT}: is it expired, or of another authority?"
            )),
        );
    }
    match alert {
        A::ProtocolVersion => too_old(),
        A::HandshakeFailure | A::InsufficientSecurity => (
            "it shares no cipher with us".to_owned(),
            Some("TLS 1.2 with ECDHE and AES-GCM or ChaCha20, or TLS 1.3, is needed".to_owned()),
        ),
        A::UnrecognisedName => (
            "it knows no site of this name".to_owned(),
            Some(format!("check the host in {BASE_URL}")),
        ),
        other => (
            format!("it ended the TLS handshake with an alert ({other:?})"),
            None,
        ),
    }
}

/// What is wrong and what to do; also for servers that only reset the connection.
pub(in crate::transport) fn client_certificate_wanted() -> (&'static str, String) {
    (
        "it wants a client certificate, and none is given",
        format!("give one with {CLIENT_CERT} and {CLIENT_KEY}"),
    )
}

fn not_tls() -> Diagnosis {
    let hint = "is it http:// in place of https://, or another port?";
    (
        "what it answers is no TLS".to_owned(),
        Some(hint.to_owned()),
    )
}

fn too_old() -> Diagnosis {
    (
        "it speaks neither TLS 1.2 nor 1.3".to_owned(),
        Some("older versions are unsafe and not spoken here".to_owned()),
    )
}

/// Whose certificate it is: the server's own, or that of an authority on the way.
fn bearer(chain: &[Certificate], fits: impl Fn(&Certificate) -> bool) -> String {
    match chain.iter().position(fits) {
        Some(at) if at > 0 => format!("its issuer's certificate ({})", chain[at].subject),
        _ => "its certificate".to_owned(),
    }
}

fn moment(time: UnixTime) -> SystemTime {
    // The last second that has four digits for its year: there is no such date beyond it.
    let last = 253_402_300_799;
    SystemTime::UNIX_EPOCH + Duration::from_secs(time.as_secs().min(last))
}

fn date(time: UnixTime) -> String {
    httpdate::fmt_http_date(moment(time))
}

/// webpki writes `DnsName("a.example.com")` and `IpAddress(10.0.0.1)`.
fn bare(name: &str) -> &str {
    let inner = name
        .split_once('(')
        .and_then(|(_, inner)| inner.strip_suffix(')'))
        .unwrap_or(name);
    inner.trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn an_alert_about_something_else_says_nothing_of_our_certificate() {
        use AlertDescription as A;
        let rows = [
            (A::CertificateRequired, true),
            (A::UnknownCA, true),
            (A::HandshakeFailure, true),
            (A::ProtocolVersion, false),
            (A::UnrecognisedName, false),
            (A::InternalError, false),
        ];
        each(rows, |(alert, ours)| {
            assert_eq!(refuses_client(alert), ours)
        });
    }
}
