//! What tests of live views need to know of tokens.

use crate::Endpoint;
use crate::live::{Flash, verify_flash};

/// Whether work in the background of live views is not done, or what has come of it was not handled.
pub fn is_working(endpoint: &Endpoint) -> bool {
    !endpoint.live_table().work.is_empty()
}

/// Waits until the work in the background of all live views is done, and what has come of it was handled.
pub async fn work_done(endpoint: &Endpoint) {
    let work = &endpoint.live_table().work;
    work.close();
    work.wait().await;
}

/// The messages that a redirect carries, as long as its token is not older than a minute.
pub fn flash(endpoint: &Endpoint, token: &str) -> Option<Flash> {
    Some(verify_flash(endpoint, token)).filter(|flash| !flash.is_empty())
}
