use super::*;
use crate::tests::rows::each;

#[test]
fn what_a_step_of_oauth1_holds_is_a_secret() {
    let secret = |text: &str| Secret::derived(text.to_owned());
    let rows = [
        (OAuth1State::Callback("oob".to_owned()), &[][..]),
        (
            OAuth1State::Verifier {
                token: secret("request-token"),
                code: secret("code"),
            },
            &["request-token", "code"],
        ),
        (OAuth1State::Access(secret("access")), &["access"]),
    ];
    each(rows, |(state, secrets)| {
        let held: Vec<_> = state.secrets().into_iter().map(Secret::reveal).collect();
        assert_eq!(held, secrets);
    });
}
