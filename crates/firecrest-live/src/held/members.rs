//! The message.

use std::fmt;

use crate::json;

/// The members of a JSON object without its braces, such as `"0":"1","1":{"0":"x"}`: what the client is to merge, and room
/// for what else the message says (spec §3.1). Empty when there is nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members(pub(super) String);

impl Members {
    /// The members as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a member whose value is JSON already.
    pub fn push_member(&mut self, name: &str, json: &str) {
        if !self.is_empty() {
            self.0.push(',');
        }
        json::string(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(json);
    }

    /// The whole object, `{}` when there is no member.
    pub fn into_object(self) -> String {
        let mut object = self.0;
        object.insert(0, '{');
        object.push('}');
        object
    }
}

/// The whole object.
impl fmt::Display for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_added_to_none_and_to_others() {
        let mut members = Members::default();
        assert_eq!((members.is_empty(), members.to_string()), (true, "{}".to_owned()));
        members.push_member("t", "\"a\"");
        members.push_member("e", "[]");
        assert_eq!(members.as_str(), r#""t":"a","e":[]"#);
        assert_eq!(members.to_string(), members.into_object());
    }
}
