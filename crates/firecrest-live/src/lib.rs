//! Live views, pure: what a page is made of, what a client holds of it, and what it must be told to hold the next one.
//!
//! A crate of its own for *purity*: it owns no socket, no task, no clock and no randomness, so that every diff can be
//! compared to the last byte and replayed through the published client.
//!
//! Read it in this order: [`html!`] and [`Html`] (the rendered tree), [`slot`], [`attribute`] and [`slots`] (what may stand
//! in a template), [`Held`] (what one client holds, and the smallest legal diff), [`Stream`] (lists of which
//! nothing is held), [`Roster`] and [`Pass`] (the stateful components of a view, and rendering them), [`Replica`] (what the
//! client makes of it).
//! Beside them are [`js`] (commands that the client runs by itself), [`form`] (what a form says) and [`files`] (what is said of
//! files to upload).

// What `#[component]` writes names the crate, also in here.
extern crate self as firecrest_live;

pub mod attribute;
mod call;
mod elements;
mod escape;
pub mod files;
pub mod form;
#[doc(hidden)]
pub mod fuzzing;
mod held;
mod html;
pub mod js;
mod json;
pub mod link;
#[doc(hidden)]
pub mod pick;
mod replica;
mod roster;
mod scan;
pub mod slot;
pub mod slots;
#[doc(hidden)]
pub mod source;
mod stream;
mod tape;
mod template;

pub use attribute::{AttributeValue, Attributes, ClassList, StyleList};
pub use call::Call;
pub use elements::{FocusWrap, Portal, Tag, TagName, TagNameError};
pub use escape::Escaped;
pub use held::{Held, Members, RenderError};
pub use html::{Child, Html, Loop};
pub use js::Js;
pub use replica::{Replica, ReplicaError, ReplicaProblem};
pub use roster::{Due, MAX_COMPONENTS, MAX_DEPTH, PartError, Pass, Roster};
pub use slot::{Raw, Slot};
pub use slots::{Attrs, SlotFn};
pub use source::{annotate, annotates};
pub use stream::{Items, Stream};
pub use template::Template;

#[doc(hidden)]
pub use firecrest_macros as __macros;
#[doc(inline)]
pub use firecrest_macros::component;

/// A template, as an expression of type [`Html`]: HTML whose text is in quotes and whose values are in braces.
///
/// ```
/// use firecrest_live::html;
///
/// let (names, done) = (["Ann", "Bo & Co"], true);
/// let page = html! {
///     <ul>
///         for name in names, key = name { <li>{name}</li> }
///     </ul>
///     if done { <p class="end">"That is " {names.len()} "."</p> }
/// };
/// assert_eq!(page.to_string(), r#"<ul><li>Ann</li><li>Bo &amp; Co</li></ul><p class="end">That is 2.</p>"#);
/// ```
///
/// The whole syntax is in the documentation of [`firecrest_macros::html`].
#[macro_export]
macro_rules! html {
    ($($template:tt)*) => {
        $crate::__macros::html! { {$crate} $($template)* }
    };
}
