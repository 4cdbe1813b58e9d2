//! What topics and patterns look like (M021).

use std::fmt;
use std::sync::Arc;

use super::{PatternError, TopicError};

/// Most bytes of a topic or a pattern.
pub(super) const MAX_BYTES: usize = 255;

/// Most segments of a topic or a pattern.
const MAX_SEGMENTS: usize = 32;

/// Any single segment, in a pattern.
pub(super) const ONE: &str = "*";

/// One or more segments, at the end of a pattern.
pub(super) const REST: &str = ">";

/// Topics that somebody listens to: a topic in which `*` stands for any one segment, and `>` at the end for one or more.
///
/// ```
/// use firecrest::hub::Pattern;
///
/// let pattern: Pattern = "sensors.*.temperature".parse()?;
/// assert!(pattern.matches("sensors.kitchen.temperature"));
/// assert!(!pattern.matches("sensors.temperature"));
/// assert!("sensors.>".parse::<Pattern>()?.matches("sensors.kitchen.temperature"));
/// assert!("sensors.kit*".parse::<Pattern>().is_err());
/// # Ok::<_, firecrest::hub::PatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Arc<str>);

impl Pattern {
    /// Whether a topic is one of those.
    pub fn matches(&self, topic: &str) -> bool {
        let mut segments = topic.split('.');
        for wanted in self.segments() {
            match segments.next() {
                None => return false,
                Some(_) if wanted == REST => return true,
                Some(segment) if wanted != ONE && wanted != segment => return false,
                Some(_) => {}
            }
        }
        segments.next().is_none()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The pattern that is one topic and no other.
    pub(super) fn of_topic(topic: &Arc<str>) -> Self {
        Pattern(Arc::clone(topic))
    }

    pub(super) fn segments(&self) -> std::str::Split<'_, char> {
        self.0.split('.')
    }
}

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        check(text)?;
        let mut segments = text.split('.');
        while let Some(segment) = segments.next() {
            let is_wild = segment.contains([ONE, REST].map(first));
            if is_wild && segment != ONE && segment != REST {
                return Err(PatternError::Partial { text: text.into(), segment: segment.into() });
            }
            if segment == REST && segments.next().is_some() {
                return Err(PatternError::RestNotLast(text.into()));
            }
        }
        Ok(Pattern(text.into()))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks a topic that messages are sent to.
pub(super) fn check_topic(text: &str) -> Result<(), TopicError> {
    check(text)?;
    match text.chars().find(|character| [ONE, REST].map(first).contains(character)) {
        Some(character) => Err(TopicError::Character { text: text.into(), character }),
        None => Ok(()),
    }
}

fn first(wildcard: &str) -> char {
    wildcard.chars().next().unwrap_or_default()
}

/// What holds for topics and patterns.
fn check(text: &str) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(TopicError::TooLong(text.len()));
    }
    let is_foreign = |character: &char| character.is_whitespace() || character.is_control();
    if let Some(character) = text.chars().find(is_foreign) {
        return Err(TopicError::Character { text: text.into(), character });
    }
    if text.split('.').any(str::is_empty) {
        return Err(TopicError::EmptySegment(text.into()));
    }
    match text.split('.').count() {
        segments if segments > MAX_SEGMENTS => Err(TopicError::TooDeep { text: text.into(), segments }),
        _ => Ok(()),
    }
}
