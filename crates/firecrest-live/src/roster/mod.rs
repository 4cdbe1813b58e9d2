//! Which components a view has, and rendering a view with all that is in it.
//!
//! | file | what |
//! | --- | --- |
//! | `state` | [`Roster`]: numbers, who calls whom, and the deletion protocol |
//! | `pass` | [`Pass`]: what is rendered together, and becomes one message |
//! | `levels` | from a tree to the components that it calls, level by level |
//! | `error` | what a view cannot call |

mod error;
mod levels;
mod pass;
mod state;

pub use error::PartError;
pub use levels::MAX_DEPTH;
pub(crate) use pass::Tree;
pub use pass::{Due, Pass};
pub use state::{MAX_COMPONENTS, Roster};
