//! What is published, and what everybody is sent then.

use firecrest_wire::Payload as Content;
use firecrest_wire::client::Heard;
use serde_json::Value;

use crate::cli::SayNames;
use crate::net::quoted;
use crate::payload::{self, Payload, SAY_REF};

/// A way to publish a number.
#[derive(Debug)]
pub(super) enum Post {
    /// A push of the event `say` (JSON, quotes included), and a broadcast of the event `said` with the same payload to
    /// everybody on its topic.
    Say { payload: Payload, say: String, said: String },
    /// A click of this event (JSON, quotes included) that says what a page shows next, and a diff to everybody who looks at
    /// it, whatever the topic is called on which they do.
    Show(String),
}

impl Post {
    /// A push and its broadcasts.
    pub(super) fn say(names: &SayNames, payload: Payload) -> Post {
        Post::Say { payload, say: quoted(&names.say_event), said: names.said_event.clone() }
    }

    /// A click and its diffs.
    pub(super) fn show(event: &str) -> Post {
        Post::Show(quoted(event))
    }

    /// Whether everybody is sent the same, on whatever topic.
    pub(super) fn is_for_all(&self) -> bool {
        matches!(self, Post::Show(_))
    }

    /// Writes the message that publishes a number on a topic (JSON, quotes included).
    pub(super) fn write(&self, out: &mut Vec<u8>, topic: &str, number: u64) {
        match self {
            Post::Say { payload, say, .. } => payload.write(out, SAY_REF.as_bytes(), (topic, say), number),
            Post::Show(event) => {
                let digits = payload::digits(number);
                let before = br#"{"type":"click","event":"#;
                let click: [&[u8]; 5] =
                    [before, event.as_bytes(), br#","value":{"text":""#, &digits, br#""}}"#];
                payload::push(out, SAY_REF.as_bytes(), (topic, r#""event""#), &click);
            }
        }
    }

    /// Whether a message should bring a number.
    pub(super) fn is_delivery(&self, heard: &Heard) -> bool {
        match self {
            Post::Say { said, .. } => heard.event == said.as_str(),
            Post::Show(_) => heard.event == "diff",
        }
    }

    /// The number that a message brings; none when it is not as it should be.
    pub(super) fn number(&self, heard: &Heard) -> Option<u64> {
        let Content::Json(json) = &heard.payload else { return None };
        match self {
            Post::Say { payload, .. } => payload.sequence(json),
            Post::Show(_) => shown(json),
        }
    }
}

/// The number that a diff brings: the only one of its texts that is one (spec §3.2).
fn shown(diff: &str) -> Option<u64> {
    let mut numbers = Vec::new();
    collect(&serde_json::from_str(diff).ok()?, &mut numbers);
    if let [number] = numbers[..] { Some(number) } else { None }
}

fn collect(value: &Value, numbers: &mut Vec<u64>) {
    match value {
        Value::String(text) => numbers.extend(payload::parse(text.as_bytes())),
        Value::Array(values) => values.iter().for_each(|value| collect(value, numbers)),
        Value::Object(members) => members.values().for_each(|value| collect(value, numbers)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec §4.1.
    #[test]
    fn a_click_says_what_the_page_shows_next() {
        let mut out = Vec::new();
        Post::show("show").write(&mut out, r#""lv:phx-1""#, 7);
        let text = String::from_utf8(out).unwrap();
        let click = r#"{"type":"click","event":"show","value":{"text":"1000000007"}}"#;
        assert_eq!(text, format!(r#"["1","4","lv:phx-1","event",{click}]"#));
    }

    #[test]
    fn a_diff_brings_one_number_anywhere() {
        for diff in [r#"{"0":"1000000007"}"#, r#"{"2":{"0":"x","k":{"0":["1000000007"]}},"t":"News"}"#] {
            assert_eq!(shown(diff), Some(7), "{diff}");
        }
        for diff in
            ["{}", r#"{"0":"7"}"#, r#"{"0":"1000000007","1":"1000000008"}"#, r#"{"0":1000000007}"#, "["]
        {
            assert_eq!(shown(diff), None, "{diff}");
        }
    }
}
