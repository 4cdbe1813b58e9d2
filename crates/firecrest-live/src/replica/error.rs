//! What is wrong with a message or with the tree it has made.

use std::fmt;

/// A message that the published client would choke on, or show something wrong after.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}, at {path:?}")]
#[non_exhaustive]
pub struct ReplicaError {
    /// Where in the tree: the names of the members from the top on, each after a `/`; `/c/1` is the component 1.
    pub path: String,
    /// What is wrong there.
    pub problem: ReplicaProblem,
}

/// What is wrong (spec §3.1, §3.2, §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplicaProblem {
    /// The message is no JSON object.
    NoObject,
    /// Neither text nor a component nor a node.
    NoValue,
    /// A node without statics where the client holds no node of its kind.
    NoStatics,
    /// A number of statics that this message does not bring along.
    UnknownStatics,
    /// Entries without their count.
    NoCount,
    /// An entry that has moved in a loop without `km`.
    UnmarkedMove,
    /// An entry that moved from where there was none, or twice.
    UnknownEntry,
    /// An entry or a slot that has no value.
    Missing,
    /// Operations of a stream that are none, or do not fit its entries.
    NoStream,
    /// An item of a stream that is not one element with the item's id.
    NoItem,
    /// A component that the client does not hold, or whose statics come from one it does not hold.
    UnknownComponent,
}

impl fmt::Display for ReplicaProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReplicaProblem::NoObject => "the message is no object",
            ReplicaProblem::NoValue => "neither text nor a component nor a node",
            ReplicaProblem::NoStatics => "a node without statics, and nothing of its kind to merge it into",
            ReplicaProblem::UnknownStatics => "a number of statics that are not in the message",
            ReplicaProblem::NoCount => "entries without their count",
            ReplicaProblem::UnmarkedMove => "a moved entry in a loop that is not marked with `km`",
            ReplicaProblem::UnknownEntry => "an entry moved from where there was none, or twice",
            ReplicaProblem::Missing => "nothing where a value must be",
            ReplicaProblem::NoStream => "no operations of a stream, or not those of its entries",
            ReplicaProblem::NoItem => "an item of a stream that is not shown as an element with its id",
            ReplicaProblem::UnknownComponent => "a component that is not there",
        })
    }
}

pub(super) fn error<T>(problem: ReplicaProblem) -> Result<T, ReplicaError> {
    Err(ReplicaError { path: String::new(), problem })
}

/// Says where an error is, from the inside out.
pub(super) trait Under {
    /// The error is below the member of this name.
    fn under(self, name: &str) -> Self;
}

impl<T> Under for Result<T, ReplicaError> {
    fn under(self, name: &str) -> Self {
        self.map_err(|error| ReplicaError { path: format!("/{name}{}", error.path), ..error })
    }
}
