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
}
