//! A proxy's address is refused without its password or shown without it; a
//! list of exceptions never panics.
#![no_main]

use jira_build_status::transport::proxy::{Exceptions, Proxies, Proxy};
use url::Url;

libfuzzer_sys::fuzz_target!(|given: (&str, &str, &str)| {
    let (text, list, address) = given;
    let exceptions = Exceptions::parse(list);
    match Proxy::parse(text, "--proxy") {
        Ok(proxy) => {
            let shown = proxy.to_string();
            for secret in proxy.secrets() {
                assert!(
                    secret.reveal().len() < 8 || !shown.contains(secret.reveal()),
                    "{shown}"
                );
            }
            let again = Proxy::parse(proxy.address_with_login().as_str(), "--proxy").unwrap();
            assert_eq!(again.to_string(), shown);
            let proxies = Proxies {
                http: Some(proxy.clone()),
                https: Some(proxy),
                exceptions,
            };
            if let Ok(url) = Url::parse(address) {
                let _ = proxies.choose(&url);
            }
        }
        Err(error) => {
            let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
            let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
            let password = authority
                .rsplit_once('@')
                .and_then(|(user, _)| Some(user.split_once(':')?.1));
            // Our own words hold no three digits.
            let long_enough =
                |password: &&str| password.bytes().filter(u8::is_ascii_digit).count() >= 3;
            assert!(
                password
                    .filter(long_enough)
                    .is_none_or(|password| !error.contains(password)),
                "{error}"
            );
        }
    }
});
