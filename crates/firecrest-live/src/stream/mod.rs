//! Long lists of which the server keeps nothing (F058, F059).
//!
//! | file | what |
//! | --- | --- |
//! | `list` | [`Stream`], what a view has in its state |
//! | `waiting` | the operations that no client has been told of yet |
//! | `item` | the element that an item is shown as |
//! | `mark` | what a rendered tree knows of a stream |

pub(crate) mod item;
mod list;
mod mark;
mod waiting;

pub use list::Stream;
pub use mark::Items;
pub(crate) use mark::{Mark, Sent};
