//! Messages of protocol version 2 (spec §2.2), found by position and passed on as they came.

/// The five elements of a message, each as its JSON text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub(crate) join_ref: &'a [u8],
    pub(crate) reference: &'a [u8],
    pub(crate) topic: &'a [u8],
    pub(crate) event: &'a [u8],
    pub(crate) payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// Takes `[join_ref, ref, topic, event, payload]` apart; none when it does not look like that.
    ///
    /// The first four are scalars, so each ends at the quote or the comma after it. The payload is whatever is left,
    /// and only looked at from outside: an object, which nobody parses here.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Message<'a>> {
        let mut rest = text.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
        let mut scalar = || -> Option<&'a [u8]> {
            let (value, after) =
                rest.trim_ascii_start().split_at_checked(scalar_len(rest.trim_ascii_start())?)?;
            rest = after.trim_ascii_start().strip_prefix(b",")?;
            Some(value)
        };
        let (join_ref, reference, topic, event) = (scalar()?, scalar()?, scalar()?, scalar()?);
        let payload = rest.trim_ascii();
        let is_object = payload.starts_with(b"{") && payload.ends_with(b"}");
        is_object.then_some(Message { join_ref, reference, topic, event, payload })
    }
}

/// The length of the string, number or null at the beginning; none when it does not end.
fn scalar_len(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'"') {
        return text.iter().position(|byte| *byte == b',' || byte.is_ascii_whitespace());
    }
    let mut bytes = text.iter().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<[&str; 5]> {
        let Message { join_ref, reference, topic, event, payload } = Message::parse(text.as_bytes())?;
        Some([join_ref, reference, topic, event, payload].map(|part| str::from_utf8(part).unwrap()))
    }

    /// Spec §2.2: refs are opaque scalars.
    #[test]
    fn a_message_is_taken_apart_by_position() {
        let cases = [
            (
                r#"["1","7","bench:a","echo",{"a":[1,","]}]"#,
                [r#""1""#, r#""7""#, r#""bench:a""#, r#""echo""#, r#"{"a":[1,","]}"#],
            ),
            (r#"[null,8,"phoenix","heartbeat",{}]"#, ["null", "8", r#""phoenix""#, r#""heartbeat""#, "{}"]),
            (
                r#" [ "1" , null , "a,\"]" , "e\\" , { } ] "#,
                [r#""1""#, "null", r#""a,\"]""#, r#""e\\""#, "{ }"],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_message_is_none() {
        let cases = [
            "",
            "[",
            "]",
            "[]",
            "{}",
            "null",
            r#"["1","2","t","e"]"#,
            r#"["1","2","t","e",1]"#,
            r#"["1,2,t,e,{}]"#,
        ];
        for text in cases {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
