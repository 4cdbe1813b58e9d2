//! How `html!` writes `{value}`: as a [`Slot`] if it is one, else as what it displays.
//!
//! The macro writes
//!
//! ```
//! # use firecrest_live::Html;
//! # fn slot(html: &mut Html, expression: u8) {
//! # #[allow(unused_imports)]
//! use firecrest_live::pick::{Neither as _, Pick, Shown as _, Slotted as _};
//! match &expression {
//!     value => (&&&Pick(value)).kind().write(value, html),
//! }
//! # }
//! ```
//!
//! and method resolution takes the first of the three traits whose condition holds. That is decided where the macro
//! stands, so it works for a type parameter as far as its bounds say. For a value that is neither, the call of `write`
//! does not compile, with what [`Slot`] says of it.

use std::fmt::Display;

use crate::html::Html;
use crate::slot::Slot;

/// A value whose kind is asked for.
#[derive(Debug)]
pub struct Pick<'a, T: ?Sized>(pub &'a T);

/// What is a [`Slot`].
#[derive(Debug)]
pub struct AsSlot;

/// What is no [`Slot`] but has a `Display`.
#[derive(Debug)]
pub struct AsText;

/// First choice.
pub trait Slotted {
    /// The value is a [`Slot`].
    fn kind(&self) -> AsSlot;
}

/// Second choice.
pub trait Shown {
    /// The value displays itself.
    fn kind(&self) -> AsText;
}

/// No choice.
pub trait Neither {
    /// The value ought to be a [`Slot`].
    fn kind(&self) -> AsSlot;
}

impl<T: Slot + ?Sized> Slotted for &&Pick<'_, T> {
    #[inline]
    fn kind(&self) -> AsSlot {
        AsSlot
    }
}

impl<T: Display + ?Sized> Shown for &Pick<'_, T> {
    #[inline]
    fn kind(&self) -> AsText {
        AsText
    }
}

impl<T: ?Sized> Neither for Pick<'_, T> {
    #[inline]
    fn kind(&self) -> AsSlot {
        AsSlot
    }
}

impl AsSlot {
    /// Writes the value as it says.
    #[inline]
    pub fn write<T: Slot + ?Sized>(self, value: &T, html: &mut Html) {
        html.slot(value);
    }
}

impl AsText {
    /// Writes the value as text, escaped.
    #[inline]
    pub fn write<T: Display + ?Sized>(self, value: &T, html: &mut Html) {
        html.display(value);
    }
}
