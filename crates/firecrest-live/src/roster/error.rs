//! What a view cannot call.

use super::{MAX_COMPONENTS, MAX_DEPTH};

/// Why the components of a view cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartError {
    /// One component would be at two places (F135).
    #[error(
        "the component {name} with the id {id:?} is in the page twice: ids are unique among the components of a type"
    )]
    Duplicate {
        /// Its type.
        name: &'static str,
        /// Its id.
        id: String,
    },
    /// Components inside components without an end (F133).
    #[error("the component {name} with the id {id:?} is inside more than {MAX_DEPTH} others")]
    TooDeep {
        /// Its type.
        name: &'static str,
        /// Its id.
        id: String,
    },
    /// More components than a view may have.
    #[error("the view has more than {MAX_COMPONENTS} components")]
    TooMany,
}
