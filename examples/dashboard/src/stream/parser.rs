//! The format of server-sent events, by itself: bytes in, events out. It holds no more than its bounds, whatever comes.

use std::time::Duration;

/// Longest line, in bytes. The event that a longer one belongs to is left out.
pub(crate) const MAX_LINE: usize = 64 * 1024;

/// Largest event, in bytes of all its data. A larger one is left out.
pub(crate) const MAX_EVENT: usize = 256 * 1024;

/// Longest id and name of an event, in bytes. Longer ones are not noticed.
const MAX_NAME: usize = 1_024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What a stream says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    Event(Event),
    /// How long to wait before connecting again.
    Retry(Duration),
    /// An event was larger than it may be.
    TooLarge,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Event {
    /// What it is an event of; "message" where the stream does not say.
    pub(crate) name: String,
    pub(crate) data: String,
}

#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    /// Whether the last byte was a carriage return: a line feed after it ends no other line.
    after_return: bool,
    /// Whether a line has been seen: only the first may begin with a byte order mark.
    begun: bool,
    /// The line that comes is longer than it may be.
    is_long: bool,
    name: String,
    data: String,
    /// The event that comes is larger than it may be.
    is_large: bool,
    /// The id that the next event gets, and all after it until there is another.
    next_id: String,
    id: String,
}

impl Parser {
    /// The id of the last event, for `Last-Event-ID`.
    pub(crate) fn last_id(&self) -> &str {
        &self.id
    }

    /// Another connection of the same stream: what was begun is forgotten, the last id is not.
    pub(crate) fn reconnect(&mut self) {
        let id = std::mem::take(&mut self.id);
        *self = Parser { next_id: id.clone(), id, ..Parser::default() };
    }

