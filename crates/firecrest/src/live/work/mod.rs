//! Work in the background of a view or a component (F080–F083).
//!
//! | file | what |
//! | --- | --- |
//! | `value` | [`Async`], a value that is being loaded, is there, or is not |
//! | `start` | what a view's context offers |
//! | `task` | the task of one work |
//! | `table` | the work of one view |
//! | `turn` | what comes of it |

mod start;
mod table;
mod task;
mod turn;
mod value;

pub use table::MAX_WORK;
pub use value::{Async, AsyncState, LoadError};

pub(super) use table::Work;
pub(crate) use task::Done;
