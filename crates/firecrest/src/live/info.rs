//! What reaches a view's channel besides the client's messages.

use std::any::Any;

use super::component::ToComponent;
use super::inspect::Look;
use super::leave::Leave;
use super::work::Done;
use crate::channel::Answer;

pub(crate) enum LiveInfo {
    /// For the view's `handle_info`.
    User(Box<dyn Any + Send>),
    /// Somebody looks into the view.
    Look(Answer<Look>),
    /// For components.
    Component(Box<ToComponent>),
    /// Work in the background is done.
    Work(Box<Done>),
    /// Something of an upload has changed by itself.
    Uploads,
    /// A live value has changed that the view watches.
    Changed,
    /// A nested view wants the page to go somewhere (F125).
    Go(Leave),
}
