use http::HeaderMap;

use super::codec::Codec;
use super::{SessionConfig, SessionData, cookie, csrf};
use crate::token::SecretKeyBase;

/// The session for the `connect_info` of a socket (spec §1.9).
///
/// | cookie | `check_csrf` | result |
/// |---|---|---|
/// | absent | any | nothing |
/// | present | `true`, and `csrf_token` is a token of the session | the session |
/// | present | `true`, and `csrf_token` is none or another | nothing |
/// | present | `false` | the session; the empty one when the cookie is not authentic |
///
/// `csrf_token` is the request parameter `_csrf_token`. The connection is never refused here: that is for the
/// application to decide.
pub fn load_for_socket(
    config: &SessionConfig,
    secret: &SecretKeyBase,
    headers: &HeaderMap,
    csrf_token: Option<&str>,
    check_csrf: bool,
) -> Option<SessionData> {
    let cookie = cookie::find(headers, &config.cookie_name)?;
    let data = Codec::new(secret.clone(), config.clone()).decode(cookie);
    let allowed =
        !check_csrf || csrf_token.is_some_and(|token| csrf::validate(&data, &config.csrf_key, token));
    allowed.then_some(data)
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;

    use super::*;

    /// The CSRF state of the sessions, and a token for it: the XOR of both is 24 times the byte 3.
    const STATE: &str = "AAAAAAAAAAAAAAAAAAAAAAAA";
    const TOKEN: &str = "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBBBBBBBBBBBBBBBBBBBBBBBB";

    fn config() -> SessionConfig {
        SessionConfig::new("signing salt")
    }

    fn secret() -> SecretKeyBase {
        SecretKeyBase::new("0123456789abcdef".repeat(4)).unwrap()
    }

    fn headers(csrf_key: &str) -> HeaderMap {
        let mut data = SessionData::default();
        data.insert("user_id", &7).unwrap();
        data.insert(csrf_key, STATE).unwrap();
        let cookie = Codec::new(secret(), config()).encode(&data).unwrap();
        HeaderMap::from_iter([(COOKIE, format!("a=b; _firecrest_key={cookie}").parse().unwrap())])
    }

    fn load(
        config: &SessionConfig,
        headers: &HeaderMap,
        token: Option<&str>,
        check_csrf: bool,
    ) -> Option<SessionData> {
        load_for_socket(config, &secret(), headers, token, check_csrf)
    }

    fn user(session: Option<SessionData>) -> Option<u32> {
        session?.get("user_id")
    }

    #[test]
    fn c052_c128_the_session_is_loaded_with_a_valid_token() {
        let configure: fn() -> SessionConfig = config;
        assert_eq!(user(load(&configure(), &headers("_csrf_token"), Some(TOKEN), true)), Some(7));
    }

    #[test]
    fn c053_the_key_of_the_state_can_be_chosen() {
        let config = config().csrf_key("_other");
        assert_eq!(user(load(&config, &headers("_other"), Some(TOKEN), true)), Some(7));
        assert_eq!(load(&config, &headers("_csrf_token"), Some(TOKEN), true), None);
    }

    #[test]
    fn c054_without_the_check_no_token_is_needed() {
        assert_eq!(user(load(&config(), &headers("_csrf_token"), None, false)), Some(7));
    }

    #[test]
    fn c055_c129_an_invalid_token_yields_no_session() {
        for token in [None, Some(""), Some(STATE), Some(&TOKEN[1..])] {
            assert_eq!(load(&config(), &headers("_csrf_token"), token, true), None);
        }
    }

    #[test]
    fn c129_without_a_cookie_there_is_no_session() {
        assert_eq!(load(&config(), &HeaderMap::new(), Some(TOKEN), true), None);
        assert_eq!(load(&config(), &HeaderMap::new(), None, false), None);
    }

    /// Spec §1.9: with the check off, a forged cookie is an empty session; with it on, none.
    #[test]
    fn c054_a_forged_cookie_is_an_empty_session() {
        let mut forged = headers("_csrf_token");
        forged.insert(COOKIE, "_firecrest_key=SFMyNTY.g3QAAAAA.AAAA".parse().unwrap());
        assert_eq!(load(&config(), &forged, None, false), Some(SessionData::default()));
        assert_eq!(load(&config(), &forged, Some(TOKEN), true), None);
    }
}
