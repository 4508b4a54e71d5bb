//! Distinguished names for people, as RFC 4514 writes them.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Header, Reader, Tag};

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

/// Reads a name: the last part first, as in `CN=jira.example.com,O=Example`.
pub(super) fn distinguished<'a>(reader: &mut impl Reader<'a>) -> der::Result<String> {
    reader.sequence(|name| {
        let mut parts = Vec::new();
        while !name.is_finished() {
            parts.push(part(name)?);
        }
        parts.reverse();
        Ok(parts.join(","))
    })
}

fn part<'a>(reader: &mut impl Reader<'a>) -> der::Result<String> {
    let header = Header::decode(reader)?;
    header.tag.assert_eq(Tag::Set)?;
    reader.read_nested(header.length, |set| {
        let mut attributes = Vec::new();
        while !set.is_finished() {
            let attribute =
                set.sequence(|pair| Ok(attribute(pair.decode()?, pair.decode::<AnyRef>()?)))?;
            attributes.push(attribute);
        }
        Ok(attributes.join("+"))
    })
}

fn attribute(number: ObjectIdentifier, value: AnyRef<'_>) -> String {
    let number = number.to_string();
    let known = ATTRIBUTES.iter().find(|(known, _)| *known == number);
    let mut text = format!("{}=", known.map_or(number.as_str(), |(_, name)| name));
    for c in String::from_utf8_lossy(value.value()).chars() {
        if "\"+,;<>\\".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::transport::tls::certificate as certificate_of;
    use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair};

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
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        assert_eq!(
            certificate_of(made.der()).unwrap().subject,
            r"CN=Bundle 1,1.2.3.4=a\\b,O=Büro\, Söhne \+ Co,C=AU"
        );
    }
}
