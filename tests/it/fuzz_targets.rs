//! The fuzz targets are no part of this workspace. Here they are compiled against the
//! program as it is now, and take an empty input.
#![expect(unused_attributes, reason = "they are programs, too")]

/// In place of libFuzzer's: runs the target once.
#[macro_export]
macro_rules! fuzz_target {
    (|$given:ident: $type:ty| $target:block) => {
        #[test]
        fn takes_an_empty_input() {
            let $given: $type = Default::default();
            $target
        }
    };
}

#[path = "../../fuzz/targets/assignment.rs"]
mod assignment;
#[path = "../../fuzz/targets/base_url.rs"]
mod base_url;
#[path = "../../fuzz/targets/editmeta.rs"]
mod editmeta;
#[path = "../../fuzz/targets/error_body.rs"]
mod error_body;
#[path = "../../fuzz/targets/field_type.rs"]
mod field_type;
#[path = "../../fuzz/targets/issue_keys.rs"]
mod issue_keys;
#[path = "../../fuzz/targets/key_text.rs"]
mod key_text;
#[path = "../../fuzz/targets/private_key.rs"]
mod private_key;
#[path = "../../fuzz/targets/proxy.rs"]
mod proxy;
#[path = "../../fuzz/targets/redact.rs"]
mod redact;
#[path = "../../fuzz/targets/retry_after.rs"]
mod retry_after;
#[path = "../../fuzz/targets/value_map.rs"]
mod value_map;
