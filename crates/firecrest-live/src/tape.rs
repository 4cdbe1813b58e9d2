//! A rendered tree as operations, and reading them one after another.

use std::slice::Iter;

use crate::call::Call;
use crate::html::{Child, Html, Rare};
use crate::stream::Mark;
use crate::template::{BARE, EMPTY, Template};

/// One step of writing a tree. What it takes of the texts, keys and children follows what the step before took, so a tree
/// can be put into another without changing it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    /// As many bytes of text; none is an empty slot.
    Text(usize),
    /// A nested template, whose slots follow.
    Open(&'static Template),
    /// A loop, whose entries follow.
    Loop { count: u32, body: &'static Template },
    /// A stream, whose entries follow.
    Stream { count: u32, body: &'static Template },
    /// An entry known by its index, whose slots follow.
    Entry,
    /// An entry known by as many bytes of key, whose slots follow.
    Keyed(usize),
    /// A nested live view.
    View,
    /// A stateful component.
    Component,
}

/// One value of a slot.
#[derive(Clone, Copy)]
pub(crate) enum Node<'a> {
    Text(&'a str),
    /// Its slots are read next.
    Template(&'static Template),
    /// Its entries are read next: a key, then the slots of the body.
    Loop {
        body: &'static Template,
        count: usize,
    },
    /// Its entries are read next, as those of a loop.
    Stream {
        body: &'static Template,
        count: usize,
        mark: &'a Mark,
    },
    View(&'a Child),
    Component(&'a Call),
}

/// A tree that is being read. A tree that was not written to its end reads as if its last slots were empty.
#[derive(Clone)]
pub(crate) struct Tape<'a> {
    ops: Iter<'a, Op>,
    text: &'a str,
    keys: &'a [u8],
    rare: Option<&'a Rare>,
    /// How many of its views, components and streams have been read.
    read: [usize; 3],
}

impl<'a> Tape<'a> {
    pub(crate) fn new(html: &'a Html) -> Self {
        let Html { ops, text, keys, rare } = html;
        Tape { ops: ops.iter(), text, keys, rare: rare.as_deref(), read: [0; 3] }
    }

    /// The template of the whole tree, whose slots are read next.
    pub(crate) fn root(&mut self) -> &'static Template {
        match self.ops.as_slice() {
            [] => &EMPTY,
            [Op::Open(template), ..] => {
                self.ops.next();
                template
            }
            _ => &BARE,
        }
    }

    /// The value of the next slot.
    #[inline]
    pub(crate) fn next(&mut self) -> Node<'a> {
        match self.ops.next() {
            Some(Op::Text(length)) => self.text(*length),
            Some(Op::Open(template)) => Node::Template(template),
            Some(Op::Loop { count, body }) => Node::Loop { body, count: *count as usize },
            Some(Op::Stream { count, body }) => self
                .rare(2, |rare| &rare.streams)
                .map_or(Node::Text(""), |mark| Node::Stream { body, count: *count as usize, mark }),
            Some(Op::View) => self.rare(0, |rare| &rare.children).map_or(Node::Text(""), Node::View),
            Some(Op::Component) => self.rare(1, |rare| &rare.calls).map_or(Node::Text(""), Node::Component),
            Some(Op::Entry | Op::Keyed(_)) | None => Node::Text(""),
        }
    }

    /// The key of the next entry; none when it is its index.
    #[inline]
    pub(crate) fn key(&mut self) -> Option<&'a [u8]> {
        match self.ops.next() {
            Some(Op::Keyed(length)) => {
                let (key, rest) = self.keys.split_at_checked(*length)?;
                self.keys = rest;
                Some(key)
            }
            _ => None,
        }
    }

    #[inline]
    fn text(&mut self, length: usize) -> Node<'a> {
        let Some((text, rest)) = self.text.split_at_checked(length) else { return Node::Text("") };
        self.text = rest;
        Node::Text(text)
    }

    /// The next of what only some trees have.
    #[cold]
    fn rare<T>(&mut self, kind: usize, list: fn(&Rare) -> &[T]) -> Option<&'a T> {
        let next = list(self.rare?).get(self.read[kind]);
        self.read[kind] += 1;
        next
    }
}
