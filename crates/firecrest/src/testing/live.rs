//! What tests of live views need to know of tokens.

use std::time::Duration;

use crate::Endpoint;
use crate::live::Flash;
use crate::token;

/// The messages that a redirect carries, as long as its token is not older than a minute.
pub fn flash(endpoint: &Endpoint, token: &str) -> Option<Flash> {
    token::verify(endpoint.secret(), "firecrest flash", Some(token), Duration::from_secs(60)).ok()
}
