//! What a component is called with: content, entries of slots, attributes (F012, F013, F014).
//!
//! ```
//! use firecrest_live::slots::{Attrs, SlotFn};
//! use firecrest_live::{Html, component, html};
//!
//! #[component]
//! fn Card(title: &str, #[default(false)] open: bool, #[rest] rest: Attrs<'_>, children: SlotFn<'_>) -> Html {
//!     html! {
//!         <section class={("card", ("open", open))} {..rest}>
//!             <h2>{title}</h2>
//!             if children.is_empty() { "Nothing here." } else { {children} }
//!         </section>
//!     }
//! }
//!
//! let page = html! { <Card title="Hi" phx-click="toggle"><b>"there"</b></Card> };
//! assert_eq!(
//!     page.to_string(),
//!     r#"<section class="card" phx-click="toggle"><h2>Hi</h2><b>there</b></section>"#
//! );
//! ```
//!
//! A component gives its content an argument, and takes any number of entries of a slot, each with attributes of its own:
//!
//! ```
//! use firecrest_live::slots::SlotFn;
//! use firecrest_live::{Html, component, html};
//!
//! #[component]
//! struct Column<'a, R> {
//!     label: &'a str,
//!     children: SlotFn<'a, &'a R>,
//! }
//!
//! #[component]
//! fn Table<'a, R>(rows: &'a [R], #[slot] column: Vec<Column<'a, R>>) -> Html {
//!     html! {
//!         <table>
//!             <tr>for column in &column { <th>{column.label}</th> }</tr>
//!             for row in rows {
//!                 <tr>for column in &column { <td>{column.children.render(row)}</td> }</tr>
//!             }
//!         </table>
//!     }
//! }
//!
//! let people = [("Ann", 34), ("Bo", 27)];
//! let page = html! {
//!     <Table rows={&people}>
//!         <slot:column label="Name" let={(name, _)}>{name}</slot:column>
//!         <slot:column label="Age" let={(_, age)}>{age}</slot:column>
//!     </Table>
//! };
//! assert!(page.to_string().contains("<tr><td>Ann</td><td>34</td></tr>"));
//! ```

mod body;
mod call;
mod fit;
mod rest;

pub use body::{Rendered, SlotFn};
#[doc(hidden)]
pub use call::{BODY, BodyAttributes, Declared, SlotEntry, check};
pub use fit::Fit;
pub use rest::Attrs;
#[doc(hidden)]
pub use rest::{GlobalAttributes, HasRestParameter};
