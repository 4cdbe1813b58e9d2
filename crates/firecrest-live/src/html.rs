//! The rendered tree.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::attribute::{self, AttributeValue, Attributes, ClassList, Presence, StyleList};
use crate::call::Call;
use crate::escape::Escaped;
use crate::slot::Slot;
use crate::stream::{Items, Mark, Stream};
use crate::tape::{Node, Op, Tape};
use crate::template::Template;

/// What a template renders: its constant parts by reference, and the values of its slots.
///
/// The tree is flat. A template is followed by the values of its slots, in order; each is text, nothing, a nested template
/// with its own slots, a loop with its entries, a nested live view, or a stateful component. So a node costs no allocation, and a tree is put into
/// another by copying. `html!` writes the calls below; by hand, write exactly one value for each slot: values that are
/// missing render nothing, and values too many shift those that follow.
#[derive(Clone, Default)]
pub struct Html {
    pub(crate) ops: Vec<Op>,
    /// The texts of all values one after another, escaped.
    pub(crate) text: String,
    /// The keys of all entries one after another, as what they feed to a hash.
    pub(crate) keys: Vec<u8>,
    /// Made for the first of them: most trees have none.
    pub(crate) rare: Option<Box<Rare>>,
}

/// What stands behind the values that are neither text nor template, each kind in order.
#[derive(Clone, Default)]
pub(crate) struct Rare {
    pub(crate) children: Vec<Child>,
    pub(crate) calls: Vec<Call>,
    pub(crate) streams: Vec<Mark>,
}

/// A nested live view inside the tree of another.
#[derive(Clone)]
pub struct Child {
    /// Its id, unique in the page. As long as it stays the same, nothing is sent for the slot.
    pub id: String,
    /// Whatever the server needs to render it.
    pub content: Arc<dyn Any + Send + Sync>,
}

/// A loop that is being written: what [`Html::begin_loop`] gives and [`Html::end_loop`] takes back.
#[derive(Debug)]
#[must_use = "a loop ends with `end_loop`"]
pub struct Loop {
    /// Where its operation is.
    at: usize,
}

impl Html {
    /// The tree of a template; the values of its slots are written next, in order.
    pub fn new(template: &'static Template) -> Html {
        let slots = template.slots();
        let mut ops = Vec::with_capacity(1 + slots);
        ops.push(Op::Open(template));
        Html { ops, text: String::with_capacity(8 * slots), ..Html::default() }
    }

    /// A tree that renders nothing; it is no place to write slots to.
    pub fn empty() -> Html {
        Html::default()
    }

    /// This slot is a nested template, such as a branch; the values of its slots are written next.
    #[inline]
    pub fn open(&mut self, template: &'static Template) {
        self.ops.push(Op::Open(template));
    }

    /// This slot is empty.
    #[inline]
    pub fn nothing(&mut self) {
        self.ops.push(Op::Text(0));
    }

    /// This slot is a value.
    #[inline]
    pub fn slot<T: Slot + ?Sized>(&mut self, value: &T) {
        value.write(self);
    }

    /// This slot is what a value displays, escaped (F005).
    pub fn display(&mut self, value: &(impl fmt::Display + ?Sized)) {
        self.escaped(|out| out.display(value));
    }

    /// This slot is a loop over a body; its entries are written next, and [`Html::end_loop`].
    pub fn begin_loop(&mut self, body: &'static Template) -> Loop {
        self.ops.push(Op::Loop { count: 0, body });
        Loop { at: self.ops.len() - 1 }
    }

    /// The next entry of a loop, known by its index (F010); the values of the body's slots are written next.
    #[inline]
    pub fn entry(&mut self, list: &mut Loop) {
        self.count(list);
        self.ops.push(Op::Entry);
    }

