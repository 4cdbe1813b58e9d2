//! What a source is shown so that it answers.

use std::fmt;

use http::HeaderValue;

use crate::config::TokenName;

/// A secret from the environment. Nothing but the header shows it.
#[derive(Clone)]
pub(crate) struct Token(HeaderValue);

/// Why there is none. The value is not repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The variable is not set.
    #[error("the variable {0}, which `token_env` names, is not set")]
    Missing(String),
    /// Its value cannot be sent.
    #[error("the variable {0}, which `token_env` names, does not hold a token")]
    Unfit(String),
}

impl Token {
    /// The token in this variable.
    pub(crate) fn read(TokenName(name): &TokenName) -> Result<Self, TokenError> {
        let value = std::env::var(name).map_err(|_| TokenError::Missing(name.clone()))?;
        let header = HeaderValue::try_from(format!("Bearer {}", value.trim()));
        let mut header = header.map_err(|_| TokenError::Unfit(name.clone()))?;
        header.set_sensitive(true);
        Ok(Token(header))
    }

    /// The value of `Authorization`.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
impl Token {
    /// A token for tests, and what it must not show: the value of a variable that cargo sets whenever it runs tests.
    pub(crate) fn of_tests() -> (Self, String) {
        let variable = "CARGO_MANIFEST_DIR";
        let secret = std::env::var(variable).expect("cargo sets it");
        (Token::read(&TokenName(variable.into())).expect("it is text"), secret)
    }
}
