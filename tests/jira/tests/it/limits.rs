//! Each Jira's rate limits, on a clock that the test sets.

use crate::client::{Client, messages};
use fake_jira::{Jira, Reply, Request};
use serde_json::json;
use std::time::Duration;

fn write(client: &mut Client, issue: &str) -> Reply {
    client.put(issue, &json!({"fields": {"customfield_10319": "7"}}))
}

#[test]
fn one_issue_takes_20_writes_in_2_seconds_and_100_in_30() {
    let mut client = Client::cloud_with(Jira::cloud().cloud_limits());
    for round in 0..5 {
        for number in 0..20 {
            assert_eq!(write(&mut client, "HSP-1").status, 204, "{round} {number}");
        }
        let refused = write(&mut client, "HSP-1");
        assert_eq!(refused.status, 429);
        assert_eq!(
            refused.value_of("RateLimit-Reason"),
            Some("jira-per-issue-on-write")
        );
        let wait = if round < 4 { "2" } else { "22" };
        assert_eq!(refused.value_of("Retry-After"), Some(wait));
        assert_eq!(write(&mut client, "HSP-2").status, 204);
        client.now += Duration::from_secs(2);
    }
    let refused = write(&mut client, "HSP-1");
    assert_eq!(refused.value_of("Retry-After"), Some("20"));
    client.now += Duration::from_secs(20);
    assert_eq!(write(&mut client, "HSP-1").status, 204);
}

#[test]
fn a_site_takes_a_burst_of_50_puts_and_then_50_a_second() {
    let mut client = Client::cloud_with(Jira::cloud().cloud_limits().issues("HSP", 60));
    for number in 1..=50 {
        let reply = write(&mut client, &format!("HSP-{number}"));
        if number != 8 {
            assert_eq!(reply.status, 204, "{number}");
        }
        assert_eq!(reply.value_of("X-RateLimit-Limit"), Some("50"));
        let near = (number > 40).then_some("true");
        assert_eq!(reply.value_of("X-RateLimit-NearLimit"), near, "{number}");
    }
    let refused = write(&mut client, "HSP-51");
    assert_eq!(refused.status, 429);
    for (name, value) in [
        ("RateLimit-Reason", "jira-burst-based"),
        ("Retry-After", "1"),
        ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Reset", "2026-01-01T01:01:01Z"),
    ] {
        assert_eq!(refused.value_of(name), Some(value));
    }
    assert_eq!(
        messages(&refused),
        ["The request has been rate-limited. Please try again later."]
    );
    assert_eq!(refused.to_json()["status"], 429);
    client.now += Duration::from_millis(20);
    assert_eq!(write(&mut client, "HSP-51").status, 204);
    assert_eq!(write(&mut client, "HSP-52").status, 429);
    assert_eq!(client.get("/issue/HSP-52").status, 200);
}

#[test]
fn a_user_of_data_center_has_a_budget_and_is_told_what_is_left() {
    let mut client = Client::self_hosted(Jira::data_center().token_bucket(2, 1));
    for left in ["1", "0"] {
        let reply = write(&mut client, "HSP-1");
        assert_eq!(reply.status, 204);
        for (name, value) in [
            ("X-RateLimit-Limit", "2"),
            ("X-RateLimit-Remaining", left),
            ("X-RateLimit-FillRate", "1"),
            ("X-RateLimit-Interval-Seconds", "1"),
            ("Retry-After", "0"),
        ] {
            assert_eq!(reply.value_of(name), Some(value));
        }
    }
    let refused = client.get("/myself");
    assert_eq!(
        (refused.status, refused.to_json()),
        (429, json!({"message": "Rate limit exceeded."}))
    );
    assert_eq!(refused.value_of("retry-after"), Some("1"));
    let page = client.send(Request::new("GET", "/jira/rest/api/2/myself"));
    assert_eq!(page.status, 429);
    assert!(
        page.to_text()
            .contains("<b>Message</b> Rate limit exceeded.")
    );
    client.now += Duration::from_secs(1);
    assert_eq!(write(&mut client, "HSP-1").status, 204);
    let mut anonymous = client.anonymous();
    assert_eq!(
        anonymous.get("/serverInfo").value_of("X-RateLimit-Limit"),
        None
    );
}

#[test]
fn a_blocked_user_is_to_wait_for_ever() {
    let mut client = Client::self_hosted(Jira::data_center().token_bucket(0, 0));
    let refused = write(&mut client, "HSP-1");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.value_of("Retry-After"), Some("9223372036854775807"));
    assert_eq!(refused.value_of("X-RateLimit-FillRate"), Some("0"));
}
