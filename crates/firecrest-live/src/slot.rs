//! What may stand in a template as `{value}`.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::html::Html;
use crate::template::BARE;

/// A value of a template's slot.
///
/// Whatever displays itself can stand in a template without this trait: it becomes escaped text. A type of your own
/// implements it to be something else than text, and does so by calling exactly one of the methods of [`Html`] that write
/// a slot:
///
/// ```
/// use firecrest_live::{Html, Slot};
///
/// struct Price(u32);
///
/// impl Slot for Price {
///     fn write(&self, html: &mut Html) {
///         html.display(&format_args!("{}.{:02} €", self.0 / 100, self.0 % 100));
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a template",
    label = "neither `Display` nor `Slot` is implemented for `{Self}`",
    note = "text, numbers, `Html` and lists of it, `Raw`, and options of these can; a type that only has `Debug` goes through `format!`"
)]
pub trait Slot {
    /// Writes the value of exactly one slot.
    fn write(&self, html: &mut Html);
}

/// HTML that is trusted: it is put into the page as it is, without escaping (F005).
///
/// Never for what a user has written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Raw<T>(pub T);

impl<T: AsRef<str>> Slot for Raw<T> {
    fn write(&self, html: &mut Html) {
        html.plain(|out| out.push_str(self.0.as_ref()));
    }
}

impl Slot for str {
    #[inline]
    fn write(&self, html: &mut Html) {
        html.escaped(|out| out.push_str(self));
    }
}

impl Slot for String {
    #[inline]
    fn write(&self, html: &mut Html) {
        self.as_str().write(html);
    }
}

impl Slot for char {
    fn write(&self, html: &mut Html) {
        self.encode_utf8(&mut [0; 4]).write(html);
    }
}

/// `true` or `false`, as text.
impl Slot for bool {
    fn write(&self, html: &mut Html) {
        html.plain(|out| out.push_str(if *self { "true" } else { "false" }));
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Slot for $integer {
            #[inline]
            fn write(&self, html: &mut Html) {
                html.plain(|out| out.push_str(itoa::Buffer::new().format(*self)));
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

macro_rules! floats {
    ($($float:ty)*) => {$(
        /// As `Display` has it: `1` for 1.0.
        impl Slot for $float {
            fn write(&self, html: &mut Html) {
                html.display(self);
            }
        }
    )*};
}

floats!(f32 f64);

/// Nothing for none.
impl<T: Slot> Slot for Option<T> {
    fn write(&self, html: &mut Html) {
        match self {
            Some(value) => value.write(html),
            None => html.nothing(),
        }
    }
}

/// A nested template.
impl Slot for Html {
    fn write(&self, html: &mut Html) {
        html.append(self);
    }
}

/// A loop, its entries known by their indices.
impl Slot for [Html] {
    fn write(&self, html: &mut Html) {
        let mut list = html.begin_loop(&BARE);
        for entry in self {
            html.entry(&mut list);
            html.append(entry);
        }
        html.end_loop(list);
    }
}

/// A loop, its entries known by their indices.
impl Slot for Vec<Html> {
    fn write(&self, html: &mut Html) {
        self.as_slice().write(html);
    }
}

/// A loop, its entries known by their indices.
impl<const N: usize> Slot for [Html; N] {
    fn write(&self, html: &mut Html) {
        self.as_slice().write(html);
    }
}

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        impl<T: Slot + ?Sized> Slot for $pointer {
            #[inline]
            fn write(&self, html: &mut Html) {
                (**self).write(html);
            }
        }
    )*};
}

pointers!(&T &mut T Box<T> Rc<T> Arc<T>);

impl<T: Slot + ToOwned + ?Sized> Slot for Cow<'_, T> {
    fn write(&self, html: &mut Html) {
        (**self).write(html);
    }
}
