//! What one client holds of a view, and the messages that bring it up to date.
//!
//! | file | what |
//! | --- | --- |
//! | `state` | [`Held`] |
//! | `cells` | how a tree is remembered |
//! | `encoder` | reading a new tree beside an old one; values that are sent whole |
//! | `compare` | values that are compared |
//! | `entries` | the entries of loops |
//! | `parts` | components |
//! | `copy` | components that are sent as copies of others |
//! | `streams` | streams, of which nothing is held |
//! | `keys` | where the entry with a key was |
//! | `statics` | templates that several nodes share |
//! | `members` | the message |

mod cells;
mod compare;
mod copy;
mod encoder;
mod entries;
mod error;
mod keys;
mod members;
mod parts;
mod state;
mod statics;
mod streams;

pub use error::RenderError;
pub use members::Members;
pub use state::Held;
pub(crate) use streams::check_streams;
