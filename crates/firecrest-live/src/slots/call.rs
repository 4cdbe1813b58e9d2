//! What `html!` and `#[component]` say to each other.

use super::body::SlotFn;

/// Something that a component, or an entry of a slot, can be given.
#[derive(Debug)]
pub struct Declared {
    /// Its name in a template.
    pub name: &'static str,
    /// What to say if it is not given; empty if it need not be.
    pub missing: &'static str,
    /// What to say if it is given twice; empty if it can be.
    pub twice: &'static str,
}

/// What can be declared of the entries of a slot that have content only.
pub const BODY: &[Declared] = &[];

/// Checks what a template gives a component, when the template is compiled.
///
/// # Panics
/// When something is missing, or given too often: at compile time, since it is called for constants.
#[track_caller]
pub const fn check(declared: &[Declared], given: &[&str]) {
    let mut at = 0;
    while at < declared.len() {
        let Declared { name, missing, twice } = &declared[at];
        match count(name, given) {
            0 if !missing.is_empty() => panic!("{}", *missing),
            2.. if !twice.is_empty() => panic!("{}", *twice),
            _ => at += 1,
        }
    }
}

const fn count(name: &str, given: &[&str]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < given.len() {
        if is_same(name.as_bytes(), given[at].as_bytes()) {
            count += 1;
        }
        at += 1;
    }
    count
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The entry of a named slot: content alone, or a struct with `#[component]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no entry of a slot",
    label = "`SlotFn<…>` is, and so is a struct with `#[component]`"
)]
pub trait SlotEntry: Sized {
    /// What collects its attributes, inside the call of the component that is `P`.
    type Attributes<P>;

    /// Begins an entry; in the end it is pushed into its parent.
    fn attributes<P>(parent: P, push: fn(&mut P, Self)) -> Self::Attributes<P>;
}

impl<'a, A> SlotEntry for SlotFn<'a, A> {
    type Attributes<P> = BodyAttributes<'a, A, P>;

    #[inline]
    fn attributes<P>(parent: P, push: fn(&mut P, Self)) -> Self::Attributes<P> {
        BodyAttributes { children: SlotFn::EMPTY, parent, push }
    }
}

/// What collects the content of an entry that has nothing else.
pub struct BodyAttributes<'a, A, P> {
    children: SlotFn<'a, A>,
    parent: P,
    push: fn(&mut P, SlotFn<'a, A>),
}

impl<'a, A, P> BodyAttributes<'a, A, P> {
    /// The content.
    #[inline]
    #[must_use]
    pub fn children(mut self, children: SlotFn<'a, A>) -> Self {
        self.children = children;
        self
    }

    /// The component, with this entry.
    #[inline]
    #[must_use]
    pub fn __finish(mut self) -> P {
        (self.push)(&mut self.parent, self.children);
        self.parent
    }
}

impl<A, P> std::fmt::Debug for BodyAttributes<'_, A, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.children.fmt(f)
    }
}