    /// The next entry of a loop, known by a key that no other entry of this loop may have (F010): with the same key, an
    /// entry is the same one wherever it stands. The values of the body's slots are written next.
    #[inline]
    pub fn keyed_entry(&mut self, list: &mut Loop, key: &(impl Hash + ?Sized)) {
        self.count(list);
        let from = self.keys.len();
        key.hash(&mut Recorder(&mut self.keys));
        self.ops.push(Op::Keyed(self.keys.len() - from));
    }

    /// The loop has no more entries.
    #[expect(clippy::needless_pass_by_value, reason = "a loop that has ended takes no entries")]
    pub fn end_loop(&mut self, list: Loop) {
        debug_assert!(
            matches!(self.ops.get(list.at), Some(Op::Loop { .. })),
            "the loop is one of another tree"
        );
    }

    /// This slot is a stream (F058): as many entries as it gives items are written next, in that order, and nothing ends it.
    ///
    /// Whoever makes a message of the tree says [`RenderError::StreamTwice`](crate::RenderError::StreamTwice) when it has the
    /// same stream twice.
    pub fn stream<'s, T: Send + 'static>(
        &mut self,
        body: &'static Template,
        stream: &'s Stream<T>,
    ) -> Items<'s, T> {
        let (items, mark) = stream.show();
        self.ops.push(Op::Stream { count: items.len() as u32, body });
        self.rare().streams.push(mark);
        items
    }

    /// The next entry of a stream; the values of the body's slots are written next.
    #[inline]
    pub fn item(&mut self) {
        self.ops.push(Op::Entry);
    }

    /// This slot is an attribute (F006): ` name="value"`, ` name` for true, and nothing for false, none, and a name that
    /// is not legal.
    pub fn attribute(&mut self, name: &str, value: &(impl AttributeValue + ?Sized)) {
        self.plain(|out| attribute::push(out, name, value));
    }

    /// This slot is the value of an attribute whose quotes are constant: the escaped value, empty for none and false.
    pub fn value(&mut self, value: &(impl AttributeValue + ?Sized)) {
        self.escaped(|out| {
            if value.presence() != Presence::Absent {
                value.write(out);
            }
        });
    }

    /// This slot is the value of a `class` attribute whose quotes are constant (F006).
    pub fn class(&mut self, value: &(impl ClassList + ?Sized)) {
        self.plain(|out| value.write(&mut attribute::Classes::new(out)));
    }

    /// This slot is the value of a `style` attribute whose quotes are constant (F006).
    pub fn style(&mut self, value: &(impl StyleList + ?Sized)) {
        self.plain(|out| value.write(&mut attribute::Styles::new(out)));
    }

    /// This slot is any number of attributes (F006), each as [`Html::attribute`] writes it.
    pub fn attributes(&mut self, value: &(impl Attributes + ?Sized)) {
        self.plain(|out| value.write(&mut attribute::Splat::new(out)));
    }

    /// This slot is a nested live view.
    pub fn view(&mut self, child: Child) {
        self.rare().children.push(child);
        self.ops.push(Op::View);
    }

    /// This slot is a stateful component.
    pub fn component(&mut self, call: Call) {
        self.rare().calls.push(call);
        self.ops.push(Op::Component);
    }

    /// The components that the tree calls, in order; not those that are inside them.
    pub fn calls(&self) -> &[Call] {
        self.rare.as_ref().map_or(&[], |rare| &rare.calls)
    }

    /// The nested live views of the whole tree, in order.
    pub fn children(&self) -> &[Child] {
        self.rare.as_ref().map_or(&[], |rare| &rare.children)
    }

    pub(crate) fn calls_mut(&mut self) -> &mut [Call] {
        self.rare.as_mut().map_or(&mut [], |rare| &mut rare.calls)
    }

    /// The streams of the whole tree, in order.
    pub(crate) fn marks(&self) -> &[Mark] {
        self.rare.as_ref().map_or(&[], |rare| &rare.streams)
    }

    /// The streams of the whole tree, in order, and what their items are shown as.
    pub(crate) fn streams(&self) -> impl Iterator<Item = (&Mark, &'static Template)> {
        let bodies = self.ops.iter().filter_map(|op| match op {
            Op::Stream { body, .. } => Some(*body),
            _ => None,
        });
        // In this order, a tree without streams is not searched.
        self.marks().iter().zip(bodies)
    }

    /// Appends the tree as HTML. `child` is called for each nested live view and appends what stands for it. Where components
    /// stand, there is nothing: [`Pass::write_to`](crate::Pass::write_to) knows them.
    pub fn write_to(&self, out: &mut String, child: &mut dyn FnMut(&Child, &mut String)) {
        self.write_with(out, &mut Inside { child, component: &|_| None });
    }

    pub(crate) fn write_with(&self, out: &mut String, inside: &mut Inside<'_>) {
        // What the statics will take is a guess.
        out.reserve(self.text.len() + 16 * self.ops.len());
        write_value(&mut self.tape(), out, inside);
    }

    pub(crate) fn tape(&self) -> Tape<'_> {
        Tape::new(self)
    }

    /// This slot is text that is made here, and escaped.
    #[inline]
    pub(crate) fn escaped(&mut self, write: impl FnOnce(&mut Escaped<'_>)) {
        self.plain(|out| write(&mut Escaped::new(out)));
    }

    /// This slot is HTML that is made here.
    #[inline]
    pub(crate) fn plain(&mut self, write: impl FnOnce(&mut String)) {
        let from = self.text.len();
        write(&mut self.text);
        self.ops.push(Op::Text(self.text.len() - from));
    }

    /// This slot is another tree.
    pub(crate) fn append(&mut self, other: &Html) {
        if other.ops.is_empty() {
            return self.nothing();
        }
        self.ops.extend_from_slice(&other.ops);
        self.text.push_str(&other.text);
        self.keys.extend_from_slice(&other.keys);
        if let Some(other) = &other.rare {
            let rare = self.rare();
            rare.children.extend_from_slice(&other.children);
            rare.calls.extend_from_slice(&other.calls);
            rare.streams.extend_from_slice(&other.streams);
        }
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    fn count(&mut self, list: &Loop) {
        if let Some(Op::Loop { count, .. }) = self.ops.get_mut(list.at) {
            *count += 1;
        }
    }
}

/// HTML, with nothing where nested live views and components stand.
impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write_to(&mut out, &mut |_, _| {});
        f.write_str(&out)
    }
}

impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Html").field(&self.to_string()).finish()
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What stands where a tree has no text of its own.
pub(crate) struct Inside<'a> {
    pub(crate) child: &'a mut dyn FnMut(&Child, &mut String),
    /// The tree of a component.
    pub(crate) component: &'a dyn Fn(&Call) -> Option<&'a Html>,
}

fn write_value(tape: &mut Tape<'_>, out: &mut String, inside: &mut Inside<'_>) {
    match tape.next() {
        Node::Text(text) => out.push_str(text),
        Node::Template(template) => write_slots(template, tape, out, inside),
        Node::Loop { body, count } | Node::Stream { body, count, .. } => {
            for _ in 0..count {
                tape.key();
                write_slots(body, tape, out, inside);
            }
        }
        Node::View(view) => (inside.child)(view, out),
        Node::Component(call) => {
            if let Some(html) = (inside.component)(call) {
                html.write_with(out, inside);
            }
        }
    }
}

pub(crate) fn write_slots(
    template: &Template,
    tape: &mut Tape<'_>,
    out: &mut String,
    inside: &mut Inside<'_>,
) {
    let Some((first, rest)) = template.pieces().split_first() else { return };
    out.push_str(first);
    for after in rest {
        write_value(tape, out, inside);
        out.push_str(after);
    }
}

/// Keeps what a key feeds to a hash: how it is hashed is the business of whoever compares.
struct Recorder<'a>(&'a mut Vec<u8>);

impl Hasher for Recorder<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        self.0.len() as u64
    }
}
