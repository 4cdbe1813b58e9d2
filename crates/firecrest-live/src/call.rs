//! A stateful component where a template calls it.

use std::any::{Any, TypeId, type_name};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A stateful component where a template calls it: which one, and with what.
#[derive(Clone)]
pub struct Call {
    pub(crate) kind: Kind,
    pub(crate) id: Arc<str>,
    pub(crate) cid: u32,
    /// What it is called with.
    pub props: Arc<dyn Any + Send + Sync>,
    /// Whatever the server needs to keep components of this type.
    pub behind: &'static (dyn Any + Send + Sync),
}

impl Call {
    /// A call of the component of type `C` with this id. In one view there is one component for a type and an id, wherever it is
    /// called (F130).
    pub fn new<C: 'static>(
        id: impl Into<Arc<str>>,
        props: Arc<dyn Any + Send + Sync>,
        behind: &'static (dyn Any + Send + Sync),
    ) -> Call {
        Call { kind: Kind::of::<C>(), id: id.into(), cid: 0, props, behind }
    }

    /// The component's type.
    pub fn kind(&self) -> TypeId {
        self.kind.id()
    }

    /// What tells it from others of its type in the same view.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The number by which the client knows it; 0 until it has been [placed](crate::Roster::next).
    pub fn cid(&self) -> u32 {
        self.cid
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({}, {:?}, {})", self.kind.name(), self.id, self.cid)
    }
}

/// A type of components, as what is kept of each of them: a pointer.
#[derive(Clone, Copy)]
pub(crate) struct Kind(&'static About);

/// What is known of a type.
struct About {
    type_id: fn() -> TypeId,
    name: fn() -> &'static str,
}

impl Kind {
    fn of<C: 'static>() -> Kind {
        struct Of<C>(C);
        impl<C: 'static> Of<C> {
            const ABOUT: &'static About = &About { type_id: TypeId::of::<C>, name: type_name::<C> };
        }
        Kind(Of::<C>::ABOUT)
    }

    pub(crate) fn id(self) -> TypeId {
        (self.0.type_id)()
    }

    pub(crate) fn name(self) -> &'static str {
        (self.0.name)()
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        std::ptr::eq(self.0, other.0) || self.id() == other.id()
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn f130_a_kind_is_the_same_as_its_type_is() {
        assert!(Kind::of::<u8>() == Kind::of::<u8>() && Kind::of::<u8>() != Kind::of::<i8>());
        let kinds = [Kind::of::<u8>(), Kind::of::<i8>(), Kind::of::<u8>()];
        assert_eq!(HashSet::from(kinds).len(), 2);
        assert_eq!((kinds[1].name(), kinds[1].id()), ("i8", TypeId::of::<i8>()));
    }
}
