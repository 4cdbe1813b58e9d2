//! Topic patterns: which topics a route serves (spec §3.1).

/// What a route serves: one topic, or every topic with a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Exactly this topic.
    Exact(String),
    /// Every topic that begins with this, the rest may be empty.
    Prefix(String),
}

/// A pattern that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the topic pattern {pattern:?} is not valid: `*` may only stand once, at the very end, as in \"room:*\""
)]
pub struct PatternError {
    pattern: String,
}

impl Pattern {
    /// Reads a pattern: text without `*` is an exact topic, one trailing `*` makes a prefix.
    ///
    /// # Errors
    /// When `*` stands anywhere else or more than once (spec §3.1, H11).
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        match pattern.find('*') {
            None => Ok(Pattern::Exact(pattern.to_owned())),
            Some(at) if at + 1 == pattern.len() => Ok(Pattern::Prefix(pattern[..at].to_owned())),
            Some(_) => Err(PatternError { pattern: pattern.to_owned() }),
        }
    }

    /// What the `*` stands for in this topic (empty for an exact pattern), or none when the topic does not match.
    pub fn matched<'t>(&self, topic: &'t str) -> Option<&'t str> {
        match self {
            Pattern::Exact(exact) => (exact == topic).then_some(""),
            Pattern::Prefix(prefix) => topic.strip_prefix(prefix.as_str()),
        }
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Pattern::Exact(exact) => f.write_str(exact),
            Pattern::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h11_a_splat_anywhere_but_at_the_end_is_refused_with_advice() {
        for pattern in ["*a", "a*b", "a**", "**", "room:*:x"] {
            let error = Pattern::parse(pattern).unwrap_err().to_string();
            assert!(error.contains(pattern) && error.contains("very end"), "{error}");
        }
    }

    #[test]
    fn a_prefix_matches_anything_after_it() {
        let room = Pattern::parse("room:*").unwrap();
        assert_eq!(room.matched("room:"), Some(""));
        assert_eq!(room.matched("room:a:b"), Some("a:b"));
        assert_eq!(room.matched("roo"), None);
        assert_eq!(Pattern::parse("*").unwrap().matched("x"), Some("x"));
        assert_eq!(Pattern::parse("foo*").unwrap().matched("food:1"), Some("d:1"));
    }

    #[test]
    fn an_exact_pattern_matches_only_itself() {
        let ping = Pattern::parse("ping").unwrap();
        assert_eq!(ping.matched("ping"), Some(""));
        assert_eq!(ping.matched("ping:1"), None);
        assert_eq!(ping.to_string(), "ping");
    }
}
