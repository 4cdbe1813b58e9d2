//! Any number of attributes.

use std::collections::BTreeMap;

use super::value::{AttributeValue, Presence};
use crate::escape::Escaped;

/// Attributes that are not known before: `{..values}` in a template (F006).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of attributes",
    label = "slices, `Vec`s and `BTreeMap`s of names and values are"
)]
pub trait Attributes {
    /// Writes the attributes.
    fn write(&self, out: &mut Splat<'_>);
}

/// Attributes on their way into a tag.
#[derive(Debug)]
pub struct Splat<'a>(&'a mut String);

impl<'a> Splat<'a> {
    pub(crate) fn new(out: &'a mut String) -> Self {
        Splat(out)
    }

    /// Adds an attribute, as [`Html::attribute`](crate::Html::attribute) writes it. One whose name is not legal is left
    /// out: it could become something else than an attribute.
    pub fn push(&mut self, name: &str, value: &(impl AttributeValue + ?Sized)) {
        push(self.0, name, value);
    }
}

impl<N: AsRef<str>, V: AttributeValue> Attributes for [(N, V)] {
    fn write(&self, out: &mut Splat<'_>) {
        self.iter().for_each(|(name, value)| out.push(name.as_ref(), value));
    }
}

impl<N: AsRef<str>, V: AttributeValue, const LENGTH: usize> Attributes for [(N, V); LENGTH] {
    fn write(&self, out: &mut Splat<'_>) {
        self.as_slice().write(out);
    }
}

impl<N: AsRef<str>, V: AttributeValue> Attributes for Vec<(N, V)> {
    fn write(&self, out: &mut Splat<'_>) {
        self.as_slice().write(out);
    }
}

impl<N: AsRef<str>, V: AttributeValue> Attributes for BTreeMap<N, V> {
    fn write(&self, out: &mut Splat<'_>) {
        self.iter().for_each(|(name, value)| out.push(name.as_ref(), value));
    }
}

impl<T: Attributes + ?Sized> Attributes for &T {
    fn write(&self, out: &mut Splat<'_>) {
        (**self).write(out);
    }
}

impl<T: Attributes> Attributes for Option<T> {
    fn write(&self, out: &mut Splat<'_>) {
        self.iter().for_each(|attributes| attributes.write(out));
    }
}

/// Appends one attribute to a tag: ` name="value"`, ` name`, or nothing.
pub(crate) fn push(out: &mut String, name: &str, value: &(impl AttributeValue + ?Sized)) {
    let presence = value.presence();
    if presence == Presence::Absent || !is_legal(name) {
        return;
    }
    out.push(' ');
    out.push_str(name);
    if presence == Presence::Value {
        out.push_str("=\"");
        value.write(&mut Escaped::new(out));
        out.push('"');
    }
}

/// Whether a name is one for every parser of HTML: none that ends where another thing begins.
fn is_legal(name: &str) -> bool {
    let is_part =
        |byte: u8| !matches!(byte, 0..=b' ' | b'"' | b'\'' | b'<' | b'>' | b'/' | b'=' | b'`' | 0x7f);
    !name.is_empty() && name.bytes().all(is_part)
}
