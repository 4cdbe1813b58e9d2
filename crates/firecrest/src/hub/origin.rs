//! Where a message comes from, and how far it goes.

use std::sync::Arc;

/// Where a message comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// The other node that has sent it; nothing for this one.
    pub(super) node: Option<Arc<str>>,
    /// The bridge that has brought it, there or here.
    pub(super) bridge: Option<Arc<str>>,
    pub(super) reach: Reach,
}

/// How far a message of this node goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reach {
    /// To whoever listens, wherever.
    #[default]
    Cluster,
    /// To this node, since a bridge has brought it: each node's own bridge brings it there.
    Bridged,
    /// To this node alone.
    Node,
}
