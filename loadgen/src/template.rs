//! Reading frames without parsing them: all frames of a kind are alike but for the sequence number.

use std::ops::Range;

use crate::payload::{self, DIGITS};

/// How many bytes of templates are kept at most. What is beyond is decoded in full, which is slower and just as right.
const ROOM: usize = 64 << 20;

/// A frame that was decoded in full and found right, with holes where the digits of its sequence number stood.
#[derive(Debug)]
pub(crate) struct Template {
    text: Box<[u8]>,
    /// Where the digits begin, in order.
    holes: Vec<usize>,
}

/// One template for each topic, learned from the first frame.
#[derive(Debug)]
pub(crate) struct Templates {
    by_topic: Vec<Option<Box<Template>>>,
    room: usize,
}

impl Template {
    /// Learns from a frame that carries `sequence`; none when its digits are not there literally.
    pub(crate) fn learn(text: &[u8], sequence: u64) -> Option<Template> {
        let digits = payload::digits(sequence);
        let mut holes = Vec::new();
        let mut at = 0;
        while let Some(found) = text[at..].windows(DIGITS).position(|window| window == digits) {
            holes.push(at + found);
            at += found + DIGITS;
        }
        (!holes.is_empty()).then(|| Template { text: text.into(), holes })
    }

    /// The sequence number of a frame that is this one in every other byte.
    pub(crate) fn sequence(&self, text: &[u8]) -> Option<u64> {
        if text.len() != self.text.len() {
            return None;
        }
        let digits = &text[hole(*self.holes.first()?)];
        let mut literal = 0;
        for at in &self.holes {
            if text[literal..*at] != self.text[literal..*at] || text[hole(*at)] != *digits {
                return None;
            }
            literal = at + DIGITS;
        }
        if text[literal..] != self.text[literal..] {
            return None;
        }
        payload::parse(digits)
    }
}

impl Templates {
    /// Nothing learned, for so many topics.
    pub(crate) fn new(topics: usize) -> Templates {
        Templates { by_topic: std::iter::repeat_with(|| None).take(topics).collect(), room: ROOM }
    }

    /// The sequence number of a frame on a topic, if its template fits.
    pub(crate) fn sequence(&self, topic: usize, text: &[u8]) -> Option<u64> {
        self.by_topic.get(topic)?.as_ref()?.sequence(text)
    }

    /// Learns from a frame that was decoded in full and found right.
    pub(crate) fn learn(&mut self, topic: usize, text: &[u8], sequence: u64) {
        let Some(place) = self.by_topic.get_mut(topic) else { return };
        let freed = place.as_ref().map_or(0, |old| old.text.len());
        if self.room + freed < text.len() {
            return;
        }
        if let Some(template) = Template::learn(text, sequence) {
            self.room = self.room + freed - text.len();
            *place = Some(Box::new(template));
        }
    }
}

fn hole(at: usize) -> Range<usize> {
    at..at + DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &[u8] =
        br#"["1","1000000042","b:1","phx_reply",{"response":{"lg":"1000000042xx"},"status":"ok"}]"#;

    fn changed(from: &str, to: &str) -> Vec<u8> {
        String::from_utf8(FRAME.to_vec()).unwrap().replacen(from, to, 1).into_bytes()
    }

    #[test]
    fn a_frame_of_the_same_kind_gives_its_number() {
        let template = Template::learn(FRAME, 42).unwrap();
        assert_eq!(template.holes.len(), 2);
        assert_eq!(template.sequence(FRAME), Some(42));
        let next = String::from_utf8(FRAME.to_vec()).unwrap().replace("1000000042", "1000000977");
        assert_eq!(template.sequence(next.as_bytes()), Some(977));
    }

    #[test]
    fn any_other_difference_is_no_match() {
        let template = Template::learn(FRAME, 42).unwrap();
        for text in [
            changed("1000000042", "1000000043"),
            changed("xx", "xy"),
            changed("b:1", "b:2"),
            changed("ok", "no"),
            changed("]", ""),
            changed("[\"1\"", "[\"2\""),
        ] {
            assert_eq!(template.sequence(&text), None, "{}", String::from_utf8_lossy(&text));
        }
        let not_digits = String::from_utf8(FRAME.to_vec()).unwrap().replace("1000000042", "10000000x2");
        assert_eq!(template.sequence(not_digits.as_bytes()), None);
    }

    #[test]
    fn a_frame_without_the_number_teaches_nothing() {
        assert!(Template::learn(FRAME, 41).is_none());
    }

    #[test]
    fn templates_are_per_topic_and_bounded() {
        let mut templates = Templates::new(2);
        templates.learn(1, FRAME, 42);
        templates.learn(2, FRAME, 42);
        assert_eq!((templates.sequence(0, FRAME), templates.sequence(1, FRAME)), (None, Some(42)));
        assert_eq!(templates.sequence(2, FRAME), None);
        templates.room = 10;
        templates.learn(0, FRAME, 42);
        assert_eq!(templates.sequence(0, FRAME), None);
    }
}
