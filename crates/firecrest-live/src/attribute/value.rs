//! The value of one attribute.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::escape::Escaped;

/// A value of an attribute (F006).
///
/// Text and numbers are printed, escaped; for none and false there is no attribute; true is one without a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of an attribute",
    label = "text, numbers, `bool`, `char`, `Js` and options of these can",
    note = "write `value.to_string()` for a type that has a `Display`"
)]
pub trait AttributeValue {
    /// Whether there is an attribute, and whether it has a value; [`Presence::Value`] unless said otherwise.
    fn presence(&self) -> Presence {
        Presence::Value
    }

    /// Writes the value, which is escaped on its way.
    fn write(&self, out: &mut Escaped<'_>);
}

/// What an attribute looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// There is none.
    Absent,
    /// Its name only.
    Bare,
    /// Its name and a value.
    Value,
}

impl AttributeValue for str {
    fn write(&self, out: &mut Escaped<'_>) {
        out.push_str(self);
    }
}

impl AttributeValue for String {
    fn write(&self, out: &mut Escaped<'_>) {
        out.push_str(self);
    }
}

impl AttributeValue for char {
    fn write(&self, out: &mut Escaped<'_>) {
        out.push_str(self.encode_utf8(&mut [0; 4]));
    }
}

impl AttributeValue for bool {
    fn presence(&self) -> Presence {
        if *self { Presence::Bare } else { Presence::Absent }
    }

    /// Nothing: an attribute that is there without a value has an empty one.
    fn write(&self, _out: &mut Escaped<'_>) {}
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl AttributeValue for $integer {
            fn write(&self, out: &mut Escaped<'_>) {
                out.push_plain(itoa::Buffer::new().format(*self));
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

macro_rules! floats {
    ($($float:ty)*) => {$(
        impl AttributeValue for $float {
            fn write(&self, out: &mut Escaped<'_>) {
                out.display(self);
            }
        }
    )*};
}

floats!(f32 f64);

impl<T: AttributeValue> AttributeValue for Option<T> {
    fn presence(&self) -> Presence {
        self.as_ref().map_or(Presence::Absent, AttributeValue::presence)
    }

    fn write(&self, out: &mut Escaped<'_>) {
        if let Some(value) = self {
            value.write(out);
        }
    }
}

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        impl<T: AttributeValue + ?Sized> AttributeValue for $pointer {
            fn presence(&self) -> Presence {
                (**self).presence()
            }

            fn write(&self, out: &mut Escaped<'_>) {
                (**self).write(out);
            }
        }
    )*};
}

pointers!(&T &mut T Box<T> Rc<T> Arc<T>);

impl<T: AttributeValue + ToOwned + ?Sized> AttributeValue for Cow<'_, T> {
    fn presence(&self) -> Presence {
        (**self).presence()
    }

    fn write(&self, out: &mut Escaped<'_>) {
        (**self).write(out);
    }
}
