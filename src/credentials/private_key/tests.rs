use super::*;
use crate::tests::rows::each;

/// The PKCS#8 key of the test cases at
/// <https://wiki.oauth.net/w/page/12238556/TestCases>.
pub(crate) const PUBLISHED: &str = "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALRiMLAh9iimur8VA7qVvdqxevEuUkW4K+2KdMXmnQbG9Aa7k7eBjK1S+0LYmVjPKlJGNXHDGuy5Fw/d7rjVJ0BLB+ubPK8iA/Tw3hLQgXMRRGRXXCn8ikfuQfjUS1uZSatdLB81mydBETlJhI6GH4twrbDJCR2Bwy/XWXgqgGRzAgMBAAECgYBYWVtleUzavkbrPjy0T5FMou8HX9u2AC2ry8vD/l7cqedtwMPp9k7TubgNFo+NGvKsl2ynyprOZR1xjQ7WgrgVB+mmuScOM/5HVceFuGRDhYTCObE+y1kxRloNYXnx3ei1zbeYLPCHdhxRYW7T0qcynNmwrn05/KO2RLjgQNalsQJBANeA3Q4Nugqy4QBUCEC09SqylT2K9FrrItqL2QKc9v0ZzO2uwllCbg0dwpVuYPYXYvikNHHg+aCWF+VXsb9rpPsCQQDWR9TT4ORdzoj+NccnqkMsDmzt0EfNaAOwHOmVJ2RVBspPcxt5iN4HI7HNeG6U5YsFBb+/GZbgfBT3kpNGWPTpAkBI+gFhjfJvRw38n3g/+UeAkwMI2TJQS4n8+hid0uus3/zOjDySH3XHCUnocn1xOJAyZODBo47E+67R4jV1/gzbAkEAklJaspRPXP877NssM5nAZMU0/O/NGCZ+3jPgDUno6WbJn5cqm8MqWhW1xGkImgRk+fkDBquiq4gPiT898jusgQJAd5Zrr6Q8AO/0isr/3aa6O6NLQxISLKcPDk2NOccAfS/xOtfOz4sJYM3+Bs4Io9+dZGSDCA54Lw03eHTNQghS0A==";

/// 768 bits.
const SHORT: &str = "MIIB5QIBADANBgkqhkiG9w0BAQEFAASCAc8wggHLAgEAAmEA1/5nNvHwNKApAIUitEVi8COK8WzGyrTmPeqHoGxU8LnLtrQt9iSxMRIVhkMq7H0nrdNgx9wp2JSBxtvL9siIw9iOIz0PYF04kIIEJc5Hze32lV9qGo0rR6I4LTnMRMNrAgMBAAECYDkimrr2FMxW8YGpthxpnlpXjJGAbLWCVMVcHLRa870Z6MFTuDS8UALi/b6eVeRo1nGxv3WZTHIY0mlc8eNvlpgWXba74Q+mX7zbaoAEStHlTHkt+fhml0rNk+aAF0L0AQIxAPN4H2qvt5FtWJDCBSx5CHQwAcXdTiyArwdZtwl41cvBrauMQTgR36QcSk85bHTeKwIxAOMcRaBhsgVkSecT0lyoqeZThej8pFNLPUphfQXn5EW+rdLezwHlvYA/L19NE85PwQIxALDAcj5nluLS+UsOL+dbbtG60G6u/UO9oFO7w+/yc3PbBZPW3Lox76Qaja/6RkyJxQIxAJbR9aMWfeR6v2FHlpGWKI4etXUOIgp2ktNMfnxnjP6MLF83O/2klf4O9+SwCREfgQIwRBRWAz+EMlAYWwuwrvXhVUjMtgZQh9OTTgKZ3XI1DGluIiMEwGQSzl+3ck6ChU7p";

const ED25519: &str = "MC4CAQAwBQYDK2VwBCIEIGwALbETX2myc44ppxwVgXHzACR/JtF73iKokoSIphfd";

