use super::*;
use crate::tests::rows::each;

fn base(text: &str) -> BaseUrl {
    BaseUrl::parse(text).unwrap()
}

fn direct() -> Site {
    let cloud = CloudSettings {
        api: base("https://api.atlassian.com"),
        site: None,
    };
    Site::new(&cloud, AuthMethod::Basic, &base("https://x.atlassian.net"))
}

fn to(id: &str) -> Site {
    let gateway = direct();
    let site = gateway.api.joined(&format!("/ex/jira/{id}"));
    gateway.gateway.get_or_init(|| Some(site));
    gateway
}

#[test]
fn a_request_keeps_its_path_and_query_behind_the_gateways_address() {
    let site = base("https://x.atlassian.net");
    let rows = [
        (
            "/rest/api/2/issue/HSP-1",
            "https://api.atlassian.com/ex/jira/1-2/rest/api/2/issue/HSP-1",
        ),
        (
            "/rest/api/2/a%2Fb?notifyUsers=false",
            "https://api.atlassian.com/ex/jira/1-2/rest/api/2/a%2Fb?notifyUsers=false",
        ),
    ];
    each(rows, |(path, there)| {
        assert_eq!(to("1-2").locate(&site.below(path)).as_str(), there);
    });
    assert_eq!(
        direct().locate(&site.below("/rest/x")),
        site.below("/rest/x")
    );
}

#[test]
fn an_id_is_one_segment_of_a_path() {
    let rows = [
        ("11223344-a1b2-3b33-c444-def123456789", true),
        ("", false),
        ("a/b", false),
        ("..", false),
    ];
    each(rows, |(text, fits)| {
        assert_eq!(CloudId::parse(text).is_some(), fits, "{text}");
    });
}

fn resource(id: &str, url: &str) -> Resource {
    Resource {
        id: id.to_owned(),
        url: url.to_owned(),
        name: String::new(),
        scopes: vec![],
    }
}

#[test]
fn a_consent_reaches_jira_by_its_address_or_by_the_id_that_was_given() {
    let mine = base("https://mine.atlassian.net");
    let gateway = |site| {
        Site::new(
            &CloudSettings {
                api: mine.clone(),
                site,
            },
            AuthMethod::OAuth2,
            &mine,
        )
    };
    let given = || Some(SiteChoice::Id(CloudId::parse("7").unwrap()));
    let rows = [
        (None, "1", "https://mine.atlassian.net", true),
        (None, "1", "https://other.atlassian.net", false),
        (given(), "7", "https://other.atlassian.net", true),
        (given(), "1", "https://mine.atlassian.net", true),
        (given(), "1", "https://other.atlassian.net", false),
    ];
    each(rows, |(site, id, address, reached)| {
        assert_eq!(
            gateway(site).reaches(&[resource(id, address)]),
            reached,
            "{id} {address}"
        );
    });
    assert!(!gateway(given()).reaches(&[]));
}

#[test]
fn a_site_is_found_among_the_accessible_ones_by_its_address() {
    let resources = [
        resource("1", "https://other.atlassian.net"),
        resource("2", "https://Mine.atlassian.net/"),
        resource("3", "no address"),
    ];
    let found = |address| of_address(&resources, &base(address)).map(|id| id.as_str().to_owned());
    assert_eq!(found("https://mine.atlassian.net").as_deref(), Some("2"));
    assert_eq!(found("http://mine.atlassian.net"), None);
    assert_eq!(found("https://third.atlassian.net"), None);
}
