//! Elements that take more than a line of HTML: a portal, a trap for the focus, a tag that is chosen at run time.
//!
//! ```
//! use firecrest_live::{FocusWrap, Portal, html};
//!
//! let page = html! {
//!     <Portal id="help" target="#dialogs">
//!         <FocusWrap id="help-wrap" role="dialog"><button>"Close"</button></FocusWrap>
//!     </Portal>
//! };
//! assert!(page.to_string().starts_with(r##"<template id="help" data-phx-portal="#dialogs">"##));
//! ```

mod focus_wrap;
mod portal;
mod tag;

pub use focus_wrap::FocusWrap;
pub use portal::Portal;
pub use tag::{Tag, TagName, TagNameError};
