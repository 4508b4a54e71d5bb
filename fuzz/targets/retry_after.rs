//! Whatever `Retry-After` says, the wait is at least that and never passes
//! the deadline.
#![no_main]

use jira_build_status::client::retry::{Asked, Backoff, Cause, Decision, RetryState, decide};
use std::time::{Duration, SystemTime};

libfuzzer_sys::fuzz_target!(|given: (&str, &str, u32, u16, u8)| {
    let (first, second, left, waits, random) = given;
    let headers = |name: &'static str| {
        if name == "retry-after" {
            vec![first, second]
        } else {
            vec![second]
        }
    };
    let asked = Asked::read(
        headers,
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
    );
    let left = Duration::from_millis(u64::from(left));
    let state = RetryState {
        waits: u32::from(waits),
        retries_left: 1,
        elapsed: Duration::from_secs(u64::from(random)),
    };
    match decide(
        Backoff::default(),
        Cause::Status(429),
        asked,
        state,
        left,
        f64::from(random) / 256.0,
    ) {
        Decision::Wait(wait) => {
            assert!(wait <= left && asked.floor.is_none_or(|floor| wait >= floor));
        }
        Decision::TooLong(wait) => {
            assert!(wait >= left && Some(wait) == asked.floor || left.is_zero());
        }
        other => panic!("{other:?}"),
    }
});
