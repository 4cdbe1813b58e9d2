//! Why a tree cannot be sent.

/// A rendered tree that has no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// Two entries of one loop have the same key (spec §3.4).
    #[error(
        "two entries of one loop have the same key, the second is entry {index} (counted from 0) of the loop over {body:?}"
    )]
    DuplicateKey {
        /// The index of the second of them, counted from 0.
        index: usize,
        /// How the body of the loop begins.
        body: &'static str,
    },
    /// A component is not one element (spec §3.5).
    #[error(
        "the component {name} with the id {id:?} must be exactly one element, whatever is in it: its template begins or ends otherwise"
    )]
    NoRoot {
        /// Its type.
        name: &'static str,
        /// Its id.
        id: String,
    },
    /// One stream stands twice in the tree (F059).
    #[error("a stream is shown twice in one page, the second time as {body:?}: its items are sent only once")]
    StreamTwice {
        /// How the element of an item begins, the second time.
        body: &'static str,
    },
    /// More has waited in a stream than may, and was dropped: [`Stream::MAX_WAITING`](crate::Stream::MAX_WAITING).
    #[error(
        "more than {} operations waited in a stream, that of {body:?}: it was not shown for long, or a page cannot show as much; `reset` begins anew",
        crate::Stream::<()>::MAX_WAITING
    )]
    StreamOverfull {
        /// How the element of an item begins.
        body: &'static str,
    },
    /// What many clients hold has a stream, and who comes later would see it empty.
    #[error("a shared view cannot have a stream, such as that of {body:?}: use a keyed list")]
    StreamShared {
        /// How the element of an item begins.
        body: &'static str,
    },
    /// The element of an item has not the item's id, by which the client knows it.
    #[error("the item {id:?} of a stream must be shown as one element with this id: {html:?}")]
    StreamItem {
        /// The item's id.
        id: String,
        /// How the item begins that was rendered.
        html: String,
    },
}
