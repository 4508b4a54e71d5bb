use super::*;
use crate::tests::rows::each;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn exceptions_are_hosts_suffixes_addresses_ranges_ports_and_everybody() {
    let rows = [
        ("example.com", "https://example.com", true),
        ("example.com", "https://jira.example.com", true),
        ("example.com", "https://notexample.com", false),
        ("example.com", "https://example.com.evil.net", false),
        (".example.com", "https://jira.example.com", true),
        (".example.com", "https://example.com", true),
        ("*.example.com", "https://jira.example.com", true),
        ("EXAMPLE.com.", "https://Jira.Example.COM", true),
        ("example.com", "https://jira.example.com./", true),
        ("bücher.example", "https://xn--bcher-kva.example", true),
        ("jira_dev.example.com", "https://jira_dev.example.com", true),
        (
            "a, b  jira.example.com\tc",
            "https://jira.example.com",
            true,
        ),
        ("10.1.2.3", "http://10.1.2.3:8080", true),
        ("2.3", "http://10.1.2.3", false),
        ("10.0.0.0/8", "http://10.1.2.3", true),
        ("10.0.0.0/8", "http://11.1.2.3", false),
        ("10.0.0.0/8", "http://10.example.com", false),
        ("fd00::/8", "https://[fd12::1]", true),
        ("::1", "https://[::1]:8443", true),
        ("[::1]", "https://[::1]:8443", true),
        ("[::1]:8443", "https://[::1]:8443", true),
        ("[::1]:8443", "https://[::1]", false),
        (
            "jira.example.com:8443",
            "https://jira.example.com:8443",
            true,
        ),
        ("jira.example.com:8443", "https://jira.example.com", false),
        ("jira.example.com:443", "https://jira.example.com", true),
        ("10.1.2.3:80", "http://10.1.2.3", true),
        ("*", "https://anything", true),
        ("*:8443", "https://anything", false),
        ("localhost", "http://127.0.0.1", false),
        ("127.0.0.0/8", "http://localhost", false),
        ("", "https://example.com", false),
        (
            "<local>, ://, :80, example.com:x, 10.0.0.0/99",
            "https://example.com",
            false,
        ),
    ];
    each(rows, |(list, address, excepted)| {
        assert_eq!(
            Exceptions::parse(list).hold(&url(address)),
            excepted,
            "{list:?} {address}"
        );
    });
}

#[test]
fn the_scheme_of_the_address_chooses_the_proxy() {
    let http = Proxy::parse("one:3128", "http_proxy").unwrap();
    let https = Proxy::parse("socks5h://two", "ALL_PROXY").unwrap();
    let exceptions = Exceptions::parse("internal");
    let proxies = Proxies {
        http: Some(http),
        https: Some(https),
        exceptions,
    };
    let chosen = |address: &str| proxies.choose(&url(address)).map(ToString::to_string);
    assert_eq!(chosen("http://jira").as_deref(), Some("http://one:3128"));
    assert_eq!(chosen("https://jira").as_deref(), Some("socks5h://two"));
    assert_eq!(chosen("https://jira.internal"), None);
}

#[test]
fn what_is_no_proxy_is_refused_without_its_password() {
    let rows = [
        ("ftp://proxy", "socks5://"),
        ("socks4://bob:hunter2@proxy", "socks5://"),
        ("http://bob:hunter2@proxy:port", "no proxy's address"),
        ("http://", "no proxy's address"),
        ("socks5://", "names no host"),
        ("http://pro xy", "no proxy's address"),
        ("http://bob:hunter2%40proxy:3128", "no proxy's address"),
        ("bob:hunter2%40proxy:3128", "no proxy's address"),
        ("http://hunter2%40proxy:3128", "no proxy's address"),
        ("socks5h://hunter2%40proxy:1080", "holds a %"),
        ("socks5://bob%3Ahunter2%40proxy:1080", "holds a %"),
        ("gopher://hunter2%40proxy", "must begin with"),
    ];
    each(rows, |(text, reason)| {
        let error = Proxy::parse(text, "--proxy").unwrap_err();
        assert!(
            error.contains(reason) && !error.contains("hunter2"),
            "{text}: {error}"
        );
    });
}

#[test]
fn a_login_is_hidden_from_people_and_whole_for_the_client() {
    let proxy = Proxy::parse(
        "http://b%40b:p%3A%2F%20w@proxy.example.com:3128/",
        "--proxy",
    )
    .unwrap();
    assert_eq!(proxy.to_string(), "http://proxy.example.com:3128");
    assert!(!format!("{proxy:?}").contains("b@b"));
    let secrets: Vec<_> = proxy
        .secrets()
        .iter()
        .map(|secret| secret.reveal().to_owned())
        .collect();
    assert_eq!(secrets, ["b@b", "p:/ w", "YkBiOnA6LyB3"]);
    assert_eq!(
        proxy.address_with_login().as_str(),
        "http://b%40b:p%3A%2F%20w@proxy.example.com:3128/"
    );
}

#[test]
fn a_user_or_a_password_alone_is_a_login() {
    let rows = [
        ("http://bob@proxy", true),
        ("http://:secret@proxy", true),
        ("http://proxy", false),
    ];
    each(rows, |(text, login)| {
        assert_eq!(
            Proxy::parse(text, "--proxy").unwrap().has_login(),
            login,
            "{text}"
        );
    });
}

proptest::proptest! {
    #[test]
    fn no_list_and_no_address_make_it_panic_or_show_a_password(list in "\\PC{0,40}", password in "[a-z]{8}") {
        let _ = Exceptions::parse(&list).hold(&url("https://jira.example.com"));
        for text in [format!("http://bob:{password}@{list}"), format!("{list}bob:{password}@proxy")] {
            match Proxy::parse(&text, "--proxy") {
                Ok(proxy) => proptest::prop_assert!(!proxy.to_string().contains(&password)),
                Err(error) => proptest::prop_assert!(!error.contains(&password)),
            }
        }
    }
}
