use std::time::Duration;

use serde_json::json;

use super::*;
use crate::token::SecretKeyBase;

const DAY: Duration = Duration::from_secs(86_400);

/// The common tail of the default tokens of spec §6.5.
const SIGNED_AT: u64 = 1_700_000_000;

fn secret() -> SecretKeyBase {
    SecretKeyBase::new("0123456789abcdef".repeat(4)).unwrap()
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn signer() -> Signer {
    Signer::new(&secret(), "user socket").signed_at(at(SIGNED_AT))
}

/// The vectors of spec §6.5 that hold no atom: both directions agree to the byte.
#[test]
fn c204_tokens_equal_those_of_the_reference() {
    for (value, token) in [
        (json!(1), "SFMyNTY.g2gDYQFuBgAAaOXPiwFiAAFRgA.dJbYvRWRb_lEczlJojrITlp54_rsgPaQMjLicffM3zA"),
        (json!(300), "SFMyNTY.g2gDYgAAASxuBgAAaOXPiwFiAAFRgA.AAECkipjJpCBycTL9KFCcYx-_ZHtzJOcxKt2XciJgmY"),
        (json!(-5), "SFMyNTY.g2gDYv____tuBgAAaOXPiwFiAAFRgA.jeQ006nDTakfZrQaSgJqpt2Hb6lZFOIbRPqHf_GyYcw"),
        (
            json!(4_294_967_296u64),
            "SFMyNTY.g2gDbgUAAAAAAAFuBgAAaOXPiwFiAAFRgA.iMOEfQaRgiyhbRBV7xkmLr5UScX672vF40F1wxIckQk",
        ),
        (json!("u1"), "SFMyNTY.g2gDbQAAAAJ1MW4GAABo5c-LAWIAAVGA.UgLl0jeX8DR2Zh85PHupVI4234orNAZahkjmdMGCaww"),
        (
            json!({"id": 7}),
            "SFMyNTY.g2gDdAAAAAFtAAAAAmlkYQduBgAAaOXPiwFiAAFRgA.wqlR7l6537SJMt1fGslSSU84om1lySPm-nxYYCaFO08",
        ),
        (json!([1, 2]), "SFMyNTY.g2gDawACAQJuBgAAaOXPiwFiAAFRgA.pXEc-tLcP10RJexD5V3xO9bD8ROh-dDE0eXZL4o_seI"),
        (
            json!(["a"]),
            "SFMyNTY.g2gDbAAAAAFtAAAAAWFqbgYAAGjlz4sBYgABUYA.TPYKi88vo-grjn3PgXP7StZTzdSGrQ3oIwLlGUsDe14",
        ),
    ] {
        assert_eq!(signer().sign(&value).unwrap(), token);
        assert_eq!(signer().now(at(SIGNED_AT)).verify::<Value>(Some(token)), Ok(value));
    }
}

/// The vectors of spec §6.5 whose atoms have the tag of OTP 25.
#[test]
fn c204_tokens_with_atoms_are_read() {
    for (value, token) in [
        (
            json!({"id": 7, "role": "admin"}),
            "SFMyNTY.g2gDdAAAAAJkAAJpZGEHZAAEcm9sZW0AAAAFYWRtaW5uBgAAaOXPiwFiAAFRgA.\
             IlFDmNDyzeknmVosmRp-bAcub_kemQ8J7Qfp2qIFZ9U",
        ),
        (
            json!(["user", 1]),
            "SFMyNTY.g2gDaAJkAAR1c2VyYQFuBgAAaOXPiwFiAAFRgA.yLOVSPgrjB-UD35lRmI9SCRphaHBIQjDRaNxg8J5Vk4",
        ),
        (json!(null), "SFMyNTY.g2gDZAADbmlsbgYAAGjlz4sBYgABUYA.MXyhsOBuLovSPLo80Hm92517EQMBwFxqvQrFJ-IgNEA"),
    ] {
        assert_eq!(signer().max_age(MaxAge::Infinity).verify::<Value>(Some(token)), Ok(value));
    }
    let tuple = "SFMyNTY.g2gDaAJkAAR1c2VyYQFuBgAAaOXPiwFiAAFRgA.yLOVSPgrjB-UD35lRmI9SCRphaHBIQjDRaNxg8J5Vk4";
    assert_eq!(
        signer().max_age(MaxAge::Infinity).verify_term(Some(tuple)),
        Ok(Term::Tuple(vec![Term::atom("user"), Term::Integer(1)]))
    );
}

#[test]
fn c204_a_value_survives_the_round_trip() {
    let base = SecretKeyBase::random();
    let plain = TokenSecret::new("a secret of 20 bytes").unwrap();
    let users: [&TokenSecret; 2] = [&base, &plain];
    for secret in users {
        let token = sign(secret, "id", "ann").unwrap();
        assert_eq!(verify::<String>(secret, "id", Some(&token), DAY).as_deref(), Ok("ann"));
        let term = Signer::new(secret, "id").sign_term(Term::Binary(vec![0xff])).unwrap();
        assert_eq!(Signer::new(secret, "id").verify_term(Some(&term)), Ok(Term::Binary(vec![0xff])));
    }
}

#[test]
fn c205_a_missing_token_is_missing() {
    assert_eq!(verify::<u32>(&secret(), "id", None, DAY), Err(TokenError::Missing));
    assert_eq!(decrypt::<u32>(&secret(), "id", None, DAY), Err(TokenError::Missing));
}

#[test]
fn c206_garbage_another_salt_or_another_secret_is_invalid() {
    let token = sign(&secret(), "id", &1).unwrap();
    let invalid = |secret: &TokenSecret, salt: &str, token: &str| {
        assert_eq!(verify::<u32>(secret, salt, Some(token), DAY), Err(TokenError::Invalid), "{token}");
    };
    invalid(&secret(), "id", "");
    invalid(&secret(), "id", "garbage");
    invalid(&secret(), "id", "a.b.c");
    invalid(&secret(), "id", &token[..token.len() - 1]);
    invalid(&secret(), "ID", &token);
    invalid(&SecretKeyBase::random(), "id", &token);
    invalid(&secret(), "id", &encrypt(&secret(), "id", &1).unwrap());
    invalid(&secret(), "id", &"A".repeat(MAX_TOKEN_LEN + 1));
    assert_eq!(verify::<String>(&secret(), "id", Some(&token), DAY), Err(TokenError::Invalid));
    assert_eq!(verify::<u32>(&secret(), "id", Some(&format!("{token}=")), DAY), Ok(1));
}

/// C207 and the vector of spec §6.5 with `max_age` 60.
#[test]
fn c207_the_age_is_limited_by_the_token_and_by_the_reader() {
    let token = "SFMyNTY.g2gDYQFuBgAAaOXPiwFhPA.JbBh38C40lA2p9y6O2qsJS1imgY-8MK8N3uAhSR2QWU";
    assert_eq!(signer().max_age(Duration::from_secs(60)).sign(&1).unwrap(), token);
    let verify = |now: u64, max_age: MaxAge| signer().now(at(now)).max_age(max_age).verify::<u8>(Some(token));
    let millis = |millis| MaxAge::Limited(Duration::from_millis(millis));
    assert_eq!(verify(SIGNED_AT + 60, MaxAge::AsSigned), Ok(1));
    assert_eq!(verify(SIGNED_AT + 61, MaxAge::AsSigned), Err(TokenError::Expired));
    assert_eq!(verify(SIGNED_AT + 61, millis(61_000)), Ok(1));
    assert_eq!(verify(SIGNED_AT + 1, millis(1000)), Ok(1));
    assert_eq!(verify(SIGNED_AT + 1, millis(999)), Err(TokenError::Expired));
    assert_eq!(verify(SIGNED_AT, millis(0)), Err(TokenError::Expired));

    let fraction = signer().max_age(Duration::from_millis(1500)).sign(&1).unwrap();
    let verify = |now: u64| signer().now(at(now)).verify::<u8>(Some(&fraction));
    assert_eq!(verify(SIGNED_AT + 1), Ok(1));
    assert_eq!(verify(SIGNED_AT + 2), Err(TokenError::Expired));
}

/// C208 and the vector of spec §6.5 with `max_age` infinity, whose atom has the tag of OTP 25.
#[test]
fn c208_infinity_never_expires() {
    let token = "SFMyNTY.g2gDYQFuBgAAaOXPiwFkAAhpbmZpbml0eQ.olY9Y383zxIcITAC1gQie-TvOwBK9qzCeBm85E6dB3o";
    let later = signer().now(at(9_999_999_999));
    assert_eq!(later.verify::<u8>(Some(token)), Ok(1));
    let own = signer().max_age(MaxAge::Infinity).sign(&1).unwrap();
    assert_eq!(later.verify::<u8>(Some(&own)), Ok(1));
    let limited = signer().sign(&1).unwrap();
    assert_eq!(later.verify::<u8>(Some(&limited)), Err(TokenError::Expired));
    assert_eq!(later.max_age(MaxAge::Infinity).verify::<u8>(Some(&limited)), Ok(1));
}

#[test]
fn c209_the_time_of_signing_is_honoured() {
    let verify = |signed_at: u64| {
        let token = signer().signed_at(at(signed_at)).sign(&1).unwrap();
        signer().now(at(SIGNED_AT)).max_age(Duration::from_secs(10)).verify::<u8>(Some(&token))
    };
    assert_eq!(verify(SIGNED_AT - 10), Ok(1));
    assert_eq!(verify(SIGNED_AT - 11), Err(TokenError::Expired));
    assert_eq!(verify(SIGNED_AT + 60), Ok(1));
    assert_eq!(verify(SIGNED_AT + 61), Err(TokenError::Invalid));
}

/// C210 and the vector of spec §6.5 with a key of SHA-512.
#[test]
fn c210_key_options_change_the_key_and_explicit_defaults_do_not() {
    let token = signer().sign(&1).unwrap();
    let explicit = signer().key_iterations(1000).key_length(32).key_digest(KeyDigest::Sha256);
    assert_eq!(explicit.sign(&1).unwrap(), token);
    for other in [
        signer().key_iterations(1),
        signer().key_length(64),
        signer().key_digest(KeyDigest::Sha384),
        signer().key_digest(KeyDigest::Sha512),
    ] {
        let other = other.now(at(SIGNED_AT));
        let theirs = other.sign(&1).unwrap();
        assert_ne!(theirs, token);
        assert_eq!(other.verify::<u8>(Some(&theirs)), Ok(1));
        assert_eq!(other.verify::<u8>(Some(&token)), Err(TokenError::Invalid));
    }
    assert_eq!(
        signer().key_digest(KeyDigest::Sha512).key_length(64).sign(&1).unwrap(),
        "SFMyNTY.g2gDYQFuBgAAaOXPiwFiAAFRgA.GRQAgG8wVFyptRi-MdrJhNHVCqC1zdTtVvEv1AtLm6o"
    );
}

/// C211 and the encrypted vector of spec §6.5.
#[test]
fn c211_encrypted_tokens_behave_like_signed_ones() {
    let vector = "XCP.qEBc1CzQkUXg76cqNY1-lTFyBwTuHCXYcTao9YCk0sG30zBF3AXWjlKEhawuwAKinKa9MfAAfMDj-yA";
    assert_eq!(signer().now(at(SIGNED_AT)).decrypt::<u8>(Some(vector)), Ok(1));
    assert_eq!(signer().decrypt::<u8>(Some(vector)), Err(TokenError::Expired));

    let token = encrypt(&secret(), "id", &json!({"a": [true, null]})).unwrap();
    assert_ne!(token, encrypt(&secret(), "id", &json!({"a": [true, null]})).unwrap());
    assert_eq!(decrypt(&secret(), "id", Some(&token), DAY), Ok(json!({"a": [true, null]})));
    for (salt, token) in [("ID", token.as_str()), ("id", "XCP."), ("id", "garbage"), ("id", &token[1..])] {
        assert_eq!(decrypt::<Value>(&secret(), salt, Some(token), DAY), Err(TokenError::Invalid));
    }
    assert_eq!(decrypt::<Value>(&secret(), "id", Some(&token), Duration::ZERO), Err(TokenError::Expired));
    assert!(matches!(signer().key_length(16).encrypt(&1), Err(SignError::KeyLength(16))));
}

#[test]
fn a_value_that_cannot_be_read_back_is_not_signed() {
    assert!(matches!(signer().sign(&"a".repeat(7000)), Err(SignError::TooLong(_))));
    assert!(matches!(signer().encrypt(&"a".repeat(7000)), Err(SignError::TooLong(_))));
    let keys = std::collections::HashMap::from([((1, 2), 3)]);
    assert!(matches!(signer().sign(&keys), Err(SignError::Value(_))));
}
