//! Stateful components: parts of a view with a state of their own, that run in the view's task (F130–F136).
//!
//! | file | what |
//! | --- | --- |
//! | `traits` | [`LiveComponent`] |
//! | `context` | [`ComponentCx`]: what a callback can do |
//! | `rendering` | [`Rendering`]: what `render` is given |
//! | `updates` | [`Updates`]: all calls of a type together |
//! | `call` | [`live_component`]: a component in a template |
//! | `kind` | components of any type |
//! | `table` | the components of a view |
//! | `pass` | rendering all that is due |
//! | `send` | messages to components |

mod call;
mod context;
mod kind;
mod pass;
mod rendering;
mod send;
mod table;
mod traits;
mod turn;
mod updates;

pub use call::{ComponentCall, live_component};
pub use context::ComponentCx;
pub use rendering::Rendering;
pub use traits::LiveComponent;
pub use updates::{Update, Updates};

pub(super) use call::InShared;
pub(super) use pass::{PassError, run};
pub(super) use send::{ToComponent, Whom};
pub(super) use table::Components;