/// PEM with lines of 64 characters.
pub(crate) fn pem(label: &str, base64: &str) -> String {
    let lines: Vec<_> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn pkcs1() -> String {
    let der = STANDARD.decode(PUBLISHED).unwrap();
    STANDARD.encode(
        PrivateKeyInfo::try_from(der.as_slice())
            .unwrap()
            .private_key,
    )
}

fn read(text: &str) -> Result<PrivateKey, String> {
    PrivateKey::read(&Secret::derived(text.to_owned())).map_err(|error| error.to_string())
}

#[test]
fn a_key_is_read_in_every_form_that_ci_systems_make_of_it() {
    let (pkcs8, pkcs1) = (
        pem("PRIVATE KEY", PUBLISHED),
        pem("RSA PRIVATE KEY", &pkcs1()),
    );
    let expected = read(&pkcs8).unwrap();
    let rows = [
        pkcs8.clone(),
        pkcs1.clone(),
        pkcs8.replace('\n', "\r\n"),
        pkcs8.replace('\n', "\\n"),
        pkcs1.replace('\n', "\\r\\n"),
        pkcs8.replace('\n', " "),
        pkcs1.replace('\n', ""),
        format!("Bag Attributes\n    friendlyName: jira\n{pkcs8}"),
        format!("{}{pkcs1}", pem("CERTIFICATE", "AAAA")),
        STANDARD.encode(&pkcs8),
        STANDARD
            .encode(&pkcs1)
            .as_bytes()
            .chunks(76)
            .map(|line| format!("{}\n", str::from_utf8(line).unwrap()))
            .collect(),
        PUBLISHED.to_owned(),
        self::pkcs1(),
    ];
    each(rows, |text| {
        let key = read(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(key.0, expected.0, "{text}");
    });
    assert_eq!(expected.bits(), 1024);
    assert_eq!(*expected.to_pem().unwrap(), pkcs1);
}

#[test]
fn what_is_no_usable_key_is_named_with_what_to_run_and_shown_nowhere() {
    let legacy = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,CB96\n\nAAAA";
    let cut = pem("PRIVATE KEY", &PUBLISHED[..400]);
    let rows = [
        (pem("ENCRYPTED PRIVATE KEY", "AAAA"), "is encrypted"),
        (
            format!("-----BEGIN RSA PRIVATE KEY-----\n{legacy}\n-----END RSA PRIVATE KEY-----"),
            "openssl rsa -in",
        ),
        (pem("PUBLIC KEY", "AAAA"), "is a public key"),
        (pem("CERTIFICATE", "AAAA"), "is a public key"),
        (
            "ssh-rsa AAAAB3NzaC1yc2E ci@example.com".to_owned(),
            "public key in SSH's form",
        ),
        (pem("OPENSSH PRIVATE KEY", "AAAA"), "ssh-keygen -p -m PEM"),
        (
            format!(
                "{}{}",
                pem("EC PARAMETERS", "AAAA"),
                pem("EC PRIVATE KEY", "AAAA")
            ),
            "takes RSA alone",
        ),
        (pem("PRIVATE KEY", ED25519), "takes RSA alone"),
        (
            pem("PGP MESSAGE", "AAAA"),
            "something else than an RSA private key",
        ),
        (
            pem("PRIVATE KEY", SHORT),
            "has 768 bits, which is too short",
        ),
        (cut.clone(), "is damaged"),
        (
            cut.split("-----END").next().unwrap().to_owned(),
            "-----END line is missing",
        ),
        (pem("PRIVATE KEY", "%%%%"), "something else than base64"),
        ("-----BEGIN PRIVATE KEY".to_owned(), "does not end"),
        (
            STANDARD.encode("correct horse battery staple"),
            "is damaged, or no RSA private key",
        ),
        (
            "correct horse battery staple".to_owned(),
            "lacks -----BEGIN",
        ),
    ];
    each(rows, |(text, words)| {
        let error = read(&text).unwrap_err();
        assert!(error.contains(words), "{error}: {text}");
        let rows = ["AAAA", "horse", &PUBLISHED[..20], &SHORT[..20]];
        each(rows, |secret| {
            assert!(!error.contains(secret), "{error}");
        });
    });
}

#[test]
fn a_key_whose_numbers_do_not_fit_is_damaged() {
    let mut der = STANDARD.decode(PUBLISHED).unwrap();
    der[200] ^= 1;
    assert!(
        read(&STANDARD.encode(&der))
            .unwrap_err()
            .contains("is damaged")
    );
}

/// PKCS#1 with a modulus of this many bytes of which the first is given.
fn with_modulus(first: u8, length: usize) -> String {
    use rsa::pkcs1::der::{Encode, asn1::UintRef};
    let der = STANDARD.decode(pkcs1()).unwrap();
    let mut key = rsa::pkcs1::RsaPrivateKey::try_from(der.as_slice()).unwrap();
    let mut modulus = vec![0xff; length];
    modulus[0] = first;
    key.modulus = UintRef::new(&modulus).unwrap();
    STANDARD.encode(key.to_der().unwrap())
}

#[test]
fn a_key_that_is_too_short_or_too_long_is_told_by_its_bits() {
    let rows = [
        (0x7f, 128, "has 1023 bits, which is too short"),
        (0xff, 513, "has 4104 bits; keys of up to 4096"),
        (0x01, 513, "has 4097 bits; keys of up to 4096"),
        (0xff, 512, "is damaged"),
    ];
    each(rows, |(first, length, words)| {
        let error = read(&with_modulus(first, length)).unwrap_err();
        assert!(error.contains(words), "{error}");
    });
}

#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", read(PUBLISHED).unwrap()), "***");
}

#[test]
fn a_new_key_is_as_long_as_asked() {
    assert_eq!(PrivateKey::generate(1024).unwrap().bits(), 1024);
    assert!(PrivateKey::generate(512).unwrap_err().contains("too short"));
}
