/// A token is not accepted (spec §6.1).
///
/// There is one variant for everything that is wrong with a token except its age, so that an attacker learns nothing
/// from the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// No token was given (C205).
    #[error("the token is missing")]
    Missing,
    /// The token was not made with this secret, salt and options, is dated in the future, is longer than
    /// [`MAX_TOKEN_LEN`](super::MAX_TOKEN_LEN), or holds another type of value (C206).
    #[error("the token is invalid")]
    Invalid,
    /// The token is authentic and too old (C207).
    #[error("the token has expired")]
    Expired,
}

/// A token cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The value has no JSON form.
    #[error("the value cannot be put into a token: {0}")]
    Value(#[from] serde_json::Error),
    /// The token would be longer than [`MAX_TOKEN_LEN`](super::MAX_TOKEN_LEN) and never be accepted.
    #[error("the token would be {0} bytes long, more than will be accepted")]
    TooLong(usize),
    /// Encryption needs a derived key of exactly 32 bytes.
    #[error("encryption needs a key of 32 bytes, not {0}")]
    KeyLength(usize),
}
