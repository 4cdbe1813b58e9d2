//! What a value may be for an attribute of a component.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// A value that an attribute of type `T` can be given: one of this type, text for owned text, and for an option what may
/// be in it.
///
/// It decides about attributes whose type is an option or owned text; others take what coerces to their type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit an attribute of type `{T}`",
    label = "expected `{T}`, or what may be in it"
)]
pub trait Fit<T> {
    /// The value as one of the attribute's type.
    fn fit(self) -> T;
}

impl<T> Fit<T> for T {
    #[inline]
    fn fit(self) -> T {
        self
    }
}

impl<T> Fit<Option<T>> for T {
    #[inline]
    fn fit(self) -> Option<T> {
        Some(self)
    }
}

impl<'a, T> Fit<Option<&'a T>> for &'a Option<T> {
    #[inline]
    fn fit(self) -> Option<&'a T> {
        self.as_ref()
    }
}

impl<'a> Fit<Option<&'a str>> for &'a String {
    #[inline]
    fn fit(self) -> Option<&'a str> {
        Some(self)
    }
}

impl<'a> Fit<Option<&'a str>> for &'a Option<String> {
    #[inline]
    fn fit(self) -> Option<&'a str> {
        self.as_deref()
    }
}

/// Owned text, and options of it, from text.
macro_rules! text {
    ($($owned:ty: $($text:ty)*;)*) => {$($(
        impl<'a> Fit<$owned> for $text {
            #[inline]
            fn fit(self) -> $owned {
                self.into()
            }
        }

        impl<'a> Fit<Option<$owned>> for $text {
            #[inline]
            fn fit(self) -> Option<$owned> {
                Some(self.into())
            }
        }
    )*)*};
}

text! {
    String: &'a str &'a String Cow<'a, str> Box<str> char;
    Cow<'a, str>: &'a str &'a String String;
    Box<str>: &'a str String Cow<'a, str>;
    Rc<str>: &'a str String;
    Arc<str>: &'a str String;
}
