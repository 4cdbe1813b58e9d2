//! What a server tells everybody about a batch.

use super::Reading;

/// Who has added to which counters, and what they are now.
///
/// The text is the writer's id in 32 hexadecimal digits, and for each counter `SIZE:NAME VALUE REVISION;`, where the size is
/// that of the name in bytes: names may contain anything, and the servers' languages write nothing simpler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    writer: u128,
    counters: &'a str,
}

impl<'a> Message<'a> {
    /// Nothing, if it is something else.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let (writer, counters) = text.split_at_checked(32)?;
        Some(Message { writer: u128::from_str_radix(writer, 16).ok()?, counters })
    }

    /// The writer's id.
    pub(crate) fn writer(&self) -> u128 {
        self.writer
    }

    /// The counters, up to the first that is none.
    pub(crate) fn counters(&self) -> impl Iterator<Item = (&'a str, Reading)> + use<'a> {
        let mut rest = self.counters;
        std::iter::from_fn(move || {
            let (name, reading, others) = counter(rest)?;
            rest = others;
            Some((name, reading))
        })
    }
}

/// The first counter, and the rest.
fn counter(text: &str) -> Option<(&str, Reading, &str)> {
    let (size, rest) = text.split_once(':')?;
    let (name, rest) = rest.split_at_checked(size.parse().ok()?)?;
    let (reading, rest) = rest.strip_prefix(' ')?.split_once(';')?;
    let (value, revision) = reading.split_once(' ')?;
    Some((name, Reading { value: value.parse().ok()?, revision: revision.parse().ok()? }, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn anything_else_is_no_message() {
        assert_eq!(Message::read(""), None);
        assert_eq!(Message::read("hello"), None);
        assert_eq!(Message::read(&"é".repeat(31)), None);
        assert_eq!(Message::read(&"g".repeat(32)), None);
    }

    #[test]
    fn what_follows_a_broken_counter_is_left_out() {
        let text = format!("{:032x}1:a 5 1;9:b 5 2;", 7);
        let counters: Vec<_> = Message::read(&text).unwrap().counters().collect();
        assert_eq!(counters, [("a", Reading { value: 5, revision: 1 })]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            writer: u128,
            counters in prop::collection::vec(("(?s).{0,20}", any::<i64>(), any::<i64>()), 0..10),
        ) {
            let written = counters.iter().map(|(name, value, revision)| {
                format!("{}:{name} {value} {revision};", name.len())
            });
            let text = format!("{writer:032x}{}", written.collect::<String>());
            let message = Message::read(&text).unwrap();
            prop_assert_eq!(message.writer(), writer);
            let read = message.counters().map(|(name, reading)| (name.to_owned(), reading.value, reading.revision));
            prop_assert_eq!(read.collect::<Vec<_>>(), counters);
        }

        #[test]
        fn anything_can_be_read(text: String) {
            let _ = Message::read(&text).map(|message| message.counters().count());
        }
    }
}
