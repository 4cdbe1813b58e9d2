//! What can be wrong with a topic, a pattern or a message.

/// A topic that is none. [The grammar](crate::hub#topics-and-patterns) says what one looks like (M021).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TopicError {
    /// There is nothing.
    #[error("a topic has at least one segment, such as `github.stats`, but this is empty")]
    Empty,
    /// A dot at the beginning or the end, or two in a row.
    #[error("{0:?} has an empty segment: segments are joined by single dots")]
    EmptySegment(String),
    /// A character that segments do not have.
    #[error("{text:?} contains {character:?}: segments have no spaces, control characters, `*` or `>`")]
    Character {
        /// The text.
        text: String,
        /// The first such character.
        character: char,
    },
    /// More than 255 bytes.
    #[error("a topic may have 255 bytes, but this has {0}")]
    TooLong(usize),
    /// More than 32 segments.
    #[error("a topic may have 32 segments, but {text:?} has {segments}")]
    TooDeep {
        /// The text.
        text: String,
        /// How many it has.
        segments: usize,
    },
    /// More topics have handles than a hub takes.
    #[error("{0} topics have handles, and a hub takes no more: drop those that are not used")]
    TooMany(usize),
}

/// A pattern that is none (M021).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// What is wrong would be wrong with a topic, too.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// A wildcard is part of a segment.
    #[error("the pattern {text:?} has the segment {segment:?}: `*` and `>` are whole segments")]
    Partial {
        /// The pattern.
        text: String,
        /// The segment.
        segment: String,
    },
    /// `>` is not at the end.
    #[error("the pattern {0:?} goes on after `>`, which stands for all the rest")]
    RestNotLast(String),
}

/// A message that was sent to nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The topic is none.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// The value has no form in JSON.
    #[error("the message cannot be written as JSON: {0}")]
    Encode(String),
    /// What a bridge brought in is not JSON.
    #[error("the message is not JSON: {0}")]
    NotJson(String),
}

/// A bridge that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BridgeError {
    /// One of its patterns is none.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// Its name is empty, longer than 255 bytes, or there is a bridge of that name.
    #[error("a bridge needs a name of its own, of 1 to 255 bytes, which {0:?} is not")]
    Name(String),
}
