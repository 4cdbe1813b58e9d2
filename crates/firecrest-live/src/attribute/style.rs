//! The value of a `style` attribute.

use std::borrow::Cow;

use super::value::{AttributeValue, Presence};
use crate::escape::{self, Escaped};

/// Style declarations: text such as `"color:red"`, `(property, value)` pairs, and options, lists and tuples of these (F006).
///
/// They are joined by `;`; what is empty or none is left out, and so is a pair whose value is none or false. Text and
/// values are escaped as HTML, but not checked as CSS: a value from outside can bring declarations of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of style declarations",
    label = "text, `(property, value)`, and options, lists and tuples of these are",
    note = "a list of different types is a tuple: `((\"color\", \"red\"), (\"top\", 4))`"
)]
pub trait StyleList {
    /// Writes the declarations.
    fn write(&self, out: &mut Styles<'_>);
}

/// Style declarations on their way into an attribute.
#[derive(Debug)]
pub struct Styles<'a> {
    out: &'a mut String,
    /// Where the first declaration begins.
    start: usize,
}

impl<'a> Styles<'a> {
    pub(crate) fn new(out: &'a mut String) -> Self {
        let start = out.len();
        Styles { out, start }
    }

    /// Adds one or several declarations, as text that is escaped.
    pub fn push(&mut self, declarations: &str) {
        let declarations = declarations.trim().trim_end_matches(';');
        if !declarations.is_empty() {
            self.separate();
            escape::escape(self.out, declarations);
        }
    }

    /// Adds one declaration, unless its value is none or false.
    pub fn declare(&mut self, property: &str, value: &(impl AttributeValue + ?Sized)) {
        if value.presence() == Presence::Value {
            self.separate();
            escape::escape(self.out, property);
            self.out.push(':');
            value.write(&mut Escaped::new(self.out));
        }
    }

    fn separate(&mut self) {
        if self.out.len() > self.start {
            self.out.push(';');
        }
    }
}

impl StyleList for str {
    fn write(&self, out: &mut Styles<'_>) {
        out.push(self);
    }
}

impl StyleList for String {
    fn write(&self, out: &mut Styles<'_>) {
        out.push(self);
    }
}

impl StyleList for Cow<'_, str> {
    fn write(&self, out: &mut Styles<'_>) {
        out.push(self);
    }
}

impl<T: StyleList + ?Sized> StyleList for &T {
    fn write(&self, out: &mut Styles<'_>) {
        (**self).write(out);
    }
}

impl<T: StyleList> StyleList for Option<T> {
    fn write(&self, out: &mut Styles<'_>) {
        self.iter().for_each(|declarations| declarations.write(out));
    }
}

/// A property and its value.
impl<V: AttributeValue> StyleList for (&str, V) {
    fn write(&self, out: &mut Styles<'_>) {
        out.declare(self.0, &self.1);
    }
}

/// A property and its value.
impl<V: AttributeValue> StyleList for (String, V) {
    fn write(&self, out: &mut Styles<'_>) {
        out.declare(&self.0, &self.1);
    }
}

impl<T: StyleList> StyleList for [T] {
    fn write(&self, out: &mut Styles<'_>) {
        self.iter().for_each(|declarations| declarations.write(out));
    }
}

impl<T: StyleList, const N: usize> StyleList for [T; N] {
    fn write(&self, out: &mut Styles<'_>) {
        self.as_slice().write(out);
    }
}

impl<T: StyleList> StyleList for Vec<T> {
    fn write(&self, out: &mut Styles<'_>) {
        self.as_slice().write(out);
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => {$(
        impl<$($name: StyleList),+> StyleList for ($($name,)+) {
            fn write(&self, out: &mut Styles<'_>) {
                #[allow(non_snake_case, reason = "the elements are named like their types")]
                let ($($name,)+) = self;
                $($name.write(out);)+
            }
        }
    )*};
}

// Not for two, which are a property and its value.
tuples!((A)(A B C)(A B C D)(A B C D E)(A B C D E F)(A B C D E F G)(A B C D E F G H));
