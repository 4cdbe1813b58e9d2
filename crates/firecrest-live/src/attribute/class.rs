//! The value of a `class` attribute.

use std::borrow::Cow;

use crate::escape;

/// Class names: text, options, `(names, condition)` pairs, and lists and tuples of all of these, however nested (F006).
///
/// They are joined by one space; what is empty, none or not the case is left out.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of class names",
    label = "text, `Option`, `(names, condition)`, and lists and tuples of these are",
    note = "a list of different types is a tuple: `(\"btn\", (\"active\", self.active))`"
)]
pub trait ClassList {
    /// Writes the names.
    fn write(&self, out: &mut Classes<'_>);
}

/// Class names on their way into an attribute.
#[derive(Debug)]
pub struct Classes<'a> {
    out: &'a mut String,
    /// Where the first name begins.
    start: usize,
}

impl<'a> Classes<'a> {
    pub(crate) fn new(out: &'a mut String) -> Self {
        let start = out.len();
        Classes { out, start }
    }

    /// Adds one or several names, as text that is escaped.
    pub fn push(&mut self, names: &str) {
        if names.is_empty() {
            return;
        }
        if self.out.len() > self.start {
            self.out.push(' ');
        }
        escape::escape(self.out, names);
    }
}

impl ClassList for str {
    fn write(&self, out: &mut Classes<'_>) {
        out.push(self);
    }
}

impl ClassList for String {
    fn write(&self, out: &mut Classes<'_>) {
        out.push(self);
    }
}

impl ClassList for Cow<'_, str> {
    fn write(&self, out: &mut Classes<'_>) {
        out.push(self);
    }
}

impl<T: ClassList + ?Sized> ClassList for &T {
    fn write(&self, out: &mut Classes<'_>) {
        (**self).write(out);
    }
}

impl<T: ClassList> ClassList for Option<T> {
    fn write(&self, out: &mut Classes<'_>) {
        self.iter().for_each(|names| names.write(out));
    }
}

/// The names if the condition holds.
impl<T: ClassList> ClassList for (T, bool) {
    fn write(&self, out: &mut Classes<'_>) {
        if self.1 {
            self.0.write(out);
        }
    }
}

impl<T: ClassList> ClassList for [T] {
    fn write(&self, out: &mut Classes<'_>) {
        self.iter().for_each(|names| names.write(out));
    }
}

impl<T: ClassList, const N: usize> ClassList for [T; N] {
    fn write(&self, out: &mut Classes<'_>) {
        self.as_slice().write(out);
    }
}

impl<T: ClassList> ClassList for Vec<T> {
    fn write(&self, out: &mut Classes<'_>) {
        self.as_slice().write(out);
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => {$(
        impl<$($name: ClassList),+> ClassList for ($($name,)+) {
            fn write(&self, out: &mut Classes<'_>) {
                #[allow(non_snake_case, reason = "the elements are named like their types")]
                let ($($name,)+) = self;
                $($name.write(out);)+
            }
        }
    )*};
}

tuples!((A)(A B)(A B C)(A B C D)(A B C D E)(A B C D E F)(A B C D E F G)(A B C D E F G H));
