//! What may stand in a template as the value of an attribute (F006).

mod class;
mod splat;
mod style;
mod value;

pub use class::{ClassList, Classes};
pub use splat::{Attributes, Splat};
pub use style::{StyleList, Styles};
pub use value::{AttributeValue, Presence};

pub(crate) use splat::push;
