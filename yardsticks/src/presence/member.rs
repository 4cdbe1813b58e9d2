//! What members are called, and what is said of them.

/// A key of 12 bytes.
pub(crate) fn key(number: usize) -> String {
    format!("user{number:08}")
}

/// What a member joins with.
pub(crate) fn payload(number: usize) -> String {
    format!(r#"{{"user":"{}"}}"#, key(number))
}

/// A meta of 60 bytes as it is stored.
pub(crate) fn meta(reference: usize) -> String {
    format!(r#"{{"phx_ref":"{reference:016}","online_at":"1763740000123ab"}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_of_the_size_that_they_are_said_to_be() {
        assert_eq!((key(7).len(), meta(7).len()), (12, 60));
        assert_eq!(payload(7), r#"{"user":"user00000007"}"#);
    }
}