    /// More of the stream.
    pub(crate) fn push(&mut self, bytes: &[u8], mut say: impl FnMut(Said)) {
        for &byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => self.end_line(&mut say),
                _ if self.line.len() == MAX_LINE => self.is_long = true,
                _ => self.line.push(byte),
            }
        }
    }

    fn end_line(&mut self, say: &mut impl FnMut(Said)) {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.begun, true) && line.starts_with(BOM) {
            line.drain(..BOM.len());
        }
        if std::mem::take(&mut self.is_long) {
            self.is_large = true;
        } else if line.is_empty() {
            self.end_event(say);
        } else {
            let text = String::from_utf8_lossy(&line);
            let (field, value) = text.split_once(':').unwrap_or((&text, ""));
            self.field(field, value.strip_prefix(' ').unwrap_or(value), say);
        }
        // The allocation is used again, unless it is for one long line.
        line.clear();
        if line.capacity() <= 4_096 {
            self.line = line;
        }
    }

    fn field(&mut self, field: &str, value: &str, say: &mut impl FnMut(Said)) {
        match field {
            "data" if self.data.len() + value.len() >= MAX_EVENT => self.is_large = true,
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "event" if value.len() <= MAX_NAME => value.clone_into(&mut self.name),
            "id" if value.len() <= MAX_NAME && !value.contains('\0') => value.clone_into(&mut self.next_id),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                if let Ok(millis) = value.parse() {
                    say(Said::Retry(Duration::from_millis(millis)));
                }
            }
            // A comment, or a field that there is not.
            _ => {}
        }
    }

    fn end_event(&mut self, say: &mut impl FnMut(Said)) {
        self.id.clone_from(&self.next_id);
        let (mut data, mut name) = (std::mem::take(&mut self.data), std::mem::take(&mut self.name));
        if std::mem::take(&mut self.is_large) {
            return say(Said::TooLarge);
        }
        // The end of the last line.
        if data.pop().is_some() {
            if name.is_empty() {
                "message".clone_into(&mut name);
            }
            say(Said::Event(Event { name, data }));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn parse(text: impl AsRef<[u8]>) -> (Vec<Said>, String) {
        let (mut parser, mut said) = (Parser::default(), Vec::new());
        parser.push(text.as_ref(), |one| said.push(one));
        (said, parser.last_id().to_owned())
    }

    fn message(data: &str) -> Said {
        Said::Event(Event { name: "message".to_owned(), data: data.to_owned() })
    }

    #[test]
    fn lines_of_data_are_one_event() {
        assert_eq!(parse("data: YHOO\ndata: +2\ndata: 10\n\n").0, [message("YHOO\n+2\n10")]);
        assert_eq!(parse("data\n\ndata\ndata\n\ndata:").0, [message(""), message("\n")]);
        assert_eq!(parse("data:test\n\ndata: test\n\n").0, [message("test"), message("test")]);
        assert_eq!(parse("data:  two\n\n").0, [message(" two")], "one space goes");
    }

    #[test]
    fn an_id_stays_until_there_is_another() {
        let (said, id) = parse(": hello\n\ndata: a\nid: 1\n\ndata: b\nid\n\ndata: c\n\n");
        assert_eq!((said.len(), id.as_str()), (3, ""));
        assert_eq!(parse("id: 7\ndata: a\n\ndata: b\n\n").1, "7");
        assert_eq!(parse("id: 7\n\n").1, "7", "also without data");
        assert_eq!(parse("id: 7\n\nid: 8\ndata: x\n").1, "7", "an event that has not ended has not come");
        assert_eq!(parse("id: 7\n\nid: 8\0\ndata: x\n\n").1, "7");
    }

    #[test]
    fn a_stream_may_name_its_events_and_say_when_to_come_back() {
        let named = Said::Event(Event { name: "add".to_owned(), data: "73".to_owned() });
        let (said, _) = parse("retry: 2500\nevent: add\ndata: 73\n\nretry: soon\nretry:\ndata: 1\n\n");
        assert_eq!(said, [Said::Retry(Duration::from_millis(2_500)), named, message("1")]);
    }

    #[test]
    fn all_ends_of_lines_are_the_same() {
        for text in [
            "data: a\ndata: b\n\n",
            "data: a\rdata: b\r\r",
            "data: a\r\ndata: b\r\n\r\n",
            "\u{feff}data: a\r\ndata: b\n\r",
        ] {
            assert_eq!(parse(text).0, [message("a\nb")], "{text:?}");
        }
    }

    #[test]
    fn what_is_too_large_is_left_out_and_what_follows_is_not() {
        let long = format!("data: {}\n\ndata: b\n\n", "a".repeat(MAX_LINE));
        assert_eq!(parse(long).0, [Said::TooLarge, message("b")]);
        let many = format!("{}\ndata: b\n\n", format!("data: {}\n", "a".repeat(1_000)).repeat(300));
        assert_eq!(parse(many).0, [Said::TooLarge, message("b")]);
    }

    #[test]
    fn another_connection_begins_anew_but_for_the_id() {
        let (mut parser, mut said) = (Parser::default(), Vec::new());
        parser.push(b"id: 7\ndata: a\n\ndata: half", |one| said.push(one));
        parser.reconnect();
        assert_eq!(parser.last_id(), "7");
        parser.push(b"data: b\n\n", |one| said.push(one));
        assert_eq!((said, parser.last_id()), (vec![message("a"), message("b")], "7"));
    }

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            any::<Vec<u8>>(),
            prop_oneof!["data: [a-c]{0,4}", "id: [0-9]{0,2}", "event: x", "retry: 1", ":", "\u{feff}"]
                .prop_map(String::into_bytes),
            prop_oneof![Just("\n"), Just("\r"), Just("\r\n"), Just("\n\n")]
                .prop_map(|end| end.as_bytes().to_vec()),
        ];
        vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_a_stream_comes_in_pieces(bytes in bytes(), cuts in vec(any::<prop::sample::Index>(), 0..8)) {
            let whole = parse(&bytes);
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let (mut parser, mut said, mut from) = (Parser::default(), Vec::new(), 0);
            for cut in cuts.into_iter().chain([bytes.len()]) {
                parser.push(&bytes[from..cut], |one| said.push(one));
                from = cut;
            }
            prop_assert_eq!((said, parser.last_id().to_owned()), whole);
        }

        #[test]
        fn what_was_sent_is_what_comes(events in vec((vec("[^\r\n\0]{0,20}", 1..4), "[a-z]{0,5}"), 0..10)) {
            let (mut text, mut expected) = (String::new(), Vec::new());
            for (lines, name) in events {
                text += &format!("event: {name}\n");
                lines.iter().for_each(|line| text += &format!("data: {line}\n"));
                text += "\n";
                let name = if name.is_empty() { "message".to_owned() } else { name };
                expected.push(Said::Event(Event { name, data: lines.join("\n") }));
            }
            prop_assert_eq!(parse(text).0, expected);
        }

        #[test]
        fn it_holds_no_more_than_its_bounds(bytes in vec(prop_oneof![Just(b'\n'), Just(b'd'), any::<u8>()], 0..2_000), times in 1_usize..200) {
            let mut parser = Parser::default();
            for _ in 0..times {
                parser.push(&bytes, |_| {});
                parser.push(b"data: ", |_| {});
            }
            prop_assert!(parser.line.len() <= MAX_LINE && parser.data.len() <= MAX_EVENT);
            prop_assert!(parser.name.len() <= MAX_NAME && parser.id.len() <= MAX_NAME);
        }
    }
}
