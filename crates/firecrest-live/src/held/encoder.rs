//! Reading a new tree beside the cells of an old one, and writing what is sent whole.

use std::collections::HashSet;

use super::cells::{self, Hashing};
use super::keys::Keys;
use super::statics::Statics;
use super::streams::{SoFar, Told};
use super::{Members, RenderError};
use crate::html::{Child, Html};
use crate::json;
use crate::stream::Mark;
use crate::tape::{Node, Tape};
use crate::template::Template;

/// One message in the making.
///
/// Both trees are in prefix order: the new one is read once, from its first value to its last; of the old one, the place to
/// compare with is handed on. The message is written as if everything had changed inside, and is cut back where nothing has.
pub(super) struct Encoder<'a> {
    pub(super) tape: Tape<'a>,
    /// All streams of the new tree.
    pub(super) marks: &'a [Mark],
    /// The cells of the old tree.
    pub(super) old: &'a [u64],
    /// The cells of the new tree so far.
    pub(super) new: Vec<u64>,
    /// The message so far, without the statics that [`Statics`] puts in.
    pub(super) out: String,
    pub(super) hashing: Hashing,
    pub(super) statics: Statics,
    pub(super) child: &'a mut dyn FnMut(&Child) -> String,
    /// Indices that were used by loops before.
    pub(super) spare: Vec<Keys>,
    pub(super) told: Told,
    /// Whether a loop that has become empty is no loop any more.
    pub(super) forgets_loops: bool,
    /// Components with changes in this message, or with such components inside.
    pub(super) touched: Option<&'a HashSet<u32>>,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(
        html: &'a Html,
        old: &'a [u64],
        seed: u64,
        told: Told,
        child: &'a mut dyn FnMut(&Child) -> String,
    ) -> Self {
        // As a rule there are as many values as before and little has changed. The rest are guesses.
        let (cells, bytes) = match old.len() {
            0 => (html.ops.len() + 2, html.text.len() + 8 * html.ops.len()),
            cells => (cells, 64),
        };
        Encoder {
            tape: html.tape(),
            marks: html.marks(),
            old,
            new: Vec::with_capacity(cells),
            out: String::with_capacity(bytes),
            hashing: Hashing::new(seed),
            statics: Statics::default(),
            child,
            spare: Vec::new(),
            told,
            forgets_loops: false,
            touched: None,
        }
    }

    /// The whole tree.
    pub(super) fn full(&mut self) -> Result<(), RenderError> {
        let root = self.tape.root();
        self.root(root)
    }

    /// What differs from the old tree, or the whole tree where there is no old one of this template.
    pub(super) fn diff(&mut self) -> Result<(), RenderError> {
        let root = self.tape.root();
        let cell = cells::template(root);
        if self.old.first() != Some(&cell) {
            return self.root(root);
        }
        let start = self.begin(cell);
        self.compare_slots(root, 2)?;
        self.end(start);
        Ok(())
    }

    /// What has changed in a component that the client holds.
    pub(super) fn changes(&mut self, root: &'static Template) -> Result<(), RenderError> {
        self.tape.root();
        let start = self.begin(cells::template(root));
        self.compare_slots(root, 2)?;
        self.end(start);
        Ok(())
    }

    /// A whole component.
    pub(super) fn part(&mut self, root: &'static Template) -> Result<(), RenderError> {
        self.tape.root();
        let start = self.begin(cells::template(root));
        self.slots(root)?;
        self.end(start);
        json::separate(&mut self.out);
        self.out.push_str("\"r\":1,\"s\":");
        self.out.push_str(root.sent());
        Ok(())
    }

    /// Forgets what has been written of a tree. Before it, the message had said as much of streams.
    pub(super) fn begin_again(&mut self, html: &'a Html, streams: SoFar) {
        self.tape = html.tape();
        self.new.clear();
        self.out.clear();
        self.statics = Statics::default();
        self.told.back_to(streams);
    }

    /// The message, the cells of the new tree, and what the message says of streams.
    pub(super) fn finish(self) -> (Members, Vec<u64>, Told) {
        (Members(self.statics.finish(self.out)), self.new, self.told)
    }

    /// The top node. Its statics are an array always, and it has no root flag: there, `r` is a reply (spec §3.1).
    fn root(&mut self, template: &'static Template) -> Result<(), RenderError> {
        let start = self.begin(cells::template(template));
        self.slots(template)?;
        self.end(start);
        json::separate(&mut self.out);
        self.out.push_str("\"s\":");
        self.out.push_str(template.sent());
        Ok(())
    }

    /// The members of a node that is sent whole: all values of its slots.
    pub(super) fn slots(&mut self, template: &'static Template) -> Result<(), RenderError> {
        for slot in 0..template.slots() {
            json::name(&mut self.out, slot);
            let node = self.tape.next();
            self.whole(node)?;
        }
        Ok(())
    }

    /// A value that is sent whole.
    pub(super) fn whole(&mut self, node: Node<'a>) -> Result<(), RenderError> {
        match node {
            Node::Text(text) => self.text(text),
            Node::View(child) => {
                self.new.push(self.hashing.view(&child.id));
                self.view(child);
            }
            Node::Component(call) => {
                self.new.push(self.hashing.component(call.cid()));
                json::number(&mut self.out, call.cid() as usize);
            }
            Node::Template(template) => self.template(template)?,
            Node::Stream { body, count, mark } => self.stream(body, count, mark)?,
            // A loop that was never rendered and is empty is no loop (spec §3.3).
            Node::Loop { count: 0, .. } => self.text(""),
            Node::Loop { body, count } => self.list(body, count)?,
        }
        Ok(())
    }

    /// What stands for a nested view.
    pub(super) fn view(&mut self, child: &Child) {
        let html = (self.child)(child);
        json::string(&mut self.out, &html);
    }

    fn text(&mut self, text: &str) {
        self.new.push(self.hashing.text(text));
        json::string(&mut self.out, text);
    }

    fn template(&mut self, template: &'static Template) -> Result<(), RenderError> {
        let start = self.begin(cells::template(template));
        self.out.push('{');
        self.slots(template)?;
        self.end(start);
        json::separate(&mut self.out);
        self.out.push_str(if template.is_root { "\"r\":1,\"s\":" } else { "\"s\":" });
        self.statics.write(&mut self.out, template);
        self.out.push('}');
        Ok(())
    }

    fn list(&mut self, body: &'static Template, count: usize) -> Result<(), RenderError> {
        let start = self.begin(cells::list(body));
        self.new.push(count as u64);
        self.out.push_str("{\"s\":");
        self.statics.write(&mut self.out, body);
        self.out.push_str(",\"k\":{");
        self.all_entries(body, count)?;
        self.end(start);
        json::separate(&mut self.out);
        self.out.push_str("\"kc\":");
        json::number(&mut self.out, count);
        self.out.push_str("}}");
        Ok(())
    }

    /// Begins a value or an entry of several cells; gives what [`Encoder::end`] wants.
    pub(super) fn begin(&mut self, first: u64) -> usize {
        self.new.extend([first, 0]);
        self.new.len()
    }

    /// Ends a value or an entry of several cells: how many they are is known now.
    pub(super) fn end(&mut self, start: usize) {
        let length = self.new.len() - start;
        self.new[start - 1] = length as u64;
    }
}
