//! What reaches a view's channel besides the client's messages.

use std::any::Any;

use super::leave::Leave;

pub(crate) enum LiveInfo {
    /// For the view's `handle_info`.
    User(Box<dyn Any + Send>),
    /// A live value has changed that the view watches.
    Changed,
    /// A nested view wants the page to go somewhere (F125).
    Go(Leave),
}
