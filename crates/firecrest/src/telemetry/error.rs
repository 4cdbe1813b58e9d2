//! Errors as logs show them: short, on one line, without what the client sent.

use std::fmt::Display;

/// Longest error that is written to the log, in bytes.
const MAX_ERROR: usize = 256;

/// An error that may be shown. serde says what it found before what it expected: what it found is the client's, may be
/// secret and of any length, and is left out.
pub(crate) fn shown_error(error: &impl Display) -> String {
    let text = error.to_string();
    let shown = match text.find("invalid ").and_then(|at| Some((at, text[at..].rfind(", expected ")? + at))) {
        Some((start, end)) => format!("{}{}", kind(&text[..start], &text[start..]), &text[end..]),
        None => text,
    };
    let mut shown = shown.replace(char::is_control, " ");
    if shown.len() > MAX_ERROR {
        shown.truncate(shown.floor_char_boundary(MAX_ERROR));
        shown.push('…');
    }
    shown
}

/// `invalid type` of `invalid type: string "…"`, with what stands before it.
fn kind(before: &str, invalid: &str) -> String {
    format!("{before}{}", invalid.split(':').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::shown_error;

    fn error<T: serde::de::DeserializeOwned>(json: &str) -> String {
        shown_error(&serde_json::from_str::<T>(json).err().unwrap())
    }

    #[test]
    fn what_a_client_sent_is_left_out() {
        let shown = error::<u8>(r#""hunter2, expected nobody""#);
        assert!(shown.starts_with("invalid type, expected u8"), "{shown}");
        let shown = error::<u8>("4711");
        assert!(shown.starts_with("invalid value, expected u8"), "{shown}");
    }

    #[test]
    fn what_helps_is_kept() {
        #[derive(serde::Deserialize, Debug)]
        struct Shout {
            #[allow(dead_code)]
            body: String,
        }
        assert_eq!(error::<Shout>("{}"), "missing field `body` at line 1 column 2");
    }

    #[test]
    fn errors_are_short_and_on_one_line() {
        let shown = shown_error(&format!("a\nb\r{}", "x".repeat(10_000)));
        assert!(shown.starts_with("a b x") && shown.len() < 300, "{shown}");
    }
}
