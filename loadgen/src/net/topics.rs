//! Which connection joins which topic.

use std::collections::HashMap;

/// The topics of a run.
#[derive(Debug)]
pub(crate) struct Topics {
    /// The name of each as JSON, quotes included.
    names: Vec<Box<str>>,
    /// The topic of each connection.
    of_connection: Vec<u32>,
}

/// A placeholder in a topic that cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no placeholder of a topic: `{{n}}` is the connection's number, `{{n%K}}` that number modulo K"
)]
#[non_exhaustive]
pub(crate) struct TopicError(String);

/// A part of a topic's pattern.
#[derive(Debug)]
enum Part<'a> {
    Literal(&'a str),
    Modulo(u32),
    Number,
}

impl Topics {
    /// Fills in the pattern for each connection.
    ///
    /// # Errors
    /// For a placeholder that is none.
    pub(crate) fn new(pattern: &str, connections: u32) -> Result<Topics, TopicError> {
        let parts = parse(pattern)?;
        let (mut names, mut known) = (Vec::new(), HashMap::new());
        let mut of_connection = Vec::with_capacity(connections as usize);
        for number in 0..connections {
            let name = fill(&parts, number);
            let next = names.len() as u32;
            let topic = *known.entry(name).or_insert_with_key(|name| {
                names.push(quoted(name).into());
                next
            });
            of_connection.push(topic);
        }
        Ok(Topics { names, of_connection })
    }

    /// A topic's name as JSON, quotes included.
    pub(crate) fn name(&self, topic: usize) -> &str {
        self.names.get(topic).map_or("\"\"", |name| name)
    }

    /// Gives a connection's topic its name, which nobody knew before.
    pub(super) fn rename(&mut self, connection: usize, name: &str) {
        let topic = self.of(connection);
        if let Some(place) = self.names.get_mut(topic) {
            *place = quoted(name).into();
        }
    }

    /// The topic of a connection.
    pub(crate) fn of(&self, connection: usize) -> usize {
        self.of_connection.get(connection).map_or(0, |topic| *topic as usize)
    }

    /// How many topics there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// A text as JSON, quotes included.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn parse(pattern: &str) -> Result<Vec<Part<'_>>, TopicError> {
    let (mut parts, mut rest) = (Vec::new(), pattern);
    while let Some(start) = rest.find("{n") {
        let end = rest[start..].find('}').map(|end| start + end + 1);
        let placeholder = &rest[start..end.unwrap_or(rest.len())];
        let modulus = placeholder.strip_prefix("{n%").and_then(|rest| rest.strip_suffix('}'));
        let modulus = modulus.and_then(|digits| digits.parse().ok()).filter(|modulus| *modulus > 0);
        parts.push(Part::Literal(&rest[..start]));
        parts.push(match modulus {
            Some(modulus) => Part::Modulo(modulus),
            None if placeholder == "{n}" => Part::Number,
            None => return Err(TopicError(placeholder.to_owned())),
        });
        rest = &rest[start + placeholder.len()..];
    }
    parts.push(Part::Literal(rest));
    Ok(parts)
}

fn fill(parts: &[Part<'_>], number: u32) -> String {
    let fill = |part: &Part<'_>| match part {
        Part::Literal(text) => (*text).to_owned(),
        Part::Modulo(modulus) => (number % modulus).to_string(),
        Part::Number => number.to_string(),
    };
    parts.iter().map(fill).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_found_out_later() {
        let mut topics = Topics::new("lv:{n}", 3).unwrap();
        topics.rename(1, "lv:phx-\"1");
        assert_eq!([0, 1, 2].map(|topic| topics.name(topic)), [r#""lv:0""#, r#""lv:phx-\"1""#, r#""lv:2""#]);
    }

    fn names(pattern: &str, connections: u32) -> Vec<String> {
        let topics = Topics::new(pattern, connections).unwrap();
        (0..connections as usize).map(|number| topics.name(topics.of(number)).to_owned()).collect()
    }

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(names("bench:all", 2), [r#""bench:all""#, r#""bench:all""#]);
        assert_eq!(names("b:{n}:{n%2}!", 3), [r#""b:0:0!""#, r#""b:1:1!""#, r#""b:2:0!""#]);
        assert_eq!(names("a\"{x}", 1), [r#""a\"{x}""#]);
    }

    #[test]
    fn equal_names_are_one_topic() {
        let topics = Topics::new("b:{n%3}", 10).unwrap();
        assert_eq!((topics.len(), topics.of(4), topics.of(9)), (3, 1, 0));
        assert_eq!(Topics::new("b", 10).unwrap().len(), 1);
    }

    #[test]
    fn placeholders_that_are_none_are_refused() {
        for pattern in ["{n%0}", "{n%}", "{n%x}", "{n", "{name}"] {
            assert_eq!(Topics::new(pattern, 1).unwrap_err(), TopicError(pattern.to_owned()));
        }
    }
}
