//! A base address is refused without showing a password, or stays what it was
//! whatever is put below it.
#![no_main]

use jira_build_status::base_url::BaseUrl;

libfuzzer_sys::fuzz_target!(|text: &str| {
    match BaseUrl::parse(text) {
        Ok(base) => {
            let shown = base.to_string();
            assert_eq!(BaseUrl::parse(&shown).as_ref(), Ok(&base), "{shown}");
            let url = base.below("/rest/api/2/issue/HSP-1?notifyUsers=false");
            assert_eq!(
                url.as_str(),
                format!("{shown}/rest/api/2/issue/HSP-1?notifyUsers=false")
            );
            let root = url::Url::parse(&shown).expect("an address");
            assert_eq!((url.host_str(), url.port()), (root.host_str(), root.port()));
            assert!(url.username().is_empty() && url.password().is_none());
        }
        Err(error) => {
            let error = error.to_string();
            let rest = text.split_once("://").map_or("", |(_, rest)| rest);
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
