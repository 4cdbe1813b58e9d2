//! What one client holds of a view, and the messages that bring it up to date.
//!
//! | file | what |
//! | --- | --- |
//! | `state` | [`Held`] |
//! | `cells` | how a tree is remembered |
//! | `encoder` | reading a new tree beside an old one; values that are sent whole |
//! | `compare` | values that are compared |
//! | `entries` | the entries of loops |
//! | `keys` | where the entry with a key was |
//! | `statics` | templates that several nodes share |
//! | `members` | the message |

mod cells;
mod compare;
mod encoder;
mod entries;
mod error;
mod keys;
mod members;
mod state;
mod statics;

pub use error::RenderError;
pub use members::Members;
pub use state::Held;
