//! Distinguished names for people, as RFC 4514 writes them. x509-cert would
//! bring a table of every known attribute along.

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::Name;

/// The names of RFC 4514 section 3. Any other attribute goes by its number.
const ATTRIBUTES: [(&str, &str); 9] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
];

/// The last part first, as in `CN=jira.example.com,O=Example`.
pub(super) fn distinguished(name: &Name) -> String {
    let parts = name
        .0
        .iter()
        .rev()
        .map(|part| joined(part.0.iter().map(attribute), "+"));
    joined(parts, ",")
}

fn joined(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}

fn attribute(attribute: &AttributeTypeAndValue) -> String {
    let number = attribute.oid.to_string();
    let known = ATTRIBUTES.iter().find(|(known, _)| *known == number);
    let mut text = format!("{}=", known.map_or(number.as_str(), |(_, name)| name));
    for c in String::from_utf8_lossy(attribute.value.value()).chars() {
        if "\"+,;<>\\".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair};
    use x509_cert::der::Decode;

    #[test]
    fn a_name_is_written_as_people_know_it() {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "AU");
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Büro, Söhne + Co");
        params
            .distinguished_name
            .push(DnType::CustomDnType(vec![1, 2, 3, 4]), "a\\b");
        params.distinguished_name.push(
            DnType::CommonName,
            DnValue::PrintableString("Bundle 1".try_into().unwrap()),
        );
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let read = x509_cert::Certificate::from_der(certificate.der())
            .unwrap()
            .tbs_certificate;
        assert_eq!(
            distinguished(&read.subject),
            r"CN=Bundle 1,1.2.3.4=a\\b,O=Büro\, Söhne \+ Co,C=AU"
        );
    }
}
