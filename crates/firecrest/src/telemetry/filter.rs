//! Keeping secrets out of logs (spec §3.14, C212, C213).

use std::sync::{OnceLock, PoisonError, RwLock};

use firecrest_wire::Payload;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What a hidden value is replaced with.
const FILTERED: &str = "[FILTERED]";

/// Longest payload that is written to the log, in bytes; of a longer one only the length.
const MAX_LOGGED: usize = 4_096;

/// Which parameters logs may show. The default hides the values of all keys that contain `password` or `token`, and
/// strings with a form or query that has such a key, in upper or lower case, and signed and encrypted tokens, whatever their
/// key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParamFilter {
    /// Hide values whose key contains one of these, in upper or lower case; show the rest.
    Discard(Vec<String>),
    /// Show values below exactly these keys, whole; hide all other leaf values.
    Keep(Vec<String>),
}

impl Default for ParamFilter {
    fn default() -> Self {
        ParamFilter::Discard(vec!["password".into(), "token".into()])
    }
}

impl ParamFilter {
    /// Makes this the filter of all logs of this process.
    pub fn install(self) {
        *installed().write().unwrap_or_else(PoisonError::into_inner) = self;
    }

    /// A copy of `value` that may be shown.
    pub fn apply(&self, value: &Value) -> Value {
        match (self, value) {
            (_, Value::Array(items)) => items.iter().map(|item| self.apply(item)).collect(),
            (_, Value::Object(map)) => {
                map.iter().map(|(key, value)| (key.clone(), self.apply_to_entry(key, value))).collect()
            }
            (ParamFilter::Discard(words), Value::String(text)) if mentions(text, words) || is_token(text) => {
                FILTERED.into()
            }
            (ParamFilter::Discard(_), value) => value.clone(),
            (ParamFilter::Keep(_), _) => FILTERED.into(),
        }
    }

    fn apply_to_entry(&self, key: &str, value: &Value) -> Value {
        match self {
            ParamFilter::Discard(words) if contains(key, words) => FILTERED.into(),
            ParamFilter::Keep(keys) if keys.iter().any(|kept| kept == key) => value.clone(),
            _ => self.apply(value),
        }
    }
}

/// Whether a string carries something like `password=secret` or `user%5Bpassword_again%5D=secret` (C017–C019).
fn mentions(text: &str, words: &[String]) -> bool {
    let keys = text.split(['&', '?']).filter_map(|pair| Some(pair.split_once('=')?.0));
    keys.into_iter().any(|key| contains(&percent_decode_str(key).decode_utf8_lossy(), words))
}

/// Whether a string begins as tokens do (spec §6).
fn is_token(text: &str) -> bool {
    ["SFMyNTY.", "XCP."].iter().any(|head| text.starts_with(head))
}

fn contains(key: &str, words: &[String]) -> bool {
    let key = key.to_lowercase();
    words.iter().any(|word| key.contains(&word.to_lowercase()))
}

fn installed() -> &'static RwLock<ParamFilter> {
    static FILTER: OnceLock<RwLock<ParamFilter>> = OnceLock::new();
    FILTER.get_or_init(RwLock::default)
}

/// A payload as logs show it.
pub(super) fn shown(payload: &Payload) -> String {
    match payload {
        Payload::Binary(bytes) => format!("<{} bytes>", bytes.len()),
        Payload::Json(json) if json.len() > MAX_LOGGED => format!("<{} bytes of JSON>", json.len()),
        Payload::Json(json) => shown_value(&serde_json::from_str(json).unwrap_or_default()),
    }
}

/// A value as logs show it.
pub(super) fn shown_value(value: &Value) -> String {
    let shown = installed().read().unwrap_or_else(PoisonError::into_inner).apply(value).to_string();
    if shown.len() > MAX_LOGGED { format!("<{} bytes of JSON>", shown.len()) } else { shown }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn c212_filtering_reaches_nested_maps_and_lists() {
        let value = json!({"a": 1, "password": "x", "user": {"api_token": [1], "list": [{"password_again": "y"}, 2]}});
        let expected = json!({
            "a": 1,
            "password": FILTERED,
            "user": {"api_token": FILTERED, "list": [{"password_again": FILTERED}, 2]}
        });
        assert_eq!(ParamFilter::default().apply(&value), expected);
    }

    #[test]
    fn c212_upper_and_lower_case_are_the_same() {
        let value = json!({"authToken": 1, "Password": 2, "PASSWORD_HASH": 3, "form": "a=1&Password=x"});
        let expected = json!({
            "authToken": FILTERED, "Password": FILTERED, "PASSWORD_HASH": FILTERED, "form": FILTERED
        });
        assert_eq!(ParamFilter::default().apply(&value), expected);
        let own = ParamFilter::Discard(vec!["apiKey".into()]);
        let value = json!({"apikey": 1, "API_KEY": 2, "APIKEY": 3});
        assert_eq!(own.apply(&value), json!({"apikey": FILTERED, "API_KEY": 2, "APIKEY": FILTERED}));
    }

    #[test]
    fn c017_keys_of_forms_are_decoded_and_may_contain_more() {
        for form in ["user%5Bpassword%5D=x", "a=1&password_again=x", "http://h/?reset_token=x"] {
            assert_eq!(ParamFilter::default().apply(&json!(form)), json!(FILTERED), "{form}");
        }
        assert_eq!(ParamFilter::default().apply(&json!("a=password")), json!("a=password"));
    }

    /// What the page of a live view brings to its join.
    #[test]
    fn tokens_are_hidden_whatever_they_are_called() {
        let value = json!({"session": "SFMyNTY.g2gD.x", "static": "XCP.AAAA", "url": "http://h/SFMyNTY."});
        let expected = json!({"session": FILTERED, "static": FILTERED, "url": "http://h/SFMyNTY."});
        assert_eq!(ParamFilter::default().apply(&value), expected);
    }

    #[test]
    fn c213_keep_mode_hides_all_other_leaves() {
        let value = json!({"id": 1, "user": {"password": "x"}, "rest": {"a": 1, "b": [2], "id": 3}});
        let expected =
            json!({"id": 1, "user": {"password": "x"}, "rest": {"a": FILTERED, "b": [FILTERED], "id": 3}});
        assert_eq!(ParamFilter::Keep(vec!["id".into(), "user".into()]).apply(&value), expected);
    }

    #[test]
    fn c017_c018_c019_a_form_with_a_password_is_hidden_whole() {
        for form in ["a=1&password=x&b=2", "a=1&password=x", "%zz&password=x&&"] {
            assert_eq!(ParamFilter::default().apply(&json!({ "value": form })), json!({ "value": FILTERED }));
        }
        assert_eq!(ParamFilter::default().apply(&json!({"v": "my password"})), json!({"v": "my password"}));
    }
}
