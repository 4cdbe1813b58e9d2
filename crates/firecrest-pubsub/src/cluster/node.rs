//! Who speaks.

use std::fmt;
use std::sync::Arc;

/// Most bytes of a node's name.
const MAX_NODE_NAME: usize = 255;

/// A node in one of its lives: each start of a process is another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    name: Arc<str>,
    life: u128,
}

impl Node {
    /// The node of this name in this life, which is a random number. A name longer than 255 bytes is cut, between characters.
    pub fn new(name: &str, life: u128) -> Self {
        Node { name: name[..name.floor_char_boundary(MAX_NODE_NAME)].into(), life }
    }

    /// Its name, unique in the cluster.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Which of its lives it is.
    pub fn life(&self) -> u128 {
        self.life
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
