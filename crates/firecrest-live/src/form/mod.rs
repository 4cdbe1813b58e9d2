//! What a form says, and how it is shown again (spec §4.1, F030–F033, F140–F142).
//!
//! The client sends a form as one text. [`ClientEvent`] reads the message, [`FormData`] is the tree of its fields, and
//! [`Form`] is what a template needs to show them again: names, ids, values, and errors; [`Rows`] are those of a list in it,
//! and [`LiveForm`] is the element around them.
//!
//! ```
//! use firecrest_live::form::{Errors, Form, FormData};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Default, Serialize, Deserialize)]
//! struct User { name: String, age: u8 }
//!
//! impl User {
//!     fn check(&self) -> Errors {
//!         let mut errors = Errors::new();
//!         if self.name.is_empty() { errors.add("name", "must not be empty"); }
//!         errors
//!     }
//! }
//!
//! let mut form = Form::new("user", &User::default());
//!
//! // While the user types: errors are shown at the inputs that were used.
//! let said = FormData::decode("user[name]=&user[_unused_age]=&user[age]=")?;
//! form.change(said.part("user"), User::check);
//! assert_eq!(form.field("name").errors(), ["must not be empty"]);
//! assert!(form.field("age").errors().is_empty());
//!
//! // At the end: a user, if nothing is wrong.
//! let said = FormData::decode("user[name]=Ann&user[age]=x")?;
//! assert!(form.submit(said.part("user"), User::check).is_none());
//! assert_eq!(form.field("age").errors(), ["is not a whole number"]);
//! # Ok::<(), firecrest_wire::params::ParamsError>(())
//! ```
//!
//! An event that carries a form takes it as [`FormData`], because what a user types need not fit any type; reading it is
//! then not the event's failure but the form's error: `Validate { user: FormData }`.

mod data;
mod element;
mod error;
mod errors;
mod event;
mod field;
mod list;
mod reader;
mod rows;
mod state;
mod tree;

pub use data::{FormData, LIMITS, MAX_FIELDS};
pub use element::LiveForm;
pub use error::ReadError;
pub use errors::Errors;
pub use event::{ClientEvent, EventError, EventValue, MAX_JSON};
pub use field::{Field, Fields};
pub use list::{Row, RowButton, Rows};
pub use rows::MAX_ROWS;
pub use state::Form;
