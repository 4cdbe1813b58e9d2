//! What tests of live views need to know of tokens.

use crate::Endpoint;
use crate::live::{Flash, verify_flash};

/// The messages that a redirect carries, as long as its token is not older than a minute.
pub fn flash(endpoint: &Endpoint, token: &str) -> Option<Flash> {
    Some(verify_flash(endpoint, token)).filter(|flash| !flash.is_empty())
}
