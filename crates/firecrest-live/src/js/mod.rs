//! Commands that the client runs by itself, without a message to the server (spec §6).
//!
//! A [`Js`] is a list of commands. It is the value of a binding such as `phx-click`, of any attribute that
//! [`exec`](Js::exec) runs, or part of an event's payload. A command takes what it cannot do without (an event, a
//! selector, a class), or the struct of its options:
//!
//! ```
//! use firecrest_live::js::{self, Hide, Js, Push, Show, Target};
//!
//! let open = js::push("opened").show("#modal").focus_first("#modal");
//! let close = js::push(Push::new("closed").value("id", 7).loading("#modal"))
//!     .hide(Hide::new("#modal").transition(("ease-out", "opacity-100", "opacity-0")).millis(300))
//!     .pop_focus();
//! let copied = Js::new().show(Target::inner(".tick")).remove_class("hidden");
//!
//! assert_eq!(js::hide("#modal").to_string(), r##"[["hide",{"to":"#modal"}]]"##);
//! # let _ = (open, close, copied, Show::new("#x"));
//! ```
//!
//! Every function of this module is the method of [`Js`] with its name, as the first command of a list.

mod attribute;
mod class;
mod commands;
mod display;
mod navigate;
mod push;
mod shortcuts;
mod target;

pub use attribute::{IgnoreAttributes, RemoveAttribute, SetAttribute, ToggleAttribute};
pub use class::{Classes, Transition};
pub use commands::Js;
pub use display::{Hide, Show, Toggle};
pub use navigate::{Exec, Href};
pub use push::{Dispatch, Push};
pub use shortcuts::{
    add_class, dispatch, exec, focus, focus_first, hide, ignore_attributes, navigate, patch, pop_focus, push,
    push_focus, remove_attribute, remove_class, set_attribute, show, toggle, toggle_attribute, toggle_class,
    transition,
};
pub use target::{Phases, Target};
